"""Corpora of dialogues: every shape in which they are published, and who answers in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.ingest import ingest
from replydesk.data.readers import Assumed, Item, Options, Skipped, read
from replydesk.data.records import Conversation, Ticket
from replydesk.data.settings import DataSettings
from replydesk.data.tickets import mine

Export = Callable[..., Path]

SAMPLES = Path(__file__).parent / "samples" / "dialogues"
ASKED, ANSWERED = "末班车是几点？", "The last train leaves at ten."


def items(path: Path, options: Options | None = None) -> list[Item]:
    reading = read(path, options=options)
    assert reading.format == "dialogues"
    return list(reading.items)


def conversations(path: Path, options: Options | None = None) -> list[Conversation]:
    return [item for item in items(path, options) if isinstance(item, Conversation)]


def pairs(found: Conversation) -> list[tuple[str, str]]:
    return [(ticket.question, ticket.answer) for ticket in mine(found)]


def written(export: Export, value: Any) -> Path:
    return export("corpus", json.dumps(value, ensure_ascii=False, indent=1))


def dialogue(asks: str = "usr", answers: str = "sys", **more: Any) -> dict[str, Any]:
    return {**more, "turns": [{"speaker": asks, "utterance": ASKED}, {"speaker": answers, "utterance": ANSWERED}]}


def test_the_samples() -> None:
    names = ("keyed.json", "pairs.json", "lines.jsonl")
    assert [pairs(found) for name in names for found in conversations(SAMPLES / name)] == [
        [
            ("你好，我想找一家可以带小狗的餐馆。", "推荐您去河边小馆，院子里可以带小狗。"),
            ("那里人均消费多少？", "人均六十元左右。"),
        ],
        [("Is there a museum near the old bridge?", "The Clock Museum is two streets away.")],
        [("The zip of my new jacket is stuck.", "Please rub a candle along the zip, that often helps.")],
        [("外套可以机洗吗？", "可以，请用三十度的水。")],
        [("Which train goes to the lake?", "The blue line, every half hour.")],
        [("末班车是几点？", "晚上十一点十分。"), ("可以带自行车吗？", "可以，放在最后一节车厢。")],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "turns", ["messages", "turns", "utterances", "dialog", "dialogue", "log", "content", "conversation"]
)
@pytest.mark.parametrize(
    "speaker", ["role", "speaker", "from", "sender", "author", "user", "speaker_role", "actor_type"]
)
@pytest.mark.parametrize("text", ["content", "text", "utterance", "message", "body", "value"])
def test_every_name_of_turns_speakers_and_texts(export: Export, turns: str, speaker: str, text: str) -> None:
    said = [{speaker: "Customer", text: ASKED}, {speaker: "Operator", text: ANSWERED}]
    path = written(export, {"d1": {turns: said, "goal": [1]}, "d2": {turns: said[:1]}})
    first, second = conversations(path)
    assert pairs(first) == [(ASKED, ANSWERED)] and pairs(second) == []
    assert first.id.startswith("dialogues:d1:") and second.id.startswith("dialogues:d2:")


@pytest.mark.parametrize(
    "shape",
    [
        lambda one, other: {"a": one, "b": other},
        lambda one, other: [one, other],
        lambda one, other: {"dialogues": [one, other], "version": 2},
        lambda one, other: {"version": 2, "data": [one, other]},
        lambda one, other: {"train": [one], "dev": [], "test": [other]},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_every_place_of_dialogues(export: Export, shape: Callable[[Any, Any], Any], indent: int | None) -> None:
    one, other = dialogue(), dialogue("USER", "SYSTEM", dialogue_id=7)
    path = export("corpus", json.dumps(shape(one, other), ensure_ascii=False, indent=indent))
    assert [pairs(found) for found in conversations(path)] == [[(ASKED, ANSWERED)]] * 2
    lines = export("lines", one, other)
    assert [pairs(found) for found in conversations(lines)] == [[(ASKED, ANSWERED)]] * 2


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("usr", "sys"), ("USER", "SYSTEM"), ("user", "assistant"), ("seeker", "supporter"), ("customer", "agent"),
        ("driver", "assistant"), ("apprentice", "wizard"), ("User", "Agent"), ("患者", "医生"), ("用户", "客服"),
        ("visitor", "operator"),
    ],
)  # fmt: skip
def test_who_asks_and_who_answers(export: Export, asks: str, answers: str) -> None:
    [found] = conversations(written(export, {"d": dialogue(asks, answers)}))
    assert [message.role for message in found.messages] == ["customer", "agent"]


def test_a_system_beside_an_agent_is_no_agent(export: Export) -> None:
    said = [("customer", ASKED), ("system", "SYSTEM"), ("agent", ANSWERED), ("bot", "BOT"), ("action", "ACTION")]
    [found] = conversations(written(export, {"d": {"turns": [{"speaker": s, "text": t} for s, t in said]}}))
    assert [message.role for message in found.messages] == ["customer", "system", "agent", "bot", "system"]
    said = [("system", "SYSTEM"), ("user", ASKED), ("assistant", ANSWERED)]
    [found] = conversations(written(export, {"d": {"log": [{"speaker": s, "text": t} for s, t in said]}}))
    assert [message.role for message in found.messages] == ["system", "customer", "agent"]


def test_a_bot_is_no_agent(export: Export) -> None:
    [found] = conversations(written(export, {"d": dialogue("user", "bot")}))
    assert pairs(found) == []


@pytest.mark.parametrize("value", [True, "true", 1, "yes", None, "?", {}])
@pytest.mark.parametrize("key", ["private", "is_private", "internal"])
def test_what_may_be_private_is_a_note(export: Export, key: str, value: Any) -> None:
    record = dialogue("customer", "agent")
    record["turns"][1][key] = value
    [found] = conversations(written(export, {"d": record}))
    assert [message.role for message in found.messages] == ["customer", "note"]
    record["turns"][1] = {**record["turns"][1], key: False, "public": True}
    [found] = conversations(written(export, {"d": record}))
    assert [message.role for message in found.messages] == ["customer", "agent"]


def test_unknown_speakers_are_skipped_unless_somebody_names_them(export: Export) -> None:
    path = written(export, {"d": dialogue("A", "B"), "e": dialogue("Ann", "agent"), "f": dialogue("Bo", "agent")})
    unknown, assumed, one, again, other = items(path)
    assert unknown == Skipped("corpus:d", "nothing says who answers: the speakers are A, B")
    assert assumed == Assumed("corpus:e", "Ann is the customer, because nobody else is", "--agents NAME")
    assert isinstance(one, Conversation) and pairs(one) == [(ASKED, ANSWERED)]
    assert isinstance(again, Assumed) and isinstance(other, Conversation)
    [found, *_] = conversations(path, Options(agents=("b",)))
    assert pairs(found) == [(ASKED, ANSWERED)]


def test_a_stranger_among_known_speakers_is_skipped(export: Export) -> None:
    record = dialogue("customer", "agent")
    record["turns"].insert(1, {"speaker": "X", "utterance": "hm"})
    [skipped, found] = items(written(export, {"d": record}))
    assert skipped == Skipped("corpus:d[1]", "the speaker 'X' is unknown")
    assert isinstance(found, Conversation) and pairs(found) == [(ASKED, ANSWERED)]


def test_multiwoz_tells_the_system_by_its_state(export: Export) -> None:
    log = [
        {"text": ASKED, "metadata": {}},
        {"text": ANSWERED, "metadata": {"train": {"book": {}}}, "dialog_act": {}},
        {"text": "谢谢", "metadata": {}},
        {"text": " ", "metadata": {"train": {}}},
        "torn",
    ]
    *skipped, found = items(written(export, {"SNG0073.json": {"goal": {}, "log": log}}))
    assert [item.why for item in skipped if isinstance(item, Skipped)] == [
        "the turn has no text",
        "a turn has a speaker and a text",
    ]
    assert isinstance(found, Conversation)
    assert [message.role for message in found.messages] == ["customer", "agent", "customer"]
    assert pairs(found) == [(ASKED, ANSWERED)]


def test_a_text_may_stand_one_deeper(export: Export) -> None:
    turns = [{"turn": "driver", "data": {"utterance": ASKED}}, {"turn": "assistant", "data": {"utterance": ANSWERED}}]
    [found] = conversations(written(export, [{"dialogue": turns, "scenario": {"uuid": "x"}}]))
    assert pairs(found) == [(ASKED, ANSWERED)]


def test_times_and_intents_are_kept(export: Export) -> None:
    record = dialogue("customer", "agent", id=5, title="列车")
    record["turns"][0] |= {"timestamp": "2026-03-01T09:00:00Z", "intent": "last_train"}
    record["turns"][1] |= {"timestamp": "later"}
    [found] = conversations(written(export, [record]))
    assert found.subject == "列车" and found.messages[0].intents == ("last_train",)
    assert [message.at for message in found.messages] == [datetime(2026, 3, 1, 9, tzinfo=UTC), None]


def test_two_corpora_that_count_from_one_stay_apart(export: Export) -> None:
    one = dialogue("customer", "agent", id=1)
    other = dialogue("customer", "agent", id=1)
    other["turns"][0]["utterance"] = "Something else?"
    [a], [b] = (conversations(written(export, [record])) for record in (one, other))
    assert a.id != b.id
    one["turns"].append({"speaker": "customer", "utterance": "谢谢"})
    [longer] = conversations(written(export, [one]))
    assert longer.id == a.id


def test_what_is_wrong_costs_only_itself(export: Export) -> None:
    good = json.dumps(dialogue(), ensure_ascii=False)
    path = export(
        "corpus", f'{{"a": {good}, "b": {{"turns": [}}}}, "c": 5, "d": {{"turns": []}}, "e": {good}, "f": {{"tur'
    )
    found = items(path)
    assert [item.where for item in found if isinstance(item, Skipped)] == [
        "corpus:b",
        "corpus:c",
        "corpus:d",
        "corpus:f",
    ]
    assert [item.id.split(":")[1] for item in found if isinstance(item, Conversation)] == ["a", "e"]


@pytest.mark.parametrize(
    "value",
    [
        {"intents": {"refund": []}},
        [["agent", "hi"]],
        {"train": [["where is it", "order"]], "test": [["hi", "greet"]]},
        {"a": {"turns": [1, 2]}},
        {"messages": [{"content": "no speaker"}]},
        {"a": {"b": {"c": 1}}},
    ],
)
def test_what_is_no_dialogue_is_refused(export: Export, value: Any) -> None:
    with pytest.raises(FormatError):
        read(written(export, value))


def test_tweets_without_texts_are_refused_with_the_reason(export: Export) -> None:
    path = export("t.jsonl", {"conversation_id": "x", "tweet_ids_sentence_offset": [], "annotations": []})
    with pytest.raises(FormatError, match="only the ids of tweets"):
        read(path)


# -- sessions in lines

JDDC = [
    "s1\tu1\t0\t0\t0\t你好，\"订单\"什么时候发货？",
    "s1\tu1\t1\t0\t0\t今天下午发出。",
    "s2\tu2\t0\t0\t0\tCan I pay on delivery?",
    "s1\tu1\t0\t0\t0\t用什么快递？",
    "s2\tu2\t1\t0\t0\tYes, in cash\tor by card.",
    "s1\tu1\t1\t0\t0\t云雀快递。",
]  # fmt: skip


@pytest.mark.parametrize("header", [[], ["session_id\tuser_id\twaiter_send\tis_transfer\tis_repeat\tcontent"]])
def test_sessions_in_lines(export: Export, header: list[str]) -> None:
    path = export("chat.txt", *header, *JDDC, "s3\tu3\t0", "s3\tu3\t0\t0\t0\t ")
    found = items(path)
    first, second = (item for item in found if isinstance(item, Conversation))
    assert (first.id, first.customer, first.partial) == ("dialogues:s1", "u1", True)
    assert pairs(first) == [('你好，"订单"什么时候发货？', "今天下午发出。"), ("用什么快递？", "云雀快递。")]
    assert pairs(second) == [("Can I pay on delivery?", "Yes, in cash\tor by card.")]
    assert [item.why for item in found if isinstance(item, Skipped)] == [
        "the line has 3 cells, not 6, or names no session",
        "the turn has no text",
        "the session 's3' has no turns that can be read",
    ]


def test_turns_with_numbers_are_sorted(export: Export) -> None:
    path = export(
        "airline.tsv",
        "conversationId\tturnNumber\tutteranceId\tutterance\tauthorRole",
        f"c1\t1.0\tx\t{ANSWERED}\tagent",
        f"c1\t0.0\ty\t{ASKED}\tcustomer",
        "c1\t2.0\tz\thm\tstranger",
    )
    skipped, found = items(path)
    assert skipped == Skipped("airline.tsv:4", "the speaker 'stranger' is unknown")
    assert isinstance(found, Conversation) and pairs(found) == [(ASKED, ANSWERED)]


# -- real corpora


@pytest.mark.slow
def test_real_crosswoz(datasets: Path) -> None:
    folder = datasets / "crosswoz_val_test"
    val, test = (conversations(folder / f"{name}.json.zip") for name in ("val", "test"))
    assert (len(val), len(test)) == (500, 500)
    assert len({conversation.id for conversation in (*val, *test)}) == 1000
    assert sum(len(conversation.messages) for conversation in test) == 8476
    assert {message.role for conversation in test for message in conversation.messages} == {"customer", "agent"}
    assert val[0].id.startswith("dialogues:11290:")
    assert val[0].messages[2].text == "这家餐馆的周边有哪些景点啊？"
    whole = [item for item in read(folder).items if isinstance(item, Conversation)]
    assert sorted(found.id for found in whole) == sorted(found.id for found in (*val, *test))
    prepared = list(read(datasets / "prepared" / "crosswoz_dialogs.jsonl").items)
    assert len(prepared) == 1000 and all(isinstance(item, Conversation) for item in prepared)


def test_real_abcd(datasets: Path) -> None:
    found = conversations(datasets / "abcd_sample" / "abcd_sample.json")
    assert len(found) == 3
    assert [(message.role, message.text) for message in found[0].messages[:3]] == [
        ("agent", "Hi!"),
        ("agent", "How can I help you?"),
        ("customer", "Hi! I need to return an item, can you help me with that?"),
    ]
    assert {m.author: m.role for c in found for m in c.messages} == {
        "agent": "agent",
        "customer": "customer",
        "action": "system",
    }


@pytest.mark.slow
def test_real_tweetsumm(datasets: Path) -> None:
    path = datasets / "prepared" / "tweetsumm_dialogs.jsonl"
    # Without a store every ticket counts, as it is mined from what is prepared.
    counted = ingest(read(path).items, None, DataSettings())
    assert (counted.conversations, counted.added.tickets_new, counted.skipped_count) == (1099, 4356, 0)
    given = list(read(datasets / "prepared" / "tweetsumm_pairs.jsonl").items)
    assert len(given) == 4356 and all(isinstance(item, Ticket) for item in given)
    with pytest.raises(FormatError, match="only the ids of tweets"):
        read(datasets / "tweetsumm" / "final_test_tweetsum.jsonl")
