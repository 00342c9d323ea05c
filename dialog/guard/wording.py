"""Wording that no reply may have: insults, obscenities, slurs, and sentences that judge people by what they are.

Own lists, so that every verdict can be read off the words, and in both languages alike. What a support desk rightly
writes about (cocktail glasses, 智障人士, "women's sizes") is left alone.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["offensive"]

_GROUP: Final = (
    r"(?:women|men|girls|boys|females|males|old\ people|elderly\ people|seniors|foreigners|immigrants|migrants"
    r"|muslims|jews"
    r"|christians|hindus|blacks|black\ people|white\ people|asians|chinese|chinese\ people|indians|indian\ people|arabs"
    r"|africans|mexicans|gypsies|gays|gay\ people|lesbians|trans\ people|disabled\ people|poor\ people|americans"
    r"|russians|poles)"
)
_ENGLISH: Final = (
    rf"\b{_GROUP}\ all\ (?:cheat|lie|steal|smell|look|drive|complain)\b"
    rf"|\b(?:{_GROUP})\ (?:like\ you\ )?(?:are|can'?t|cannot|don'?t|never|always|just|only|should)"
    r"\ (?:all\ "
    rf"|always\ |never\ |too\ |so\ |not\ |just\ |be\ |know\ |understand\ |stay\ |drive\ |lie\b|cheat\b|steal\b"
    rf"|use\ |do\ |handle\ |read\ )"
    rf"|\btypical(?:ly)?\ (?:for\ |of\ )?(?:a\ )?(?:{_GROUP}|woman|man|girl|foreigner|immigrant|muslim|jew)\b"
    rf"|\byour\ kind\b(?!\ (?:words?|message|email|e-mail|reply|feedback|help|patience|understanding|support"
    rf"|attention|note|review|offer|cooperation|consideration))"
    r"|\byou\ people\b|\b(?:go|went)\ back\ to\ (?:your|their|his|her)\ (?:own\ )?country\b|\b(?:for"
    r"|because\ you'?re|because\ you\ are)\ a\ (?:woman|girl|foreigner|man\ your\ age|woman\ your\ age)\b"
    r"|\bf+u+c+k+\w*|\bf[\W_]ck\w*|\bmotherf\w+|\b(?:bull)?shit(?:ty|s|head)?\b|\bcunts?\b|\bass ?holes?\b"
    r"|\barseholes?\b|\bbitch(?:es|y)?\b|\bbastards?\b|\bwank(?:er|ers)\b|\btwats?\b|\bdickheads?\b|\bcocksuckers?\b"
    r"|\bslut(?:s|ty)?\b|\bwhores?\b|\bfag(?:s|got|gots)?\b|\bdykes?\b|\btrann(?:y|ies)\b|\bretard(?:s|ed)?\b"
    r"|\bmongoloid\b|\bspastic\b|\bnigg(?:er|ers|a|as)\b|\bchinks?\b(?!\ (?:in|of))|\bgooks?\b|\bspics?\b"
    r"|\bkikes?\b|\bpak(?:i|is)\b|\bcoons?\b"
    r"|\bwetbacks?\b|\btowelheads?\b|\bchinam(?:a|e)n\b"
    r"|\b(?:you(?:'re|\ are)|are\ you)\ (?:an?\ |such\ an?\ |so\ |just\ |too\ |really\ )*(?:idiots?|idiotic"
    r"|morons?|imbeciles?|stupid|dumb|pathetic|worthless|crazy|insane|a\ liar|liar|fat|ugly)(?!\w)"
    r"|\bshut\ up\b|\bget\ lost\b|\bgo\ to\ hell\b|\bpiss\ off\b|\bscrew\ you\b"
)
_CHINESE: Final = (
    r"傻[逼比屄叉]|傻[bBxX](?![a-zA-Z])|煞笔|沙比|[操艹肏干](?:你|他|她|尼)(?:妈|媽|大爷|全家)|草泥马|他妈的"
    r"|他媽的|妈的(?=[，。！,!]|\Z)|你妈(?:的|逼|了个)|尼玛|[日草](?:你|他)(?:妈|娘)|婊子|贱人|賤人|骚货|破鞋|鸡巴"
    r"|雞巴|牛逼|装逼"
    r"|王八蛋|狗东西|狗娘养|畜生|人渣|[混浑]蛋|滚蛋|滚开|滚犊子|去死(?!皮|角|肉|结)|死全家|闭嘴|閉嘴|脑残(?!粉)"
    r"|腦殘|智障(?!人|者|儿|孩)|弱智|白[痴癡](?!》)|蠢[货貨猪豬]|[废廢]物(?!利用|回收|处理|箱|桶)|(?:你|您)(?:真"
    r"|就|可真|是个|真是个|就是个)*(?:蠢|傻子|傻瓜|有病|神经病|疯子)"
    r"|乡巴佬|鄉巴佬|土包子|穷鬼|窮鬼|穷逼|死胖子|死肥[猪豬宅]|丑八怪|残废|殘廢|瘸子|瞎子(?!摸)|聋子|娘炮|死基佬"
    r"|人妖|变态(?!反应)|黑鬼|洋鬼子|小日本|棒子国|支那|台巴子|阿三(?![哥嫂])|蛮子|回回们|外地佬|外来妹"
    r"|(?:女人|男人|女的|男的|女司机|老人|老年人|老头|老太太|外地人|农村人|鄉下人|乡下人|农民工|外国人|黑人|河南人"
    r"|东北人|上海人|北京人|广东人|新疆人|印度人|日本人|韩国人|同性恋|残疾人|胖子|穷人|大妈|00后|90后)(?:们|們)?"
    r"(?:都|就|就是|就会|果然|总是|只会|只配|不配|根本|天生|本来就|向来|才会|怎么可能|哪里?懂|不懂|不会用|都不|没素质)"
    r"|(?:你们|您们?)(?:这种|这些|这类|這種)(?:人|女人|男人|外地人|农村人|老人|穷人)|(?:因为|就因为|毕竟)(?:你"
    r"|您)是(?:女|女的|女人|外地人|农村人|老人|外国人)|没素质|沒素質|头发长见识短|滚回(?:老家|你)"
)
_OFFENSIVE: Final = re.compile(rf"{_ENGLISH}|{_CHINESE}", re.I | re.X)
# 老人都可以半价: what a group may have judges nobody.
_OFFERED: Final = re.compile(
    r"(?:都|就|才)?(?:可以|可|能|有|享受|享|适用|适合|凭|免费|半价|需要?|请|在)|\s*(?:all|always|just"
    r"|only)?\s*(?:welcome|free|half|eligible|available|allowed|able|entitled)"
)


def offensive(text: str) -> tuple[str, ...]:
    """Return the words of a reply that insult, swear, slur, or judge a group of people.

    >>> offensive("Women are always late."), offensive("Women's sizes are on the next page.")
    (('Women are always ',), ())
    """
    found = _OFFENSIVE.finditer(text.replace("’", "'"))
    return tuple(match[0] for match in found if not _OFFERED.match(text, match.end()))
