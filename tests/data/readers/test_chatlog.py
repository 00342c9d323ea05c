"""Chats as plain text: every style of header, where one chat ends, and what is no chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Item, Options, Skipped, Source, read
from replydesk.data.readers.chatlog import ChatLog
from replydesk.data.readers.speakers import is_title, role_by_name
from replydesk.data.records import Conversation
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Pairs = list[tuple[str, str]]

SAMPLES = Path(__file__).parent / "samples" / "chatlog"


def items(path: Path, options: Options | None = None) -> list[Item]:
    reading = read(path, options=options)
    assert reading.format == "chatlog"
    return list(reading.items)


def chats(path: Path, options: Options | None = None) -> list[Conversation]:
    return [item for item in items(path, options) if isinstance(item, Conversation)]


def pairs(found: list[Conversation]) -> list[Pairs]:
    return [[(ticket.question, ticket.answer) for ticket in mine(conversation)] for conversation in found]


def clocks(found: Conversation) -> list[str]:
    return [f"{message.at:%Y-%m-%d %H:%M}" if message.at else "" for message in found.messages]


def test_the_samples() -> None:
    [found] = chats(SAMPLES / "qq.txt")
    assert pairs([found]) == [
        [
            (
                "你好，我昨天买的台灯不亮了，怎么办？\n灯泡是新的",
                "您好，请先检查一下插头是否插好。\n如果还是不亮，我们给您换一盏新的。\n请问是哪一款台灯？",
            ),
            ("插好了，还是不亮，是白色的那款", "好的，已给您安排换货，三天内送到。\n旧的台灯请您留着包装。"),
            (
                "My friend asks: do you ship lamps to Canada?\n两盏",
                "Yes, we do. It takes about ten days.\n运费八十元。",
            ),
        ]
    ]
    assert (found.customer, found.partial, clocks(found)[0]) == ("12345678", True, "2026-03-01 15:05")
    assert pairs(chats(SAMPLES / "wechat.txt")) == [
        [
            ("老板，这款毛毯有灰色的吗？", "有的亲，灰色还有三条。"),
            ("好，我要一条，什么时候发货？", "今天下单，明天上午发货。"),
            (
                "My friend asks: is the grey blanket machine washable?",
                "Yes, at thirty degrees. Please do not iron it.",
            ),
        ]
    ]
    first, second = chats(SAMPLES / "transcripts.txt")
    assert [message.role for message in first.messages] == [
        "customer", "bot", "system", "agent", "customer", "note", "agent",
    ]  # fmt: skip
    assert pairs([first, second]) == [
        [
            ("Hello, is the blue kettle in stock?", "Hi! Yes, we have eleven of them."),
            ("And can I collect it today?", "You can, until six o'clock.\nSee you soon!"),
        ],
        [
            ("请问可以开发票吗？", "可以的，请把抬头发给我们。"),
            ("抬头是暖屋有限公司", "收到，发票明天寄出。"),
        ],
    ]
    assert first.customer == "" and not first.partial


@pytest.mark.parametrize(
    "lines",
    [
        [
            "2026-03-01 15:05:10 小明(12345678)",
            "在吗",
            "2026-03-01 15:06:10 客服小美<mei@shop.example>",
            "在的",
            "请讲",
        ],
        ["2026-03-01 15:05:10 小明", "在吗", "", "2026-03-01 15:06:10 客服小美", "在的", "请讲"],
        ["2026/3/1 15:05:10 小明", "在吗", "", "2026/3/1 15:06:10 客服小美", "在的", "请讲"],
        ["小明 2026-03-01 15:05:10", "在吗", "客服小美 2026-03-01 15:06:10", "在的", "请讲", ""],
        ["小明 2026年3月1日 15:05", "在吗", "客服小美 2026年3月1日 15:06", "在的", "请讲", ""],
        ["小明 (2026-03-01 15:05:10)", "在吗", "客服小美 (2026-03-01 15:06:10)", "在的", "请讲"],
        ["tb小明  2026-3-1 15:05:10", "在吗", "暖屋旗舰店:客服小美  2026-3-1 15:06:10", "在的", "请讲", "已读"],
        ["[2026-03-01 15:05:10] 小明: 在吗", "[2026-03-01 15:06:10] 客服小美: 在的", "请讲"],
        ["(2026-03-01 15:05) 小明：在吗", "(2026-03-01 15:06) 客服小美：在的", "请讲"],
        ["【2026-03-01 15:05】小明：在吗", "【2026-03-01 15:06】客服小美：在的", "请讲"],
        ["2026-03-01 15:05:10 小明: 在吗", "2026-03-01 15:06:10 客服小美: 在的", "请讲"],
        ["2026-03-01T15:05:10Z 小明: 在吗", "2026-03-01T15:06:10Z 客服小美: 在的", "请讲"],
        ["2026-03-01 下午3:05 小明: 在吗", "2026-03-01 下午3:06 客服小美: 在的", "请讲"],
        ["Mar 1, 2026, 3:05 PM 小明: 在吗", "Mar 1, 2026, 3:06 PM 客服小美: 在的", "请讲"],
        ["小明 (2026-03-01 15:05:10): 在吗", "客服小美 (2026-03-01 15:06:10): 在的", "请讲"],
        ["小明 2026-03-01 15:05:10: 在吗", "暖屋店:客服小美 2026-03-01 15:06:10: 在的", "请讲"],
        ["—————  2026-03-01  —————", "", "小明  15:05", "", "在吗", "", "客服小美  15:06", "", "在的", "请讲"],
        ["Date: 2026-03-01", "[15:05:10] 小明: 在吗", "[15:06:10] 客服小美: 在的", "请讲"],
        ["Chat started: Sunday, March 1, 2026, 15:00", "15:05 小明: 在吗", "15:06 客服小美: 在的", "请讲"],
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_style_with_dates(tmp_path: Path, lines: list[str], end: str) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(end.join([*lines, ""]).encode())
    [found] = chats(path)
    assert pairs([found]) == [[("在吗", "在的\n请讲")]]
    assert clocks(found) == ["2026-03-01 15:05", "2026-03-01 15:06"]
    assert found.customer and found.partial


@pytest.mark.parametrize(
    "lines",
    [
        ["[15:05:10] Visitor: Where is it?", "[15:06:10] Agent: 在路上", "请稍等"],
        ["15:05 - Visitor: Where is it?", "15:06 - Support: 在路上", "请稍等"],
        ["【15:05】客户: Where is it?", "【15:06】客服: 在路上", "请稍等"],
        ["Visitor (15:05): Where is it?", "Agent (15:06): 在路上", "请稍等"],
        ["Visitor [3:05 PM]: Where is it?", "Agent [3:06 PM]: 在路上", "请稍等"],
        ["( 5s ) Visitor: Where is it?", "( 1m 2s ) Agent: 在路上", "请稍等"],
        ["Customer: Where is it?", "Agent: 在路上", "请稍等"],
        ["**Customer:** Where is it?", "**Agent:** 在路上", "请稍等"],
        ["客户：Where is it?", "客服小美：在路上", "请稍等"],
        ["Customer 1: Where is it?", "Agent (Emma): 在路上", "请稍等"],
    ],
)
def test_every_style_without_dates(export: Export, lines: list[str]) -> None:
    [found] = chats(export("log.txt", *lines))
    assert pairs([found]) == [[("Where is it?", "在路上\n请稍等")]]
    assert clocks(found) == ["", ""]
    assert not found.partial and found.customer == ""


@pytest.mark.parametrize("divider", ["---", "", "Conversation 18", "=== Chat #7f3a2 ===", "会话 18", "\nTicket 18"])
def test_where_one_chat_ends(export: Export, divider: str) -> None:
    one = ["Customer: Where is it?", "Agent: It left.", "Customer: 谢谢你"]
    other = ["Customer: 怎么退款？", "Agent: 在订单页申请。"]
    found = chats(export("log.txt", *one, divider, *other))
    assert pairs(found) == [[("Where is it?", "It left.")], [("怎么退款？", "在订单页申请。")]]
    assert found[0].id != found[1].id and found[0].messages[-1].text == "谢谢你"


def test_a_line_or_a_blank_within_a_message_ends_nothing(export: Export) -> None:
    [found] = chats(
        export("log.txt", "[15:05] Customer: 在吗", "[15:06] Agent: one", "---", "two", "", "three", "工单号 48213")
    )
    assert pairs([found]) == [[("在吗", "one\n---\ntwo\n\nthree\n工单号 48213")]]


def test_a_clock_that_starts_anew_is_the_next_day(export: Export) -> None:
    [found] = chats(export("log.txt", "日期：2026-03-01", "[23:58] 小明: 在吗", "[0:03] 客服小美: 在的"))
    assert clocks(found) == ["2026-03-01 23:58", "2026-03-02 00:03"]


@pytest.mark.parametrize(
    "text",
    [
        "小明撤回了一条消息",
        '"小明" 撤回了一条消息',
        "你撤回了一条消息",
        "小明 邀请 小红 加入了群聊",
        "小红加入本群。",
        "小红退出了群聊",
        "[微信红包]恭喜发财，大吉大利",
        "收到红包，请在手机上查看",
        "小明 recalled a message",
        "Emma has joined the chat",
        "会话已结束",
    ],
)
def test_events_are_no_messages(export: Export, text: str) -> None:
    path = export(
        "log.txt",
        "[2026-03-01 15:05:10] 小明: 在吗",
        f"[2026-03-01 15:05:11] 小明: {text}",
        "[2026-03-01 15:06:10] 客服小美: 在的",
        text,
    )
    [found] = chats(path)
    assert [message.role for message in found.messages] == ["customer", "system", "agent", "system"]
    assert pairs([found]) == [[("在吗", "在的")]]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("[图片]", ""),
        ("[表情][表情]", ""),
        ("[语音]", ""),
        ("[Photo]", ""),
        ("[图片] 这个坏了", "这个坏了"),
        ("好的[微笑]", "好的[微笑]"),
        ("看[表情]这里", "看这里"),
    ],
)
def test_what_stands_for_a_picture_is_left_out(export: Export, text: str, left: str) -> None:
    path = export(
        "log.txt",
        "[2026-03-01 15:05:10] 小明: 在吗",
        f"[2026-03-01 15:05:11] 小明: {text}",
        "[2026-03-01 15:06] 小美: 在",
    )
    found = items(path)
    if left:
        assert isinstance(found[-1], Conversation) and found[-1].messages[1].text == left
    else:
        assert Skipped("log.txt:2", "what was sent is not in the text") in found


def test_a_qq_group_knows_people_by_their_numbers(export: Export) -> None:
    path = export(
        "log.txt",
        "消息记录（此消息记录为文本格式，不支持重新导入）",
        "================",
        "消息分组:我的QQ群",
        "================",
        "消息对象:暖屋用户群",
        "================",
        "2026-03-01 15:05:10 【管理员】小美(10001)",
        "欢迎大家",
        "2026-03-01 15:06:10 阿强(10002)",
        "怎么退货？",
        "2026-03-01 15:06:50 小美换了名字(10001)",
        "在订单页申请",
        "2026-03-01 15:07:00 系统消息(10000)",
        "SYSTEM",
    )
    [found] = chats(path)
    assert [message.role for message in found.messages] == ["agent", "customer", "agent", "system"]
    assert found.customer == "10002"
    [found] = chats(path, Options(agents=("10002",)))
    assert [message.role for message in found.messages] == ["customer", "agent", "customer", "system"]


def test_qq_names_whom_a_chat_is_with(export: Export) -> None:
    path = export(
        "log.txt",
        "消息记录（此消息记录为文本格式，不支持重新导入）",
        *("================", "消息分组:我的好友", "================", "消息对象:小鹿(12345678)", "================"),
        *("2026-03-01 15:05:10 小鹿(12345678)", "在吗", "2026-03-01 15:05:20 小林(87654321)", "在"),
        *("================", "消息分组:我的好友", "================", "消息对象:Mary", "================"),
        *("2026-03-01 16:05:10 小林(87654321)", "hm", "2026-03-01 16:05:20 Mary<mary@mail.example>", "ok"),
    )
    why = "小林 answers for the team, because the chat is with somebody else"
    assumed, first, also, second = items(path)
    assert isinstance(assumed, Assumed) and isinstance(also, Assumed) and assumed.what == also.what == why
    assert isinstance(first, Conversation) and isinstance(second, Conversation)
    assert (first.customer, second.customer) == ("12345678", "mary@mail.example")
    assert [message.role for message in second.messages] == ["agent", "customer"]


@pytest.mark.parametrize("cut", [2, 4])
def test_two_parts_of_a_dated_chat_are_one(export: Export, cut: int) -> None:
    lines = [
        "2026-03-01 15:05:10 小明: 在吗",
        "2026-03-01 15:06:10 客服小美: 在的",
        "2026-03-02 9:00:00 小明: Where is my order?",
        "2026-03-02 9:01:00 客服小美: It left.",
        "2026-03-02 9:02:00 小明: 好的",
        "2026-03-02 9:03:00 客服小美: 祝您愉快",
    ]
    [whole], [a], [b] = (chats(export(f"{len(part)}.txt", *part)) for part in (lines, lines[:cut], lines[cut:]))
    assert whole.id == a.id == b.id
    assert {m.id for m in whole.messages} == {m.id for m in (*a.messages, *b.messages)}


def test_american_dates_of_a_transcript(export: Export) -> None:
    path = export("log.txt", "3/4/2026 3:05 PM Emma: How can I help you?", "3/25/2026 3:06 PM Ann: 我的订单在哪里？")
    [found] = chats(path)
    assert clocks(found) == ["2026-03-04 15:05", "2026-03-25 15:06"]
    assert [message.role for message in found.messages] == ["agent", "customer"]


def test_only_names_that_tell_a_role_make_a_chat_without_times(export: Export) -> None:
    path = export(
        "log.txt", "Customer: Where is it?", "Emma: It left.", "Address: see mail", "Customer: ok 好", "Emma: Bye"
    )
    [assumed, found] = items(path)
    assert assumed == Assumed("log.txt:1", "Emma answers for the team, because of the names", "--agents NAME")
    assert isinstance(found, Conversation)
    assert pairs([found]) == [[("Where is it?", "It left.\nAddress: see mail"), ("ok 好", "Bye")]]


@pytest.mark.parametrize(
    "lines",
    [
        ["2026-03-01 15:05:10 INFO: started", "2026-03-01 15:05:11 ERROR: failed"],
        ["[2026-03-01 15:05:10] local.ERROR: failed", "[2026-03-01 15:05:11] local.INFO: fine"],
        ["2026-03-01 15:05:10 started the server", "2026-03-01 15:05:11 stopped it", "2026-03-01 15:05:12 again"],
        ["2026-03-01 15:05:10 host sshd[12]: accepted", "2026-03-01 15:05:10 host cron[13]: run"],
        ["version: 3", "user: root", "service: web", "admin: joe"],
        ["nlu:", "- intent: greet", "  examples: |", "    - hi there", "- intent: bye"],
        ["# Title", "", "Note: this is a text.", "", "Support: see below for more.", "Prose goes on here.", "And on."],
        ["From: support@shop.example", "To: ann@mail.example", "Subject: Your order", "", "Dear customer,", "thanks."],
        ["Emma: hello there", "Tom: hello back", "Emma: bye then"],
        ["他说：我不去。", "她说：我也不去。", "他说：好吧。"],
        ["id,transcript", '1,"Customer: Where is it?', "Agent: 在路上", 'Customer: ok then"'],
        ["15:05 the train leaves", "16:10 the train arrives"],
    ],
)
def test_what_is_no_chat_is_none(export: Export, lines: list[str]) -> None:
    path = export("log.txt", *lines)
    assert not ChatLog().matches(Source(path))
    with pytest.raises(FormatError, match="does not look like chatlog"):
        read(path, format="chatlog")


def test_lines_that_belong_to_nothing_are_skipped(export: Export) -> None:
    path = export(
        "log.txt",
        "Served by Emma",
        "[2026-03-01 15:05:10] 小明: 在吗",
        "[2026-13-01 15:06:10] 客服小美: 不可能",
        "[2026-03-01 15:07:10] 客服小美: 在的",
    )
    found = items(path)
    assert [(item.where, item.why) for item in found if isinstance(item, Skipped)] == [
        ("log.txt:1", "the line does not begin as a message does, and follows none"),
        ("log.txt:3", "'2026-13-01 15:06:10' is not a date that can be read"),
    ]
    assert isinstance(found[-1], Conversation) and pairs([found[-1]]) == [[("在吗", "在的")]]


@pytest.mark.parametrize("name", ["Emma (internal note)", "[private] Emma", "内部备注", "Note", "Internal note"])
def test_a_private_note_is_no_answer_whoever_is_named(export: Export, name: str) -> None:
    path = export("log.txt", "[15:05] Customer: 在吗", f"[15:06] {name}: SECRET", "[15:07] Agent: 在的")
    [found] = chats(path, Options(agents=(name, "Agent")))
    assert [message.role for message in found.messages] == ["customer", "note", "agent"]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Customer Service", "agent"), ("Visitor 83201", "customer"), ("买家小明", "customer"), ("售后小美", "agent"),
        ("智能客服小暖", "bot"), ("ShopBot", None), ("Shop Bot", "bot"), ("系统消息", "system"), ("Ann", None),
        ("Emma (internal note)", "note"), ("小明", None), ("Guest", "customer"), ("暖屋旗舰店:小美", "agent"),
    ],
)  # fmt: skip
def test_names_tell_roles(name: str, role: str | None) -> None:
    assert role_by_name(name) == role


def test_titles_are_no_sentences() -> None:
    assert is_title("Agent Emma") and is_title("Emma (Support)") and is_title("客服小美")
    assert not is_title("Our support") and not is_title("Delivery address") and not is_title("Emma")
