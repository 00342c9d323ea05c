"""Postal addresses: lines with a house number, and postcodes. A city, a district or a street alone is nobody's address."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.lexicon import words
from replydesk.data.privacy.page import Page

__all__ = ["postal_addresses"]

# ---- English

_AREAS: Final = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU"
    "|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE"
    "|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_INWARD: Final = "[0-9][ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}"
_UK: Final = rf"(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? {_INWARD}"
_STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_US: Final = rf"(?:{_STATES})\.? \d{{5}}(?:-\d{{4}})?"
_POST: Final = rf"(?:{_UK}|{_US})(?![A-Za-z0-9])"
_POST_ANY: Final = rf"(?i:(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? ?{_INWARD}|{_US}|(?:{_STATES}))(?![A-Za-z0-9])"
_ANY_POST: Final = re.compile(rf"(?<![A-Za-z0-9-])(?:{_UK})(?![A-Za-z0-9-])")

_NUMBER: Final = r"\d{1,5}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?"
_TYPE: Final = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Crescent|Cres|Place|Pl|Terrace|Terr?|Gardens?"
    r"|Grove|Square|Sq|Boulevard|Blvd|Hill|Parkway|Pkwy|Highway|Hwy|Mews|Row|Walk|Quay|Circle|Cir|Trail|Cottages?|Rise|View"
    r"|Park|Green|Wharf|Plaza|Heights|Loop|Alley|Broadway|Embankment|Parade|Esplanade|Yard|Orchard|Croft|Vale|Meadows?|Kingsway"
    r"|Crossing|Turnpike|Path|Common|Bank|Fields?|Hall|House|Buildings?|Estate|Wynd|Brae)"
)
_PLAIN_TYPE: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|crescent|terrace|close|gardens|grove)"
)
_WORD: Final = r"(?:[A-Z][A-Za-z'’]*\.?|\d{1,3}(?:st|nd|rd|th)|of|the)"
_TOWN: Final = r"[A-Z][A-Za-z'’.-]+(?:[ -](?:[A-Z][A-Za-z'’.-]+|on|upon|under|le|in|of|the|St)){0,3}"
_ROOM: Final = (
    r"(?:(?:Ground|First|Second|Third|Fourth|Top|Basement|Garden)[- ]Floor(?: Flat)?"
    r"|(?:(?i:flat|apt|apartment|unit|suite|ste|room|floor|studio|block|building|warehouse|bldg|rm)\b\.? ?#?|#)[A-Za-z]?\d{1,4}[A-Za-z]?\b)"
)
_GAP: Final = r"(?:, ?\n?|\n| )"
_TAIL: Final = (
    rf"(?: (?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?)?(?:{_GAP}{_ROOM})?"
    rf"(?:(?:{_GAP}{_TOWN}){{0,3}}{_GAP}{_POST}|(?:, ?{_TOWN}(?=[.,;!?\n)]|$| from| and| instead| please))?)"
)
_STREET: Final = re.compile(
    rf"(?:{_ROOM},?{_GAP}(?:{_TOWN}, ?)?)?(?<![\w.£$€-]){_NUMBER},? (?:[NSEW]\.? |[NS][EW] )?"
    rf"(?:{_WORD} ){{0,3}}?(?:(?<=[a-z.] )|(?<=[A-Z] )){_TYPE}\b\.?{_TAIL}"
)
_ROOM_AND_TOWN: Final = re.compile(rf"(?:{_ROOM}),?{_GAP}(?:{_TOWN}{_GAP}){{1,4}}{_POST}")
_NUMBER_AND_TOWN: Final = re.compile(rf"(?<![\w.£$€-]){_NUMBER},? (?:{_TOWN}{_GAP}){{1,4}}{_POST}")
_LOWER: Final = re.compile(
    rf"(?<![\w.£$€-]){_NUMBER} (?:[a-z']{{2,14}} ){{1,3}}?{_PLAIN_TYPE}\b(?:,? (?i:{_ROOM}))?"
    rf"(?:(?:,? [a-z]{{3,14}}){{0,2}},? {_POST_ANY})?"
)
_BOX: Final = re.compile(rf"(?i:\bP\.? ?O\.? ?Box) (?:\d{{1,6}}|[A-Z]\d{{1,5}})\b{_TAIL}")
_CITY: Final = re.compile(rf"(?<![A-Za-z'’])(?:[A-Z][A-Za-z.’'-]+ ){{0,2}}[A-Z][A-Za-z.’'-]+,? {_US}(?![A-Za-z0-9])")
_POSTCODE: Final = re.compile(
    rf"(?i:post ?code)(?: ?(?:is|:|-|=|\())*\s*((?i:(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? ?{_INWARD}))(?![A-Za-z0-9])"
)
_ZIP: Final = re.compile(r"(?i:\bzip(?: ?code)?)(?: ?(?:is|:|-|=|\())*\s*(\d{5}(?:-\d{4})?)(?![\d-])")
_FLAT: Final = re.compile(r"(?<![A-Za-z])(?:Flat|Apt\.?|Apartment) #?\d{1,4}[A-Za-z]?(?=\s*(?:[,.;\n]|$))")
_STREET_SIGN: Final = re.compile(rf"(?i)\d[^\n]{{2,60}}?\b{_TYPE}\b|\bbox \w|\bflat|\bunit|\bapt|\bapartment|\bsuite")
_POST_SIGN: Final = re.compile(rf"[A-Z]\d[A-Z\d]? {_INWARD}|\b[A-Z]{{2}}\.? \d{{5}}|(?i:post ?code|zip)")

# What stands between a number and "Drive" in things that are no streets.
_THINGS: Final = words("""
    a across along am an and at backup by cd court day days different disc disk dollars door down dvd euros external
    feet flash foot for from ft gb gear gen generation hard hour hours i in inch inches into is it items kb km lane
    level levels man mb men mile miles min mins minute minutes month months more my new o'clock of off old on or
    orders other our out over pack pair pen people per percent person piece pieces player players pm points pounds
    seater second seconds size sizes speed ssd star stars stop tb test that the their this thumb times to up usb way
    we week weeks with x year years you your
""")
# With a capital behind "12 Church Road," these begin a sentence; Leeds does not.
_SENTENCE: Final = words("""
    a also and are but can could did do does have has he hello hi how i i'm if is it it's my no not now our please pls she so thank
    thanks that the then there they this we what when where who why will would yes you your
""")
# What may follow an address in a sentence; another small word makes the "street" part of a product's name.
_AFTER: Final = re.compile(
    r"\s*(?:$|[^\sa-z]|(?:and|or|is|was|has|had|but|on|in|at|instead|please|pls|not|from|near|for|to|which|where|the|by|as|if|with|then"
    r"|because|a|this|who|so|since|before|after|until|last|next|though|when|while|my|our|we|i|he|she|they|it|your|you|yesterday|today"
    r"|tomorrow|now|still|again|thanks|rather|via|just|only|can|could|will|would|did|does|do|are|were|doesn't|isn't|gets|failed)\b)"
)
_LIVES: Final = re.compile(
    r"(?:address|deliver\w*|ship\w*|sen[dt]|live[sd]?|living|moved?|moving|resid\w+|home|office|house|redirect\w*|parcel|courier|left|dropped"
    r"|collect\w*|pick(?:ed)?[- ]?up|billing|post|mail|at|to)\b[^\n]{0,25}$",
    re.I,
)

# ---- Chinese

_HAN: Final = "[\u4e00-\u9fff]"
# What no name of a place is written with: here its beginning is looked for.
_OPEN: Final = (
    r"(?:(?![在是到寄送住我你您他她的了往给把请帮收从叫要有去还说这那很就吗呢吧啊也没])[\u4e00-\u9fffA-Za-z0-9#()·-])"
)
_PROVINCE: Final = (
    r"(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃"
    r"|青海|台湾|台北|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
)
_WAY: Final = r"(?:路|街|大道|道|巷|弄|胡同|胡同里|里|段|大街|公路|村|坊|口)"
_PLACE: Final = (
    r"(?:小区|花园|家园|苑|公寓|大厦|广场|中心|新村|庄园|湾|城|园|府|庭|居|阁|轩|楼|院|区|村|里|期|世纪|名都|名苑|山庄|大学|学院|医院|学校|工业园"
    r"|科技园|产业园|创业园|市场|商城|宿舍|家属院|社区|组团)"
)
_HOUSE: Final = r"(?:[甲乙丙丁]?\d{1,5}(?:-\d{1,4})?(?:号院|号楼|号|弄|院|附\d+号)(?!线|店|球|电池|色|线路|码|机|前|之前|发货|到货|下单|签收))"
_BLOCK: Final = r"(?:(?:\d{1,4}|[A-Z])(?:-\d{1,3})?(?:号楼|栋|幢|座|组|区|期|排|单元|室|楼|层|号|门|院|弄|房|户)(?![周岁月年天个])|[东南西北][一二三四五六七八九十]{0,2}楼)"
_MORE: Final = (
    rf"(?:{_BLOCK}|\d{{3,4}}(?![\d.年元块])(?:室|号|房)?|-\d{{1,4}}|(?:与|和)?(?:{_OPEN}){{1,9}}?(?:交叉口|交汇处)?{_PLACE}(?={_BLOCK}|\d{{3,4}}"
    r"|[,，。.;；!！?？\s、]|$)|[ ,，](?=\d{1,4}(?:号楼|栋|幢|单元|室)))"
)
_HAN_DETAIL: Final = re.compile(
    rf"(?:{_WAY}(?:[东南西北中]|[一二三四五六七八九十]段)?{_HOUSE}|{_WAY}\d{{1,4}}组|{_PLACE}(?:\d期)?(?:\d{{1,4}}(?:号楼|栋|幢|座|号院)|[A-Z]座)"
    rf"|(?<!\d)\d{{1,4}}(?:号楼|栋|幢|座)(?:\d{{1,2}}单元)?\d{{3,4}}(?!\d)室?|(?<!\d)\d{{1,4}}(?:号楼|栋|幢|座)\d{{1,2}}单元)"
)
_HAN_LEFT: Final = re.compile(rf"{_OPEN}{{0,40}}$")
_HAN_RIGHT: Final = re.compile(rf"{_MORE}{{0,8}}")
_HAN_FIELD: Final = re.compile(
    r"(?:地址|住址|送货地|收件地|地点)(?:改为|改成|换成|变更为|更新为|是|为|在)?[:\s]{0,2}"
    rf"((?:{_PROVINCE}|{_HAN}{{2,4}}?市)?(?:{_HAN}{{2,5}}?[市州盟])?(?:{_HAN}{{1,7}}?[区县旗])(?:{_OPEN}){{2,40}})"
)
_LEAD: Final = re.compile(
    r"^.*?(?:地址|住址|门牌号?|改成|换成|改为|换为|变更为|位于|直接|麻烦|按照|快递员?|收货|配送|取件|退货|发货|公司|门店|新家|旧家|家庭|单位|原|旧)+(?=.)"
)
_ANCHOR: Final = re.compile(rf"{_PROVINCE}|{_HAN}{{2,3}}市")
_HAN_CODE: Final = re.compile(r"(?:邮编|邮政编码|邮码)(?:是|为)?[:\s]{0,2}(\d{6})(?!\d)")
_HAN_SIGN: Final = re.compile(r"\d[号弄院栋幢座组单]|[A-Z]座|地址|住址|邮编|邮政编码")


def postal_addresses(page: Page) -> None:
    """Claim address lines and postcodes in English and Chinese."""
    text = page.left
    if not text.isascii() and _HAN_SIGN.search(text):
        _chinese(page)
    if _STREET_SIGN.search(text):
        _streets(page)
    if _POST_SIGN.search(text):
        for pattern in (_CITY, _ANY_POST):
            for match in pattern.finditer(page.left):
                _take(page, *match.span())
        for pattern in (_POSTCODE, _ZIP):
            for match in pattern.finditer(page.left):
                _take(page, *match.span(1))


def _take(page: Page, start: int, end: int) -> None:
    raw = page.text[start:end]
    stripped = raw.rstrip(" .,\n-(")
    page.take("ADDRESS", start, start + len(stripped), re.sub(r"[\W_]+", " ", stripped).strip().casefold())


def _streets(page: Page) -> None:
    for match in _BOX.finditer(page.left):
        _take(page, *match.span())
    for match in _STREET.finditer(page.left):
        told = {word.casefold() for word in re.findall(r"[A-Za-z']+", match[0])}
        plain = told & _THINGS - {"the", "of"}
        if plain and not re.search(_POST, match[0]):
            continue
        sure = re.search(_POST, match[0]) or page.before(match.start(), _LIVES)
        if _AFTER.match(page.text, match.end()) and (sure or _AFTER.match(page.text[match.end() : match.end() + 20])):
            _take(page, match.start(), _without_sentence(page.text, *match.span()))
    for pattern in (_ROOM_AND_TOWN, _NUMBER_AND_TOWN):
        for match in pattern.finditer(page.left):
            _take(page, *match.span())
    for match in _LOWER.finditer(page.left):
        told = {word.casefold() for word in re.findall(r"[A-Za-z']+", match[0])}
        if not told & _THINGS and _AFTER.match(page.text, match.end()):
            _take(page, *match.span())
    for match in _FLAT.finditer(page.left):
        _take(page, *match.span())


def _without_sentence(text: str, start: int, end: int) -> int:
    """Return where the address ends when a town is no town but a word such as Please."""
    tail = re.search(r", ?([A-Z][a-z'’]+)[^,\d]*$", text[start:end])
    return start + tail.start() if tail and tail[1].casefold() in _SENTENCE and tail.start() > 5 else end


def _chinese(page: Page) -> None:
    done = 0
    for match in _HAN_DETAIL.finditer(page.left):
        if match.start() < done:
            continue
        left = _HAN_LEFT.search(page.left, done, match.start())
        start = _begin(page.left, left.start() if left else match.start(), match.start())
        right = _HAN_RIGHT.match(page.left, match.end())
        done = right.end() if right else match.end()
        _take(page, start, done)
    for match in _HAN_FIELD.finditer(page.left):
        _take(page, *match.span(1))
    for match in _HAN_CODE.finditer(page.left):
        _take(page, *match.span(1))


def _begin(text: str, start: int, detail: int) -> int:
    """Return where an address begins whose number was found: at its province, or as far as one name reaches."""
    if lead := _LEAD.match(text[start : detail + 1]):
        start += min(lead.end(), detail - start)
    if anchor := _ANCHOR.search(text, start, detail):
        return anchor.start()
    return max(start, detail - 12)
