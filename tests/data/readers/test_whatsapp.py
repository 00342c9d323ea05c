"""WhatsApp's text export: every way its phones write a date, both clocks, and what it says by itself."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from replydesk.data.readers import Assumed, Item, Options, Skipped, read
from replydesk.data.records import Conversation
from replydesk.data.tickets import mine

Export = Callable[..., Path]

LEFT, NARROW, HARD = "\u200e", "\u202f", "\u00a0"
SAMPLES = Path(__file__).parent / "samples" / "whatsapp"


def items(path: Path, options: Options | None = None) -> list[Item]:
    reading = read(path, options=options)
    assert reading.format == "whatsapp"
    return list(reading.items)


def only(path: Path, options: Options | None = None) -> Conversation:
    [found] = [item for item in items(path, options) if isinstance(item, Conversation)]
    return found


def said(conversation: Conversation) -> list[tuple[str, str, str]]:
    return [(message.role, message.author, message.text) for message in conversation.messages]


def times(conversation: Conversation) -> list[str]:
    return [f"{message.at:%Y-%m-%d %H:%M:%S}" for message in conversation.messages if message.at]


CLOCKS = ("%H:%M", "%I:%M %p", "%H:%M:%S", "%I:%M:%S %p")
ORDERS = [("ymd", "%Y"), ("ydm", "%Y"), ("dmy", "%Y"), ("mdy", "%Y"), ("ymd", "%y"), ("dmy", "%y"), ("mdy", "%y")]


@pytest.mark.parametrize(("order", "year"), ORDERS)
@pytest.mark.parametrize(("sep", "clock", "brackets"), list(product("-/.", CLOCKS, (False, True))))
def test_every_header(export: Export, order: str, sep: str, clock: str, brackets: bool, year: str) -> None:
    date = sep.join({"y": year, "m": "%m", "d": "%d"}[part] for part in order)
    times = [(3, 13, 0, 5, 7), (3, 13, 12, 5, 7), (4, 25, 21, 41, 9)]
    moments = [datetime(2026, *time, tzinfo=UTC) for time in times]
    names = ["小美客服", "Ann", "小美客服"]
    header = f"[{date} {clock}] " if brackets else f"{date}, {clock} - "
    lines = [f"{m.strftime(header)}{name}: 好 {name}" for m, name in zip(moments, names, strict=True)]
    # Without any word of WhatsApp's own, [2026-03-13 00:05] is how other programs write.
    path = export("chat", *lines, f"{moments[-1].strftime(header)}Ann: <Media omitted>")
    found = only(path)
    seconds = "%S" in clock
    assert [message.at for message in found.messages] == [m if seconds else m.replace(second=0) for m in moments]
    assert said(found) == [
        ("agent", "小美客服", "好 小美客服"),
        ("customer", "Ann", "好 Ann"),
        ("agent", "小美客服", "好 小美客服"),
    ]


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("1/2/26, 3:05 PM", "15:05"),
        (f"1/2/26, 3:05{NARROW}PM", "15:05"),
        (f"1/2/26, 12:05{HARD}am", "00:05"),
        ("1/2/2026, 12:05 p. m.", "12:05"),
        (f"1/2/2026, 3:05:00 a.{HARD}m.", "03:05"),
        ("1/2/2026, 3:05 p.m.", "15:05"),
        ("2026/2/1 下午3:05", "15:05"),
        ("2026/2/1 上午9:05", "09:05"),
        ("2026/2/1 凌晨12:05", "00:05"),
        ("2026/2/1 凌晨2:05", "02:05"),
        ("2026/2/1 中午12:05", "12:05"),
        ("2026/2/1 中午1:05", "13:05"),
        ("2026/2/1 晚上8:05", "20:05"),
        ("2026/2/1 早上7:05", "07:05"),
        ("2026/2/1 15:05", "15:05"),
        ("2026年2月1日 15:05", "15:05"),
        ("2026/2/1 午後3:05", "15:05"),
        ("2026. 2. 1. 오후 3:05", "15:05"),
        ("1.2.2026 klo 15.05", "15:05"),
        ("1.2.26, 15:05", "15:05"),
        ("1/2/2569, 15:05", "15:05"),
        ("٠١/٠٢/٢٠٢٦, ٠٣:٠٥ م", "15:05"),
    ],
)
@pytest.mark.parametrize("style", ["{} - Ann: Hi", "[{}] Ann: Hi", "\u200e[\u200f{}\u200f] \u202aAnn\u202c: Hi"])
def test_every_clock(export: Export, written: str, clock: str, style: str) -> None:
    found = only(export("chat.txt", style.format(written)), Options(dates="dmy"))
    assert times(found) == [f"2026-02-01 {clock}:00"]
    assert said(found) == [("customer", "Ann", "Hi")]


def test_the_samples_of_a_phone_are_read() -> None:
    found = only(SAMPLES / "android.txt")
    assert [(ticket.question, ticket.answer) for ticket in mine(found)] == [
        (
            "Hello, my kettle arrived with a crack in the lid.\nWhat can I do?",
            "Oh no, I am sorry for the trouble!\nCould you send me the order number?",
        ),
        (
            "It is A-1177\nbought last week",
            "Thank you. We will send a new lid today, you can keep the old one.\nThe parcel leaves at five.",
        ),
        (
            "Great. How long does the parcel take?",
            "Two working days: your tracking number follows by e-mail.",
        ),
        (
            "This is where I live, the bell is broken.",
            "Noted, the driver will call you.\nHave a nice day!",
        ),
    ]
    assert (found.customer, found.source, found.partial) == ("+49 1512 0004711", "whatsapp", True)
    chinese = only(SAMPLES / "chinese.txt")
    assert [(ticket.question, ticket.answer) for ticket in mine(chinese)] == [
        (
            "你好，我的电热水壶收到了，但是盖子裂了，怎么办？\n在吗",
            "您好，非常抱歉给您带来不便！\n请您提供一下订单号好吗？",
        ),
        ("订单号 B-2210", "已为您安排补发新的盖子，今天发出。"),
        ("大概多久能到？\n我周五出差", "两到三天就能送到您手上。\n周五之前一定到。"),
    ]
    assert times(chinese)[-1] == "2026-03-02 09:14:00"


def test_an_archive_of_a_chat_and_its_files_is_one_chat(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Ann.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_chat.txt", (SAMPLES / "iphone_group" / "_chat.txt").read_bytes())
        archive.writestr("00000004-PHOTO-2026-03-01.jpg", b"\xff\xd8\xff\0")
        archive.writestr("order.csv", "number,sum\n1,2\n")
    found = only(path)
    assert found == only(SAMPLES / "iphone_group")
    assert {message.author: message.role for message in found.messages} == {
        "Ann Lee": "customer",
        "Wang Fang": "customer",
        "Warm House Support": "agent",
        "": "system",
    }
    assert times(found)[-1] == "2026-03-13 13:20:00"


def test_a_folder_of_chats_and_other_exports_is_read_file_by_file(export: Export, tmp_path: Path) -> None:
    export("in/one.txt", "1/3/2026, 9:00 - Ann: Hi", "1/3/2026, 9:01 - Support: Hello")
    export("in/pairs.csv", "question,answer", "几点？,九点。")
    reading = read(tmp_path / "in")
    assert reading.format == "whatsapp+csv"
    assert len([item for item in reading.items if not isinstance(item, Skipped | Assumed)]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<Media omitted>",
        "<省略影音内容>",
        "<Multimedia omitido>",
        "<Medien ausgeschlossen>",
        "<Médias omis>",
        f"{LEFT}image omitted",
        f"{LEFT}GIF omitted",
        f"{LEFT}图像已忽略",
        f"{LEFT}视频已忽略",
        "音频已忽略",
        "圖片已略去",
        "Bild weggelassen",
        "imagen omitida",
        "audio omesso",
        "imagem ocultada",
        "afbeelding weggelaten",
        f"price list.pdf • {LEFT}3 pages {LEFT}document omitted",
        f"{LEFT}<attached: 00000012-PHOTO-2026-03-01.jpg>",
        f"{LEFT}<附件：00000012-PHOTO.jpg>",
        "IMG-20260301-WA0001.jpg (file attached)",
        "发票 3.pdf (文件附件)",
        "This message was deleted",
        f"{LEFT}You deleted this message.",
        "您已删除此消息",
        "此消息已删除",
        "这条消息已删除。",
        "此訊息已刪除",
        "Diese Nachricht wurde gelöscht.",
        "Se eliminó este mensaje.",
        "null",
        "",
        "Waiting for this message. This may take a while.",
    ],
)
def test_what_holds_no_words_is_skipped(export: Export, text: str) -> None:
    path = export("chat.txt", "[1/3/2026, 9:00:00] Ann: 你好", f"[1/3/2026, 9:01:00] Ann: {text}")
    skipped, conversation = items(path, Options(dates="dmy"))
    assert isinstance(skipped, Skipped) and skipped.where == "chat.txt:2"
    assert isinstance(conversation, Conversation) and said(conversation) == [("customer", "Ann", "你好")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("See you <This message was edited>", "See you"),
        (f"明天见 {LEFT}<此消息已编辑>", "明天见"),
        (f"the lid {LEFT}<attached: 00000012-PHOTO.jpg>", "the lid"),
        ("IMG-1.jpg (file attached)\n看这里", "看这里"),
        ("I wrote to <ann@shop.example> twice", "I wrote to <ann@shop.example> twice"),
        ("Are messages here end-to-end encrypted?", "Are messages here end-to-end encrypted?"),
        ("the image omitted from the page", "the image omitted from the page"),
        ("Time: 12:05, see http://a.example", "Time: 12:05, see http://a.example"),
        ("one\n\ntwo", "one\n\ntwo"),
    ],
)
def test_what_holds_words_keeps_them(export: Export, text: str, left: str) -> None:
    assert said(only(export("chat.txt", f"1/3/2026, 9:00 - Ann: {text}")))[0][2] == left


@pytest.mark.parametrize(
    "line",
    [
        "1/3/2026, 9:00 - Messages and calls are end-to-end encrypted.",
        '1/3/2026, 9:00 - Emma created group "Orders: EU"',
        "1/3/2026, 9:00 - Emma changed the subject from “A: B” to “C: D”",
        "1/3/2026, 9:00 - Ann left",
        "1/3/2026, 9:00 - Ann changed their phone number to a new number. Tap to message.",
        "1/3/2026, 9:00 - 小美创建了此群组“订单：欧洲”",
        "1/3/2026, 9:00 - 小明加入了群组",
        "1/3/2026, 9:00 - Nachrichten in diesem Chat sind mit Ende-zu-Ende-Verschlüsselung geschützt.",
        f"[1/3/2026, 9:00:00] Orders: {LEFT}Messages and calls are end-to-end encrypted.",
        f"[1/3/2026, 9:00:00] Orders: {LEFT}Emma added Ann",
        f"[1/3/2026, 9:00:00] Ann: {LEFT}未接语音通话",
        "[1/3/2026, 9:00:00] 订单群: 消息和通话已进行端到端加密。",
    ],
)
def test_what_the_program_says_is_no_message(export: Export, line: str) -> None:
    found = only(export("chat.txt", line, "1/3/2026, 9:05 - Ann: 在吗", "1/3/2026, 9:06 - Support: Yes."))
    assert [message.role for message in found.messages] == ["system", "customer", "agent"]
    assert [(ticket.question, ticket.answer) for ticket in mine(found)] == [("在吗", "Yes.")]


@pytest.mark.parametrize(
    ("dates", "wanted", "first", "assumed"),
    [
        (["03/04/2026", "25/04/2026"], "", "2026-04-03", False),
        (["04/03/2026", "04/25/2026"], "", "2026-04-03", False),
        # the months would run backwards
        (["10/01/2026", "05/02/2026"], "", "2026-01-10", False),
        (["01/10/2026", "02/05/2026"], "", "2026-01-10", False),
        (["03/03/2026", "04/04/2026"], "", "2026-03-03", False),
        # people write day after day
        (["03/04/2026", "04/04/2026", "05/04/2026"], "", "2026-04-03", True),
        (["04/03/2026", "04/04/2026", "04/05/2026"], "", "2026-04-03", True),
        (["03/04/2026"], "", "2026-04-03", True),
        (["03/04/2026"], "mdy", "2026-03-04", False),
        (["03/04/2026"], "dmy", "2026-04-03", False),
        (["26/03/04"], "", "2026-03-04", False),
        (["2026/03/04"], "mdy", "2026-03-04", False),
    ],
)
def test_day_and_month_are_told_apart(export: Export, dates: list[str], wanted: str, first: str, assumed: bool) -> None:
    path = export("chat.txt", *(f"{date}, 15:00 - 客服: 您好" for date in dates))
    found = items(path, Options(dates=wanted))
    assert isinstance(found[-1], Conversation) and times(found[-1])[0] == f"{first} 15:00:00"
    said_so = [item for item in found if isinstance(item, Assumed) and "comes first in dates" in item.what]
    assert bool(said_so) == assumed


def test_an_american_phone_puts_the_month_first(export: Export) -> None:
    path = export("chat.txt", "3/4/26, 3:05 PM - Support: Hi")
    assumed, conversation = items(path)
    assert assumed == Assumed("chat.txt", "the month comes first in dates such as 3/4/26, 3:05 PM", "--dates dmy")
    assert isinstance(conversation, Conversation) and times(conversation) == ["2026-03-04 15:05:00"]


TALK = (
    "13/3/2026, 9:00 - {a}: My parcel is late, where is it?",
    "13/3/2026, 9:05 - {b}: 您好，请您提供订单号，我们马上查询。",
    "13/3/2026, 9:06 - {a}: A-7",
    "13/3/2026, 9:09 - {b}: Thank you for your patience, it will arrive tomorrow.",
)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("a", "b", "options", "why"),
    [
        ("Ann", "Bea", Options(agents=("bea",)), ""),
        ("Ann", "Bea", Options(agents=("Nobody",)), "because it sounds like it"),
        ("Ann", "Bea", Options(), "because it sounds like it"),
        ("+86 138 0013 8000", "Bea", Options(), "because the others are phone numbers"),
        ("小明", "暖屋客服", Options(), "because of the names"),
        ("Visitor", "Support", Options(), ""),
        ("Ann", "You", Options(), "because the chat was exported there"),
    ],
)
def test_who_answers_is_found_whoever_writes_first(
    export: Export, a: str, b: str, options: Options, why: str, turned: bool
) -> None:
    lines = [line.format(a=a, b=b) for line in (TALK[2:] + TALK[:2] if turned else TALK)]
    found = items(export("chat.txt", *lines), options)
    conversation = found[-1]
    assert isinstance(conversation, Conversation)
    assert {(message.author, message.role) for message in conversation.messages} == {(a, "customer"), (b, "agent")}
    assumed = [Assumed("chat.txt", f"{b} answers for the team, {why}", "--agents NAME")] if why else []
    assert [item for item in found if isinstance(item, Assumed)] == assumed


def test_where_nothing_tells_them_apart_the_first_is_the_customer(export: Export) -> None:
    path = export("chat.txt", "13/3/2026, 9:00 - Ann: hm", "13/3/2026, 9:01 - Bea: ok", "13/3/2026, 9:02 - Cid: 嗯")
    assumed, conversation = items(path)
    assert assumed == Assumed("chat.txt", "Cid answers for the team, because Ann wrote first", "--agents NAME")
    assert isinstance(conversation, Conversation)
    assert [message.role for message in conversation.messages] == ["customer", "customer", "agent"]


@pytest.mark.parametrize("cut", [2, 3, 4])
def test_two_halves_are_one_chat(export: Export, cut: int) -> None:
    lines = [line.format(a="小明", b="Bea") for line in TALK]
    lines += ["13/3/2026, 9:09 - 小明: 好", "13/3/2026, 9:09 - 小明: 好", "13/3/2026, 9:10 - Bea: You are welcome."]
    whole = only(export("whole.txt", *lines), Options(agents=("Bea",)))
    first = only(export("a.txt", *lines[:cut]), Options(agents=("Bea",)))
    second = only(export("other name.txt", *lines[cut:]), Options(agents=("Bea",)))
    assert first.id == second.id == whole.id and whole.partial
    assert {message.id for message in (*first.messages, *second.messages)} == {m.id for m in whole.messages}
    assert len({message.id for message in whole.messages}) == len(lines)


def test_whoever_is_taken_for_the_agent_the_chat_is_the_same(export: Export) -> None:
    path = export("chat.txt", *(line.format(a="小明", b="Bea") for line in TALK))
    one, other = only(path, Options(agents=("Bea",))), only(path, Options(agents=("小明",)))
    assert one.id == other.id and [m.id for m in one.messages] == [m.id for m in other.messages]
    assert [message.role for message in one.messages] != [message.role for message in other.messages]


def test_two_visitors_without_names_are_two_chats(export: Export) -> None:
    first = only(export("a.txt", "13/3/2026, 9:00 - Visitor: 在吗", "13/3/2026, 9:01 - Agent: Yes."))
    other = only(export("b.txt", "13/3/2026, 9:00 - Visitor: hello", "13/3/2026, 9:01 - Agent: Yes."))
    assert first.id != other.id and not first.partial


def test_bad_lines_are_skipped_and_nothing_sticks_to_the_message_before(export: Export) -> None:
    path = export(
        "chat.txt",
        "half a line",
        "13/3/2026, 9:00 - Ann: Where is it?",
        "31/13/2026, 9:02 - Emma: impossible",
        "and its second line",
        "13/3/2026, 9:03 - Emma: 已发出。",
    )
    found = items(path, Options(agents=("Emma",)))
    assert [(item.where, item.why) for item in found if isinstance(item, Skipped)] == [
        ("chat.txt:1", "the line does not begin as a message does, and follows none"),
        ("chat.txt:3", "'31/13/2026, 9:02' is not a date that can be read"),
    ]
    assert said(found[-1]) == [  # type: ignore[arg-type]
        ("customer", "Ann", "Where is it?"),
        ("agent", "Emma", "已发出。"),
    ]


def test_broken_bytes_lose_their_message_only(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    lines = [
        "13/3/2026, 9:00 - Ann: 在吗",
        "13/3/2026, 9:01 - Emma: BROKEN",
        "rest of it",
        "13/3/2026, 9:02 - Emma: 在的",
    ]
    path.write_bytes("\n".join(lines).encode().replace(b"BROKEN", b"a\xffb"))
    found = items(path, Options(agents=("Emma",)))
    assert [item.where for item in found if isinstance(item, Skipped)] == ["chat.txt:2", "chat.txt:3"]
    assert said(found[-1]) == [("customer", "Ann", "在吗"), ("agent", "Emma", "在的")]  # type: ignore[arg-type]


def test_a_chat_without_words_says_so(export: Export) -> None:
    path = export("chat.txt", "13/3/2026, 9:00 - Ann: <Media omitted>")
    assert [item.why for item in items(path) if isinstance(item, Skipped)] == [
        "what was sent is not in the text",
        "nobody says anything in it that can be read",
    ]
