"""Failing: a message that says of the last answer that it did not help, and perhaps why, and asks nothing else."""

from __future__ import annotations

import re
from typing import Final

from replydesk.dialog.cues import corrected, is_no, is_refusal, plain
from replydesk.dialog.parts import asks_something
from replydesk.dialog.unwanted import wanted_of

__all__ = ["has_failed"]

_CLAUSE: Final = re.compile(
    r"[,.;:!?…，。；：！？~]+\s*|\s+(?:and|but|because|since|though|so)\s+(?=\w)|(?<=[\u4e00-\u9fff])\s+"
    r"|(?=但是?|可是|不过|因为)"
)
_THING: Final = (
    r"(?:button|option|menu|link|page|setting|field|tab|entry|item|screen|icon|e-?mail|mail|message|code|section|box"
    r"|switch|thing|place|choice|feature|file)s?"
)
_SHOWN: Final = r"(?:there|here|exist|show(?:n| up)?|visible|appear|work|open|load|help|respond|react|change anything)"
_TRYING: Final = (
    r"(?:tried|done|did|checked|looked|restarted|rebooted|reinstalled|clicked|pressed|followed|read|been|gone)"
)
_POINTED: Final = (
    r"(?:that|this|it|so|there|everything|all(?: of (?:that|this|it))?|what you (?:said|wrote|told me)"
    r"|(?:the|your|those|these|all) (?:steps|advice|instructions|link))"
)
_ADVERB: Final = r"(?: (?:already|again|just|now|really|even|also|actually|simply|too|though|either|at all))*"
_OFTEN: Final = r"(?: (?:twice|before|\w+ times|several times|many times|yesterday|today))*"
_FAILS_EN: Final = (
    rf"(?:i(?:['’]ve| have)? )?(?:already |just )*{_TRYING}{_ADVERB} {_POINTED}{_ADVERB}{_OFTEN}",
    r"(?:it|that|this)?(?: is|['’]s)? ?still (?:nothing|no \w+(?: \w+){0,2}|not \w+(?: \w+){0,3}|broken|dead|stuck"
    r"|down|the same(?: \w+)?"
    r"|(?:is|are|do|does|did|can|has|have|will|wo|ca)(?: ?n['’]?t| not)\b.{0,40}|cannot\b.{0,40})",
    rf"(?:it|that|this|which)(?: just| still| really)* (?:(?:do|does|did|is|was|has|have|can|will|wo|ca)(?: ?n['’]?t"
    rf"| not)|cannot|never) {_SHOWN}{_ADVERB}(?: for me)?",
    r"(?:it|that|this|which)? ?(?:still )?(?:doesn['’]?t|does not|didn['’]?t|did not|won['’]?t) (?:work|help"
    r"|do anything"
    r"|change anything|make (?:a|any) difference|fix it)(?: for me| either| at all| here| anyway)*",
    r"(?:there is|there['’]s|i (?:see|have|get|got|find)) (?:still )?(?:no such(?: \w+){1,6}|nothing(?: like that"
    rf"| of the sort| there| here)?|none|no(?: \w+)? {_THING}(?: \w+){{0,4}})",
    rf"(?:there )?(?:is|are)n['’]?t (?:any|a|no)(?: such)? ?(?:\w+ )?{_THING}(?: \w+){{0,4}}",
    r"(?:i )?(?:still )?(?:can(?:['’]?t|not)|could(?:n['’]?t| not)|do(?:n['’]?t| not)|did(?:n['’]?t| not)) "
    rf"(?:find|see|have|get|open|click) (?:it|that|this|one|any|(?:that|this|the|any(?: such)?|such an?)(?: \w+)?"
    rf" {_THING})(?: (?:anywhere|there|here|at all|in (?:my|the) \w+|on (?:my|the) \w+))*",
    rf"(?:that|this|the|such an?|your)(?: \w+)? {_THING} (?:(?:is|are|was|does|do|did)(?:n['’]?t| not)|doesn['’]?t)"
    rf" {_SHOWN}(?: \w+){{0,3}}",
    rf"(?:that|this|the|your)(?: \w+)? {_THING} (?:is )?(?:broken|dead|missing|gone|gr[ae]yed out|not there)",
    r"nothing (?:happens|happened|changes|changed|works|worked|helps|helped|there)(?: \w+){0,3}",
    r"(?:(?:it|that|this)(?: made| makes)?|made|makes)?(?: still| absolutely)? ?no (?:luck|change|effect|difference"
    r"|improvement|use|good|joy)(?: \w+){0,2}",
    r"(?:it['’]s |i (?:still )?(?:get|have) )?(?:still )?(?:the )?(?:very )?same (?:problem|issue|error|thing|result"
    r"|message|story)(?: (?:again|here|as before|still))*",
    r"(?:it|that|this)? ?(?:did|does|has done) nothing(?: \w+){0,3}",
)
_MUCH: Final = r"(?:[好几两三多]+[次遍]|一[次遍]|半天)?"
_ALREADY: Final = r"(?:已经|都|刚才?|早就|全部?|也|就|真的|明明|根本|压根|完全|还是|依然|依旧|仍然|仍旧|仍|一直|还)*"
_SAID: Final = (
    r"(?:(?:按照?|照着?)?(?:[你您]们?)?(?:说的?|讲的?|写的?|教的?|给的?|发的?)?"
    r"(?:这样|那样|这么|那么|方法|办法|步骤|做法)?)"
)
_NOUN_ZH: Final = (
    r"(?:选项|按钮|菜单|入口|链接|页面|功能|地方|东西|按键|设置|栏目|图标|邮件|短信|一项|一栏|界面|字样|键|项)"
)
_WHERE_ZH: Final = (
    r"(?:(?:这|那|它|APP|App|app|手机|网页|页面|菜单|设置|我|我的|我们)?(?:里面?|上面?|下面?|中|这里|那里|这边|那边)?)"
)
_IN_ZH: Final = r"(?:(?:这|那|它|APP|App|app|手机|网页|页面|菜单|设置)(?:里面?|上面?|下面?|中)|里面|上面|这里|那里)"
_ABSENT_ZH: Final = r"(?:根本|压根|就|并|也|都|又|还是|完全)*(?:没有|找不到|没看到|没看见|看不到|没找到|不存在|没出现)"
_TAIL_ZH: Final = r"(?:了|啊|呀|哦|的|呢|嘛|吧|诶|欸|耶|哎|唉)*"
_FAILS_ZH: Final = (
    rf"我?{_ALREADY}{_SAID}{_ALREADY}(?:试|做|弄|点|重启|操作|设置|检查|查|找|看|翻|搞|去"
    rf"|重装)[过了]?{_MUCH}了?(?:也|都|还是)*"
    rf"(?:没用|没有用?|不行|没反应|没变化|没效果|一样|不管用|没找到|找不到)?",
    r"(?:现在|结果|点击?了?|试了|弄了|打开)?(?:还是|依然|依旧|仍然|仍旧|也|都|照样|就是|根本|完全|一直)*"
    r"(?:不行|不能用?|没用|没有?用|不管用|不起作用|没反应|没有反应|没效果|没有效果|没变化|没动静|一样|老样子|这样|那样"
    r"|没解决|解决不了|没好|没有好|没恢复|坏的|没帮助)",
    r"(?:现在)?(?:还是|依然|依旧|仍然|仍旧|照样)[^，。！？]{0,8}(?:不了|不到|不上|不开|不出来?|不动|没有|没好"
    r"|不行|没用)",
    rf"{_WHERE_ZH}{_ABSENT_ZH}(?:[你您]们?说的)?(?:这个?|那个?|这些|那些|此|什么|任何|相关的?"
    rf"|对应的?)?[^，。！？]{{0,6}}{_NOUN_ZH}",
    rf"{_IN_ZH}{_ABSENT_ZH}(?:[你您]们?说的|这个|那个|这些|那些)?",
    rf"(?:[你您]们?说的)(?:这个?|那个?)?[^，。！？]{{0,6}}{_WHERE_ZH}{_ABSENT_ZH}",
    rf"{_WHERE_ZH}(?:这个?|那个?)?[^，。！？]{{0,6}}{_NOUN_ZH}(?:根本|压根|就|并|也|都|又)*"
    r"(?:没有|找不到|不存在|是灰的?|灰的?|点不了|点不动|打不开|用不了|没反应|不见了)",
    r"(?:白弄|白搞|白忙)",
)
_WRONG: Final = (
    r"(?:wrong|incorrect|(?:that|this|it)['’]?s? (?:is )?(?:just |plain )?(?:wrong|not right|not true)"
    r"|不对|错了|不行|不是这样|没有啊|没用)"
)
_FAILS: Final = re.compile(
    rf"\W*(?:(?:sorry|well|hm+|nope?|no|hi|hello|ok(?:ay)?|yes|yeah|oh|ugh|but|and|then|so|sadly|unfortunately|thanks"
    rf"|nah)\b\W*)*(?:{'|'.join(_FAILS_EN)}|{_WRONG})\W*"
    rf"|\W*(?:(?:嗯|哦|好的?|唉|哎|可是|但是?|不过|那|抱歉|不好意思)\W*)*(?:{'|'.join(_FAILS_ZH)}"
    rf"|{_WRONG}){_TAIL_ZH}\W*",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(r"\A(?:(?:and|but|so|then)\b\W*|但是?|可是|不过|因为)+", re.IGNORECASE)
_LONGEST: Final = 160
_BESIDE: Final = 8
"""What else is said has so many words, or twice as many Chinese characters, at most: more is a matter of its own."""
# A number or a code is something new: "did that, now it shows E502".
_CODE: Final = re.compile(r"\d{2}")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


def has_failed(text: str) -> bool:
    """Return whether a message says that the last answer did not help, whatever reason it gives, and asks nothing else.

    >>> [has_failed(one) for one in ("did that already, still nothing", "no that's wrong, there is no such button")]
    [True, True]
    >>> has_failed("不对，里面没有这个选项"), has_failed("还是不行啊，没用"), has_failed("没有，怎么申请？")
    (True, True, False)
    >>> has_failed("that's wrong, I want to change my address"), has_failed("still waiting for my parcel")
    (False, False)
    """
    line = plain(text)
    if len(line) > _LONGEST or line.rstrip().endswith(("?", "？")):
        return False
    if is_refusal(line):
        return True
    if corrected(line)[0] or wanted_of(line) is not None or _CODE.search(line):
        return False
    clauses = [bare for one in _CLAUSE.split(line) if (bare := _LEADS.sub("", one).strip())]
    told = [bool(_FAILS.fullmatch(one)) or is_refusal(one) for one in clauses]
    if not any(told):
        return False
    rest = [one for one, failed in zip(clauses, told, strict=True) if not failed and not is_no(one)]
    return not any(map(asks_something, rest)) and sum(map(_size, rest)) <= _BESIDE


def _size(clause: str) -> int:
    return len(_HAN.findall(clause)) // 2 + len(re.findall(r"[A-Za-z0-9']+", clause))
