"""Made-up names of persons in Chinese messages, and where they are planted: data to tell names by.

Names are put in the place of persons (他, 客服, 我 at the head of a clause, behind 朋友) in messages of JDDC and of the
demo desk, and into sentences of people who say who they are. ``development`` is for choosing by, ``learning`` for
fitting weights, ``test`` has other messages and other names; nobody is in two of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from random import Random
from typing import Final

from benchmarks._datasets import datasets
from replydesk.dialog.hannamecontext import dictionary

__all__ = ["FRAMES", "NAMED", "framed", "in_messages", "messages", "name", "samples"]

_PLACES: Final = frozenset(("他", "她", "客服", "师傅", "商家", "卖家", "快递员", "老板"))
_BEHIND: Final = frozenset(("朋友", "同事", "同学", "家人", "孩子", "会员", "客户"))
# Words that people are called by, and call themselves.
_WORDS: Final = (
    "阳光 微风 星空 月亮 清风 雨天 彩虹 大海 森林 小溪 落叶 晚风 晨曦 春天 秋天 冬天 咖啡 奶茶 蛋糕 豆浆 柠檬 草莓"
    " 西瓜 橘子 蘑菇 布丁 年糕 汤圆"
    " 饺子 海豚 企鹅 熊猫 兔子 狐狸 蝴蝶 蜗牛 糖果 气球 风筝 快乐 幸福 自由 勇敢 坚强 善良 开心 努力 加油 随缘 淡定"
    " 认真 简单 如意 吉祥 平凡 自然"
    " 飞翔 奔跑 等待 漂流 远方 故乡 未来 梦想 希望 回忆 传说 英雄 书生 浪子 行者 木子 天使 公主 王子 宝贝 胜利 光明"
    " 忠诚 建设 和平 团结 进步 爱国"
    " 东风 卫星 跃进 解放 援朝 夜猫子 小太阳 向日葵 蒲公英 棉花糖"
)
# How many names are others than a surname with a given name.
_HARD: Final = 0.25
# What the names are that the samples have; the rest of them has none.
NAMED: Final = ("李春生", "王桂兰", "方国栋", "张三", "顾晓", "小军", "燕归", "Lane", "小叶", "阿宁", "刘海燕")
_TITLES: Final = "女士 先生 老师 姐 哥 总 经理 师傅 阿姨 叔 小姐 医生 主任"
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈"
# Given names behind a surname, and whole names: those that are words, too, foreign ones, and those of minorities.
_NAMES: Final = {
    "learning": (
        "婷 琴 亮 辉 刚 波 敏 燕 琪 宁 建国 红梅 海涛 佳怡 浩然 诗涵 一鸣"
        " 立军 春花 玉兰 文静 少华 彦君 瑞霞 天佑 可欣 志强 晓东",
        "高峰 周正 高歌 夏天 江山 田野 向阳 白杨 丁香 常青 安宁 方正 云飞 白露 江枫 高兴 黄河 谷雨 黎明 马到成 高洁"
        " 石头 汤姆 玛丽 大卫 安娜 彼得 杰克 丽莎 艾米 露西 迈克 保罗 苏珊 米歇尔 亚历山大 卡琳娜 凯瑟琳 乔治 伊万"
        " 娜塔莎 艾伦 杰森 凯伦 丹尼尔 索菲亚 奥利维亚 罗伯特"
        " 格桑 央宗 帕提古丽 阿里木江 热娜 艾孜买提 吐逊江 旦增 次旦 强巴"
        " 乌兰 娜仁 宝音 斯日古楞 依力亚斯·买买提 古力娜扎 达瓦 卓嘎 尼玛 海日古丽 欧阳锋 诸葛亮亮 司徒静 夏侯杰"
        " 令狐冲 冷静 文明 东方红 司马光 白云 苗条 高洁 周全 关键 乐观 成功 牛奶 田园 海洋 慕容晴 夏天 铃木一郎 约翰"
        " 朴智慧 娜塔莎 佐藤美咲 安娜·卡列 大卫"
        " 玛丽亚 彼得 米歇尔 安娜 韦小宝 乌云 古丽 苏日娜 卓玛 次仁 梁医生 欢欢 萌萌 丽丽 媛媛 冰冰 蕾蕾 倩倩 晶晶"
        " 甜甜 乐乐 朵朵 周女士 郭大爷 胡经理 老李 小美 小王 阿May 小雨 孙哥 王姐 何叔 林阿姨"
        " 马总 罗小姐 郑太太 小胡同学 Jessica Alice Kevin Mike",
    ),
    "development": (
        "伟 芳 静 磊 军 勇 涛 超 浩 鹏 琳 慧 桂英 秀兰 建华 宇航 子轩 梓涵 欣怡 雨桐 志伟 晓东 海燕"
        " 国强 振华 美玲 婷婷 鑫 凯 峰",
        "巴特尔 阿依古丽 扎西 洛桑 其其格 吾买尔 热依扎 格桑 德吉 库尔班 艾尔肯 买买提·艾山 欧阳婷 上官云",
    ),
    "cued": (
        "",
        "高飞 万千 方圆 常胜 江河 白云 石磊 温馨 安然 夏雨 金玉 何必 成功 马上 文明 乐意 查理 爱丽丝 杰西卡 马修"
        " 维多利亚 布莱恩 艾玛 露易丝 托马斯 史蒂文 吾斯曼 萨拉 卓玛 多吉 桑吉 苏布德 塔娜 麦麦提 哈斯 阿迪力 古再丽"
        " 尼加提 索南 布和",
    ),
    "test": (
        "斌 娟 倩 晖 莹 昊 蕾 彬 菲 淑华 玉珍 志明 丽娟 晓慧 俊豪 思源 雅琴 永康"
        " 佳慧 文博 秋菊 德胜 雪莹 冠宇 瑾 璐 锋 宸",
        "阿孜古丽 白玛 图雅 吐尔逊 益西 牧仁 玛依努尔 加措 阿不力孜 朝克图 艾力·买买提 司空明 慕容雪",
    ),
}
# Sentences of people who say who they are, or whom they speak of; {} is a person.
FRAMES: Final = {
    "learning": """
{text}|{}
{text} {}
{text}——{}
{text}（{}）
{text}谢谢，{}
{text} 此致 {}
{text} 署名：{}
我叫{}，{text}
本人{}，{text}
我是{}，{text}
你好，我是{}。{text}
{}：{text}
{}，{text}
同事{}说不好用，{text}
我朋友{}推荐的，{text}
收件人叫{}，{text}
联系人：{}，{text}
我姓名是{}，{text}
{}问一下，{text}
{}让我来问：{text}
上次是{}帮我弄的，{text}
我跟{}一起买的，{text}
{text} {}敬上
{text}我是{}
刚才{}打电话来了，{text}
会员{}，{text}
""",
    "cued": """
我叫{}，请问{text}
我的名字是{}。{text}
我是{}，{text}
{text} {}
{text}|{}
{text} 落款：{}
我同事{}说收到了，{text}
邻居{}告诉我的，{text}
户主叫{}，{text}
{text}——{}
""",
}


def messages(part: str) -> list[str]:
    """Return what customers of a part of JDDC wrote."""
    lines = (datasets() / "prepared" / f"jddc_retrieval_{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted({json.loads(line)["text"] for line in lines})


def samples() -> list[str]:
    """Return what customers of the demo desk wrote first, in Chinese."""
    text = (resources.files("replydesk.data.samples") / "conversations.zh.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    return sorted({next((m["text"] for m in one["turns"] if m["role"] == "customer"), "") for one in found})


@cache
def _names(part: str) -> tuple[Sequence[str], Sequence[str]]:
    given, others = _NAMES[part]
    return given.split(), others.split()


def name(part: str, draw: Random, hard: float = _HARD) -> str:
    """Return a surname with a given name, or, so often, one of other names."""
    given, others = _names(part)
    if not given or draw.random() < hard:
        drawn = draw.random() if hard != _HARD else 1.0
        return _called(draw) if drawn < 0.25 else draw.choice(_WORDS.split() if drawn < 0.5 else others)
    return draw.choice(_SURNAMES) + draw.choice(given)


def _called(draw: Random) -> str:
    """Return what people call each other: 小王, 老李, 王姐, 李女士."""
    if draw.random() < 0.5:
        return draw.choice("小老阿大") + draw.choice(_SURNAMES)
    return draw.choice(_SURNAMES) + draw.choice(_TITLES.split())


def in_messages(texts: Sequence[str], part: str, *, times: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the messages that speak of somebody, with a name in the place of one, and the name."""
    for number in range(times):
        for text in texts:
            draw = Random(f"{number} {text}" if number else text)
            who = name(part, draw)
            found = [*_spoken_of(text)]
            if found:
                start, stop = draw.choice(found)
                yield text[:start] + who + text[stop:], who


def _spoken_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield where in a message a name may stand."""
    at, before = 0, ""
    for word in dictionary().cut(text, False):
        if word in _PLACES or (word == "我" and not re.search("[\u4e00-\u9fff]\\Z", before)):
            yield at, at + len(word)
        elif word in _BEHIND:
            yield at + len(word), at + len(word)
        at, before = at + len(word), word


def framed(
    texts: Sequence[str], part: str, sentences: Sequence[str], *, times: int = 1, hard: float = _HARD
) -> Iterator[tuple[str, str]]:
    """Yield messages in each of these sentences, whose {} is a name, and the name."""
    for number, sentence in enumerate([*sentences] * times):
        draw = Random(number)
        who = name(part, draw, hard)
        yield sentence.replace("|", "\n").replace("{text}", draw.choice(texts)).replace("{}", who), who
