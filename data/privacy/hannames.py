"""Chinese names: a surname and characters that given names are made of, where the place says that a name stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from replydesk.data.privacy.lexicon import (
    GIVEN,
    HAN_COMPOUND,
    HAN_GIVEN,
    HAN_NEVER,
    HAN_NOT_NAMES,
    HAN_SURNAMES,
    NOT_NAMES,
    words,
)
from replydesk.data.privacy.page import Page

__all__ = ["han_names"]

_H: Final = "[\u4e00-\u9fff]"
_HAN: Final = re.compile(f"{_H}+")
_PAUSE: Final = re.compile(r"$|[^\u4e00-\u9fffA-Za-z0-9]|\0")
_HELLO: Final = re.compile("[你您]好|[早晚]上好|[上中下]午好")

# 张总 is a manager, 一张总价表 a sheet: a title of one character wants a word that may follow a person.
_TITLES: Final = re.compile(
    r"(先生|女士|小姐(?!姐)|太太|夫人)|老师(?!傅)|师傅|经理|主任|医生|大夫|博士|老板|大[爷妈叔婶]|[爷奶]{2}|[局处科会]长|同学|阿姨|叔叔|大[哥姐]|主管|总监|队长|教授|律师|警官|护士|会计"
    r"|秘书|[部店厂校院]长|总(?=[的,。说那批要可让回叫在好您你.!?\s]|$)|工(?=[说明今昨上下后周星的来修给打在没,。 ]|$)|(?<!小)哥(?![哥们伦特斯华])|(?<!小)姐(?![姐妹夫])"
)
# What a surname is the end of, by its last character: the manager of 对方经理 is not called 方.
_JOINED: Final = {
    "方": "对地双官我甲乙买卖多各东南西北处警校院厂店资",
    "何": "任为如几",
    "于": "关由对属位至等在终基出处",
    "谢": "感多答致谢",
    "贺": "祝",
    "单": "订下运工账清菜保名简",
    "时": "当那这及按小同随有到准",
    "应": "反供相适",
    "高": "最",
    "安": "保治平公",
    "金": "基现资押定佣奖",
    "包": "面钱背红打",
    "常": "经非平正",
    "白": "明空",
    "车": "下开叫坐停",
    "全": "安健完",
    "查": "检调",
    "关": "有相",
    "任": "信责",
    "张": "一两几三四五六七八九十每这那",
}
# Words that may stand before a name in a sentence, by their last character.
_LEADING: Final = frozenset("下傅员找请帮给让跟和与向对替代转告是为叫问谢的了位个名由被把烦系感托从到在们那")
_RARE: Final = frozenset(
    "那师帅水和向员都成由若平强门计信花干支呼尚商项公从容云展位封包况利豆后管且富皮班盘丰度羊米油时全车"
)
_COMMON: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "柳苗齐伍米贝葛奚鲁柴翟庞颜庄聂章岳殷詹申欧耿关兰焦俞左甘祝包宁尚符舒阮柯纪梅童凌毕季裴霍涂曲翁骆游辛管蒲滕屈饶牟艾尤"
    "穆司卓古简车项芦麦娄窦戚岑景党费卜冷席卫柏宗瞿桂佟应臧闵苟邬边卞姬栾隋商刁巫寇甄丛仲虞敖佘池查麻苑"
    "廖贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴孔汤常乔赖文施洪康"
)
# 李先生牛肉面 and 单太太面包 are restaurants.
_FOOD: Final = re.compile(
    "[^,。!?;订的要买吃]{0,2}?(?:牛肉面|红烧肉|奶茶|面包|快餐|火锅|烧烤|鱼|米线|鸭脖|饺子|包子|小吃|餐厅|酒楼|饭店|蛋糕|甜品|咖啡|方便面|泡面)"
)
_WITH_TITLE: Final = words("先生 女士 小姐 老师 经理 本人 敬上")
_AFTER_NAME: Final = _WITH_TITLE | words(
    "为您 来电 要求 反映 表示 态度 答应 没带 送的 签收 超时 收到 想退 想换 我要 我想 付的 没有 一直 把我 说的 说要 昨天 今天 承诺 保证 告诉 推荐 介绍 处理 接待 负责 跟进 上门 送货 安装 代签 身份"
)
_VERBS: Final = frozenset("的了会也说要想把来没不已签收送买付下打很在给让投咨反服迟答接刚还就")
_AFTER_NICK: Final = words("为您 很高 将继 将为 继续 竭诚 就行 就好 你好 您好")

_FIELD: Final = re.compile(
    rf"(?:(?:收件|收货|联系|寄件|发件|持卡|下单|签收|经办|申请|领取|预订|预定|入住|乘机|投诉|报修|付款|购买|取件|受益|投保|被保|代理|负责)人"
    rf"|姓名|名字|(?<!用)户名|真名|本名|英文名|署名|签名|签字|称呼|落款|[机车业户]主|患者|学员|乘客|学生|客户|{_H}{{0,4}}信息|客服|联系方式|(?<![\u4e00-\u9fff]){_H}{{1,4}}人(?=:))(?:姓名|名字)?(是|为|叫|[改换]成|[改换]为|变更为)?([: ]{{0,3}})"
)
_SPOKEN_FIELDS: Final = words("名字 联系方式 客服 客户 称呼")
_OFFICES: Final = frozenset("部处科室组店司员")
_NOT_FILLED: Final = words(
    "无 没有 同上 本人 自己 未填 不详 匿名 见订单 客服 收件人 默认 先生 女士 写错了 错误 不对 填错了 如下 您好 你好 谢谢 朋友 妈妈"
    " 爸爸 老婆 老公 家人"
)
_ROLE: Final = (
    f"{_H}员|快递小哥|骑手|司机|师傅|[安维]?[装修]工|工程师|导购|店长|领导|经办|经理|主管|销售|顾问|专员|房东|租客|用户|顾客|会员"
    "|[业车机户]主|家长|学员|病人|患者|售后|(?:人工|在线)?客服(?:代表|专员|人员|经理)?"
)
# Behind the first group a name is likely, so it need not end in a pause; behind the others much else may stand.
_INTRODUCED: Final = re.compile(
    r"(我叫|我的(?:真实)?(?:名字|姓名)(?:是|叫)?|名字[是叫]|叫我|(?:[他她]|朋友|同事|孩子|女儿|儿子|老公|老婆|老师|[爸妈姐弟妹哥]|爱人)叫)"
    r"|[我他她](?:爱人|老公|老婆|丈夫|妻子|儿子|女儿|孩子|同事|同学|朋友|闺蜜|室友|邻居|[父母]亲|[爷奶]{1,2}|外[公婆]|舅舅"
    rf"|[表堂]?(?:妈|爸|姐|哥|弟|妹){{1,2}})[叫是]?|(?<!{_H})(?:孩子|室友|同事|同学)"
    rf"|我是(?:订单的收货人|收货人|[他她](?:爱人|妈妈|爸爸)|您的专属顾问|{_ROLE})?|我就是|名叫|[这那]边是|这里是|本人|在下(?!单)|鄙人"
    rf"|(?<!是)不[是叫]|[写打印错]成了?|应该是|实名|{_ROLE}[叫是]?|(?:审核|跟单|经手|保管|租[车房]|介绍|检验|监护|验收|陪同|订货|采购|报名|参保|代办|见证)人(?!:)|[转交发留寄]给|[找请转让问]|联系|通知|转告|是(?=[^,。]{{2,3}}[接签付收])"
)
_OPEN_ENDED: Final = words(
    "不是 不叫 应该是 我就是 实名 写成 打成 印成 错成 写成了 打成了 领导 找 请 转 让 问 是 联系 通知 转告 本人 名叫 用户 顾客 会员 经理 主管 销售 售后 专员"
)
_SURNAMED: Final = re.compile(rf"(?:[我他她]|免贵|本人|客人|客户|对方|(?<!{_H}))姓({_H}{{1,2}})(?!名)")
_DEAR: Final = words("亲爱的 尊敬的 敬爱的 请问是 问您是")
_GREETED: Final = re.compile(
    "亲爱的|尊敬的|敬爱的|(?:嗨|哈喽|[你您]好)[,! ]?|(?:[Dd]ear|[Hh]i|[Hh]ello|[Tt]o) |@|-{1,2} ?"
)
_LINE: Final = re.compile(rf"(?:^|(?<=\n))[-~]* ?({_H}{{2,4}})[^\S\n]*(?=\n|$|[,(]|女士|先生)")
_CLOSING: Final = re.compile("(?:敬礼|此致|祝好|商祺|谢谢|多谢|感谢|祝[^\n]{1,6})[!.。~]*\n$")
_BEFORE_CONTACT: Final = re.compile(rf"(?:^|[,。!?、;:.\n ]) ?({_H}{{2,4}})[,、:( ]{{1,2}}(?=\0|\+?\d{{3}})")
_AFTER_CONTACT: Final = re.compile(rf"\0[,、: ]{{1,2}}({_H}{{2,4}})(?=收?(?:[,。\n]|$))")
_RECEIVES: Final = re.compile(rf"(?<=[,、 \n]){_H}{{2,3}}(?=收(?:[,。\n]|$))")
_NOT_RECEIVERS: Final = words(
    "本人 前台 保安 门卫 驿站 家人 快递 丰巢 物业 同事 邻居 代为 公司 财务 仓库 客服 售后 自己 老师 明天 今天 下午 上午 不要"
)
_AT_THE_END: Final = re.compile(rf"(?:敬礼|此致|祝好|商祺|谢谢|多谢|感谢)[!。,~ ]{{1,3}}({_H}{{2,4}})$")
_SERVES: Final = re.compile("为您(?:服务|解答)")
_CLOSED: Final = re.compile(rf"(?:以上[,。]({_H}{{2,4}})(?!{_H}))|({_H}{{2,4}}) ?(?:敬上|谨上)$", re.M)
_LATIN: Final = re.compile(r"[A-Z][A-Za-z]{1,14}(?: [A-Z][A-Za-z]{1,14}){0,2}")
_FOREIGN: Final = re.compile(rf"{_H}{{2,6}}(?:·{_H}{{1,6}}){{0,3}}")
_NICK: Final = re.compile(f"[小阿老]{_H}")
_SERVED: Final = re.compile(f"{_H}{{2,3}}(?=为您|很高兴|竭诚|将)|({_H}{{2}})(?![\u4e00-\u9fffA-Za-z0-9])")


def han_names(page: Page) -> Iterator[tuple[int, int]]:
    """Yield where Chinese names stand, and Latin ones behind a Chinese word that announces them."""
    text = page.left
    yield from _titled(text)
    yield from _announced(text)
    for match in _GREETED.finditer(text):
        yield from _greeted(text, match.end())
    for match in _HELLO.finditer(text):
        comma = text[match.start() - 1 : match.start()] == ","
        yield from _ending(text, match.start() - comma, bounded=True)
        nick = _NICK.search(text, max(0, match.start() - 2), match.start())
        if nick and nick.end() == match.start() and nick[0] not in HAN_NOT_NAMES and _is_nick(text, nick.start()):
            yield nick.span()
    for match in _AT_THE_END.finditer(text):
        yield from _exactly(text, *match.span(1))
    for match in _SERVES.finditer(text):
        yield from _ending(text, match.start(), bounded=False)
    if "\n" in text:
        for match in _LINE.finditer(text):
            closed = bool(_CLOSING.search(text, max(0, match.start() - 12), match.start()))
            yield from _exactly(text, *match.span(1), strict=not closed)
    if "\0" in text:
        for match in _RECEIVES.finditer(text):
            if match[0] not in _NOT_RECEIVERS and match[0] not in HAN_NOT_NAMES:
                yield match.span()
        for rule in (_BEFORE_CONTACT, _AFTER_CONTACT):
            for match in rule.finditer(text):
                yield from _exactly(text, *match.span(1))
    for match in _CLOSED.finditer(text) if "以上" in text or "上" in text[-3:] else ():
        if match[1]:
            yield from _exactly(text, *match.span(1))
        else:
            yield from _ending(text, match.end(2), bounded=False)


def surname(text: str, at: int) -> int:
    """Return how many characters at a position are a surname: 0, 1 or 2."""
    if text[at : at + 1] not in _BEGINNINGS:
        return 0
    return 2 if text[at : at + 2] in HAN_COMPOUND else int(text[at] in HAN_SURNAMES)


_BEGINNINGS: Final = HAN_SURNAMES | {name[0] for name in HAN_COMPOUND}


def name_at(text: str, at: int, *, strict: bool = True) -> int:
    """Return how many characters at a position are a full name, 0 if none.

    ``strict`` wants characters that are usual in given names; else any one or two before a pause will do.
    """
    first = surname(text, at)
    if not first or text[at : at + 3] in HAN_NOT_NAMES:
        return 0
    given = text[at + first : at + first + 2]
    usual = [char in HAN_GIVEN for char in given]
    if text[at : at + 2] in HAN_NOT_NAMES:
        # 王子 is a prince, but 王子涵 a girl.
        extended = (
            (text[at] in _COMMON or not strict)
            and len(given) == 2
            and all(usual)
            and (_ends(text, at + 3) or _followed(text, at + 3))
        )
        return 3 if extended else 0
    if len(given) == 2 and all(usual) and given not in _WITH_TITLE:
        # 来 ends names, and is what one does: 找王芳来.
        return first + 2 if given[1] != "来" or _ends(text, at + first + 2) else first + 1
    if not strict and (run := _HAN.match(text, at)):
        length = run.end() - at
        if first < length <= first + 2 and given not in _WITH_TITLE:
            return length
    return first + 1 if usual and usual[0] else 0


def whole_name(text: str, at: int) -> int:
    """Return how many characters are a name because a surname begins them and a pause, title or greeting ends them."""
    first = surname(text, at)
    if first == 0 or (first == 1 and text[at] not in _COMMON):
        return 0
    for length in (first + 2, first + 1):
        told = text[at : at + length]
        if _HAN.fullmatch(told) and _ends(text, at + length):
            free = HAN_NEVER.isdisjoint(told[first:]) and told not in HAN_NOT_NAMES and told[:2] not in HAN_NOT_NAMES
            return length if free and told[first:] not in HAN_NOT_NAMES | _WITH_TITLE else 0
    return 0


def _ends(text: str, at: int) -> bool:
    return bool(_PAUSE.match(text, at) or _HELLO.match(text, at)) or text[at : at + 2] in _WITH_TITLE


def _followed(text: str, at: int) -> bool:
    """Say whether what stands here may follow a name: a pause, or a word such as 女士 or 来电."""
    return bool(_PAUSE.match(text, at)) or text[at] in _VERBS or text[at : at + 2] in _AFTER_NAME


def _exactly(text: str, start: int, end: int, *, strict: bool = True) -> Iterator[tuple[int, int]]:
    if end - start in (name_at(text, start, strict=strict), whole_name(text, start)):
        yield start, end


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for match in _TITLES.finditer(text):
        end = match.start()
        for length in (4, 3, 2, 1):
            start = end - length
            if start >= 0 and _bears_title(text, start, end, sure=bool(match[1])):
                if not _FOOD.match(text, match.end()):
                    yield start, end
                break


def _bears_title(text: str, start: int, end: int, *, sure: bool) -> bool:
    """Say whether the characters before a title are the name of who bears it."""
    first = surname(text, start)
    if not first or not first <= end - start <= first + 2:
        return False
    before = text[start - 1 : start] if start else ""
    told = text[max(0, start - 3) : start]
    free = text[start] in _COMMON and _HAN.fullmatch(text, start, end) and text[start : start + 2] not in HAN_NOT_NAMES
    free = free and ((sure and not _HAN.match(before)) or told in _DEAR or told[-2:] in ("您好", "你好"))
    usual = all(char in HAN_GIVEN for char in text[start + first : end])
    if not (usual or free) or (text[start : start + 2] in HAN_NOT_NAMES and end - start <= 2):
        return False
    if before and before in _JOINED.get(text[start], ""):
        return False
    inside = bool(_HAN.match(before))
    if first == 1 and text[start] in _RARE and (inside or not sure) and end - start == 1:
        return False
    # In the middle of a sentence a name begins behind a word that may stand before one.
    return not inside or before in _LEADING or (sure and end - start == first)


def _ending(text: str, end: int, *, bounded: bool) -> Iterator[tuple[int, int]]:
    """Yield the full name that ends here, and, where it must be bounded, has no character before it."""
    for length in (4, 3, 2):
        start = end - length
        named = start >= 0 and length in (name_at(text, start), whole_name(text, start) if bounded else 0)
        if named and text[start:end] not in HAN_NOT_NAMES:
            if not bounded or not start or not _HAN.match(text[start - 1]):
                yield start, end
                return


def _greeted(text: str, at: int) -> Iterator[tuple[int, int]]:
    length = whole_name(text, at) or name_at(text, at)
    if length >= 3 and not _ends(text, at + length) and _ends(text, at + length - 1):
        length -= 1
    if length and _ends(text, at + length):
        yield at, at + length
    elif not length and _NICK.match(text, at) and _is_nick(text, at) and _ends(text, at + 2):
        yield at, at + 2
    elif not length and text[at - 1] == "@" and (run := _HAN.match(text, at)):
        # A given name alone, as colleagues call each other.
        if run.end() == at + 2 and text[at] in HAN_GIVEN and text[at + 1] in HAN_GIVEN and run[0] not in HAN_NOT_NAMES:
            yield run.span()


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for match in _FIELD.finditer(text):
        yield from _filled(text, match)
    for match in _INTRODUCED.finditer(text):
        at = match.end()
        while text[at : at + 1] in (":", " "):
            at += 1
        sure = bool(match[1])
        length = whole_name(text, at) or name_at(text, at, strict=not match[0].endswith("叫"))
        if length == 3 and not _followed(text, at + 3) and _followed(text, at + 2):
            length = 2
        # Behind 我是 and 找 only a pause or a verb shows that two characters, or three, were a name.
        loose = length == 3 and match[0] not in _OPEN_ENDED and not match[0].startswith("我是")
        if not sure and not loose and not _followed(text, at + length):
            length = 0
        if length and text[at + length - 1 : at + length + 1] not in HAN_NOT_NAMES:
            yield at, at + length
        elif (latin := _LATIN.match(text, at)) and _is_latin(latin[0], match[0] in ("我叫", "叫我")):
            yield latin.span()
        elif _NICK.match(text, at) and _is_nick(text, at):
            yield at, at + 2
        elif "客服" in match[0] and (served := _SERVED.match(text, at)):
            if served.lastindex is None or all(char in HAN_GIVEN for char in served[1]):
                yield served.span()
    for match in _SURNAMED.finditer(text):
        if length := surname(text, match.start(1)):
            yield match.start(1), match.start(1) + length


def _filled(text: str, field: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the name in a field such as 收件人：, which with a colon or 是 may be any, also a foreign one."""
    at, sure = field.end(), bool(field[1]) or ":" in field[2]
    length = name_at(text, at, strict=not sure)
    if not length and field[0][-1:] in "人主" and (free := name_at(text, at, strict=False)):
        length = free if _PAUSE.match(text, at + free) and text[at : at + 2] not in HAN_NOT_NAMES else 0
    if length and (sure or " " in field[2] or _followed(text, at + length)):
        yield at, at + length
    elif (latin := _LATIN.match(text, at)) and _is_latin(latin[0], sure):
        yield latin.span()
    elif _NICK.match(text, at) and _is_nick(text, at):
        yield at, at + 2
    elif (
        ":" in field[2] and field[0].rstrip(": 是为叫") not in _SPOKEN_FIELDS and (foreign := _FOREIGN.match(text, at))
    ):
        told = foreign[0]
        if (
            told[-1] not in _OFFICES
            and _PAUSE.match(text, foreign.end())
            and told not in _NOT_FILLED
            and (told[:2] not in HAN_NOT_NAMES or (len(told) == 2 and surname(told, 0)))
        ):
            yield foreign.span()


def _is_nick(text: str, at: int) -> bool:
    known = text[at + 1] in HAN_GIVEN or text[at + 1] in HAN_SURNAMES
    after = bool(_PAUSE.match(text, at + 2)) or text[at + 2 : at + 4] in _AFTER_NICK
    return known and after and text[at : at + 2] not in HAN_NOT_NAMES


def _is_latin(name: str, sure: bool) -> bool:
    told = name.casefold().split()
    return not any(word in NOT_NAMES for word in told) and (sure or told[0] in GIVEN)
