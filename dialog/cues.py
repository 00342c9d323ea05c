"""Cues: what a customer says about the last reply: that it failed, what was meant, which option, thanks, a stop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from replydesk.data.records import same_text
from replydesk.data.script import simplified

__all__ = [
    "END",
    "START",
    "amends",
    "contracted",
    "corrected",
    "is_cancel",
    "is_no",
    "is_refusal",
    "is_same",
    "is_thanks",
    "is_undecided",
    "is_yes",
    "plain",
    "returned_to",
    "stopped_for",
    "stops",
]

END = r"[\s.!?,;:。！？，~…]*\Z"
START = r"\A[\s.!?,;:。！？，~…]*"
_HESITATION = (
    r"(?:(?:no|nope|sorry|thanks|thank you|hmm+|um+|well|oh|but|and|ok(?:ay)?|please|hey|hi|actually"
    r"|wait)[\s,.!?;:-]+)*"
)
_HESITATION_ZH = r"(?:(?:不是|不|不对|抱歉|不好意思|嗯|呃|哦|唉|可是|但是|但|你好|您好)[\s，,。！!、]*)*"
_ANSWER = r"(?:that|this|it|(?:the|your|that|this) (?:answer|reply|link|advice|suggestion))"
_REFUSALS_EN = (
    rf"{_ANSWER}(?:['’]?s| is| was)? (?:just |completely |totally |simply |all |still |plain )?"
    r"(?:wrong|incorrect|not (?:right|correct|true|it|helpful|useful|working|what i (?:asked|meant|need(?:ed)?|wanted))"
    r"|no (?:use|help|good)|useless|unhelpful|nonsense|irrelevant)",
    rf"{_ANSWER} (?:isn['’]?t|wasn['’]?t|ain['’]?t) (?:right|correct|true|it|helpful|useful|working|"
    r"what i (?:asked|meant|need(?:ed)?|wanted)|my question|the (?:answer|problem|question)|an answer)(?: for| about)?",
    rf"{_ANSWER} (?:doesn['’]?t|didn['’]?t|does not|did not|won['’]?t|still doesn['’]?t|has ?n['’]?t) (?:really )?"
    r"(?:help(?:ed)?|work(?:ed)?|answer(?:ed)?(?: my question| that| it)?|solve(?:d)?(?: it| that| my problem)?"
    r"|fix(?:ed)?(?: it| that)?|make sense)(?: me| at all| either)*",
    r"(?:that|this) (?:makes no sense|is not an answer|has nothing to do with (?:it|my question|what i asked))",
    r"(?:you|you['’]re|you are) (?:wrong|not (?:answering|listening|helping)(?: me| my question)?|did ?n['’]?t answer"
    r"(?: me| my question)?|have ?n['’]?t answered(?: me| my question)?|misunderst(?:ood|and)(?: me)?)",
    r"(?:i )?(?:already )?(?:tried|did|have tried|read) (?:that|this|it)(?: already| before| twice)?"
    r"(?:[, ]+(?:and |but )?(?:it )?(?:still )?(?:did ?n['’]?t|doesn['’]?t|does not|did not) (?:work|help))?",
    r"(?:it['’]?s |it is )?(?:still )?(?:not working|no (?:use|help|good)|wrong|not (?:right|correct|it))"
    r"|not helpful|no use|wrong(?: answer)?|useless"
    r"|not what i (?:asked|meant|need(?:ed)?|wanted)(?: for| about)?|(?:it )?(?:still )?does(?:n['’]t| not) work",
    r"what do you mean(?: by that)?|i (?:don['’]?t|do not|didn['’]?t|did not) (?:understand|get)(?: (?:that|it"
    r"|this|you|your answer))?",
    r"try again|something else|another answer(?: please)?|none of (?:these|those|them|that)|neither(?: of them)?",
)
_REFUSALS_ZH = (
    r"(?:这个?|那个?|你|您|答案|回答|你[说讲答]的|您[说讲答]的|这个?(?:回答|答案|方法|办法))?(?:也|都|完全"
    r"|根本|还是|并|好像)*"
    r"(?:不对|错了|不正确|没用|没有用|不管用|没帮助|没有帮助|不行|不是这个|不是我(?:要|想要|问|说)的(?:这个"
    r"|意思)?|没解决(?:问题)?"
    r"|没有解决(?:我的)?(?:问题)?|解决不了(?:问题)?|答非所问|没回答(?:我的)?(?:问题)?|不是这个意思|听不懂"
    r"|没听懂|看不懂|没看懂|不明白|没明白|什么意思|理解错了|搞错了|弄错了"
    r"|胡说|乱说|废话|无关|不相关)(?:了|啊|呀|吧|的|呢)*",
    r"(?:我)?(?:已经)?(?:试过|做过|看过)了?(?:也|都|还是)?(?:没用|不行|没有用|不管用)?(?:了|啊)*",
    r"(?:都|一个都|全都?)?(?:不是|没有)(?:这些|那些|一个|我想要的|我要的)?(?:啊|吧|呢)*|换一个(?:答案|回答"
    r"|方法)?|还有别的(?:办法|方法|答案)?吗?",
)
_REFUSAL = re.compile(
    "|".join(f"{START}{_HESITATION}(?:{one})(?: for me| thanks| thank you)?{END}" for one in _REFUSALS_EN)
    + "|"
    + "|".join(f"{START}{_HESITATION_ZH}(?:{one}){END}" for one in _REFUSALS_ZH),
    re.IGNORECASE,
)
_NO = re.compile(
    rf"{START}(?:no+|nope|nah|no thanks|no thank you|not really|not quite|no,? not (?:that|it|those)"
    rf"|不是?的?|不要|不用了?|没有|没|不对|否){END}",
    re.IGNORECASE,
)
_YES = re.compile(
    rf"{START}(?:yes+|yeah|yep|yup|sure|ok(?:ay)?|right|correct|exactly|that one|that['’]?s (?:it|right|the one)"
    rf"|yes,? (?:please|that(?: one|['’]?s it)?)|是的?|对的?|嗯+|好的?|没错|就是(?:这个|它)?|可以|行|要的?){END}",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    rf"{START}(?:maybe|perhaps|(?:i['’]?m )?not sure|no idea|dunno|i don['’]?t know"
    r"|(?:both|any|all)(?: of (?:them|these))?|either"
    rf"|不知道|不确定|不清楚|也许吧?|可能吧?|都行|都可以|随便|都是|都要|(?:第?[一二三四两几][个條条项]?(?:和|跟"
    rf"|、|还有)?)+都[是要行想]){END}",
    re.IGNORECASE,
)
# What thanks are made of, beside the words that thank or say that it works: "thx works now", 好嘞谢谢哈.
_AROUND = (
    r"ok(?:ay)?|kk?|great|perfect(?:ly)?|good|lovely|brilliant|super|cool|nice|wonderful|amazing|awesome|excellent|fab"
    r"|fantastic|yay|yes+|yep|yeah|ah+|oh+|wow|haha\w*|lol|phew|all|many|so|much|very|a|an|lot|lots|loads|ton"
    r"|tons|bunch"
    r"|million|really|just|now|again|finally|already|indeed|it|this|that|i|am|i['’]m|is|was|are|were|it['’]s"
    r"|that['’]s|you"
    r"|u|you['’]re|ur|the|your|for|with|and|to|me|my|help|time|support|quick|fast|answer|reply|info|tip|advice"
    r"|patience|best"
    r"|star|legend|hero|life|rock|guys|mate|man|bro|buddy|everyone|team|dear|sir|x+|xoxo|trick|fine|like"
    r"|charm|know|to|back|up|running|online|in|everything|problem|issue|here|too|well"
    r"|好[的吧呀啊嘞滴哒咧勒喽哦呢]*|行[吧啊]?|可以|嗯+|哦+|噢|啊|呀|哈+|嘻+|啦|了|呢|哟|喔|耶|嘞|您|你|们|客服"
    r"|亲|亲爱的"
    r"|小姐姐|小哥哥|帮忙|帮助|回复|解答|耐心|的|非常|真的?|太|很|特别|十分|超级?|多|这下|这次|现在|终于|已经"
    r"|都|就|果然|居然"
    r"|爱你|么么哒|比心|没问题|没事|没毛病|全部?|一切|正常|又|也|我"
)
_THANKFUL = (
    r"thanks?|thank(?: yo)?u+|thank|thx+|thnx|tnx|thanx|tysm|ty|cheers|ta|appreciated?|grateful|obliged|got it"
    r"|worked|works|working"
    r"|helped|helps|helpful|fixed|solved|sorted|resolved|did the trick|made my day|saved me|(?:life ?)?saver"
    r"|lifesavers?|all good|perfect|great"
    r"|brilliant|legend"
    r"|谢+|感谢|感恩|多谢|3q|辛苦|麻烦|太好|太棒|棒|赞|给力|厉害|牛|收到|明白|知道|懂|了解|清楚|解决|搞定|弄好"
    r"|修好|办好|恢复|成功"
    r"|能用|可以用|好用|有用|管用|用上|有帮助|帮大忙|帮到"
)
# Atomic: of words that are others joined (太好 and 太, 好) a long message would try every way to part them.
_THANKS = re.compile(rf"{START}(?>(?:{_THANKFUL}|{_AROUND})(?![A-Za-z'])[\s\W_]*)+\Z", re.IGNORECASE)
_THANKING = re.compile(rf"(?<![A-Za-z])(?:{_THANKFUL})(?![A-Za-z])", re.IGNORECASE)
_BARE = frozenset({"麻烦", "辛苦", "work", "works"})
# A thing that works, or may, is told or asked with these words, too; so few of them mark a question.
_ASKS = re.compile(r"[?？]|[吗嗎么嘛没沒]\W*\Z|\A\W*(?:is|was|are|were)\b", re.IGNORECASE)
_CANCEL = re.compile(
    rf"{START}{_HESITATION}(?:(?:please |just )?(?:cancel|stop|abort|quit|exit)(?: (?:it|this|that|the form|please))*"
    r"|never ?mind|forget (?:it|about it|that)|leave it|don['’]?t bother|i(?:['’]ve)? changed my mind|no longer needed"
    r"|(?:(?:那|先|还是|就)*(?:取消|算了|不用了|不弄了|不办了|不要了|停|停止|退出|放弃|不想填了"
    r"|(?:不|不想|不用)(?:预约|约|订|改|换|退|买|办|弄|填|报名|申请|登记|挂号|挂|查|修|寄|下单)了)"
    r"(?:吧|了|啦|谢谢)*[，,\s]*)+)"
    rf"(?:,? (?:thanks|thank you))?{END}",
    re.IGNORECASE,
)
_MEANT_EN = re.compile(
    r"\A[\s,.!]*(?:(?:no+|nope|sorry|wait|oh|hmm+|actually|wrong|not that"
    r"|that['’]?s (?:wrong|not it|not right|not what i (?:meant|asked)))[\s,.!;:-]+)*(?:but )?"
    r"(?:i (?:actually |really )?(?:meant|mean|asked|was asking|am asking|wanted|was talking|am talking)"
    r"(?: to (?:ask|say|know))?|i['’]m (?:asking|talking)|my question (?:was|is)"
    r"|what i (?:meant|mean|asked|wanted) (?:was|is)"
    r"|the question (?:was|is)|(?:let me )?rephrase(?: that)?)(?: (?:about|for|if|that))?[\s,:;-]*(?P<rest>\S.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_MEANT_ZH = re.compile(
    r"\A[\s，。！]*(?:(?:不是|不对|不|[打写说发问]?错了|等等|抱歉|不好意思|哦|你搞错了|你理解错了|您理解错了)(?:这个"
    r"|的)?[\s，,。！!、]*)*"
    r"(?:我(?:的意思|意思|的问题)是(?:说|想问|问)?|我(?:是|想|要|其实)?(?:说的是|问的是|要的是|指的是|是想问"
    r"|是问|想问的是|想说的是|是说|想问|要问))"
    r"[\s，,：:]*(?P<rest>\S.*)\Z",
    re.DOTALL,
)
_DENIED_ZH = re.compile(r"\A[\s，。！]*(?:不是|不对|错了|不|你搞错了|你理解错了|您理解错了)[这的]?个?[\s，,。！!、]")
_DENIED_EN = re.compile(r"\A[\s,.!]*(?:no+|nope|wrong|not that|that['’]?s (?:wrong|not))\b", re.IGNORECASE)

_CLAUSE_END = re.compile(
    r"[,.;!。，；！]\s*(?=\S)|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
    r"|\s+(?:and|but)\s+(?=(?:where|when|how|what|can|do|is|why)\b)",
    re.I,
)
_CLAUSES = 6
_AMENDS = re.compile(
    r"\b(?:sorry|i (?:actually |really )?mean|i meant|wait|actually|correction|instead|rather|typo|mistake|wrong"
    r"|(?:make|change|set) (?:it|that|the \w+)|should (?:be|have been)|not \S+(?: \S+)? but)\b|, not \S+(?: \S+)?\W*\Z"
    r"|不对|错了|[写打说填弄搞看]错|等等|等一下|还是|改[成为]|换成|换回|应该是|更正|抱歉|不好意思|不是",
    re.IGNORECASE,
)


# Words that are others without their apostrophe, such as its, were, well and ill, stay as they are.
_CONTRACTED = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|has|have|had|ca|could|would|should|wo|ai)n(t)|(?:that|what|where|who|how|here|there)(s)"
    r"|i(m)|(?:i|you|we|they)(ve)|(?:you|they)(re))\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\W_]+")
_IT = re.compile(r"\b(?:it|that|this|them)\b", re.IGNORECASE)
_BACK_EN = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|so|anyway|now|well|thanks?|thank you|great|let['’]?s|can we|go|going|coming|get"
    r"|come|i want to)\W+)*"
    r"back to (?P<what>(?:(?:the|my|that|your) )?[^,.:;?!]{2,40})[,.:;?!]+\s*(?P<rest>\S.*)\Z",
    re.IGNORECASE,
)
_BACK_ZH = re.compile(
    r"\A\W*(?:(?:好的?|那|那么|嗯|我们)\W*)*(?:回到|说回|话说回来|再说|再问"
    r"|回过头来?[说问]?)(?P<what>[^，,。：:？?\s]{2,10}?)"
    r"(?:的?(?:问题|事情?|那个))?[，,。：:\s]+(?P<rest>\S.*)\Z"
)


def is_refusal(text: str) -> bool:
    """Return whether a message says no more than that the last reply failed.

    >>> is_refusal("No, that's wrong."), is_refusal("没用"), is_refusal("the lamp is wrong, send a new one")
    (True, True, False)
    """
    return bool(_REFUSAL.search(plain(text)))


def is_no(text: str) -> bool:
    """Return whether a message is a bare no."""
    return bool(_NO.search(plain(text)))


def is_yes(text: str) -> bool:
    """Return whether a message is a bare yes."""
    return bool(_YES.search(plain(text)))


def is_same(text: str, other: str) -> bool:
    """Return whether two messages say the same, whatever their marks: a question asked again is often asked louder.

    >>> is_same("Where is my refund?", "where is my refund???"), is_same("退款呢？", "退款呢！！")
    (True, True)
    """
    one, two = (_MARKS.sub("", simplified(same_text(said))) for said in (text, other))
    return (bool(one) and one == two) or same_text(text) == same_text(other)


def returned_to(text: str) -> str:
    """Return what a message asks that comes back to something of before, '' where it does not.

    >>> returned_to("ok, back to the return: who pays for it?"), returned_to("回到退货，运费谁出")
    ('who pays for the return?', '退货，运费谁出')
    """
    line = plain(text)
    if found := _BACK_EN.search(line):
        what = found["what"].strip()
        asked = _IT.sub(what, found["rest"], count=1)
        return asked if asked != found["rest"] else f"{asked} ({what})"
    found = _BACK_ZH.search(line)
    return f"{found['what']}，{found['rest']}" if found else ""


def stops(text: str) -> bool:
    """Return whether a message begins with stopping what is going on, whatever it says then.

    >>> stops("leave it, I'll keep the lamp"), stops("算了，我自己去取"), stops("leave it at the door, please")
    (True, True, False)
    """
    line = plain(text)
    return is_cancel(line) or any(is_cancel(line[: end.start()]) for end in _first_ends(line))


def is_undecided(text: str) -> bool:
    """Return whether a message chooses nothing of several: a bare yes, a maybe, both.

    >>> is_undecided("yes"), is_undecided("都行"), is_undecided("the blue one")
    (True, True, False)
    """
    line = plain(text)
    return bool(_YES.search(line) or _UNDECIDED.search(line))


def amends(text: str) -> bool:
    """Return whether a message takes something back that was said before.

    >>> amends("sorry, I meant TW-204818"), amends("等等，还是特大吧"), amends("TW-204818")
    (True, True, False)
    """
    return bool(_AMENDS.search(plain(text)))


def is_thanks(text: str) -> bool:
    """Return whether a message thanks, or says that it helped, and nothing else.

    >>> is_thanks("great, thanks!"), is_thanks("好的，谢谢"), is_thanks("thanks, and the refund?")
    (True, True, False)
    >>> is_thanks("thx works now 👍"), is_thanks("好嘞谢谢哈"), is_thanks("it works for me too, is that normal")
    (True, True, False)
    """
    line = plain(text)
    return line not in _BARE and not _ASKS.search(line) and bool(_THANKING.search(line)) and bool(_THANKS.search(line))


def is_cancel(text: str) -> bool:
    """Return whether a message stops what is going on, such as a form.

    >>> is_cancel("never mind"), is_cancel("算了"), is_cancel("cancel my order")
    (True, True, False)
    """
    return bool(_CANCEL.search(plain(text)))


def stopped_for(text: str) -> str:
    """Return what a message asks after it has stopped what is going on, '' where it stops nothing or asks no more.

    >>> stopped_for("actually forget that, where is my refund?"), stopped_for("算了，退款多久到账")
    ('where is my refund?', '退款多久到账')
    """
    line = plain(text)
    # "算了，先不约了。" is one stop in two clauses.
    stopped = [line[end.end() :] for end in _first_ends(line) if is_cancel(line[: end.start()])]
    return stopped[-1] if stopped else ""


def _first_ends(line: str) -> Iterator[re.Match[str]]:
    """Yield where the first clauses end: whoever stops something does so at once."""
    return islice(_CLAUSE_END.finditer(line), _CLAUSES)


def corrected(text: str) -> tuple[str, bool]:
    """Return what a message says was meant instead, '' where it corrects nothing, and whether it denies the last reply.

    >>> corrected("No, I meant the refund for the lamp"), corrected("不是，我问的是退款多久到账")
    (('the refund for the lamp', True), ('退款多久到账', True))
    """
    line = plain(text)
    for pattern, denied in ((_MEANT_EN, _DENIED_EN), (_MEANT_ZH, _DENIED_ZH)):
        if found := pattern.search(line):
            return found["rest"].strip(), bool(denied.search(line))
    return "", False


def plain(text: str) -> str:
    """Return a message in one line, in simplified characters, its letters and marks of one width."""
    return contracted(simplified(" ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())))


def _apostrophe(found: re.Match[str]) -> str:
    end = found[found.lastindex or 0]
    return f"{found[0][: -len(end)]}'{end}"


def contracted(text: str) -> str:
    """Return an English message with the apostrophes that were left out in a hurry.

    >>> contracted("Thats all, dont cancel it")
    "That's all, don't cancel it"
    """
    return _CONTRACTED.sub(_apostrophe, text)
