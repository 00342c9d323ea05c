"""Words of one kind: what may be exchanged for each other in a question (red for blue, two years for five, Spain for
France)."""

from __future__ import annotations

import re
import unicodedata

from replydesk.dialog.compose.evidence import content_words

__all__ = ["exchanged"]

_DAYS = r"mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|today|tomorrow|weekends?|holidays?"
_HAN = re.compile(r"[\u3400-\u9fff]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_BARE_NUMBER = re.compile(r"(?:(?:with|for|at|of|in|to)\s+)?(?P<number>\d+(?:[.,]\d+)*)\W*", re.IGNORECASE)
_SPELLED = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|hundred"
    "|first|second|third|fourth|fifth|sixth"
)
_COUNTED = (
    re.compile(
        rf"\b(?P<number>\d+(?:[.,]\d+)*|{_SPELLED})[ -]?(?P<unit>(?!(?:x|by|of|and|or|to|in)\b)[a-z]+)", re.IGNORECASE
    ),
    re.compile(r"(?P<number>\d+(?:\.\d+)?|[一二两三四五六七八九十百千万半]+)(?P<unit>[\u4e00-\u9fff])"),
)
_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:red|blue|green|black|white|grey|gray|yellow|pink|purple|brown|orange|gold|silver|beige|navy|cream"
        r"|teal)\b",
        r"\bsize (?:\d+|[smlx]{1,4})\b|\b(?:xxl|xl|xs|[sml])\b(?!')|\b(?:small|medium|large|big)(?:er|est)?\b",
        r"\b\d+(?:\.\d+)? ?(?:x|by) ?\d+(?:\.\d+)?\b",
        r"\b(?:oak|pine|walnut|birch|glass|leather|cotton|linen|wool|silk|steel|plastic|wooden|metal|ceramic)\b",
        rf"\b(?:{_DAYS})\b",
        r"\b(?:morning|afternoon|evening|night)s?\b",
        r"\b(?:adults?|men|women|children|child|kids?|students?|seniors?|pensioners?|babies|baby|infants?|teenagers?|guests?"
        r"|members|couples?|families)\b",
        rf"\b(?:\d+|an?|one|half an?|{_SPELLED})[ -](?:minute|hour|day|night|week|month|year)s?\b",
        r"(?:\d+|[一二两三四五六七八九十半]+)(?:天|周|个?月|年|晚|个?小时|分钟|季度?)(?!级)",
        r"\b(?:an?|per|each|every) (?:hour|day|night|week|month|year|term|season)\b",
        r"(?<![a-z])(?:pdf|excel|csv|word|json|xml|docx?|xlsx?|jpe?g|png)(?![a-z])",
        r"\b(?:express|standard|priority|next-day|overnight)\b",
        r"\b(?:paypal|klarna|visa|mastercard|apple pay|google pay|bank transfer)\b|\b(?:credit|debit|gift) cards?\b",
        r"\b[a-z]{1,3}-?\d{1,3}\b",
        r"(?:[红蓝绿黑白黄灰粉紫棕橙金银]|米白|深蓝|浅蓝|浅灰|深灰|咖啡)色",
        r"(?<![a-z])(?:xxl|xl|xs|[sml])码?(?![a-z])|[特大中小]号|\d+码",
        r"(?:\d+|[一二两三四五六七八九十]+)(?:米|厘米|公分|寸|升|毫升|公斤|克)",
        r"(?:橡木|松木|胡桃木|实木|玻璃|真皮|纯棉|亚麻|羊毛|真丝|不锈钢|塑料|陶瓷|竹)",
        r"(?:周|星期|礼拜)[一二三四五六日天末]|今天|明天|后天|周末|国庆节?|春节|元旦|五一|节假日",
        r"早上|上午|中午|下午|晚上|夜里|凌晨",
        r"成人|大人|儿童|小孩|孩子|老人|学生|婴儿|女性|男性|女士|男士|情侣|会员",
        r"[\u4e00-\u9fff](?:医生|大夫|主任|医师|老师|教授|教练|经理)",
        r"[英日法德韩俄中]语",
        r"退票|改签|升舱|退房|退订|退货|换货|退款",
        r"(?:[年月季日周]卡|[按每][年月季天周日])",
        r"顺丰|圆通|中通|申通|韵达|京东|邮政|EMS",
        r"货到付款|微信(?:支付)?|支付宝|花呗|银行卡|信用卡|储蓄卡|云闪付",
        r"北京|上海|广州|深圳|成都|杭州|南京|苏州|武汉|重庆|西安|天津|长沙|青岛|香港|澳门|台湾|新疆|西藏|内蒙古?|海南"
        r"|昆明|贵阳|郑州|济南|沈阳|大连|哈尔滨|长春|石家庄|太原|合肥|福州|厦门|南昌|宁波|无锡|兰州|银川|西宁|拉萨|南宁|三亚"
        r"|海口|珠海|东莞|佛山|[东西南北]部|美国|日本|韩国|英国|法国|德国|澳大利亚|加拿大|新加坡|泰国|马来西亚|越南|俄罗斯"
        r"|意大利|西班牙|新西兰|瑞士|荷兰|土耳其|印度",
    )
)
# What a display shows, or a model is called: E4, X-200.
_CODE = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]{1,4}-?\d{1,6}(?![A-Za-z0-9-])")


def exchanged(said: str, before: str) -> str:
    """Return the question with what is of the same kind exchanged, '' where the two share no kind.

    Nothing that was said is lost: other words of the message go along behind it.

    >>> exchanged("five years", "What is the rate of a two-year deposit?")
    'What is the rate of a five-year deposit?'
    >>> exchanged("五年的", "三年定期利率是多少？")
    '五年定期利率是多少？'
    >>> exchanged("E7", "咖啡机显示E4")
    '咖啡机显示E7'
    """
    made = _renumbered(said, before)
    for kind in _KINDS:
        new, old = kind.search(_wide(said)), kind.search(_wide(made))
        if new is not None and old is not None and _plain(new[0]) != _plain(old[0]):
            made = made[: old.start()] + said[new.start() : new.end()] + made[old.end() :]
    if made == before:
        return ""
    lost = set(content_words(said)) - set(content_words(made))
    return _with(made, said) if lost else made


def _plain(word: str) -> str:
    """Return a word of a kind as it is compared: "five years" is the five-year of the question."""
    return re.sub(r"[ -]", "", word.lower()).removesuffix("s")


def _with(made: str, said: str) -> str:
    return f"{made.rstrip(' ?？。')}，{said}" if _HAN.search(made) else f"{made} ({said})"


def _renumbered(said: str, before: str) -> str:
    """Return the question with the number of a message, where both count the same unit or it has nothing but one."""
    code, codes = _CODE.fullmatch(said.strip()), list(_CODE.finditer(before))
    if code is not None and len(codes) == 1:
        return before[: codes[0].start()] + code[0] + before[codes[0].end() :]
    alone = _BARE_NUMBER.fullmatch(said)
    numbers = list(_DIGITS.finditer(before))
    if alone is not None and len(numbers) == 1:
        return before[: numbers[0].start()] + alone["number"] + before[numbers[0].end() :]
    for pattern in _COUNTED:
        counted = {_unit(found): found["number"] for found in pattern.finditer(_wide(said))}
        for found in pattern.finditer(_wide(before)):
            number = counted.get(_unit(found), found["number"])
            if number.lower() != found["number"].lower():
                return before[: found.start()] + number + before[found.end("number") :]
    return before


def _unit(counted: re.Match[str]) -> str:
    """Return what a number counts: an English word without its s, or one Chinese character."""
    return counted["unit"].lower().removesuffix("s")


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text) if len(unicodedata.normalize("NFKC", text)) == len(text) else text
