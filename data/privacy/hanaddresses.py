"""Chinese addresses: from the province, or the street's name, down to the room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["han_addresses"]

_HAN: Final = "[\u4e00-\u9fff]"
# The name of a place is made of these; other characters stand before its beginning.
_NAME: Final = (
    r"(?:(?![在是到寄送住我你您他她的了往给把请帮收从叫要有去还说这那很就吗呢吧啊也没])[\u4e00-\u9fffA-Za-z0-9#()·-])"
)
_PROVINCE: Final = (
    "(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾|台北|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
)
_WAY: Final = "(?:[路街道巷弄里段村坊口堤坡径浜埭]|胡同)"
_PLACE: Final = (
    "(?:小区|花园|家园|公寓|大厦|广场|中心|新村|庄园|世纪|名都|山庄|大学|学院|医院|学校|工业园|科技园|产业园|创业园|市场|商城"
    "|明珠|华府|豪庭|国际|天地|半岛|一品|时代|公馆|宿舍|家属院|社区|组团|[苑湾城园府庭居阁轩楼院区村里期])"
)
# 建国路5号 is a house, 5号线 a tube line, 5号店 a shop and 5号发货 a date.
_HOUSE: Final = (
    r"(?:[甲乙丙丁]?\d{1,5}(?:-\d{1,4})?(?:号院|号楼|号|弄|院|附\d+号)"
    r"(?!线|店|球|电池|色|码|机|前|之前|发货|到货|下单|签收|公交))"
)
_BLOCK: Final = (
    r"(?:(?:\d{1,4}|[A-Z])(?:-\d{1,3})?(?:号楼|单元|[栋幢座组区期排室楼层号门院弄房户])(?![周岁月年天个])"
    r"|[东南西北][一二三四五六七八九十]{0,2}楼)"
)
_MORE: Final = (
    rf"(?:{_BLOCK}|\d{{3,4}}(?![\d.年元块])(?:[室号房])?|-\d{{1,4}}"
    rf"|(?:与|和)?{_NAME}{{1,9}}?(?:交叉口|交汇处)?{_PLACE}(?={_BLOCK}|\d{{3,4}}|[,。.;!?\s、]|$)"
    r"|[ ,](?=\d{1,4}(?:号楼|栋|幢|单元|室)))"
)
_DETAIL: Final = re.compile(
    rf"{_WAY}(?:[东南西北中]|[一二三四五六七八九十]段)?{_HOUSE}|{_WAY}\d{{1,4}}组"
    rf"|{_PLACE}(?:\d期)?(?:\d{{1,4}}(?:号楼|号院|[栋幢座])|[A-Z]座)"
    rf"|{_WAY}[A-Z]座|{_PLACE}\d{{3,4}}[室房]"
    r"|(?<!\d)\d{1,4}(?:号楼|[栋幢座])(?:\d{1,2}单元|\d{3,4}(?!\d)室?)"
)
_LEFT: Final = re.compile(rf"{_NAME}{{0,40}}$")
_RIGHT: Final = re.compile(rf"{_MORE}{{0,8}}")
_FIELD: Final = re.compile(
    r"(?:地址|住址|送货地|收件地|地点)(?:改为|改成|换成|变更为|更新为|[是为在])?[:\s]{0,2}"
    rf"((?:{_PROVINCE})?(?:{_HAN}{{2,6}}?[市州盟])?{_HAN}{{1,7}}?[区县旗]{_NAME}{{2,40}})"
)
_LEAD: Final = re.compile(
    "^.*?(?:地址|住址|旧址|新址|门牌号?|改成|换成|改为|换为|变更为|位于|直接|麻烦|按照|快递员?|收货|配送|取件|退货|发货|公司|门店|新家|旧家"
    "|家庭|单位|原|旧)+(?=.)"
)
_ANCHOR: Final = re.compile(f"{_PROVINCE}|{_HAN}{{2,3}}市")
_CODE: Final = re.compile(r"(?:邮编|邮政编码|邮码)[是为]?[:\s]{0,2}(\d{6})(?!\d)")


def han_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where address lines and postcodes stand, some perhaps twice."""
    done = 0
    for match in _DETAIL.finditer(text):
        if match.start() >= done:
            left = _LEFT.search(text, max(done, match.start() - 40), match.start())
            right = _RIGHT.match(text, match.end())
            done = right.end() if right else match.end()
            yield _beginning(text, left.start() if left else match.start(), match.start()), done
    if "址" in text or "地" in text:
        yield from (match.span(1) for match in _FIELD.finditer(text))
    if "邮" in text:
        yield from (match.span(1) for match in _CODE.finditer(text))


def _beginning(text: str, start: int, detail: int) -> int:
    """Return where the address begins whose number was found: at its province, or as far as one name reaches."""
    if lead := _LEAD.match(text[start : detail + 1]):
        start += min(lead.end(), detail - start)
    anchor = _ANCHOR.search(text, start, detail)
    return anchor.start() if anchor else max(start, detail - 12)
