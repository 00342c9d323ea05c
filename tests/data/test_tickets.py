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
        (["c: Late?", "b: Let me look.", "a: Tomorrow."], []),
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
