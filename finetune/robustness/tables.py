"""What the noise kinds choose from: neighbouring keys, characters that look alike, words of both languages, emoji."""

from __future__ import annotations

from functools import cache
from typing import Final

__all__ = ["CHINESE_OF", "EMOJI", "ENGLISH_OF", "KEYS", "NUMERALS", "NUMERAL_WORDS", "homophones", "look_alikes"]

NUMERALS: Final = "〇零一二三四五六七八九十百千万亿两"
"""Chinese characters that say how many. They are never put in or taken away."""

NUMERAL_WORDS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand"
)
"""English words that say how many, likewise."""

EMOJI: Final = ("😂", "🙏", "😭", "😡", "👍", "😅", "🥲", "🤔", "😩", "🙄", "😊", "❗")
"""What customers put behind a sentence."""

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

_SHAPES: Final = """
己已巳 未末 土士 人入 日曰 天夫无 大太犬 本木术 休体 侯候 兔免 鸟乌 刀力 午牛 今令 买卖 贝见
田由甲申 目自 王玉主 住往 问间 拔拨 折拆析 栽裁载 戊戌戍 茶荼 微徽 粟栗 冶治 洒酒 冷泠 准淮
狠很狼 快块决 抢枪 扶抚 拉垃 货贷贺 贵责 赔陪培 迟退 还坏环 这过 进近 运远 遇偶 第弟 订钉 单早
号另 合会 何可司 店占 收牧 改攻 放故 致到 签答 待持特 时对村 杯坏 瓶拼 并开 关美 差着 看着 没设
活话括 说税悦 请清情晴 谁准 讲进 讯迅 记纪 论轮 轻经 红江 线浅钱 级极 给恰 的约 钩沟购构 账帐胀
数教 重里 理埋 坦但担 备各 名各 客容 密蜜 宝宗 完宅 字宇 写与 师帅 币巾市 常堂 省看 消销稍 扁篇
遍编骗 房户 新斩 诉拆 亲新 幸辛 报服 朋明阴阳 旧归 电龟 用甩 背肯 能熊 照煦 热熟 黑墨 吹次欢
吗妈码 吧把爸 哪那 部陪 即既 错借措 铜钢 锅祸 壶壳 被彼披 补朴 衬村 衫杉 裤库 裸棵课颗 枕忱
怕帕拍 缓暖 绿录 蓝篮 兰烂 取最 换涣 卡卞 处外 少小 下不 发友 送关 地他 她他 你称 我找 怎作
么公 为办 什仟 钥钓 灯灶 香看 查杏 申电 盒盆 纸纹 袋贷 尺尽 码妈 色包 包句 句旬 物场 流疏 收叹
到倒 倒例 箱霜 签笺
"""

_PAIRS: Final = """
order=订单 refund=退款 return=退货 delivery=配送 parcel=包裹 package=包裹 courier=快递 tracking=物流 address=地址
invoice=发票 payment=付款 card=银行卡 account=账号 password=密码 code=验证码 coupon=优惠券 discount=折扣 price=价格
money=钱 bank=银行 cancel=取消 change=改 exchange=换货 email=邮箱 phone=手机 app=应用 size=尺码 colour=颜色 color=颜色
broken=坏了 late=晚了 help=帮忙 service=客服 gift=礼物 warranty=保修 repair=维修 stock=库存 shop=门店 store=门店
website=网站 points=积分 member=会员 cost=费用 fee=手续费 balance=余额 transfer=转账 account=账户 today=今天
tomorrow=明天 please=麻烦 thanks=谢谢 wrong=错了 lost=丢了 login=登录 download=下载 update=更新 picture=图片 photo=照片
customs=海关 free=免费 number=号码 check=查 buy=买 pay=付 send=寄 receive=收到 missing=少了 time=时间 problem=问题
"""

KEYS: Final[dict[str, str]] = {
    key: "".join(
        other
        for beside, other_row in enumerate(_ROWS)
        if abs(beside - number) <= 1
        for column, other in enumerate(other_row)
        # Each row stands about half a key to the right of the one above.
        if other != key and abs(column + beside / 2 - place - number / 2) <= 1
    )
    for number, row in enumerate(_ROWS)
    for place, key in enumerate(row)
}
"""The keys around each letter of a QWERTY keyboard."""

CHINESE_OF: Final[dict[str, str]] = dict(pair.split("=") for pair in _PAIRS.split())
"""What people who mix the languages say in Chinese."""

ENGLISH_OF: Final[dict[str, str]] = {pair.split("=")[1]: pair.split("=")[0] for pair in reversed(_PAIRS.split())}
"""What people who mix the languages say in English."""


@cache
def look_alikes() -> dict[str, str]:
    """Return for each Chinese character of the table those that look like it."""
    found: dict[str, str] = {}
    for group in _SHAPES.split():
        for one in group:
            beside = found.get(one, "") + "".join(c for c in group if c != one and c not in NUMERALS)
            found[one] = "".join(dict.fromkeys(beside))
    return {one: others for one, others in found.items() if others and one not in NUMERALS}


@cache
def homophones() -> dict[str, str]:
    """Return for each of the 3,755 common characters (GB 2312, level 1) the others that sound like it.

    Tones are not told apart: an input method does not ask for them.
    """
    from pypinyin import lazy_pinyin

    # Rows 16 to 55 of the standard; the last five cells are empty.
    cells = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    common = [character for cell in cells if (character := cell.decode("gb2312", errors="ignore"))]
    sounds: dict[str, list[str]] = {}
    for character in common:
        if character not in NUMERALS:
            sounds.setdefault(lazy_pinyin(character)[0], []).append(character)
    return {
        one: "".join(other for other in group if other != one)
        for group in sounds.values()
        for one in group
        if len(group) > 1
    }
