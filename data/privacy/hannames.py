"""Chinese names: a surname and characters that given names are made of, where the place says that a name stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from replydesk.data.privacy.lexicon import GIVEN, HAN_COMPOUND, HAN_GIVEN, HAN_NOT_NAMES, HAN_SURNAMES, NOT_NAMES
from replydesk.data.privacy.page import Page

__all__ = ["han_names"]

_H: Final = "[\u4e00-\u9fff]"
_PAUSE: Final = re.compile(r"$|[^\u4e00-\u9fffA-Za-z0-9]|\0")
_SURE_TITLE: Final = "先生|女士|小姐(?!姐)|太太|夫人"
_OTHER_TITLE: Final = (
    "老师(?!傅)|师傅|经理|主任|医生|大夫|同学|阿姨|叔叔|大哥|大姐|主管|总监|队长|教授|律师|警官|护士|会计|秘书|部长|店长|厂长|校长|院长"
    "|总(?=[的,，。说那批,.!！?？\\s]|$)|工(?=[说明今昨上下后周星]|$|[,，。 ])|哥(?=[介说的给,，。 ]|$)|姐(?=[拿说的给,，。 ]|$)"
)
_TITLES: Final = re.compile(f"({_SURE_TITLE})|(?:{_OTHER_TITLE})")
# Words whose last character is a surname: what they end in is no name.
_JOINED: Final = {
    "方": "对地双官我甲乙买卖多各东南西北处警校院厂店资", "何": "任为如几", "于": "关由对属位至等在终基出处", "谢": "感多答致",
    "贺": "祝", "单": "订下运工账清菜保名简", "时": "当那这及按小同随有到准", "应": "反供相适", "高": "最", "安": "保治平公",
    "金": "基现资押定佣奖", "包": "面钱背红打", "常": "经非平正", "白": "明空", "车": "下开叫坐停", "连": "", "全": "安健完",
    "家": "", "水": "", "石": "", "马": "", "路": "", "和": "", "向": "", "员": "", "管": "", "相": "互真", "都": "", "成": "",
    "查": "检调", "计": "", "但": "", "若": "", "关": "有相", "就": "", "任": "信责", "平": "", "张": "一两几三四五六七八九十每这那",
    "支": "一两几三", "封": "一两几", "项": "一两几各", "门": "", "号": "", "信": "", "强": "", "越": "", "由": "", "申": "",
}  # fmt: skip
_FUNCTION: Final = frozenset("找请帮给让跟和与向对替代转告是为叫问谢的了位个名由被把麻烦联系感托从到在，")
_RARE: Final = frozenset(
    "水和向员都成由若但平强门计信花干支呼尚商项公从容云展位封包况利豆后相管且富皮班盘丰度羊况米油揭束"
)

_NAME_FIELD: Final = re.compile(
    r"(?:(?:收件|收货|联系|寄件|发件|持卡|下单|签收|经办|申请|领取|预订|预定|入住|乘机|投诉|报修|付款|购买|取件|受益|投保|被保|代理|负责)人|姓名|名字|名称叫|户名"
    r"|称呼|落款|机主|车主|业主|户主|患者|学员|乘客|学生|客户|收货信息|领取人|客服|联系方式)(?:姓名|名字)?(是|为|叫)?([: ]{0,3})"
)
_INTRODUCED: Final = re.compile(
    r"(?:我叫|我的(?:真实)?(?:名字|姓名)(?:是|叫)?|名字(?:是|叫)|名叫|叫我|本人|我是(?:订单的收货人|他爱人|她爱人|他妈妈|她妈妈|您的专属顾问|客服)?|这边是|这里是"
    r"|(?:他|她|朋友|同事|孩子|女儿|儿子|老公|老婆|妈|爸|爱人|姐|弟|妹|哥)叫|我(?:爱人|老公|老婆|儿子|女儿|同事|朋友|妈妈?|爸爸?)(?:叫|是)?"
    r"|(?:快递员|骑手|师傅|安装工|维修工|导购|顾问|客服(?:代表|专员|人员|经理)?|经理|主管|店员|销售|司机|工程师|配送员|专员))"
)
_SURNAMED: Final = re.compile(rf"(?:我|免贵|本人|她|他|客人|客户|对方)姓({_H}{{1,2}})")
_GREETED: Final = re.compile(
    r"(?:亲爱的|尊敬的|敬爱的|嗨|哈喽|[Dd]ear |[Hh]i |[Hh]ello |@|—+ ?|-{2,} ?|\n[-~]?|^|[,。!?、;:.] ?)"
)
_HELLO: Final = re.compile("(?:你好|您好|早上好|上午好|中午好|下午好|晚上好)")
_SIGNED: Final = re.compile(rf"({_H}{{2,4}}) ?(?:敬上|上|谨上|启)$", re.M)
_SIGN: Final = re.compile(
    "先生|女士|小姐|太太|夫人|老师|师傅|经理|主任|医生|大夫|同学|阿姨|叔叔|大哥|大姐|主管|总监|队长|教授|律师|警官|护士|会计|秘书|部长|店长|厂长|校长|院长"
    "|总|工|哥|姐|人|名|称呼|落款|机主|车主|业主|户主|患者|学员|乘客|学生|客户|我|叫|姓|这边是|本人|快递员|骑手|导购|顾问|客服|店员|销售|司机|专员|亲爱|尊敬|嗨|哈喽|"
    "[Dd]ear|[Hh]i |@|—|--|\n|[你您]好|[上下]午好|早上好|晚上好|敬上|收货信息|,|。|、|以上"
)
_LATIN: Final = re.compile(r"[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14}){0,2}")
_FOREIGN: Final = re.compile(rf"{_H}{{2,6}}(?:·{_H}{{1,6}}){{0,3}}")
_NO_FIELD: Final = frozenset(
    [
        "无",
        "没有",
        "同上",
        "本人",
        "自己",
        "未填",
        "不详",
        "匿名",
        "见订单",
        "客服",
        "收件人",
        "默认",
        "先生",
        "女士",
        "写错了",
        "错误",
        "不对",
        "填错了",
        "如下",
        "您好",
        "你好",
        "谢谢",
        "朋友",
        "妈妈",
        "爸爸",
        "老婆",
        "老公",
        "家人",
    ]
)


def han_names(page: Page) -> Iterator[tuple[int, int]]:
    """Yield where Chinese names stand, and Latin ones behind a Chinese word that announces them."""
    text = page.left
    if not _SIGN.search(text):
        return
    yield from _titled(text)
    yield from _announced(text)
    yield from _placed(text)


def surname(text: str, at: int) -> int:
    """Return how many characters at a position are a surname: 0, 1 or 2."""
    if text[at : at + 2] in HAN_COMPOUND:
        return 2
    return int(text[at : at + 1] in HAN_SURNAMES)


def name_at(text: str, at: int, *, strict: bool = True) -> int:
    """Return how many characters at a position are a full name, 0 if none.

    ``strict`` wants given names of characters usual in them; else any two will do before a pause.
    """
    first = surname(text, at)
    if not first or text[at : at + 3] in HAN_NOT_NAMES:
        return 0
    given = text[at + first : at + first + 2]
    usual = [char in HAN_GIVEN for char in given]
    if text[at : at + 2] in HAN_NOT_NAMES:
        # 王子 is a prince, but 王子涵 a girl.
        return 3 if len(given) == 2 and all(usual) and _ends(text, at + 3) else 0
    if len(given) == 2 and all(usual) and given not in ("先生", "女士"):
        return first + 2
    if not strict:
        for extra in (2, 1):
            part = text[at + first : at + first + extra]
            if len(part) == extra and re.fullmatch(f"{_H}+", part) and _PAUSE.match(text, at + first + extra):
                return first + extra
    return first + 1 if usual and usual[0] else 0


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for match in _TITLES.finditer(text):
        end = match.start()
        for length in (4, 3, 2, 1):
            start = end - length
            if start < 0 or not re.fullmatch(f"{_H}{{{length}}}", text[start:end]):
                continue
            first = surname(text, start)
            if not first or first > length or (length - first) > 2:
                continue
            if length > first and not all(char in HAN_GIVEN for char in text[start + first : end]):
                continue
            if length == 2 and text[start:end] in HAN_NOT_NAMES:
                continue
            before = text[start - 1 : start] if start else ""
            if before and before in _JOINED.get(text[start], ""):
                continue
            han = bool(re.fullmatch(_H, before))
            weak = not match[1] or length > first
            if first == 1 and text[start] in _RARE and (han or not match[1]):
                continue
            # In the middle of a sentence a longer name begins behind a word that may stand before one.
            if weak and han and length > first and before not in _FUNCTION:
                continue
            if not match[1] and han and before not in _FUNCTION and length == first and before not in "那个们的":
                continue
            yield start, end
            break


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for match in _NAME_FIELD.finditer(text):
        at, sure = match.end(), ":" in match[2] or bool(match[1])
        field = match[0].rstrip(": ")
        if (length := name_at(text, at, strict=not sure)) and (sure or _followed(text, at + length) or " " in match[2]):
            yield at, at + length
        elif (latin := _LATIN.match(text, at)) and _latin(latin[0], sure):
            yield latin.span()
        elif sure and field not in ("名字", "联系方式", "客服", "客户") and (foreign := _FOREIGN.match(text, at)):
            if (
                _PAUSE.match(text, foreign.end())
                and foreign[0] not in _NO_FIELD
                and foreign[0][:2] not in HAN_NOT_NAMES
            ):
                yield foreign.span()
        elif re.match("[小阿][\u4e00-\u9fff]", text[at : at + 2]) and _nick(text, at):
            yield at, at + 2
    for match in _INTRODUCED.finditer(text):
        at = match.end()
        while text[at : at + 1] in ": " and text[at : at + 1]:
            at += 1
        word = match[0]
        if word in ("我是", "本人", "这里是", "经理", "主管", "销售", "顾问", "专员", "司机") or word.startswith(
            "我是"
        ):
            length = name_at(text, at)
            if length and length == 3 and not _followed(text, at + 3) and _followed(text, at + 2):
                length = 2
            if length and (_followed(text, at + length) or text[at + length : at + length + 1] in "的"):
                yield at, at + length
        elif length := name_at(text, at):
            if text[at + length - 1 : at + length + 1] not in HAN_NOT_NAMES:
                yield at, at + length
        if (latin := _LATIN.match(text, at)) and _latin(latin[0], word in ("我叫", "叫我")):
            yield latin.span()
        elif (
            re.match("[小阿老][\u4e00-\u9fff]", text[at : at + 2])
            and text[at : at + 2] not in HAN_NOT_NAMES
            and _nick(text, at)
        ):
            yield at, at + 2
        elif "客服" in word and (nick := re.match(f"({_H}{{2,3}})(?=为您|很高兴|竭诚|将)", text[at : at + 6])):
            yield at, at + len(nick[1])
    for match in _SURNAMED.finditer(text):
        if length := surname(text, match.start(1)):
            yield match.start(1), match.start(1) + length


def _nick(text: str, at: int) -> bool:
    after = text[at + 2 : at + 4]
    known = text[at + 1] in HAN_GIVEN or text[at + 1] in HAN_SURNAMES
    return text[at : at + 2] not in HAN_NOT_NAMES and known and bool(_PAUSE.match(text, at + 2) or after in _AFTER_NICK)


_AFTER_NICK: Final = frozenset(["为您", "很高", "将继", "就行", "就好", "竭诚", "你好", "您好", "继续", "将为"])


def _latin(name: str, sure: bool) -> bool:
    words = [word.casefold() for word in name.split()]
    return not any(word in NOT_NAMES for word in words) and (sure or words[0] in GIVEN)


def _followed(text: str, at: int) -> bool:
    """Say whether what stands here may follow a name: a pause, or a word such as 女士 or 本人."""
    return bool(_PAUSE.match(text, at)) or text[at : at + 2] in (
        [
            "先生",
            "女士",
            "小姐",
            "老师",
            "本人",
            "来电",
            "要求",
            "反映",
            "表示",
            "态度",
            "答应",
            "没带",
            "送的",
            "签收",
            "超时",
            "把墙",
            "收到",
            "想退",
            "想换",
            "我要",
            "我想",
            "付的",
            "也遇",
            "还骂",
            "没有",
            "一直",
        ]
    )


def _placed(text: str) -> Iterator[tuple[int, int]]:
    """Yield names behind a greeting, an @ or a dash, before a greeting, and those that have a line for themselves."""
    for match in _GREETED.finditer(text):
        at, sign = match.end(), match[0]
        length = name_at(text, at)
        nick = re.match("[小阿][\u4e00-\u9fff]", text[at : at + 2]) and text[at : at + 2] not in HAN_NOT_NAMES
        if length:
            if length >= 3 and not _ends(text, at + length) and _ends(text, at + length - 1):
                length -= 1
            end = at + length
            loose = not sign.strip("\n-~ ") or (sign or "^")[0] in ",。!?、;:."
            if _HELLO.match(text, end) and text[at:end] not in HAN_NOT_NAMES:
                yield at, end
            elif loose:
                # A line of its own, or the beginning of "name, phone, address".
                line = (sign.startswith("\n") or (at == 0 and False)) and re.match(
                    r"[^\S\n]*(?:$|\n|[,，(]|女士|先生)", text[end : end + 3]
                )
                shipping = re.match(r"[,，、:： ]{1,2}(?:\0|\+?\d{3})", text[end : end + 5])
                dated = (sign or "^")[0] in ",。" and text[: match.start()].endswith("以上") and _PAUSE.match(text, end)
                if line or shipping or dated:
                    yield at, end
            elif _PAUSE.match(text, end) or text[end : end + 2] in ("先生", "女士", "小姐", "老师", "经理", "敬上"):
                yield at, end
        elif (
            nick
            and sign.strip()
            and (sign or "^")[0] not in ",。!?、;:.\n"
            and text[at + 1] in HAN_GIVEN | HAN_SURNAMES
            and _ends(text, at + 2)
        ):
            yield at, at + 2
    for match in _SIGNED.finditer(text):
        for begin in (match.start(1), match.end(1) - 3, match.end(1) - 2):
            if begin >= match.start(1) and name_at(text, begin) == match.end(1) - begin:
                yield begin, match.end(1)
                break


def _ends(text: str, at: int) -> bool:
    return bool(_PAUSE.match(text, at) or _HELLO.match(text, at)) or text[at : at + 2] in (
        "先生",
        "女士",
        "小姐",
        "敬上",
    )
