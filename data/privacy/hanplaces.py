"""Where a name stands in Chinese: titles behind it, words before it, and the lines it has for itself."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.lexicon import words

__all__ = [
    "AFTER_CONTACT",
    "AFTER_NAME",
    "AFTER_NICK",
    "AT_THE_END",
    "BEFORE_CONTACT",
    "CLOSED",
    "CLOSING",
    "COMMON",
    "DEAR",
    "FIELD",
    "FOOD",
    "GREETED",
    "HAN",
    "HELLO",
    "INTRODUCED",
    "JOINED",
    "LEADING",
    "LINE",
    "NOT_FILLED",
    "NOT_RECEIVERS",
    "OFFICES",
    "OPENING",
    "PAUSE",
    "RARE",
    "RECEIVES",
    "SERVED",
    "SERVES",
    "SPOKEN_FIELDS",
    "SURNAMED",
    "TITLES",
    "VERBS",
    "WITH_TITLE",
]

_H: Final = "[\u4e00-\u9fff]"
HAN: Final = re.compile(f"{_H}+")
"""A run of Chinese characters."""

PAUSE: Final = re.compile(
    r"$|[^\u3041-\u30ff\uac00-\ud7a3\u4e00-\u9fffA-Za-z0-9]|\0|さん|くん|ちゃん|と申し|と言い|です(?!か)"
)
"""Where no word goes on, or what follows a name in Japanese does; 金額が is an amount, whatever greets before it."""

HELLO: Final = re.compile("[你您]好|[早晚]上好|[上中下]午好")
"""A greeting, before which a name may stand."""

# ---- titles

# 张总 is a manager, 一张总价表 a sheet: a title of one character wants a word that may follow a person.
TITLES: Final = re.compile(
    r"(先生|女士|小姐(?!姐)|太太|夫人)|老师(?!傅)|师傅|经理|主任|医生|大夫|博士|老板|大[爷妈叔婶]|[爷奶]{2}|同学|阿姨|叔叔|大[哥姐]|主管"
    r"|总监|队长|教授|律师|警官|护士|会计|秘书|[局处科会部店厂校院]长|总(?=[的,。说那批要可让回叫在好您你.!?\s]|$)"
    r"|工(?=[说明今昨上下后周星的来修给打在没,。 ]|$)|(?<!小)哥(?![哥们伦特斯华])|(?<!小)姐(?![姐妹夫])"
)
"""Titles; the first group are those that name a person wherever they stand."""

JOINED: Final = {
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
"""Which characters make a word with a surname behind them: the manager of 对方经理 is not called 方."""

LEADING: Final = frozenset("下傅员找请帮给让跟和与向对替代转告是为叫问谢的了位个名由被把烦系感托从到在们那致由")
"""The last characters of words that may stand before a name in a sentence."""

COMMON: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石柳苗齐伍米贝葛奚鲁柴翟庞颜庄聂章岳殷詹申欧耿兰焦俞左甘祝包宁尚符舒阮柯纪梅童凌毕季裴霍涂曲翁骆"
    "游辛管蒲滕屈饶牟艾尤穆司卓古简项芦麦娄窦戚岑景党费卜冷席卫柏宗瞿桂佟应臧闵苟邬边卞姬栾隋商刁巫寇甄丛仲虞敖"
    "佘池麻苑廖贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴孔汤常乔赖文施洪康"
)
"""The usual surnames."""

RARE: Final = frozenset(
    "那师帅水和向员都成由若平强门计信花干支呼尚商项公从容云展位封包况利豆后管且富皮班盘丰度羊米油时全车"
)
"""Surnames that are far more often another word."""

FOOD: Final = re.compile(
    "[^,。!?;订的要买吃]{0,2}?(?:牛肉面|红烧肉|奶茶|面包|快餐|火锅|烧烤|鱼|米线|鸭脖|饺子|包子|小吃|餐厅|酒楼|饭店|蛋糕|甜品|咖啡"
    "|方便面|泡面)"
)
"""What makes 李先生牛肉面 and 单太太面包 restaurants."""

# ---- what follows a name

WITH_TITLE: Final = words("先生 女士 小姐 老师 经理 本人 敬上")
"""What may follow a full name directly."""

AFTER_NAME: Final = WITH_TITLE | words(
    "为您 来电 要求 反映 表示 态度 答应 没带 送的 签收 超时 收到 想退 想换 我要 我想 付的 没有 一直 把我"
    " 说的 说要 昨天 今天 承诺 保证"
    " 告诉 推荐 介绍 处理 接待 负责 跟进 上门 送货 安装 代签 身份 代收 办理 妈妈 爸爸 电话"
)
"""What follows a name in a sentence."""

VERBS: Final = frozenset("的了会也说要想把来没不已签收送买付下打很在给让投咨反服迟答接刚还就啊呀吗呢吧今挂取去")
"""Characters of which one shows that the two or three before it were a name."""

AFTER_NICK: Final = words("为您 很高 将继 将为 继续 竭诚 就行 就好 你好 您好")
"""What follows 小李 where it is a name."""

# ---- what stands before a name

# Every alternative below begins with a plain character, which lets `re` skip what begins with no such character.
_ROLE: Final = (
    "员|快递小哥|骑手|司机|师傅|安装工|维修工|装修工|修理工|工程师|导购|店长|领导|经办|经理|主管|销售|顾问|专员|房东|租客|用户|顾客"
    "|买家|业主|车主|机主|户主|住户|卡主|家长|病人|患者|售后|班主任|教练|医生|律师|老师|保洁|月嫂|护士|导游|主播|考生|助理|老板|法人"
    "|客服(?:代表|专员|人员|经理)?"
)
_PERSON: Final = "|".join(
    f"{word}人"
    for word in [
        "收件",
        "收货",
        "联系",
        "寄件",
        "发件",
        "持卡",
        "下单",
        "签收",
        "经办",
        "申请",
        "领取",
        "预订",
        "预定",
        "入住",
        "乘机",
        "投诉",
        "报修",
        "付款",
        "购买",
        "取件",
        "受益",
        "投保",
        "被保",
        "代理",
        "负责",
        "审核",
        "审批",
        "跟单",
        "经手",
        "保管",
        "租车",
        "租房",
        "介绍",
        "检验",
        "监护",
        "验收",
        "陪同",
        "订货",
        "采购",
        "报名",
        "参保",
        "代办",
        "见证",
        "乘车",
        "购票",
        "汇款",
        "开户",
        "担保",
        "推荐",
    ]
)
FIELD: Final = re.compile(
    rf"(?:{_PERSON}|收件|寄件|收货|寄货|姓名|名字|户(?<!用户)名|账户名称|客户名称|开户名称|真名|本名|英文名|署名|签名|签字|作者|称呼|落款|机主|车主"
    r"|业主|户主|卡主|患者|学员|乘客|旅客|学生|客户|信息|法人代表|客服|医生|律师|教练|老师|售后|师傅|经理|司机|租客|会员|用户|联系方式"
    r"|名(?=:)|人(?=:))(?:姓名|名字)?([是为叫]|[改换][成为]|变更为)?([: ]{0,3})"
)
"""Fields of a form: (2) holds a colon or blanks."""

SPOKEN_FIELDS: Final = words("名字 联系方式 客服 客户 称呼 售后 师傅 经理 老师 医生 会员 用户")
"""Fields behind which a sentence is as likely as a value."""

NOT_FILLED: Final = words(
    "无 没有 同上 本人 自己 未填 不详 匿名 见订单 客服 收件人 默认 先生 女士 写错了 错误 不对 填错了 如下"
    " 您好 你好 谢谢 朋友 妈妈 爸爸 老婆"
    " 老公 家人 请问 麻烦 好的"
)
"""What stands in a field for a name and is none."""

OFFICES: Final = frozenset("部处科室组店司员")
"""The last characters of a department in a field for a name."""

_RELATIVE: Final = (
    "(?:的)?(?:爱人|老公|老婆|丈夫|妻子|儿子|女儿|孩子|同事|同学|朋友|闺蜜|室友|邻居|老板|领导|助理|[父母]亲|[爷奶]{1,2}|外[公婆]|舅舅"
    "|[表堂]?(?:妈|爸|姐|哥|弟|妹){1,2})[叫是]?"
)
INTRODUCED: Final = (
    re.compile(
        "我叫|本人叫|我的(?:真实)?(?:名字|姓名)[是叫]?|名字[是叫]|叫我|他叫|她叫|朋友叫|同事叫|孩子叫|宝宝叫|女儿叫|儿子叫|老公叫|老婆叫|老师叫"
        "|爸叫|妈叫|姐叫|弟叫|妹叫|哥叫|亲叫|爱人叫"
    ),
    re.compile(
        f"我{_RELATIVE}|他{_RELATIVE}|她{_RELATIVE}|孩子(?<!{_H}孩子)|室友|同事|同学(?<!{_H}同学)|这边是|那边是|这里是?|{_ROLE}(?:[叫是](?=.))?"
        f"|{_ROLE}|{_PERSON}"
    ),
    re.compile(
        f"我是(?:订单的|[他她](?:爱人|妈妈|爸爸)|您的专属顾问|下单的|{_ROLE}|{_PERSON})?|我本?人是|我就是|本人|在下(?!单)|鄙人|不(?<!是不)[是叫]"
        "|写成了?|打成了?|印成了?|错成了?|应该是|实名(?:认证)?|您是|名叫|叫(?<![家个点]叫)|请问是?|给(?=[^,。]{2,3}(?:打电话|的快递|发))"
        "|转给|交给|发给|留给|寄给|转交|转接|找(?:一?下)?|请|转|让|问(?:一?下)?|替|由|被|跟|联系|通知(?:一下)?|转告|投诉|表扬|感谢|辛苦|拜托|致"
        "|这是(?=[^,。]{2,3}的订单)|是(?=[^,。]{2,3}[接签付收])"
    ),
)
"""Words that announce a name surely, likely, and only if something that follows names does."""

OPENING: Final = re.compile(
    rf"(?:^|[,。!?;:\n(])({_H}{{2,3}})(?=接的?电话|签收了?|帮我|说可以|答应|让我|告诉我|先生|女士)"
)
"""A name that begins a clause, with what a person does behind it."""

SURNAMED: Final = re.compile(rf"姓(?:(?<=[我他她贵人户方]姓)|(?<!{_H}姓))({_H}{{1,2}})(?!名)")
"""A surname alone."""

DEAR: Final = words("亲爱的 尊敬的 敬爱的 请问是 问您是")
"""The three characters that make any characters before 先生 a name."""

GREETED: Final = re.compile(
    "亲爱的|尊敬的|敬爱的|致|嗨[,! ]?|哈喽[,! ]?|你好[,! ]?|您好[,! ]?|[Dd]ear |[Hh]i |[Hh]ello |[Tt]o |@|-{1,2} ?"
)
"""Greetings and what else a name may follow."""

# ---- lines and neighbours

LINE: Final = re.compile(rf"(?:^|(?<=\n))[-~]* ?({_H}{{2,4}})[^\S\n]*(?=\n|$|[,(]|女士|先生)")
"""A name that has a line for itself."""

CLOSING: Final = re.compile("(?:敬礼|此致|祝好|商祺|谢谢|多谢|感谢|祝[^\n]{1,6})[!.。~]*\n$")
"""The line before a signature."""

BEFORE_CONTACT: Final = re.compile(rf"(?:^|[,。!?、;:.\n ]) ?({_H}{{2,4}})[,、:(/ ]{{0,2}}(?=\0|\+?\d{{3}})")
"""A name before a phone number or an address."""

AFTER_CONTACT: Final = re.compile(rf"\0[,、:( ]{{0,2}}({_H}{{2,4}})(?=收?(?:[,。)\n]|$))")
"""A name behind a phone number or an address."""

RECEIVES: Final = re.compile(rf"(?<=[,、 \n]){_H}{{2,3}}(?=收(?:[,。\n]|$))")
"""Who receives a parcel: 陈静收."""

NOT_RECEIVERS: Final = words(
    "本人 前台 保安 门卫 驿站 家人 快递 丰巢 物业 同事 邻居 代为 公司 财务 仓库 客服 售后 自己 老师 明天"
    " 今天 下午 上午 不要"
)
"""Who receives a parcel and has no name."""

AT_THE_END: Final = re.compile(rf"(?:敬礼|此致|祝好|商祺|谢谢|多谢|感谢)[!。,~ ]{{1,3}}({_H}{{2,4}})$")
"""A signature on the line of its closing."""

SERVES: Final = re.compile("为您(?:服务|解答)")
"""What a service agent does, behind the name."""

SERVED: Final = re.compile(f"{_H}{{2,3}}(?=为您|很高兴|竭诚|将)|({_H}{{2}})(?![\u4e00-\u9fffA-Za-z0-9])")
"""A service agent's name, which may be a given name alone."""

CLOSED: Final = re.compile(rf"(?:以上[,。]({_H}{{2,4}})(?!{_H}))|({_H}{{2,4}}) ?(?:敬上|谨上)$", re.M)
"""Names that close a letter."""
