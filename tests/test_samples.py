"""The demo desk: enough of everything, in both languages, and nothing said twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from replydesk.data import samples
from replydesk.data.preparation import prepare, prepare_ticket
from replydesk.data.privacy import Masker, find
from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message, Ticket
from replydesk.data.settings import DataSettings, Settings
from replydesk.data.text import clean, language_of
from replydesk.data.tickets import mine, utterances

FOLDER = Path(samples.__file__).parent
SETTINGS = DataSettings()
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
SMALL_TALK = {"greeting", "thanks", "goodbye", "are_you_human"}

# The shop's goods: two questions that differ in these or in digits alone are one.
GOODS = (
    "halo kettle|hearth mug|dune lamp|cirrus duvet|cirrus pillow|meadow linen set|stackwell|ironleaf pan"
    "|pebble diffuser|drift robe|quill organiser|skylight purifier|mist oolong|harbour breakfast|osmanthus green"
    "|静壶|暖手杯|沙丘灯|云被|云枕|原野四件套|叠叠盒|铁叶锅|卵石香薰机|漂流浴袍|羽格收纳|天光净化器|雾山乌龙|港湾早餐茶"
    "|桂花绿茶|kettle|mug|lamp|duvet|pillow|robe|pan|tea|purifier|diffuser"
)


@cache
def items(name: str) -> tuple[Conversation | Ticket, ...]:
    found = tuple(read(FOLDER / name).items)
    assert not [item for item in found if isinstance(item, Skipped)]
    return found  # type: ignore[return-value]


def conversations(language: str) -> list[Conversation]:
    return [item for item in items(f"conversations.{language}.jsonl") if isinstance(item, Conversation)]


def tickets(name: str, language: str) -> list[Ticket]:
    return [item for item in items(name) if isinstance(item, Ticket) and item.language == language]


def mined(language: str) -> list[Ticket]:
    return [t for c in conversations(language) for t in mine(prepare(c, SETTINGS))]


def out_of_scope() -> list[dict[str, str]]:
    lines = (FOLDER / "out_of_scope.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def asked(language: str) -> list[Message]:
    return [m for c in conversations(language) for m in c.messages if m.role == "customer"]


def texts() -> list[str]:
    """Return everything that the demo desk says."""
    said = [text for language in ("en", "zh") for c in conversations(language) for m in c.messages for text in [m.text]]
    said += [c.subject for language in ("en", "zh") for c in conversations(language)]
    for name in ("canned.jsonl", "articles.jsonl"):
        said += [text for language in ("en", "zh") for t in tickets(name, language) for text in (t.question, t.answer)]
    return said + [line["text"] for line in out_of_scope()]


@pytest.mark.parametrize("name", ["conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl"])
def test_every_line_is_read(name: str) -> None:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    reading = read(FOLDER / name)
    found = list(reading.items)
    assert reading.format == "jsonl"
    assert [item for item in found if isinstance(item, Skipped)] == []
    assert len(found) == len(lines)
    keys = [item.id for item in found if isinstance(item, Conversation | Ticket)]
    assert len(set(keys)) == len(keys)


@LANGUAGES
def test_enough_tickets(language: str) -> None:
    found = {ticket.id: ticket for ticket in mined(language)}
    assert len(found) >= 600
    assert len({ticket.intent for ticket in found.values()} - {""}) >= 40


def test_enough_conversations_of_more_than_one_exchange() -> None:
    both = [c for language in ("en", "zh") for c in conversations(language)]
    assert sum(len(utterances(c)) > 2 for c in both) >= 150
    assert len({c.customer for c in both}) >= 300
    assert all(c.customer for c in both)


@LANGUAGES
def test_the_intents_are_those_of_both_languages(language: str) -> None:
    other = {"en": "zh", "zh": "en"}[language]
    intents = {label for m in asked(language) for label in m.intents}
    assert intents == {label for m in asked(other) for label in m.intents}
    assert len(intents) >= 40
    assert all(m.intents for m in asked(language))
    # Every intent can be learned and judged.
    counted = Counter(t.intent for t in mined(language) if t.intent)
    assert {intent: n for intent, n in counted.items() if n < 6} == {}


@LANGUAGES
def test_enough_canned_answers(language: str) -> None:
    found = tickets("canned.jsonl", language)
    assert len({t.answer for t in found if t.intent not in SMALL_TALK}) >= 40
    assert {t.intent for t in found} >= SMALL_TALK | {label for m in asked(language) for label in m.intents}
    assert {t.source for t in found} == {"canned"}


@LANGUAGES
def test_the_policies_are_articles(language: str) -> None:
    found = tickets("articles.jsonl", language)
    assert len({tag for t in found for tag in t.tags}) >= 10
    assert {t.source for t in found} == {"article"}


def test_the_articles_are_about_the_same_things() -> None:
    topics = [{tag for t in tickets("articles.jsonl", language) for tag in t.tags} for language in ("en", "zh")]
    assert topics[0] == topics[1]


def test_enough_that_the_shop_does_not_answer() -> None:
    lines = out_of_scope()
    assert {line["kind"] for line in lines} == {"out_of_scope", "small_talk"}
    assert all(line.keys() == {"text", "kind", "language"} for line in lines)
    canned = [
        t.question for language in ("en", "zh") for t in tickets("canned.jsonl", language) if t.intent in SMALL_TALK
    ]
    texts = {line["text"].casefold() for line in lines} | {text.casefold() for text in canned}
    assert len(texts) >= 200
    assert min(Counter(line["language"] for line in lines).values()) >= 90


def test_what_is_out_of_scope_is_asked_nowhere_else() -> None:
    known = {m.text.casefold() for language in ("en", "zh") for m in asked(language)}
    known |= {t.question.casefold() for language in ("en", "zh") for t in tickets("canned.jsonl", language)}
    assert [
        line["text"] for line in out_of_scope() if line["kind"] == "out_of_scope" and line["text"].casefold() in known
    ] == []


@LANGUAGES
def test_two_months(language: str) -> None:
    days = sorted({m.at.date() for c in conversations(language) for m in c.messages if m.at})
    assert days[-1] - days[0] >= timedelta(days=55)
    assert len(days) >= 50
    assert all(m.at for c in conversations(language) for m in c.messages)


@LANGUAGES
def test_messages_stand_in_the_order_of_time(language: str) -> None:
    for line in (FOLDER / f"conversations.{language}.jsonl").read_text(encoding="utf-8").splitlines():
        times = [turn["ts"] for turn in json.loads(line)["turns"]]
        assert times == sorted(times)


@LANGUAGES
def test_one_incident_stands_out(language: str) -> None:
    surge = {f"2026-11-{day}" for day in (12, 13, 14, 15)}
    daily: Counter[str] = Counter()
    days = {c.at.date().isoformat() for c in conversations(language) if c.at}
    for conversation in conversations(language):
        began = conversation.at
        if began and any("tracking_not_updating" in m.intents for m in conversation.messages):
            daily[began.date().isoformat()] += 1
    inside = sum(daily[day] for day in surge) / len(surge)
    outside = [daily[day] for day in days - surge]
    assert inside >= 10 * sum(outside) / len(outside)
    assert inside > 2 * max(outside)
    assert median(outside) == 0


@LANGUAGES
def test_no_other_surge(language: str) -> None:
    daily: Counter[tuple[str, str]] = Counter()
    for conversation in conversations(language):
        assert conversation.at
        for label in {label for m in conversation.messages for label in m.intents}:
            daily[label, conversation.at.date().isoformat()] += 1
    high = {label for (label, _), n in daily.items() if n >= 6}
    assert high == {"tracking_not_updating"}


# ---- as customers write


def bare(text: str) -> str:
    text = re.sub(r"tw-?\d+|sg\d+|\d+", "#", text.lower())
    return re.sub(r"[\W_]+", "", re.sub(GOODS, "", text).replace("#", ""))


def grams(text: str) -> frozenset[str]:
    length = 2 if re.search("[\u4e00-\u9fff]", text) else 4
    plain = bare(text)
    return frozenset(plain[i : i + length] for i in range(max(1, len(plain) - length + 1)))


def near_duplicates(said: list[str], limit: float) -> Iterable[tuple[float, str, str]]:
    """Yield the pairs whose sets of character n-grams have a Jaccard coefficient above ``limit``."""
    import numpy as np
    from scipy.sparse import csr_matrix

    sets = [grams(text) for text in said]
    said, sets = map(list, zip(*((t, s) for t, s in zip(said, sets, strict=True) if len(s) >= 6), strict=True))
    names = {gram: n for n, gram in enumerate(sorted(frozenset().union(*sets)))}
    columns = [names[gram] for own in sets for gram in own]
    starts = np.cumsum([0, *map(len, sets)])
    matrix = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(sets), len(names)))
    shared = (matrix @ matrix.T).toarray()
    sizes = np.array([len(own) for own in sets])
    similar = shared / (sizes[:, None] + sizes[None, :] - shared)
    for first, second in np.argwhere(np.triu(similar, 1) > limit):
        yield float(similar[first, second]), said[first], said[second]


def test_near_duplicates_are_seen() -> None:
    said = [
        "Where is my Halo Kettle TW-204817? It is three days late",
        "where is my hearth mug TW-999999, it is three days late!",
        "静壶的订单TW-204817三天没动了怎么回事",
        "暖手杯的订单TW-1三天没动了，怎么回事？",
        "Can I still change the colour of the robe before you pack it?",
    ]
    assert [(a, b) for _, a, b in near_duplicates(said, 0.5)] == [(said[0], said[1]), (said[2], said[3])]


@LANGUAGES
def test_no_question_is_another_with_a_slot_swapped(language: str) -> None:
    said = [m.text for m in asked(language)]
    assert list(near_duplicates(said, 0.5)) == []
    # Too short for n-grams: nothing is said more than twice. An order number alone is no question.
    short = Counter(filter(None, map(bare, said)))
    assert {text: n for text, n in short.items() if n > 2} == {}


@LANGUAGES
def test_agents_do_not_repeat_themselves(language: str) -> None:
    said = [m.text for c in conversations(language) for m in c.messages if m.role == "agent"]
    assert list(near_duplicates(said, 0.6)) == []


@LANGUAGES
def test_the_canned_answers_are_of_their_language(language: str) -> None:
    for name in ("canned.jsonl", "articles.jsonl"):
        assert [t.answer for t in tickets(name, language) if language_of(t.answer, previous=language) != language] == []
    agents = [m.text for c in conversations(language) for m in c.messages if m.role == "agent"]
    assert [text for text in agents if language_of(text, previous=language) != language] == []


@LANGUAGES
def test_customers_write_as_they_do(language: str) -> None:
    said = [m.text for m in asked(language)]
    assert sum(bool(re.search("[\U0001f300-\U0001faff]", text)) for text in said) >= 20
    assert sum(bool(re.search(r"(?i)tw-?\d", text)) for text in said) >= 25
    assert sum(len(m.intents) > 1 for m in asked(language)) >= 30
    assert sum(text.count("?") + text.count("？") > 1 for text in said) >= 20
    if language == "zh":
        assert sum(bool(re.search("[A-Za-z]{3}", re.sub(r"(?i)tw-?\d+|sg\d+", "", text))) for text in said) >= 20
    else:
        assert sum(text == text.lower() for text in said) >= 50
        assert sum(bool(re.search("[A-Z]{4}", text)) for text in said) >= 10


# ---- nobody is in it


# Reserved names and numbers (RFC 2606, Ofcom's list for drama), invented Chinese mobiles, and the shop's own line.
FICTIONAL = {
    "EMAIL": r".+@([\w-]+\.)*(example\.(com|org|net)|tidewick\.example)",
    "PHONE": r"07700 900\d{3}|0117 496 0\d{3}|138 ?0013 ?8\d{3}|400-000-0168",
    # Invented with the shop: its people, its customers, their streets and days.
    "NAME": ".+",
    "ADDRESS": ".+",
    "BIRTHDATE": "2 November",
}


def test_the_personal_data_is_fictional() -> None:
    found = [(span.kind, text[span.start : span.end]) for text in texts() for span in find(text)]
    assert [value for kind, value in found if not re.fullmatch(FICTIONAL.get(kind, "none"), value)] == []
    assert {kind for kind, _ in found} == {*FICTIONAL}


def test_masking_leaves_no_mail_and_no_phone() -> None:
    for text in texts():
        masked = Masker().mask(text)
        assert find(masked) == []
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", masked)
        assert not re.search(r"07700[ -]?900|(?<!\d)1[3-9]\d{9}(?!\d)", masked)


@LANGUAGES
def test_what_is_stored_is_what_is_written_but_for_the_masks(language: str) -> None:
    for conversation in conversations(language):
        prepared = prepare(conversation, SETTINGS)
        assert [m.language for m in prepared.messages] == [m.language for m in conversation.messages]
        for before, after in zip(conversation.messages, prepared.messages, strict=True):
            assert after.text == clean(before.text) or re.search(r"<[A-Z]+_\d+>", after.text)
    for ticket in (*tickets("canned.jsonl", language), *tickets("articles.jsonl", language)):
        stored = prepare_ticket(ticket, SETTINGS)
        assert stored == ticket or re.search(r"<[A-Z]+_\d+>", stored.question + stored.answer)


def test_every_intent_has_a_name_in_each_language() -> None:
    named = Settings.load(FOLDER / "settings.toml", {}).dialog.intent_names
    labels = {t.intent for name in ("canned.jsonl",) for code in ("en", "zh") for t in tickets(name, code)}
    labels |= {intent for code in ("en", "zh") for message in asked(code) for intent in message.intents}
    labels.discard("out_of_scope")
    for code in ("en", "zh"):
        assert set(named[code]) == labels - {""}
        assert len(set(named[code].values())) == len(named[code])
    assert all(re.search("[\u4e00-\u9fff]", name) for name in named["zh"].values())
