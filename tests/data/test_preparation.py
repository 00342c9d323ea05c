"""Preparation: parts of a conversation make up the same whole, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.ingest import ingest
from replydesk.data.preparation import Prepared, joined, origin_of, prepare_conversation
from replydesk.data.records import Conversation, Message, Role
from replydesk.data.settings import DataSettings
from replydesk.data.store import Store

Content = Callable[[Store], dict[str, list[tuple[Any, ...]]]]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
SETTINGS = DataSettings()


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def prepared(conversation: Conversation) -> Prepared:
    return prepare_conversation(conversation, SETTINGS)


def join(*parts: Conversation) -> Prepared:
    made = prepared(parts[0])
    for part in parts[1:]:
        made = joined(made, prepare_conversation(part, SETTINGS, made.masked), SETTINGS)
    return made


def part_of(*messages: Message, **rest: Any) -> Conversation:
    return Conversation("csv:1", messages, partial=True, **rest)


ASKED = Message("1", "customer", "Call me on 07700 900123", at(0), "Ann")
TOLD = Message("2", "agent", "We will. Is ann@example.com still right?", at(1), "Emma")
ASKED_AGAIN = Message("3", "customer", "No, bo@example.com. Or ring 07700 900123", at(2), "Ann")
ANSWERED = Message("4", "agent", "好的，已更新。", at(3), "Emma")


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_two_halves_are_the_whole_in_either_order(cut: int) -> None:
    messages = (ASKED, TOLD, ASKED_AGAIN, ANSWERED)
    whole, first, second = part_of(*messages), part_of(*messages[:cut]), part_of(*messages[cut:])
    expected = prepared(whole)
    assert [m.text for m in expected.conversation.messages] == [
        "Call me on <PHONE_1>",
        "We will. Is <EMAIL_1> still right?",
        "No, <EMAIL_2>. Or ring <PHONE_1>",
        "好的，已更新。",
    ]
    assert join(first, second) == join(second, first) == expected
    assert join(first, second, first, whole) == expected


def test_a_tag_tells_two_values_of_a_conversation_apart_and_not_their_values() -> None:
    masked = prepared(part_of(ASKED, TOLD, ASKED_AGAIN)).masked
    assert sorted(masked) == ["<EMAIL_1>", "<EMAIL_2>", "<PHONE_1>"]
    assert all(len(tag) == 5 for tag in masked.values()) and len(set(masked.values())) == 3
    elsewhere = prepare_conversation(Conversation("csv:2", (ASKED,)), SETTINGS).masked
    assert elsewhere["<PHONE_1>"] != masked["<PHONE_1>"], "the same number elsewhere must not be recognised"


def test_what_one_version_calls_private_stays_private() -> None:
    note = Message("2", "note", "She is difficult.", at(1))
    public = replace(note, role="agent")
    for parts in ((part_of(ASKED, note), part_of(public)), (part_of(public), part_of(ASKED, note))):
        assert [m.role for m in join(*parts).conversation.messages] == ["customer", "note"]


def test_the_later_version_holds() -> None:
    old = part_of(ASKED, TOLD, tags=("new",), outcome="open", updated=at(10), satisfaction=0.0)
    edited = replace(TOLD, text="We will, tomorrow.")
    new = part_of(ASKED, edited, tags=("solved",), outcome="solved", updated=at(20), satisfaction=1.0)
    for parts in ((old, new), (new, old)):
        found = join(*parts).conversation
        assert found.messages[1].text == "We will, tomorrow."
        assert (found.tags, found.outcome, found.satisfaction, found.updated) == (("solved",), "solved", 1.0, at(20))


def test_without_dates_of_change_what_began_first_tells() -> None:
    first = part_of(ASKED, tags=("phone",), channel="mail")
    second = part_of(ANSWERED, tags=("done", "phone"), channel="chat", outcome="solved", subject="电话")
    for parts in ((first, second), (second, first)):
        found = join(*parts).conversation
        assert (found.tags, found.channel) == (("done", "phone"), "mail")
        assert (found.outcome, found.subject) == ("solved", "电话")


def test_a_whole_replaces_what_is_known_but_for_labels() -> None:
    labelled = Conversation("1", (replace(ASKED, intents=("call_back",)), TOLD))
    again = Conversation("1", (ASKED, replace(TOLD, text="No.")))
    found = join(labelled, again).conversation
    assert [(m.text, m.intents) for m in found.messages] == [("Call me on <PHONE_1>", ("call_back",)), ("No.", ())]


def test_short_texts_have_the_language_of_their_neighbours() -> None:
    lines = ["ok", "我的快递到了吗", "ok", "Where is my other parcel?", "ok"]
    messages = [Message(str(n), "customer", text, at(n)) for n, text in enumerate(lines)]
    expected = ["zh", "zh", "zh", "en", "en"]
    for parts in ((messages[:1], messages[1:]), (messages[3:], messages[:3]), (messages[1::2], messages[::2])):
        found = join(*(part_of(*some) for some in parts)).conversation
        assert [m.language for m in found.messages] == expected


def test_what_a_conversation_is_made_from_depends_on_it_and_on_the_settings() -> None:
    told = part_of(ASKED, TOLD)
    same = origin_of(told, DataSettings(database="sqlite://"))
    assert same == origin_of(told, SETTINGS)
    others = [
        origin_of(replace(told, partial=False), SETTINGS),
        origin_of(part_of(ASKED), SETTINGS),
        origin_of(told, DataSettings(mask=False)),
        origin_of(told, DataSettings(languages=("zh", "en"))),
    ]
    assert len({same, *others}) == 5


TEXTS = st.sampled_from(
    [
        "ok", "hi", "在吗", "Where is my parcel?", "我的快递在哪里", "mail ann@example.com", "打 13800138000",
        "07700 900123 or bo@example.com", "电话 13800138000，邮箱 ann@example.com", "Thank you",
    ]
)  # fmt: skip
ROLES: list[Role] = ["customer", "agent", "bot", "note", "system"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Conversation], list[Conversation], list[Conversation]]:
    """Return conversations as a whole, and the same cut into two parts anywhere, message by message."""
    whole, one, other = [], [], []
    for number in range(draw(st.integers(1, 3))):
        minutes = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=7, unique=True))
        roles = st.sampled_from(ROLES)
        messages = [
            Message(
                f"{number}-{m}", draw(roles), draw(TEXTS), at(m), draw(st.sampled_from(["", "Ann", "ann@example.com"]))
            )
            for m in sorted(minutes)
        ]
        told = Conversation(f"csv:{number}", tuple(messages), partial=True, source="csv")
        sides = [draw(st.booleans()) for _ in messages]
        whole.append(told)
        for side, part in ((True, one), (False, other)):
            some = tuple(m for m, here in zip(messages, sides, strict=True) if here is side)
            if some:
                part.append(replace(told, messages=some))
    return whole, one, other


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(histories())
def test_any_two_parts_give_the_store_of_the_whole(
    content: Content, history: tuple[list[Conversation], list[Conversation], list[Conversation]]
) -> None:
    whole, one, other = history
    stores = []
    for imports in ([whole], [one, other], [other, one], [other, one, whole, one]):
        store = Store.open("sqlite://")
        for items in imports:
            ingest(items, store, SETTINGS)
        stores.append(content(store))
        again = store.latest_change()
        for items in imports:
            ingest(items, store, SETTINGS)
        assert (content(store), store.latest_change()) == (stores[-1], again)
        store.close()
    assert stores[0] == stores[1] == stores[2] == stores[3]
