"""Mining: what a person answered to a customer is a ticket; what a bot said or the team wrote to itself is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from replydesk.data.records import Conversation, Message, Role, Ticket
from replydesk.data.tickets import mine, utterances

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
ROLES: dict[str, Role] = {"c": "customer", "a": "agent", "b": "bot", "n": "note", "s": "system"}


def talk(*lines: str) -> Conversation:
    """Return the conversation of lines such as ``c: Where is it?``, a minute apart."""
    messages = tuple(
        Message(str(n), ROLES[line[0]], line[3:], NINE + timedelta(minutes=n)) for n, line in enumerate(lines)
    )
    return Conversation("1", messages)


def mined(*lines: str, context_messages: int = 6) -> list[tuple[str, str, tuple[str, ...]]]:
    tickets = mine(talk(*lines), context_messages=context_messages)
    return [(ticket.question, ticket.answer, ticket.context) for ticket in tickets]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["c: Late?", "a: Tomorrow."], [("Late?", "Tomorrow.", ())]),
        (
            ["c: 还没到？", "a: 明天到。", "c: 几点？", "a: 下午。"],
            [("还没到？", "明天到。", ()), ("几点？", "下午。", ("还没到？", "明天到。"))],
        ),
        (["c: Hi", "c: 还没到", "a: 抱歉", "a: 明天到"], [("Hi\n还没到", "抱歉\n明天到", ())]),
        (["a: Welcome!", "c: Late?", "a: No."], [("Late?", "No.", ("Welcome!",))]),
        (["c: Late?", "b: We have your message.", "a: Tomorrow."], [("Late?", "Tomorrow.", ())]),
        (["c: 在吗", "b: 请稍候", "c: 还没到", "b: 正在转接", "a: 明天到"], [("还没到", "明天到", ("在吗", "请稍候"))]),
        (["c: Late?", "b: It comes tomorrow.", "c: Thanks"], []),
        (
            ["c: Hi", "b: 请问有什么可以帮您？", "c: 转人工", "a: 在的"],
            [("转人工", "在的", ("Hi", "请问有什么可以帮您？"))],
        ),
        (["c: Late?", "n: he is angry", "a: Tomorrow.", "n: refunded"], [("Late?", "Tomorrow.", ())]),
        (["c: Late?", "n: do not answer"], []),
        (["c: 在吗", "s: 客服小林加入", "a: 在的"], [("在吗", "在的", ())]),
        (["c: Late?", "s: closed", "c: Hello?", "a: Yes."], [("Late?\nHello?", "Yes.", ())]),
        (["c:   ", "a: Anyone?"], []),
        (["c: Late?", "a:  \n", "a: No."], [("Late?", "No.", ())]),
        (["a: We have a sale."], []),
        ([], []),
    ],
)
def test_what_is_mined(lines: list[str], expected: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert mined(*lines) == expected


def test_a_note_is_nowhere_in_a_ticket() -> None:
    for question, answer, context in mined(
        "c: Late?", "n: SECRET", "a: Soon.", "n: SECRET", "c: When?", "s: SECRET", "a: Today.", "c: Thanks", "a: Bye."
    ):
        assert "SECRET" not in "".join((question, answer, *context))


@pytest.mark.parametrize(
    ("length", "context"),
    [(0, ()), (1, ("答二",)), (3, ("答一", "问二", "答二")), (6, ("问一", "答一", "问二", "答二"))],
)
def test_the_length_of_the_context(length: int, context: tuple[str, ...]) -> None:
    found = mined("c: 问一", "a: 答一", "c: 问二", "a: 答二", "c: 问三", "a: 答三", context_messages=length)
    assert found[-1] == ("问三", "答三", context)


def test_a_ticket_carries_what_the_desk_knew() -> None:
    conversation = Conversation(
        "1",
        (
            Message("1", "customer", "Late?", NINE, "c-1", "en", ("late", "angry")),
            Message("2", "customer", "还没到？", NINE + timedelta(minutes=1), "c-1", "zh", ("lost",)),
            Message("3", "agent", "Tomorrow.", NINE + timedelta(hours=1), "Ada", "en", ("soothe",)),
            Message("4", "agent", "Sorry!", NINE + timedelta(hours=2), "Ben", "en"),
        ),
        tags=("vip",),
        outcome="solved",
    )
    assert list(mine(conversation)) == [
        Ticket.make(
            "Late?\n还没到？",
            "Tomorrow.\nSorry!",
            intent="late",
            language="en",
            at=NINE + timedelta(hours=1),
            author="Ada",
            tags=("vip",),
            outcome="solved",
        )
    ]


def test_an_undated_answer_has_the_time_of_its_question() -> None:
    conversation = Conversation("1", (Message("1", "customer", "Late?", NINE), Message("2", "agent", "No.")))
    assert next(mine(conversation)).at == NINE


def test_utterances_keep_their_messages_and_labels() -> None:
    first = Message("1", "customer", "a", intents=("x", "y"))
    second = Message("2", "customer", "b", intents=("y", "z"))
    (turn,) = utterances(Conversation("1", (first, Message("n", "note", "hm"), second)))
    assert (turn.role, turn.text, turn.messages) == ("customer", "a\nb", (first, second))
    assert turn.intents == ("x", "y", "z")


def test_the_same_exchange_in_two_conversations_is_one_ticket() -> None:
    one, other = talk("c: 在吗", "a: 在的"), talk("s: joined", "c: 在吗", "n: x", "a: 在的")
    assert [t.id for t in mine(one)] == [t.id for t in mine(other)]


# -- threads: the messages say what they reply to


def thread(*lines: str) -> Conversation:
    """Return the conversation of lines such as ``3 c:ann >1 Where is it?``: id, role, author, what it replies to."""
    messages = []
    for minute, line in enumerate(lines):
        key, who, reply_to, text = line.split(" ", 3)
        role, _, author = who.partition(":")
        messages.append(
            Message(key, ROLES[role], text, NINE + timedelta(minutes=minute), author, reply_to=reply_to.strip(">"))
        )
    return Conversation("1", tuple(messages))


def threads(*lines: str, context_messages: int = 6) -> list[tuple[str, str, tuple[str, ...], str]]:
    found = mine(thread(*lines), context_messages=context_messages)
    return [(ticket.question, ticket.answer, ticket.context, ticket.author) for ticket in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # the order of the messages does not matter where they say what they reply to
        (
            ["1 c:ann > Late?", "2 c:bob > 怎么退款？", "3 a:emma >1 Tomorrow.", "4 a:emma >2 在订单页申请。"],
            [("Late?", "Tomorrow.", (), "emma"), ("怎么退款？", "在订单页申请。", (), "emma")],
        ),
        # an answer in several pieces, each a reply to the one before
        (
            ["1 c:ann > 还没到？", "2 a:emma >1 抱歉 1/3", "3 a:emma >2 明天 2/3", "4 a:emma >3 送到 3/3"],
            [("还没到？", "抱歉 1/3\n明天 2/3\n送到 3/3", (), "emma")],
        ),
        # two answers to one question, by two agents
        (
            ["1 c:ann > Late?", "2 a:emma >1 Tomorrow.", "3 a:tom >1 Today!"],
            [("Late?", "Tomorrow.", (), "emma"), ("Late?", "Today!", (), "tom")],
        ),
        # a question in several pieces
        (
            ["1 c:ann > My parcel 1/2", "2 c:ann >1 is late 2/2", "3 a:emma >2 Sorry."],
            [("My parcel 1/2\nis late 2/2", "Sorry.", (), "emma")],
        ),
        # what another customer said is context, not question
        (
            ["1 c:ann > 我的包裹丢了", "2 c:bob >1 Mine, too", "3 a:emma >2 Which order?"],
            [("Mine, too", "Which order?", ("我的包裹丢了",), "emma")],
        ),
        # a chain: each ticket has what led to its question
        (
            ["1 c:ann > a", "2 a:emma >1 b", "3 c:ann >2 c", "4 a:tom >3 d", "5 c:ann >4 e", "6 a:emma >5 f"],
            [
                ("a", "b", (), "emma"),
                ("c", "d", ("a", "b"), "tom"),
                ("e", "f", ("a", "b", "c", "d"), "emma"),
            ],
        ),
        # what was answered is not there, or says nothing
        (["2 a:emma >1 Tomorrow.", "3 c:ann >2 Thanks", "4 a:emma >9 Bye."], []),
        (["1 c:ann >  ", "2 a:emma >1 Tomorrow."], []),
        (["1 c:ann > Late?", "2 a:emma >1  "], []),
        # circles end
        (
            ["1 c:ann >3 a", "2 a:emma >1 b", "3 c:ann >1 c", "4 a:emma >3 d"],
            [("c\na", "b", (), "emma"), ("a\nc", "d", (), "emma")],
        ),
        (["1 a:emma >2 a", "2 a:tom >1 b"], []),
        (["1 c:ann >1 我回复我自己", "2 a:emma >1 好"], [("我回复我自己", "好", (), "emma")]),
        # notes and events are nowhere; bots are context
        (
            ["1 c:ann > Late?", "2 n:tom >1 SECRET", "3 c:ann >2 Hello?", "4 s: >3 SECRET", "5 a:emma >3 Yes."],
            [("Late?\nHello?", "Yes.", (), "emma")],
        ),
        (["1 c:ann > Late?", "2 n:tom >1 SECRET", "3 a:emma >2 Done.", "4 a:emma >3 Really."], []),
        (
            ["1 c:ann > Late?", "2 b: >1 您的单号？", "3 c:ann >2 A7", "4 a:emma >3 Found."],
            [("A7", "Found.", ("Late?", "您的单号？"), "emma")],
        ),
        (["1 c:ann > Late?", "2 b: >1 Let me look.", "3 a:emma >2 Tomorrow."], []),
        # an agent's message that replies to nothing is no answer among threads
        (["1 c:ann > Late?", "2 a:emma > We are closed.", "3 a:emma >1 No."], [("Late?", "No.", (), "emma")]),
    ],
)
def test_what_is_mined_from_threads(lines: list[str], expected: list[tuple[str, str, tuple[str, ...], str]]) -> None:
    assert threads(*lines) == expected


def test_a_chat_with_a_quoted_message_is_mined_by_its_order() -> None:
    lines = ["1 c:ann > Late?", "2 a:emma > Tomorrow.", "3 c:ann > 几点？", "4 a:emma > 下午。", "5 a:emma >1 Sorry."]
    assert [found[:2] for found in threads(*lines)] == [("Late?", "Tomorrow."), ("几点？", "下午。\nSorry.")]


@pytest.mark.parametrize(("length", "context"), [(0, ()), (1, ("b",)), (3, ("x", "a", "b"))])
def test_the_length_of_the_context_of_a_thread(length: int, context: tuple[str, ...]) -> None:
    lines = ["0 a:emma > x", "1 c:ann >0 a", "2 a:emma >1 b", "3 c:ann >2 c", "4 a:emma >3 d"]
    assert threads(*lines, context_messages=length)[-1] == ("c", "d", context, "emma")


def test_the_same_thread_in_another_order_gives_the_same_tickets() -> None:
    lines = ["1 c:ann > a", "2 a:emma >1 b", "3 c:ann >2 c", "4 a:tom >3 d", "5 c:bob >1 e", "6 a:tom >5 f"]
    assert sorted(threads(*lines)) == sorted(threads(*lines[::-1]))
