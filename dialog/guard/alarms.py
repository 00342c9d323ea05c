"""Alarms: a message in which somebody may harm themselves or threatens others, and abuse.

Word lists with what they must not be taken for: "killing time", 跳楼价 (a bargain), "shoot you an email". Self-harm is
heard too often rather than too seldom; abuse is what is said to somebody, not swearing about a thing that broke.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.data.script import simplified

__all__ = ["Alarm", "AlarmKind", "alarm_of"]

AlarmKind = Literal["self_harm", "threat", "abuse"]
"""What an alarm is about, the gravest first."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was heard: its kind, and the words (characters ``start`` to ``end``) that say so."""

    kind: AlarmKind
    text: str
    start: int
    end: int


_SELF: Final = r"(?:my|him|her|your|them|our|one)(?:self|selves|\ self)"
_DO: Final = (
    r"(?:i\ (?:will|would|am\ going\ to|am\ gonna|want\ to|swear|could|hope\ to|wanna)|i'?ll"
    r"|i'?m\ (?:going\ to|gonna)|(?:we|we'?ll|we\ will)|gonna|going\ to|ima)"
)
_THEM: Final = (
    r"(?:you|u|ur|your|him|her|them|everyone|everybody|someone|somebody|(?:the|that|this"
    r"|every)\ (?:driver|courier|postman|agent|manager|owner|staff|man|guy|woman|person))"
)
_PLACES: Final = r"(?:office|shop|store|warehouse|house|building|place|company|depot)"
_INSULT: Final = (
    r"(?:idiots?|morons?|imbeciles?|bastards?|bitch(?:es)?|ass?holes?|arseholes?|dick ?heads?|dumb ?ass(?:es)?|cunts?"
    r"|mother ?fuckers?|retards?|retarded|scum(?:bags?)?|pricks?|wankers?|twats?|losers?|pieces? of (?:shit|crap"
    r"|garbage)"
    r"|braindead|brain-dead|dumb|stupid|pathetic|worthless|clowns?|pigs?|trash|incompetent (?:fools?|idiots?))"
).replace(" ", r"\ ")

_PATTERNS: Final[tuple[tuple[AlarmKind, str], ...]] = (
    (
        "self_harm",
        rf"\b(?:kill|hurt|harm|hang|shoot|drown)(?:ing)?\ {_SELF}\b(?!\ (?:laughing|with\ laughter|on|at|at\ the"
        rf"|while|by\ accident|when|opening))"
        rf"|\bcut(?:ting)?\ {_SELF}\ (?:again|every|because|to\ feel|deliberately|on\ purpose)\b"
        rf"|\bself[- ]harm(?:ing)?\b"
        r"|\b(?:commit(?:ting)?|attempt(?:ed|ing)?|thinking\ (?:of|about)|considering|contemplat\w+"
        r"|thoughts\ of)\ suicide\b|\bsuicidal\b"
        r"|\b(?:end|ending|take|taking)\ (?:my|his|her|their|our)\ (?:own\ )?li(?:fe|ves)\b|\bend\ it\ all\b"
        r"|\b(?:want|wanna|going|ready|rather|wish\ i\ could)(?:\ to)?\ die\b|\bwish\ i\ (?:was|were|am)\ dead\b"
        r"|\bbetter\ off\ (?:dead|without\ me)\b"
        r"|\b(?:do\ ?n[o']?t|dont|no\ longer)\ (?:want|wanna|wish)(?:\ to)?\ (?:live|be\ alive|exist)(?:\ any\ ?more)?"
        r"(?!\W*(?:in|at|with|here|there|on|near|next|under|like|off|without|abroad|alone|for|until|by|to|so|early"
        r"|that|your|the|an?|another)\b)"
        r"|\b(?:do\ ?n[o']?t|dont|no\ longer)\ (?:want|wanna|wish)(?:\ to)?\ wake\ up(?:\ any\ ?more)?"
        r"(?=\W*(?:\Z|[.,!?;]|because|i\b|and))"
        r"|\b(?:no|not\ a|any)\ (?:reason|point)\ (?:to|in|for)\ (?:live|living|(?:keep|go|carry)(?:ing)?(?:\ on)?"
        r"\ living"
        r"|(?:go|carry|keep)(?:ing)?\ (?:on|going)(?=\W*\Z|[.,!;]|\ any\ ?more|\ with\ (?:my\ |this\ )?life))\b"
        r"|\bcan(?:'t|not"
        r"|t)\ go\ on\ living\b"
        r"|自[杀殺](?!小队|突击队|特攻|冠|行为保险|式)|不想活|想[要去]?死(?!你|您|我|机|機|他|她|不)|活不下去"
        r"|[活][着著](?:真|也)?没(?:什么)?(?:意思|意义)"
        r"|(?:结束|了结|了断)(?:我)?(?:自己)?的?生命|[轻輕]生(?!活)|割腕|跳[楼樓](?!价|價|大|甩|促|清|机|機|特)"
        r"|自[残殘]|伤害自己|[寻尋]死|一死了之|死了算了",
    ),
    (
        "threat",
        rf"\b{_DO}\ (?:\w+\ )?(?:kill|murder|stab|strangle|shoot|beat\ up|beat|hurt|attack|punch|smash|bomb|burn"
        rf"|destroy)\ {_THEM}\b"
        r"(?!\ (?:an?|some|over|the)\ (?:e-?mail|message|mail|note|text|dm|line|question|link)|\ (?:to\ it|price"
        r"|offer|with\ (?:kindness|love)|a\b|over\b|down\ on))"
        r"(?!\ (?:time|session|process|subscription|account|order|review|rating|online|reputation))"
        rf"|\b(?:burn|blow|bomb|shoot|smash)(?:\ (?:up|down))?\ (?:up\ |down\ )?(?:your|the|this"
        rf"|that)\ (?:\w+\ )?{_PLACES}\b"
        r"|\b(?:i|we)\ know\ where\ (?:you|u)(?:r\ \w+)?\ (?:live|work|are)s?\b|\bwatch\ your\ back\b"
        r"|\bbomb\ threat\b|\byou(?:'re|\ are|r)\ (?:a\ )?dead(?:\ (?:man|meat))?(?=\W*(?:\Z|[.!?]))"
        r"|\b(?:come|coming|drive|driving)\ (?:over\ )?(?:there\ |round\ )?(?:and|to)\ (?:kill|hurt|beat|smash"
        r"|stab|shoot)\b|\bi\ (?:have|'?ve\ got)\ a\ (?:gun|knife)\ (?:and|for\ you)\b"
        r"|(?:[杀殺砍捅揍]|弄死|打死|打断|干掉|搞死|整死|炸|烧|燒)(?:了|掉|死|光|烂)?(?:[你妳他她](?:们"
        r"|們)?(?!的?(?:[价價]|时间))|全家|(?:那个|这个)?(?:快[递遞]员|客服)(?!电话|费)|[你你们们]*(?:公司|店|仓库"
        r"|倉庫|办公室))"
        r"|同[归歸]于[尽盡]|带刀(?=去|来|上|找|过)|见一个[砍杀打捅]一个|不得好死|找人(?:打|砍|弄|收拾|教训)|上门(?:打|砍|揍|闹事)|要(?:了)?(?:你"
        r"|他)们?的?(?:狗)?命|[等]着(?:收尸|挨打|挨揍)|知道你(?:们)?(?:家)?住(?:在)?哪",
    ),
    (
        "abuse",
        rf"\b(?:you|u|ya|ur|you'?re|you\ (?:people|guys|lot|all))(?:\ (?:are|r|is))?(?:\ (?:all|just|really|such"
        rf"|so|an?|the|bunch|of|absolute|complete|total|utter|fucking|f\W?cking|bloody|stupid|damn|lying|useless"
        rf"|most|biggest|lot|dumb|lazy|fat|ugly|goddamn|pathetic"
        rf"|worthless))*\ {_INSULT}(?![A-Za-z])(?!\ (?:question|mistake|price|system|policy))"
        r"|\byou(?:'re|\ are|r)\ (?:all\ |just\ )*(?:so\ )?(?:fucking|f\W?cking|f\*+ing|bloody"
        r"|goddamn)\ (?:useless|hopeless|incompetent"
        r"|terrible|awful|rubbish|clueless)\b"
        r"|\b(?:fu?c?k|f[*#@]{1,3}k?|f\*\*\*|screw|damn)\ (?:yo)?(?:u|your\ (?:mother|mom|family|company)|off"
        r"|y'?all)(?![A-Za-z])(?!\ (?:up|over)\b)|\bgo\ (?:to\ hell|fuck|die|kill\ yourself|jump)\b|\b(?:eat\ shit"
        r"|drop\ dead|stfu|gtfo|kys|suck\ my)\b"
        r"|\bshut\ (?:the\ (?:fuck|hell)\ )?up\b(?!\ shop)"
        r"|(?<!the\ )(?<!this\ )(?<!your\ )(?<!\ba\ )\b(?:stupid|fucking|useless|dumb|damn|idiotic|lying"
        r"|crooked)\ (?:bot|robot|machine|bitch|bastard|agent|idiot|people|moron|robots?|bots?|cow|liars?|thieves)\b"
        r"|\b(?:motherfucker|cunt|asshole|dickhead|cocksucker|arsehole)s?\b|\bsh1t\ ?heads?\b|\bshit\ ?heads?\b"
        r"|(?:傻[逼比屄bB叉X]|煞笔|[沙傻]雕(?!图|塑|表情)|脑残(?!粉)|腦殘|智障(?!人|者|儿|孩)|白[痴癡](?!》)"
        r"|蠢[货貨猪豬驴]|[废廢]物(?!利用|回收|处理|箱|桶)|[混浑]蛋|王八蛋?|狗东西|狗[屎日](?!运)|畜生|贱人|賤人"
        r"|人渣|垃圾客服|神经病(?!学|院|医|科)|死全家|傻子|二百五(?!十)|弱智)"
        r"|滚(?=\W*\Z|[蛋犊开远]|[!！。，,]|吧\W*\Z)|去死(?!皮|角|肉|结|亡)|[操艹日草肏干](?:你|尼|他)(?:妈|媽"
        r"|大爷|奶奶|全家|爸)|(?:你|尼)(?:妈|媽)(?:的|逼|了个|死了|B|b)|他妈的?智障|不要脸|不要臉|闭嘴|閉嘴"
        r"|(?<![A-Za-z])(?:nmsl|cnm|sb|SB|tmd滚)(?![A-Za-z])",
    ),
)
_ALARMS: Final = tuple((kind, re.compile(pattern, re.I | re.X)) for kind, pattern in _PATTERNS)
# Who calls himself a fool abuses nobody.
_ABOUT_SELF: Final = re.compile(
    r"(?:\b(?:i|i'?m|i\ am|me|myself|feel(?:ing)?(?:\ like)?)(?:\ \w+){0,3}\ |我(?:真|可|也|就|太|简直)?(?:是|像"
    r"|傻)?(?:个|一个)?)$",
    re.I | re.X,
)
_TITLE: Final = re.compile(r"《[^》]*$|“[^”]*$")


def alarm_of(text: str) -> Alarm | None:
    """Return the gravest alarm in a message, None where there is none.

    >>> alarm_of("I want to kill myself").kind, alarm_of("killing time until my parcel comes")
    ('self_harm', None)
    """
    plain = simplified(text).replace("’", "'")
    for kind, pattern in _ALARMS:
        for match in pattern.finditer(plain):
            before = plain[max(0, match.start() - 24) : match.start()]
            if kind == "abuse" and _ABOUT_SELF.search(before):
                continue
            if _TITLE.search(before):
                continue
            return Alarm(kind, text[match.start() : match.end()], *match.span())
    return None
