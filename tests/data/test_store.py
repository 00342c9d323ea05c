"""The store: one contract, kept by SQLite and by a real PostgreSQL."""

from __future__ import annotations

import doctest
import random
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config

from replydesk.data import schema
from replydesk.data import store as module
from replydesk.data.errors import ConflictError, NotFoundError, StoreError
from replydesk.data.records import (
    Conversation,
    Curation,
    Message,
    Suggested,
    SuggestionVerdict,
    Ticket,
    Verdict,
    content_id,
)
from replydesk.data.rows import conversation_digest
from replydesk.data.store import Added, Entry, Store, Tally, conversations, database, statements, tickets
from replydesk.data.tickets import mine

Content = Callable[[Store], dict[str, list[tuple[Any, ...]]]]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TRICKY = [
    "😀👩🏽‍🚀 🇨🇳",
    "'; DROP TABLE tickets; -- %s :name {x} \\",
    "𠮷野家 \u2028 café cafe\u0301",
    "מה שלום? مرحبا",
    "x" * 100_000,
    "包裹" * 50_000,
]


def talk(key: str, *said: str, at: datetime | None = NINE, **rest: Any) -> Conversation:
    """Return a conversation in which customer and agent take turns, a minute apart."""
    lines = tuple(
        Message(
            f"{key}-{n}", "agent" if n % 2 else "customer", text, at and at + timedelta(minutes=n),
            "Ada" if n % 2 else "", "zh" if text[:1] >= "一" else "en",
        )
        for n, text in enumerate(said)
    )  # fmt: skip
    return Conversation(key, lines, **rest)


def pair(conversation: Conversation) -> tuple[Conversation, list[Ticket]]:
    return conversation, list(mine(conversation))


def suggested(key: str, *, intent: str = "refund", by: str = "") -> Suggested:
    items = [{"ticket": ticket, "text": "Five days."} for ticket in ("a", "b", "c")]
    intents = [{"name": intent, "probability": 0.9}]
    return Suggested(key, {"id": key, "at": NINE.isoformat(), "by": by, "intents": intents, "items": items})


def taken(suggestion: str, ticket: str) -> SuggestionVerdict:
    return SuggestionVerdict(f"v{suggestion}", suggestion, ticket, "accepted", at=NINE)


def add(store: Store, *conversations: Conversation) -> Added:
    return store.add([pair(conversation) for conversation in conversations])


def labelled(conversation: Conversation, *intents: str) -> Conversation:
    first, *others = conversation.messages
    return replace(conversation, messages=(replace(first, intents=intents), *others))


LATE = talk("late", "Where is my parcel?", "It arrives tomorrow.", "Thanks", "You are welcome.", channel="chat")
REFUND = talk("退款", "钱怎么还没退？", "五个工作日内退回。", source="淘宝", subject="退款", tags=("急", "vip"))


def shape(engine: sa.Engine) -> dict[str, list[str]]:
    """Return of every table its columns, keys and indexes, whatever their order."""
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        look = sa.inspect(connection)
        for table in look.get_table_names():
            parts = [*look.get_columns(table), *look.get_foreign_keys(table), *look.get_indexes(table)]
            found[table] = sorted(map(repr, [*parts, look.get_pk_constraint(table)]))
    return found


def migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    return config


class StoreContract:
    """What every database must do, seen in values."""

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        store = Store.open(url)
        yield store
        store.close()

    # ---- conversations

    def test_what_is_added_is_what_is_read(self, store: Store) -> None:
        east = timezone(timedelta(hours=8))
        told = replace(LATE, satisfaction=0.25, outcome="solved", customer="c-1")
        at = told.messages[0].at
        assert at
        told = labelled(told, "delivery", "late")
        elsewhere = replace(told.messages[1], at=(at + timedelta(minutes=1)).astimezone(east))
        told = replace(told, messages=(told.messages[0], elsewhere, *told.messages[2:]))
        undated = talk("undated", "Hi", "Hello", at=None)
        assert add(store, told, REFUND, undated) == Added(conversations_new=3, tickets_new=4)
        assert list(store.conversations()) == [told, undated, REFUND]
        assert store.conversation("退款") == REFUND
        assert store.messages("late") == told.messages
        assert store.messages("no such") == ()
        expected = {t.id: t for c in (told, REFUND, undated) for t in mine(c)}
        assert {t.id: t for t in store.tickets()} == expected
        assert store.origins() == {t.id: c.id for c in (told, REFUND, undated) for t in mine(c)}
        with pytest.raises(NotFoundError) as caught:
            store.conversation("no such")
        assert caught.value.where == "no such"

    def test_the_same_twice_changes_nothing(self, store: Store, content: Content) -> None:
        add(store, LATE, REFUND)
        before, journal = content(store), store.latest_change()
        assert add(store, LATE, REFUND) == Added(tickets_duplicate=3)
        assert (content(store), store.latest_change()) == (before, journal)

    def test_the_same_twice_in_one_batch_is_one(self, store: Store) -> None:
        assert add(store, REFUND, REFUND) == Added(conversations_new=1, tickets_new=1)

    def test_a_changed_conversation_replaces_the_older_one(self, store: Store) -> None:
        add(store, LATE, REFUND)
        seq = store.latest_change()
        grown = talk("late", "Where is my parcel?", "It arrives tomorrow.", "Thanks", "Bye.", channel="mail")
        assert add(store, grown) == Added(conversations_changed=1, tickets_new=1, tickets_removed=1)
        assert list(store.conversations()) == [grown, REFUND]
        assert {(t.question, t.answer) for t in store.tickets()} == {
            ("Where is my parcel?", "It arrives tomorrow."),
            ("Thanks", "Bye."),
            ("钱怎么还没退？", "五个工作日内退回。"),
        }
        gone, came = list(mine(LATE))[1], list(mine(grown))[1]
        changes = store.changes_after(seq)
        assert (changes.added, changes.removed) == ((came.id,), (gone.id,))

    def test_a_shared_ticket_survives_the_loss_of_one_conversation(self, store: Store) -> None:
        first, second = talk("1", "还在吗", "在的"), talk("2", "还在吗", "在的")
        shared = next(mine(first))
        assert add(store, first, second) == Added(conversations_new=2, tickets_new=1, tickets_duplicate=1)
        assert store.origins() == {shared.id: "1"}
        assert add(store, talk("1", "算了")) == Added(conversations_changed=1)
        assert store.origins() == {shared.id: "2"}
        assert store.ticket(shared.id) == shared
        assert add(store, talk("2", "算了")) == Added(conversations_changed=1, tickets_removed=1)
        with pytest.raises(NotFoundError):
            store.ticket(shared.id)

    def test_a_corrected_label_reaches_the_ticket(self, store: Store) -> None:
        add(store, labelled(REFUND, "wrong"))
        seq = store.latest_change()
        assert add(store, labelled(REFUND, "refund")) == Added(conversations_changed=1)
        assert [t.intent for t in store.tickets()] == ["refund"]
        assert store.conversation("退款").messages[0].intents == ("refund",)
        # Whoever keeps tickets in memory must read it again.
        assert len(store.changes_after(seq).added) == 1

    def test_a_ticket_in_many_conversations_is_told_by_the_newest(self, store: Store, content: Content) -> None:
        told = [
            labelled(talk("a", "Hi", "Hello", at=NINE + timedelta(days=2), tags=("a",)), "greeting"),
            talk("b", "Hi", "Hello", at=NINE + timedelta(days=3), tags=("b",)),
            talk("c", "Hi", "Hello", at=NINE, tags=("c",)),
            labelled(talk("d", "Hi", "Hello", at=None, tags=("d",)), "opening"),
        ]
        random.Random(3).shuffle(told)
        for conversation in told[:2]:
            add(store, conversation)
        add(store, *told[2:])
        (ticket,) = store.tickets()
        assert (ticket.tags, ticket.at) == (("b",), NINE + timedelta(days=3, minutes=1))
        assert ticket.intent in ("greeting", "opening")

    def test_iteration_in_pages_misses_nothing(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        for part in (statements, conversations, tickets):
            monkeypatch.setattr(part, "BATCH", 7)
        told = [talk(f"{n:02}", f"question {n}", f"answer {n}") for n in range(29)]
        for start in (14, 0):
            add(store, *told[start : start + 15])
        assert list(store.conversations()) == told
        assert [t.id for t in store.tickets()] == sorted(next(mine(c)).id for c in told)
        assert set(store.tickets_by_id([next(mine(c)).id for c in told])) == {next(mine(c)).id for c in told}

    def test_conversations_come_in_the_order_of_code_points(self, store: Store) -> None:
        keys = ["a", "B", "Z", "_", "é", "e", "中", "一", "1", "10", "2", "😀"]
        add(store, *(talk(key, "Hi", "Hello") for key in keys))
        assert [c.id for c in store.conversations()] == sorted(keys)

    # ---- live conversations

    def test_append_begins_and_continues_a_conversation(self, store: Store) -> None:
        first, second, third, fourth = talk("live", "在吗", "在的", "谢谢", "不客气").messages
        store.append("live", first, second, channel="web", customer="c-9")
        store.append("live", third, fourth, channel="other", customer="other")
        expected = Conversation("live", (first, second, third, fourth), "chat", "web", "c-9")
        assert store.conversation("live") == expected
        # Its digest is that of the whole, so importing an export of it changes nothing.
        assert add(store, expected) == Added(tickets_duplicate=2)

    def test_a_conversation_that_is_called_new_is_begun_once(self, store: Store) -> None:
        first, second, third, fourth = talk("live", "在吗", "在的", "谢谢", "不客气").messages
        store.append("live", first, second, channel="web", masked={"<PHONE_1>": "a1"}, new=True)
        expected = Conversation("live", (first, second), "chat", "web")
        assert store.stored(["live"]) == {"live": Entry(expected, (), "", {"<PHONE_1>": "a1"})}
        with pytest.raises(StoreError):
            store.append("live", third, fourth, reply=("r-1", {}), new=True)
        assert store.conversation("live") == expected
        with pytest.raises(NotFoundError):
            store.reply(fourth.id)

    def test_a_reply_is_stored_with_its_message_or_not_at_all(self, store: Store) -> None:
        asked, said, again, second = talk("live", "在吗", "在的 😀", "谢谢", "不客气").messages
        document = {"text": "在的 😀", "evidence": [{"ticket": "t", "similarity": 0.5}], "nothing": None}
        store.append("live", asked, said, reply=("r-1", document))
        assert store.reply(said.id) == document
        before = store.conversation("live")
        with pytest.raises(StoreError):
            store.append("live", again, replace(second, id=said.id), reply=("r-1", {}))
        assert store.conversation("live") == before
        assert store.reply(said.id) == document
        with pytest.raises(NotFoundError):
            store.reply("no such")

    # ---- tickets

    def test_tickets_of_no_conversation(self, store: Store) -> None:
        canned = Ticket.make("退货流程？", "七天内可退。", source="canned", language="zh", intent="return", tags=("x",))
        assert store.add_ticket(canned)
        assert not store.add_ticket(canned)
        assert not store.add_ticket(replace(canned, intent="returns"))
        assert store.ticket(canned.id) == replace(canned, intent="returns")
        assert store.origins() == {}
        seq = store.latest_change()
        store.remove_ticket(canned.id)
        assert store.changes_after(seq).removed == (canned.id,)
        with pytest.raises(NotFoundError) as caught:
            store.remove_ticket(canned.id)
        assert caught.value.where == canned.id

    def test_a_removed_ticket_leaves_its_conversation(self, store: Store) -> None:
        add(store, REFUND)
        store.remove_ticket(next(mine(REFUND)).id)
        assert (list(store.conversations()), list(store.tickets()), store.origins()) == ([REFUND], [], {})
        assert store.check() == []

    def test_tickets_are_filtered(self, store: Store) -> None:
        made = [
            Ticket.make("q1", "a", source="canned", language="en", intent="x"),
            Ticket.make("q2", "a", source="article", language="en", intent="y"),
            Ticket.make("问", "答", source="canned", language="zh", intent="x"),
        ]
        store.add_tickets(made)

        def found(**wanted: Any) -> list[str]:
            return sorted(t.question for t in store.tickets(**wanted))

        assert found(source="canned") == ["q1", "问"]
        assert found(language="en", intent="y") == ["q2"]
        assert found(source="agent") == []
        in_order = [t.question for t in sorted(made, key=lambda t: t.id)]
        assert [t.question for t in store.tickets(limit=2)] == in_order[:2]
        assert [t.question for t in store.tickets(offset=1)] == in_order[1:]
        assert [t.question for t in store.tickets(limit=1, offset=1)] == in_order[1:2]

    @pytest.mark.parametrize(
        ("stored", "asked", "same"),
        [
            ("Where is my ORDER?", "  where IS my\norder？ ", True),
            ("订单ＴＷ-１２到哪了？", "订单tw-12到哪了?", True),
            ("Straße", "STRASSE", True),
            ("Where is my order?", "Where is my order", True),
            ("運費怎麼算？", "运费怎么算", True),
            ("Where is my order?", "Where was my order?", False),
            ("快递在哪", "快递在哪里", False),
        ],
    )
    def test_the_same_question_is_found_in_any_case_width_and_script(
        self, store: Store, stored: str, asked: str, same: bool
    ) -> None:
        old = Ticket.make(stored, "first", at=NINE, context=("a",))
        new = Ticket.make(stored, "second", at=NINE + timedelta(days=1))
        undated = Ticket.make(stored, "third")
        store.add_tickets([old, undated, new, Ticket.make("else", "x")])
        found = store.tickets_with_curation([], asking=asked)
        assert found == ({t.id: (t, Curation(t.id)) for t in (new, old, undated)} if same else {})

    def test_tickets_come_with_what_curation_says(self, store: Store) -> None:
        lamp, cable, parcel, wrong = (Ticket.make(text, "Yes.") for text in ("灯？", "Cable?", "Parcel?", "Wrong?"))
        store.add_tickets([lamp, cable, parcel, wrong])
        said = [Curation(lamp.id, duplicate_of=cable.id), Curation(parcel.id, superseded_by=wrong.id, stale_days=3)]
        store.replace_curation(said, (), (), seq=store.latest_change(), rules=1, counts={})
        everything = store.tickets_with_curation([lamp.id, "unknown", lamp.id, parcel.id], asking=" CABLE？")
        assert everything == {
            lamp.id: (lamp, said[0]),
            cable.id: (cable, Curation(cable.id)),
            parcel.id: (parcel, said[1]),
        }
        assert {key: c for key, (_, c) in everything.items() if c != Curation(key)} == store.curation(list(everything))
        # What replaced it is gone, and so is the reason to pass it over.
        store.remove_ticket(wrong.id)
        assert store.tickets_with_curation([parcel.id]) == {parcel.id: (parcel, replace(said[1], superseded_by=""))}
        assert store.tickets_with_curation([]) == {}

    def test_any_number_of_tickets_is_read(self, store: Store) -> None:
        many = [Ticket.make(f"Question {n}?", "Yes.") for n in range(1100)]
        store.add_tickets(many)
        found = store.tickets_with_curation([t.id for t in many[:-1]], asking="question 1099?")
        assert {key: ticket for key, (ticket, _) in found.items()} == {t.id: t for t in many}

    def test_the_journal(self, store: Store) -> None:
        assert (store.latest_change(), store.changes_after(0)) == (0, module.Changes(0, (), ()))
        one, two, three = (Ticket.make(f"q{n}", "a") for n in range(3))
        store.add_tickets([one, two])
        seq = store.latest_change()
        assert store.changes_after(0) == module.Changes(seq, (one.id, two.id), ())
        store.remove_ticket(one.id)
        store.add_ticket(three)
        last = store.latest_change()
        assert store.changes_after(seq) == module.Changes(last, (three.id,), (one.id,))
        assert store.changes_after(0) == module.Changes(last, (two.id, three.id), (one.id,))
        store.add_ticket(one)
        assert (set(store.changes_after(seq).added), store.changes_after(seq).removed) == ({three.id, one.id}, ())
        assert store.changes_after(store.latest_change()).added == ()

    def test_the_journal_is_read_in_parts(self, store: Store) -> None:
        tickets = [Ticket.make(f"q{n}", "a") for n in range(5)]
        store.add_tickets(tickets)
        store.remove_ticket(tickets[1].id)
        seen, seq = set[str](), 0
        while (part := store.changes_after(seq, limit=2)).seq != seq:
            seq = part.seq
            seen = (seen | set(part.added)) - set(part.removed)
            assert store.change(seq) in {ticket.id for ticket in tickets}
        assert seen == {ticket.id for ticket in store.tickets()}
        assert (store.change(seq), store.change(seq + 1)) == (tickets[1].id, "")

    def test_tickets_are_cut_by_the_digits_of_their_ids(self, store: Store) -> None:
        store.add_tickets([Ticket.make(f"q{n}", "a") for n in range(100)])
        parts = [[ticket.id for ticket in store.tickets(prefix=digit)] for digit in "0123456789abcdef"]
        assert all(key[0] == digit for digit, keys in zip("0123456789abcdef", parts, strict=True) for key in keys)
        assert [key for keys in parts for key in keys] == [ticket.id for ticket in store.tickets()]

    # ---- verdicts, splits, audit

    def test_verdicts_are_stored_once(self, store: Store) -> None:
        first = Verdict("1", "r-1", "good", "late", at=NINE)
        second = Verdict("2", "r-2", "edited", "退款", "五个工作日", "refund", "小林", NINE - timedelta(days=1))
        lone = Verdict("3", "r-1", "wrong")
        assert store.add_verdicts([first, second, first]) == 2
        assert store.add_verdicts([first, lone, replace(second, kind="wrong")]) == 1
        assert sorted(store.verdicts(), key=lambda v: v.id) == [first, second, lone]
        assert [v.id for v in store.verdicts() if v.at] == ["2", "1"]
        assert {v.id for v in store.verdicts(reply="r-1")} == {"1", "3"}
        assert store.verdicts(conversations=["退款", "no such"]) == [second]
        assert store.verdicts(conversations=[]) == []

    def test_splits_are_frozen(self, store: Store) -> None:
        store.assign_splits({"a": "train", "b": "test"})
        store.assign_splits({"a": "train", "c": "train"})
        with pytest.raises(ConflictError, match="1 conversations would change their part") as caught:
            store.assign_splits({"d": "test", "b": "train"})
        assert caught.value.where == "b"
        assert store.splits() == {"a": "train", "b": "test", "c": "train"}

    def test_only_what_is_learned_from_can_be_put_aside(self, store: Store) -> None:
        store.assign_splits({"a": "train", "b": "test", "c": "train", "d": "aside"})
        assert store.set_aside(["a", "b", "d", "unknown"]) == 1
        assert store.set_aside([]) == 0
        assert store.splits() == {"a": "aside", "b": "test", "c": "train", "d": "aside"}
        with pytest.raises(ConflictError):
            store.assign_splits({"a": "train"})

    def test_the_part_of_a_conversation_outlives_its_change(self, store: Store) -> None:
        add(store, LATE)
        store.assign_splits({"late": "test"})
        add(store, talk("late", "Never mind"))
        assert store.splits() == {"late": "test"}

    def test_the_audit(self, store: Store) -> None:
        store.log("import", {"paths": ["导出.csv"], "new": 3})
        store.log("train", {})
        newest, oldest = store.audit()
        assert (newest["what"], oldest["what"]) == ("train", "import")
        assert oldest["detail"] == {"paths": ["导出.csv"], "new": 3}
        assert datetime.fromisoformat(oldest["at"]).tzinfo == UTC
        assert store.audit(limit=1) == [newest]

    def test_counts_and_health(self, store: Store) -> None:
        add(store, LATE, REFUND)
        assert store.counts() == {"conversations": 2, "messages": 6, "tickets": 3, "replies": 0, "verdicts": 0}
        assert store.check() == []

    # ---- what is hard to store

    @pytest.mark.parametrize("text", TRICKY, ids=range(len(TRICKY)))
    def test_any_text_comes_back(self, store: Store, text: str) -> None:
        told = talk("tricky", text, f"answer {text}", subject=text, tags=(text,), channel=text, outcome=text)
        told = labelled(replace(told, source=text), text)
        told = replace(told, messages=tuple(replace(m, author=text, language="x" * 40) for m in told.messages))
        add(store, told)
        assert list(store.conversations()) == [told]
        assert list(store.tickets()) == list(mine(told))
        assert [t for t, _ in store.tickets_with_curation([], asking=text).values()] == list(mine(told))
        verdict = Verdict(text[:100], text[:100], "edited", text[:100], text, text, text)
        assert store.add_verdicts([verdict]) == 1
        assert store.verdicts() == [verdict]

    @pytest.mark.parametrize("place", ["text", "channel", "tags", "id"])
    def test_half_a_character_is_refused_and_nothing_is_lost(self, store: Store, place: str, content: Content) -> None:
        add(store, LATE)
        before = content(store)
        half = {
            "text": talk("half", "so \ud83d", "x"),
            "channel": talk("half", "so", "x", channel="\ud83d"),
            "tags": talk("half", "so", "x", tags=("\ud83d",)),
            "id": talk("half\ud83d", "so", "x"),
        }[place]
        with pytest.raises(StoreError, match="half a character"):
            add(store, REFUND, half)
        assert content(store) == before

    def test_a_nul_comes_back_or_is_refused(self, store: Store, content: Content) -> None:
        told = talk("nul", "a\0b", "c")
        before = content(store)
        try:
            add(store, told)
        except StoreError:
            assert content(store) == before
        else:
            assert list(store.conversations()) == [told]

    def test_ids_of_200_chinese_characters(self, store: Store) -> None:
        told = talk("会" * 200, "a", "b", customer="客" * 200)
        add(store, told)
        assert store.conversation("会" * 200) == told
        assert store.origins() == {next(mine(told)).id: told.id}

    # ---- many at once

    def test_two_threads_lose_nothing(self, store: Store) -> None:
        failures: list[BaseException] = []

        def work(name: str) -> None:
            try:
                for n in range(12):
                    store.append("shared", Message(f"{name}-{n}", "customer", f"{name} {n}", NINE, "", "en"))
                    add(store, talk(f"{name}-{n}", f"question {n}", "the same answer"))
            except BaseException as error:  # noqa: BLE001 - what a thread raises must reach the test
                failures.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        said = [m.id for m in store.messages("shared")]
        assert [m for m in said if m[0] == "a"] == [f"a-{n}" for n in range(12)]
        assert [m for m in said if m[0] == "b"] == [f"b-{n}" for n in range(12)]
        assert store.counts()["conversations"] == 25
        changes = store.changes_after(0)
        assert sorted(changes.added) == sorted(t.id for t in store.tickets())
        assert len(changes.added) == 12

    def test_two_processes_open_and_write_at_once(self, url: str) -> None:
        code = """
            import sys
            from replydesk.data.records import Conversation, Message, Ticket
            from replydesk.data.store import Store
            url, name = sys.argv[1:]
            sys.stdin.read()
            store = Store.open(url)
            for n in range(20):
                told = Conversation(f"{name}-{n}", (Message("1", "customer", f"问 {n}"), Message("2", "agent", "答")))
                store.add([(told, [Ticket.make(f"问 {n}", "答")])])
        """
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(code), url, name],
                stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for name in ("a", "b")
        ]  # fmt: skip
        # Both wait for the end of their input, so that they open the empty database together.
        for worker in workers:
            assert worker.stdin
            worker.stdin.close()
        for worker in workers:
            assert worker.stderr
            trouble = worker.stderr.read()
            worker.stderr.close()
            assert worker.wait(timeout=60) == 0, trouble
        store = Store.open(url)
        assert {c.id for c in store.conversations()} == {f"{name}-{n}" for name in "ab" for n in range(20)}
        assert sorted(t.question for t in store.tickets()) == sorted(f"问 {n}" for n in range(20))
        assert store.changes_after(0).seq == 20
        store.close()

    # ---- suggestions

    def test_what_was_taken_is_counted_by_intent_person_and_channel(self, store: Store) -> None:
        store.add_suggestions([suggested("1", by="Ada"), suggested("2", by="Bo"), suggested("3", intent="other")])
        store.add_suggestion_verdicts([taken("1", "b"), taken("2", "a"), taken("3", "a")])
        found = store.tallies(["a", "b", "c"], intent="refund", by="Ada", channel="")
        assert found == {"a": Tally((3, 2, 1, 0), (2.0, 1.0, 0.0, 0.0)), "b": Tally((1, 1, 1, 0), (1.0, 1.0, 1.0, 0.0))}
        assert store.taken_for("refund", limit=5) == ["a", "b"]
        assert store.taken_for("refund", limit=1) == ["a"]

    def test_a_suggestion_and_its_verdicts_are_stored_once(self, store: Store) -> None:
        one = suggested("1")
        assert (store.add_suggestions([one]), store.add_suggestions([one])) == (1, 0)
        assert (store.add_suggestion_verdicts([taken("1", "a")]), store.add_suggestion_verdicts([taken("1", "a")])) == (
            1,
            0,
        )
        assert store.suggestion("1") == replace(one, verdicts=(taken("1", "a"),))
        assert list(store.suggestions()) == [store.suggestion("1")]
        with pytest.raises(NotFoundError, match="no such suggestion"):
            store.suggestion("2")

    def test_what_a_customer_was_told(self, store: Store) -> None:
        add(store, talk("1", "Where?", "It left us.", customer="c-1"), talk("2", "哪里？", "已发货。", customer="c-2"))
        assert store.told("c-1") == {"it left us."}
        assert store.told("c-2") == {"已发货。"}
        assert store.told("") == store.told("c-3") == frozenset()

    # ---- migrations

    @pytest.mark.parametrize("revision", ["0001", "0002", "0003", "head"])
    def test_the_migrations_make_the_schema_of_any_older_database(self, url: str, revision: str) -> None:
        from alembic import command
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        engine = database._engine(url)
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        store = Store.open(url)
        migrated = shape(engine)
        with store._read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, schema.metadata) == []
            assert context.get_current_revision() == schema.HEAD
        store.close()
        # A new database is made without them, and is the same to its defaults and the names of its keys.
        with engine.begin() as connection:
            schema.metadata.drop_all(connection)
            schema.version.drop(connection)
        Store.open(url).close()
        assert shape(engine) == migrated
        assert sorted(migrated) == sorted([*schema.metadata.tables, "alembic_version"])
        engine.dispose()

    def test_questions_of_an_older_database_are_found_whatever_ends_them(self, url: str) -> None:
        from alembic import command

        store = Store.open(url)
        many = [Ticket.make(f"question {n}?", "a", source="canned", language="en") for n in range(1100)]
        many.append(Ticket.make("運費怎麼算？", "十元", source="canned", language="zh"))
        store.add_tickets(many)
        with store._write() as connection:
            config = migrations()
            config.attributes["connection"] = connection
            command.downgrade(config, "0003")
        with store._read() as connection:
            keys = dict(connection.execute(sa.select(schema.tickets.c.question, schema.tickets.c.question_key)).all())
        assert keys["question 7?"] == content_id("question 7?")
        store.close()
        again = Store.open(url)
        for asked, question in [("Question 7", "question 7?"), ("运费怎么算", "運費怎麼算？")]:
            (found,) = again.tickets_with_curation([], asking=asked).values()
            assert found[0].question == question
        again.close()

    def test_opening_again_changes_nothing(self, store: Store, url: str, content: Content) -> None:
        add(store, LATE)
        again = Store.open(url)
        assert content(again) == content(store)
        again.close()

    def test_a_database_of_a_newer_version_is_refused(self, store: Store, url: str) -> None:
        with store._write() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StoreError, match="stands at revision 9999") as caught:
            Store.open(url)
        assert "Upgrade Replydesk" in caught.value.hint

    def test_tables_of_others_are_left_alone(self, url: str) -> None:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE tickets (name TEXT)"))
        with pytest.raises(StoreError, match="already exists"):
            Store.open(url)
        assert sa.inspect(engine).get_table_names() == ["tickets"]
        engine.dispose()


class TestSqlite(StoreContract):
    """The default: a file in the home."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / '桌 desk.db'}"

    def test_it_is_in_wal_mode_with_foreign_keys(self, store: Store) -> None:
        with store._read() as connection:
            values = {
                name: connection.scalar(sa.text(f"PRAGMA {name}"))
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
        assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30000, "synchronous": 1}

    def test_an_empty_file_becomes_a_store(self, tmp_path: Path) -> None:
        (tmp_path / "empty.db").write_bytes(b"")
        store = Store.open(f"sqlite:///{tmp_path / 'empty.db'}")
        assert store.counts()["conversations"] == 0
        store.close()

    def test_what_is_no_database_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.db"
        path.write_bytes(b"PK\x03\x04 not a database" * 100)
        with pytest.raises(StoreError, match="The database file is damaged") as caught:
            Store.open(f"sqlite:///{path}")
        assert "backup" in caught.value.hint
        assert path.read_bytes() == b"PK\x03\x04 not a database" * 100

    def test_a_torn_file_is_refused_or_reported(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.db"
        store = Store.open(f"sqlite:///{path}")
        add(store, *(talk(f"{n}", f"question {n} " * 50, f"answer {n}") for n in range(100)))
        store.close()
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
        with pytest.raises(StoreError, match="damaged"):
            torn = Store.open(f"sqlite:///{path}")
            try:
                list(torn.conversations())
                list(torn.tickets())
            finally:
                torn.close()

    @pytest.mark.parametrize("place", ["missing/desk.db", "."])
    def test_a_place_that_is_none_is_refused(self, tmp_path: Path, place: str) -> None:
        with pytest.raises(StoreError, match="cannot be opened for writing") as caught:
            Store.open(f"sqlite:///{tmp_path / place}")
        assert "data.database" in caught.value.hint

    def test_a_busy_database_is_said(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        store, other = Store.open(url), Store.open(url)
        with store._read() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10")
        with other._write(), pytest.raises(StoreError, match="The database is busy"):
            add(store, LATE)
        add(store, LATE)
        assert list(other.conversations()) == [LATE]
        store.close()
        other.close()

    def test_a_full_disk_is_said_and_nothing_stored_before_is_lost(self, store: Store, content: Content) -> None:
        add(store, LATE, REFUND)
        before = content(store)
        with store._read() as connection:
            pages = connection.scalar(sa.text("PRAGMA page_count"))
            connection.execute(sa.text(f"PRAGMA max_page_count = {pages + 4}"))
        big = [talk(f"big {n}", f"问题 {n} " * 300, "答") for n in range(100)]
        with pytest.raises(StoreError) as caught:
            add(store, *big)
        assert str(caught.value) == (
            "The disk is full. Free some space and run it again; what was stored before is safe."
        )
        assert content(store) == before
        assert store.check() == []
        with store._read() as connection:
            connection.execute(sa.text("PRAGMA max_page_count = 1000000"))
        assert add(store, *big).conversations_new == 100


@pytest.mark.postgres
class TestPostgres(StoreContract):
    """The larger one, by URL."""

    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url

    def test_a_lock_is_one_server_s_at_a_time(self, store: Store, url: str) -> None:
        other = Store.open(url)
        with store.exclusive("index", wait_seconds=0) as mine:
            assert mine
            with other.exclusive("index", wait_seconds=0.1) as theirs:
                assert not theirs
            with other.exclusive("another", wait_seconds=0) as theirs:
                assert theirs
        with other.exclusive("index", wait_seconds=0) as theirs:
            assert theirs
        other.close()

    def test_a_server_that_is_not_there_is_refused_without_its_password(self) -> None:
        with pytest.raises(StoreError, match="The database refused") as caught:
            Store.open("postgresql://desk:secret@127.0.0.1:1/desk")
        assert "secret" not in str(caught.value)
        assert "data.database" in caught.value.hint

    def test_it_is_the_same_as_sqlite(self, store: Store, tmp_path: Path, content: Content) -> None:
        sqlite = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
        for one in (store, sqlite):
            add(one, LATE, labelled(REFUND, "refund"))
            add(one, talk("late", "Where is my parcel?", "Lost. 😀", "Thanks", "You are welcome."))
            one.add_verdicts([Verdict("v", "r", "wrong", "late", at=NINE)])
            one.assign_splits({"late": "test"})
        assert content(store) == content(sqlite)
        sqlite.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("desk.db", "The database refused: Could not parse SQLAlchemy URL"),
        ("nosuch:///desk", "The database refused: Can't load plugin"),
        ("mysql://localhost/desk", "The database needs a library that is not installed"),
    ],
)
def test_a_wrong_url_is_refused(url: str, message: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert caught.value.message.startswith(message)
    assert "data.database" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("database or disk is full", "The disk is full."),
        ('could not extend file "base/5/1": No space left on device\nHINT: Check it.', "The disk is full."),
        ("disk I/O error", "The disk did not take what was written."),
        ("database is locked", "The database is busy."),
        ("unable to open database file", "The database file cannot be opened for writing."),
        ("attempt to write a readonly database", "The database file cannot be opened for writing."),
        ("database disk image is malformed", "The database file is damaged."),
        ("file is not a database", "The database file is damaged."),
        ('column "fullname" does not exist\nLINE 1', 'The database refused: column "fullname" does not exist.'),
    ],
)
def test_what_a_database_says_is_told_with_a_cure(said: str, message: str) -> None:
    error = database._store_error(sa.exc.OperationalError("INSERT", {}, Exception(said)))
    assert error.message == message
    assert error.hint


def test_the_example_in_the_docstring_is_true() -> None:
    found = doctest.testmod(module)
    assert (found.attempted > 0, found.failed) == (True, 0)


def test_the_head_is_the_newest_migration() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(migrations())
    assert scripts.get_heads() == [schema.HEAD]
    folder = Path(schema.__file__).parent / "migrations" / "versions"
    assert sorted(path.name[:4] for path in folder.glob("[0-9]*.py")) == sorted(
        r.revision for r in scripts.walk_revisions()
    )


def test_a_digest_tells_every_difference() -> None:
    told = labelled(REFUND, "a", "b")
    others = [
        REFUND,
        labelled(REFUND, "b", "a"),
        replace(told, channel="x"),
        replace(told, customer="x"),
        replace(told, satisfaction=0.0),
        replace(told, tags=("vip", "急")),
        replace(told, outcome="x"),
        replace(told, subject="x"),
        replace(told, source="x"),
        replace(told, messages=told.messages[::-1]),
        replace(told, messages=(replace(told.messages[0], role="note"), *told.messages[1:])),
    ]
    assert len({conversation_digest(told), *map(conversation_digest, others)}) == len(others) + 1
    east = timezone(timedelta(hours=8))
    moved = tuple(replace(m, at=m.at and m.at.astimezone(east)) for m in told.messages)
    assert conversation_digest(replace(told, messages=moved)) == conversation_digest(told)
