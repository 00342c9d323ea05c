"""Words of gender in Chinese, and what is read in their place: the same for a wife and for a husband.

What is said of a product stays: 女款, 妈妈装, 老人机.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["han_ungendered"]

_WORDS: Final = {
    word: neutral
    for neutral, told in {
        "爱人": "老公 老婆 丈夫 妻子 未婚夫 未婚妻 媳妇 老公公 老婆婆 夫君 娘子",
        "对象": "男朋友 女朋友 男友 女友",
        "前任": "前夫 前妻 前男友 前女友",
        "新人": "新郎 新娘",
        "孩子": "儿子 女儿 孙子 孙女 外孙 外孙女 侄子 侄女 外甥 外甥女 闺女 兒子 女兒 孫子 孫女",
        "家长": "爸爸 妈妈 父亲 母亲 老爸 老妈 媽媽 父親 母親 老爹 老娘",
        "老人": "爷爷 奶奶 外公 外婆 姥爷 姥姥 爺爺",
        "家人": "哥哥 姐姐 弟弟 妹妹 姊姊 姐夫 嫂子 妹夫 弟妹 弟媳 小叔子 小姑子 大舅子 小舅子 小姨子",
        "长辈": "叔叔 阿姨 舅舅 舅妈 岳父 岳母 公公 婆婆 丈人 丈母娘 老丈人 大伯 大妈 大爷 大娘 大叔 大婶 伯父 伯母"
        " 姑父 姑姑 姑妈 姨父 姨妈 干爹 干妈",
        "亲戚": "表哥 表姐 表弟 表妹 堂哥 堂姐 堂弟 堂妹",
        "朋友": "哥们儿 哥们 姐妹 兄弟 闺蜜 大哥 大姐 帅哥 美女",
        "年轻人": "小伙子 小伙 姑娘 小哥哥 小姐姐",
        "人": "爷们 娘们",
        "宝妈": "宝爸 奶爸",
        "顾客": "先生 女士 男士 太太 小姐",
        "他": "她",
        "你": "妳",
    }.items()
    for word in told.split()
}
# 先生产 is none of a gentleman, 老干妈 a sauce, 大哥大 a telephone, 儿媳妇 none of who writes, and 妈妈装 a product.
_GENDERED: Final = re.compile(
    f"(?<![儿男女])(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"(?<!先生(?=[产效成]))(?<!小姐(?=姐))(?<!大哥(?=大))"
    r"(?<!老干妈)(?<![男女]士(?=[款短长T鞋拖浴睡袜衣裤包表装用尺码内专]))(?![款鞋装裤裙衫袜帽包表杯机服菜粉节])"
)
# 我爸 and 她妈, but not 爸妈.
_PARENT: Final = re.compile("(?<=[我你他咱俺家])[爸妈媽爹娘](?![爸妈媽爹娘装鞋])")
_SPOUSE: Final = re.compile("(?<=[我咱俺])(?:家?先生|家?太太|家那口子)(?![产效成])")
# 女同事 is a colleague.
_SAID_OF: Final = re.compile(
    "[男女](?=同事|同学|室友|舍友|老师|老板|邻居|顾客|客户|客服|医生|司机|店员|青年|孩(?!款)|孩子|主人)"
)


def han_ungendered(text: str) -> str:
    """Return a text whose words of gender are read as words that tell none.

    >>> han_ungendered("我岳母和我妈都要妈妈装，她女同事也要")
    '我长辈和我家长都要妈妈装，他同事也要'
    """
    text = _SPOUSE.sub("爱人", text)
    text = _GENDERED.sub(lambda match: _WORDS[match[0]], text)
    return _SAID_OF.sub("", _PARENT.sub("家长", text))
