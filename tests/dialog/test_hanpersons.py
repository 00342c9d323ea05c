"""Names of persons are told wherever they stand in a Chinese sentence; words are none."""

from __future__ import annotations

import pytest

from replydesk.dialog.hanpersons import han_persons


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("昨天林婷已经付过款了，怎么还催", "昨天<NAME_1>已经付过款了，怎么还催"),
        ("我和热依扎一起拼的单", "我和<NAME_1>一起拼的单"),
        ("快递说要问巴特尔才知道", "快递说要问<NAME_1>才知道"),
        ("上官云的退款呢", "<NAME_1>的退款呢"),
        ("同事方建华推荐了这盏灯", "同事<NAME_1>推荐了这盏灯"),
        ("买买提·艾山要改地址", "<NAME_1>要改地址"),
        ("努尔<NAME_1>要改地址", "<NAME_1>要改地址"),
        ("联系人：苏和。杯子裂了", "联系人：<NAME_1>。杯子裂了"),
        ("我有个朋友汤姆也遇到了", "我有个朋友<NAME_1>也遇到了"),
        ("之前其木格帮我问过", "之前<NAME_1>帮我问过"),
        ("刚刚和慕容雪商量了一下", "刚刚和<NAME_1>商量了一下"),
        ("王芳和李强都没收到", "<NAME_1>和<NAME_1>都没收到"),
        ("我叫常乐，想退货", "我叫<NAME_1>，想退货"),
        ("这里是高远，查单", "这里是<NAME_1>，查单"),
        ("杯子裂了。高远", "杯子裂了。<NAME_1>"),
        ("同事凯文说没收到", "同事<NAME_1>说没收到"),
        ("我叫伊莎贝拉，查一下", "我叫<NAME_1>，查一下"),
        ("收件人叫艾伦，改下地址", "收件人叫<NAME_1>，改下地址"),
        ("署名：热合曼", "署名：<NAME_1>"),
        ("我朋友才仁说你们发货快", "我朋友<NAME_1>说你们发货快"),
        ("萨仁问一下什么时候到", "<NAME_1>问一下什么时候到"),
        ("我同事小王说不行", "我同事<NAME_1>说不行"),
        ("老李帮我下的单", "<NAME_1>帮我下的单"),
        ("王姐已经付款了", "<NAME_1>已经付款了"),
        ("陈女士的快递", "<NAME_1>的快递"),
        ("<NAME_1>经理没收到", "<NAME_1>没收到"),
        ("我闺蜜婷婷也买了", "我闺蜜<NAME_1>也买了"),
        ("同事大卫也遇到了", "同事<NAME_1>也遇到了"),
        ("同事Sven说不行", "同事<NAME_1>说不行"),
        ("客服安静答应过的", "客服<NAME_1>答应过的"),
        ("收件人明天，改地址", "收件人<NAME_1>，改地址"),
        ("杯子裂了——温暖", "杯子裂了——<NAME_1>"),
        ("我叫关键，查单", "我叫<NAME_1>，查单"),
    ],
)
def test_a_name_is_told_wherever_it_stands(text: str, read: str) -> None:
    assert han_persons(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "卡里的钱什么时候退", "白条还完了", "那好吧，我再等等", "哈哈哈太好笑了", "高档的有吗", "能寄到西雅图吗",
        "纽约的朋友要一盏", "金牌会员打几折", "马上发货吗", "黄色的灯没货了", "我在余杭，能自提吗", "周年庆有优惠吗",
        "何时到货", "江浙沪包邮吗", "安装师傅什么时候来", "手机号码··怎么改", "",
        "我是成功下单的", "我是白领，没时间收", "本人高中生，能打折吗", "我是金卡，怎么没折扣", "我英文不好",
        "可我根本没收到",        "叫顺丰，可以吗", "我是江西人", "我可以付定金", "那买两片囤着", "我是程序员，不会装",
        "小米的灯有吗", "我同事也说不行", "App又登不上", "收件地址可以改吗", "我是新手，不会装", "这张卡在超市能刷",
        "我妈昨天说收到了", "转人工", "Is the 静壶 made of glass?", "是哪位老师推荐的",
    ],
)  # fmt: skip
def test_a_word_is_no_name(text: str) -> None:
    assert han_persons(text) == text


def test_what_customers_of_the_desk_write_is_no_name() -> None:
    asked = "白桃味的还有吗"
    assert han_persons(asked) == "<NAME_1>味的还有吗"
    assert han_persons(asked, {"白桃"}) == asked
    assert han_persons(asked, {"桃味"}) == "<NAME_1>味的还有吗"
