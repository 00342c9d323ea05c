"""The matcher: exact words first, nothing stale, nothing lost to a filter, and an index that mends itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.data.records import Curation, Ticket
from replydesk.data.store import Store
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.indexes import search_text
from replydesk.retrieval.matcher import Hit, Matcher
from replydesk.retrieval.vectors.index import FaissIndex
from replydesk.retrieval.words.lexical import LexicalIndex

LANGUAGES = ("en", "zh")


@pytest.fixture
def matcher(store: Store, encoders: Encoders, desk: Home) -> Matcher:
    return Matcher(store, encoders, LANGUAGES, desk)


@pytest.fixture
def statements(store: Store) -> Iterator[list[str]]:
    """Return what the store asks its database, statement by statement."""
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    sa.event.listen(store._engine, "before_cursor_execute", listen)
    yield asked
    sa.event.remove(store._engine, "before_cursor_execute", listen)


def answers(hits: list[Hit]) -> list[str]:
    return [hit.ticket.answer for hit in hits]


@pytest.mark.parametrize(
    ("question", "language", "answer"),
    [
        ("Where is my parcel?", "en", "I am sorry it is late. The carrier will deliver your parcel within two working"),
        ("  WHERE is  my parcel？", "en", "I am sorry it is late. The carrier will deliver"),
        ("still no refund on my card!", "en", "We have received your return; the refund was sent"),
        ("我的快递三天没动了", "zh", "很抱歉久等了，快递两个工作日内会送到。"),
        ("卡上还没收到退款!", "zh", "退货已收到，退款今天已原路退回。"),
        ("where is my parcel", "en", "I am sorry it is late. The carrier will deliver"),
        ("我的快遞三天沒動了。", "zh", "很抱歉久等了，快递两个工作日内会送到。"),
    ],
)
def test_the_ticket_that_asks_exactly_this_comes_first(
    matcher: Matcher, question: str, language: str, answer: str
) -> None:
    first, *others = matcher.find(question, language=language)
    assert first.exact
    assert (first.similarity, first.ticket.answer[: len(answer)]) == (1.0, answer)
    assert not any(hit.exact for hit in others)


def test_exact_words_win_over_any_score(matcher: Matcher) -> None:
    upside_down = HitScorer((-20.0, 0.0, -20.0, 0.0, 0.0), 10.0)
    first, second, *_ = matcher.find("Where is my parcel?", language="en", scorer=upside_down)
    assert first.exact
    assert first.score < second.score


@pytest.mark.parametrize("intent", ["", "delivery_delay"])
def test_of_two_that_ask_exactly_this_the_newest_comes_first(matcher: Matcher, store: Store, intent: str) -> None:
    """A correction has no intent, and must still win over the answer that it corrects."""
    fixed = Ticket.make(
        "Where is my parcel?", "It comes on Monday.", intent=intent, language="en", at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    store.add_ticket(fixed)
    likely = {"delivery_delay": 0.99}
    trained = HitScorer((10.0, 2.0, 3.0, 2.0, -4.0), -6.0)
    hits = matcher.find("Where is my parcel?", language="en", intents=likely, scorer=trained)
    assert (hits[0].ticket.id, hits[0].exact, hits[1].exact) == (fixed.id, True, True)


def test_hits_are_sorted_and_scored_by_their_features(matcher: Matcher) -> None:
    scorer = HitScorer((8.0, 1.0, 0.0, 0.0, 0.0), -5.0)
    hits = matcher.find("my parcel is late", language="en", scorer=scorer)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(-1.0001 <= hit.similarity <= 1.0001 and 0 <= hit.score <= 1 for hit in hits)
    assert hits[0].ticket.intent == "delivery_delay"


def test_the_similarity_is_the_cosine_of_the_two_questions(matcher: Matcher, encoders: Encoders) -> None:
    for hit in matcher.find("the lamp is broken", language="en"):
        one, other = encoders.of("en").encode(["the lamp is broken", hit.ticket.question])
        assert hit.similarity == pytest.approx(float(one @ other), abs=1e-5)


def test_the_vector_that_is_handed_in_is_the_one_searched(matcher: Matcher) -> None:
    vector = matcher.encode("When do I get my money back?", language="en")
    hits = matcher.find("something else", language="en", vector=vector)
    assert hits[0].ticket.intent == "refund_status"
    assert hits[0].similarity == pytest.approx(1, abs=1e-5)


def test_answers_differ(matcher: Matcher, store: Store) -> None:
    for number in range(30):
        store.add_ticket(Ticket.make(f"Is lamp {number} in stock?", "Yes,  it IS.", language="en"))
    store.add_ticket(Ticket.make("Is the lamp in stock?", "yes, it is.", language="en"))
    found = answers(matcher.find("is the lamp in stock", language="en", k=5))
    assert len(found) == 5
    assert sum(answer.lower().split() == ["yes,", "it", "is."] for answer in found) == 1


@pytest.mark.parametrize(
    ("answers_given", "language"),
    [
        (
            (
                "You can return it within 14 days.",
                "you can return it, within 14 days",
                "You can return it within 30 days.",
            ),
            "en",
        ),
        (("十四天内可以无理由退货哦。", "十四天内可以无理由退货。", "三十天内可以无理由退货。"), "zh"),
    ],
)
def test_near_duplicates_are_one_hit_with_a_count(
    matcher: Matcher, store: Store, answers_given: tuple[str, ...], language: str
) -> None:
    """Two answers in almost the same words are one; another number is another answer."""
    question = {"en": "lamp return number", "zh": "台灯退货编号"}[language]
    for number, answer in enumerate((*answers_given, answers_given[0])):
        store.add_ticket(Ticket.make(f"{question} {number}", answer, language=language))
    hits = {hit.ticket.answer: hit.count for hit in matcher.find(question, language=language, k=30)}
    assert hits.pop(answers_given[2]) == 1
    assert sorted(count for answer, count in hits.items() if answer in answers_given) == [3]


@pytest.mark.parametrize(
    ("question", "asked", "language"),
    [
        ("The lid of the SKU-4471 came off", "please help with sku4471", "en"),
        ("配件型号KX-207缺货吗", "請問kx207", "zh"),
    ],
)
def test_words_find_what_vectors_do_not(
    store: Store, encoders: Encoders, desk: Home, question: str, asked: str, language: str
) -> None:
    """The tiny encoder knows no codes, and the ticket lies far outside of what it looks at."""
    store.add_tickets(
        [Ticket.make(f"please help with item number {n}", f"Answer {n}.", language=language) for n in range(300)]
    )
    wanted = Ticket.make(question, "We send a new one.", language=language)
    store.add_ticket(wanted)
    matcher = Matcher(store, encoders, LANGUAGES, desk)
    by_words = HitScorer((0.0, 0.0, 0.0, 0.0, 0.0, 5.0), -2.0)
    hits = matcher.find(asked, language=language, k=2, scorer=by_words)
    assert hits[0].ticket.id == wanted.id
    vector = matcher.encode(asked, language=language)
    assert hits[0].similarity == pytest.approx(
        float((vector @ encoders.of(language).encode([question]).T)[0, 0]), abs=1e-5
    )
    store.remove_ticket(wanted.id)
    assert wanted.id not in {hit.ticket.id for hit in matcher.find(asked, language=language, k=2, scorer=by_words)}


@pytest.mark.parametrize(
    ("message", "hollow", "language"),
    [
        ("so the lamp that I got is broken and I want another", ("ok", "hi", "x"), "en"),
        ("我收到的台灯是坏的想换一个", ("你好", "好的", "在"), "zh"),
    ],
)
def test_texts_that_say_nothing_crowd_nobody_out(
    matcher: Matcher, store: Store, message: str, hollow: tuple[str, ...], language: str
) -> None:
    for text in hollow:
        store.add_ticket(Ticket.make(text, f"What about {text}?", language=language))
    kept = [hit.ticket.question for hit in matcher.find(message, language=language, k=3)]
    assert not set(hollow) & set(kept)
    assert matcher.find(hollow[0], language=language)[0].ticket.question == hollow[0]


def test_k_limits_the_hits(matcher: Matcher) -> None:
    assert len(matcher.find("parcel", language="en", k=1)) == 1
    # 40 tickets have 20 different answers.
    assert len(matcher.find("parcel", language="en", k=100)) == 20


@pytest.mark.parametrize(
    ("question", "answer", "language"),
    [("Do you ship to Malta?", "Yes, in a week.", "en"), ("可以寄到澳门吗？", "可以，一周左右。", "zh")],
)
def test_what_is_added_and_removed_counts_at_once_in_every_process(
    matcher: Matcher, store: Store, encoders: Encoders, desk: Home, question: str, answer: str, language: str
) -> None:
    other_store = Store.open(desk.database)
    other = Matcher(other_store, encoders, LANGUAGES, desk)
    ticket = Ticket.make(question, answer, language=language)
    paraphrase = f"{question[:-1]} {question[3:]}"
    for one in (matcher, other):
        assert answer not in answers(one.find(paraphrase, language=language))
    store.add_ticket(ticket)
    for one in (matcher, other):
        assert one.find(paraphrase, language=language)[0].ticket == ticket
    other_store.remove_ticket(ticket.id)
    for one in (matcher, other):
        assert answer not in answers(one.find(paraphrase, language=language))
        assert answer not in answers(one.find(question, language=language))
    other_store.close()


def test_canned_answers_articles_and_past_tickets_are_found_alike(matcher: Matcher, store: Store) -> None:
    for source in ("canned", "article", "agent"):
        store.add_ticket(Ticket.make("Do you gift wrap?", f"Yes ({source}).", source=source, language="en"))
    found = answers(matcher.find("do you gift wrap it", language="en"))[:3]
    assert sorted(found) == ["Yes (agent).", "Yes (article).", "Yes (canned)."]


@pytest.mark.parametrize(
    "admits",
    [{"source": "canned"}, {"language": "zh"}, {"intent": "gift_wrap"}, {"author": "Bo"}],
)
def test_a_filter_finds_what_lies_far_away(matcher: Matcher, store: Store, admits: dict[str, str]) -> None:
    """Every other ticket is nearer to the question; a filter after a shallow search would find nothing."""
    for number in range(200):
        store.add_ticket(Ticket.make(f"Where is my parcel number {number}?", f"Answer {number}.", language="en"))
    far = Ticket.make(
        "可以包装成礼物吗", "可以的。", source="canned", language="zh", intent="gift_wrap", author="Bo",
    )  # fmt: skip
    store.add_ticket(far)
    everything = {"source": "canned", "language": "zh", "intent": "gift_wrap", "author": "Bo"}
    assert answers(matcher.find("Where is my parcel?", language="en", k=1, filters=everything)) == ["可以的。"]
    hits = matcher.find("Where is my parcel?", language="en", k=50, filters=admits)
    assert far.id in {hit.ticket.id for hit in hits}
    assert all(getattr(hit.ticket, name) == value for hit in hits for name, value in admits.items())


def test_a_filter_holds_for_exact_words_too(matcher: Matcher) -> None:
    hits = matcher.find("Where is my parcel?", language="en", filters={"intent": "refund_status"})
    assert {hit.ticket.intent for hit in hits} == {"refund_status"}


def test_tags_and_times_are_filters(matcher: Matcher, store: Store) -> None:
    for number in range(1, 5):
        at = datetime(2026, 3, number, 12, tzinfo=UTC)
        tags = ("vip", f'the "{number}"_th')
        store.add_ticket(Ticket.make(f"Parcel {number}?", f"Number {number}.", language="en", at=at, tags=tags))

    def found(**filters: str) -> list[str]:
        return sorted(answers(matcher.find("where is my parcel", language="en", k=50, filters=filters)))

    assert found(tags="vip") == ["Number 1.", "Number 2.", "Number 3.", "Number 4."]
    assert found(tags='the "2"_th') == ["Number 2."]
    assert found(tags="vi") == found(tags="VIP") == []
    assert found(tags="vip", since="2026-03-02T12:00:00Z", until="2026-03-04") == ["Number 2.", "Number 3."]
    assert found(tags="vip", until="2026-03-02T14:00:00+02:00") == ["Number 1."]
    assert found(since="2026-03-04", source="agent", tags="vip") == ["Number 4."]


@pytest.mark.parametrize("filters", [{"since": "yesterday"}, {"until": ""}, {"since": "0001-01-01T00:00:00+23:59"}])
def test_a_time_that_cannot_be_read_is_refused(matcher: Matcher, filters: dict[str, str]) -> None:
    with pytest.raises(RequestError, match="cannot be read") as caught:
        matcher.find("parcel", language="en", filters=filters)
    assert caught.value.where == f"filters.{next(iter(filters))}"


def test_a_filter_that_admits_many_finds_what_one_that_admits_few_finds(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    filters = {"intent": "refund_status"}
    few = matcher.find("my lamp parcel", language="en", filters=filters)
    monkeypatch.setattr("replydesk.retrieval.catalog._FEW", 2)
    store.add_ticket(Ticket.make("Is it open?", "On Sundays.", language="en"))
    many = matcher.find("my lamp parcel", language="en", filters=filters)
    assert [hit.ticket for hit in many] == [hit.ticket for hit in few] != []


def test_an_unknown_filter_is_refused(matcher: Matcher) -> None:
    with pytest.raises(RequestError, match="no filter called colour") as caught:
        matcher.find("parcel", language="en", filters={"colour": "red"})
    assert "source" in caught.value.hint


def test_tickets_may_be_hidden(matcher: Matcher, store: Store) -> None:
    hidden = frozenset(ticket.id for ticket in store.tickets() if ticket.intent != "broken_item")
    hits = matcher.find("Where is my parcel?", language="en", k=20, without=hidden)
    assert len(hits) == 4
    assert {hit.ticket.intent for hit in hits} == {"broken_item"}
    assert not any(hit.exact for hit in hits)


@pytest.mark.parametrize(
    ("asked", "wrong", "right", "language"),
    [
        ("My machine shows E4", "Water: fill the tank.", "Heat: let it cool.", "en"),
        ("机器显示E4", "缺水，请加水。", "过热，请冷却。", "zh"),
    ],
)
def test_another_error_code_is_no_answer(
    matcher: Matcher, store: Store, asked: str, wrong: str, right: str, language: str
) -> None:
    store.add_ticket(Ticket.make(asked.replace("E4", "E2"), wrong, language=language))
    store.add_ticket(Ticket.make(f"{asked}!!", right, language=language))
    found = answers(matcher.find(asked, language=language, k=20))
    assert right in found
    assert wrong not in found


@pytest.mark.parametrize(
    ("context", "question", "text"),
    [
        (["Do you have the lamp?", "Yes, in sand."], "and in blue?", "Do you have the lamp?\nand in blue?"),
        (["你们有台灯吗？", "有的。"], "蓝色呢？", "你们有台灯吗？\n蓝色呢？"),
        ([], "and in blue?", "and in blue?"),
        (["Hello, how can I help?"], "and in blue?", "and in blue?"),
        (
            ["Do you have the lamp?", "Yes, in sand."],
            "do you deliver it to my office",
            "do you deliver it to my office",
        ),
        (["你们有台灯吗？", "有的。"], "请问可以送到公司吗", "请问可以送到公司吗"),
    ],
)
def test_a_short_follow_up_takes_what_it_follows(context: list[str], question: str, text: str) -> None:
    assert search_text(question, context) == text


def test_the_same_short_words_after_another_question_are_another_question(matcher: Matcher, store: Store) -> None:
    lamp = ("Do you sell desk lamps?", "Yes, in sand.")
    about_lamps = Ticket.make("in blue?", "No blue lamps.", context=lamp, language="en")
    mugs = ("Is the mug dishwasher safe?", "It is.")
    about_mugs = Ticket.make("in blue?", "Blue mugs, yes.", context=mugs, language="en")
    store.add_tickets([about_lamps, about_mugs])
    for context, ticket in ((lamp, about_lamps), (mugs, about_mugs)):
        first = matcher.find("in blue?", context, language="en")[0]
        assert (first.ticket, first.exact) == (ticket, False)


def test_an_index_lies_under_its_encoder_s_id(matcher: Matcher, desk: Home) -> None:
    assert matcher.sync() == {matcher.encoder_id("en"): 40}
    assert [path.name for path in desk.indexes.iterdir()] == [matcher.encoder_id("en")]


def test_sync_tells_its_progress(matcher: Matcher) -> None:
    seen: list[tuple[int, int]] = []
    matcher.sync(progress=lambda done, every: seen.append((done, every)))
    assert seen == [(40, 40)]


@pytest.mark.slow
def test_each_language_is_searched_in_its_own_encoder(store: Store, desk: Home, tiny_bert: Path) -> None:
    from replydesk.data.settings import RetrievalSettings

    encoders = Encoders(RetrievalSettings(english_encoder=str(tiny_bert)))
    matcher = Matcher(store, encoders, LANGUAGES, desk)
    sizes = matcher.sync()
    assert sizes == {matcher.encoder_id("en"): 20, matcher.encoder_id("zh"): 20}
    assert {hit.ticket.language for hit in matcher.find("parcel", language="en", k=20)} == {"en"}
    assert matcher.find("快递三天都不动", language="zh")[0].ticket.intent == "delivery_delay"


def delete_vectors(folder: Path) -> None:
    next(folder.glob("vectors-*.npz")).unlink()


def tear_vectors(folder: Path) -> None:
    path = next(folder.glob("vectors-*.npz"))
    path.write_bytes(path.read_bytes()[:100])


def tear_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def rename_encoder(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace(folder.name, "other"))


def claim_the_future(folder: Path) -> None:
    """As after a database backup was restored under a newer index."""
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"seq": 40', '"seq": 4000'))


def delete_words(folder: Path) -> None:
    (folder / "words" / "manifest.json").unlink()


def tear_words(folder: Path) -> None:
    path = next((folder / "words").glob("words-*/*.term"))
    path.write_bytes(path.read_bytes()[:5])


def words_of_the_future(folder: Path) -> None:
    path = folder / "words" / "manifest.json"
    path.write_text(path.read_text().replace('"seq": 40', '"seq": 4000'))


@pytest.mark.parametrize(
    "damage",
    [
        delete_vectors, tear_vectors, tear_manifest, rename_encoder, claim_the_future, delete_words, tear_words,
        words_of_the_future,
    ],
)  # fmt: skip
def test_a_damaged_index_is_built_again(
    matcher: Matcher, store: Store, encoders: Encoders, desk: Home, damage: Callable[[Path], None]
) -> None:
    matcher.sync()
    expected = matcher.find("my parcel is late", language="en")
    folder = desk.indexes / matcher.encoder_id("en")
    damage(folder)
    assert Matcher(store, encoders, LANGUAGES, desk).find("my parcel is late", language="en") == expected
    assert FaissIndex.load(folder, folder.name).keys() == {ticket.id for ticket in store.tickets()}
    assert len(LexicalIndex.load(folder / "words")) == 40


def test_words_follow_from_where_they_were_saved(
    matcher: Matcher, store: Store, encoders: Encoders, desk: Home
) -> None:
    """As after a crash between the two saves: the words know less than the vectors."""
    matcher.sync()
    folder = desk.indexes / matcher.encoder_id("en")
    kept = (folder / "words").rename(desk.folder / "kept")
    ticket = Ticket.make("Do you sell the ZQ-99?", "Yes.", language="en")
    store.add_ticket(ticket)
    Matcher(store, encoders, LANGUAGES, desk).sync()
    import shutil

    shutil.rmtree(folder / "words")
    kept.rename(folder / "words")
    by_words = HitScorer((0.0, 0.0, 0.0, 0.0, 0.0, 5.0), -2.0)
    again = Matcher(store, encoders, LANGUAGES, desk)
    assert again.find("zq99", language="en", scorer=by_words)[0].ticket == ticket
    assert LexicalIndex.load(folder / "words").seq == 41


def test_the_generation_before_catches_up_and_takes_the_place_of_a_torn_one(
    matcher: Matcher, store: Store, encoders: Encoders, desk: Home
) -> None:
    matcher.sync()
    folder = desk.indexes / matcher.encoder_id("en")
    FaissIndex.load(folder, folder.name).save(folder)
    torn = folder / "vectors-2.npz"
    torn.write_bytes(torn.read_bytes()[:100])
    assert FaissIndex.load(folder, folder.name).fallen_back
    assert Matcher(store, encoders, LANGUAGES, desk).find("my parcel is late", language="en")
    assert not FaissIndex.load(folder, folder.name).fallen_back


def test_rebuild_forgets_the_files_and_finds_the_same(matcher: Matcher, desk: Home) -> None:
    expected = matcher.find("my parcel is late", language="en")
    matcher.rebuild()
    assert not desk.indexes.exists() or not list(desk.indexes.iterdir())
    assert matcher.find("my parcel is late", language="en") == expected
    assert len(list(desk.indexes.iterdir())) == 1


def test_without_a_home_the_index_lives_in_memory(store: Store, encoders: Encoders, desk: Home) -> None:
    matcher = Matcher(store, encoders, LANGUAGES)
    assert matcher.find("Where is my parcel?", language="en")[0].exact
    assert list(desk.indexes.iterdir()) == []


def curated(*given: Curation) -> Callable[[Store], None]:
    def apply(store: Store) -> None:
        store.replace_curation(given, (), (), seq=store.latest_change(), rules=1, counts={})

    return apply


@pytest.mark.parametrize(
    ("question", "language"), [("Where is my parcel?", "en"), ("my parcel is late", "en"), ("我的快递三天没动了", "zh")]
)
def test_what_was_withheld_or_replaced_is_no_hit(matcher: Matcher, store: Store, question: str, language: str) -> None:
    before = matcher.find(question, language=language, k=4)
    first, second = before[0].ticket, before[1].ticket
    curated(Curation(first.id, withheld="only greets"), Curation(second.id, superseded_by=before[2].ticket.id))(store)
    after = matcher.find(question, language=language, k=4)
    assert len(after) == 4
    assert not {first.id, second.id} & {hit.ticket.id for hit in after}
    assert before[2] in after
    # What replaced it may not be found, as while a candidate is judged: then the old answer stands.
    hidden = matcher.find(question, language=language, k=4, without=frozenset({before[2].ticket.id}))
    assert second.id in {hit.ticket.id for hit in hidden}
    # It was removed: the old answer stands, too.
    store.remove_ticket(before[2].ticket.id)
    assert second.id in {hit.ticket.id for hit in matcher.find(question, language=language, k=4)}
    curated()(store)
    assert matcher.find(question, language=language, k=1)[0].ticket.id == first.id


def test_it_looks_further_where_nearly_all_is_withheld(matcher: Matcher, store: Store) -> None:
    english = list(store.tickets(language="en"))
    for number in range(300):
        store.add_ticket(Ticket.make(f"Where is my parcel? {number}", "Please send us a DM.", language="en"))
    curated(*(Curation(t.id, withheld="asks to write privately") for t in store.tickets() if "DM" in t.answer))(store)
    found = matcher.find("Where is my parcel number 7?", language="en", k=3)
    assert len(found) == 3
    assert {hit.ticket.id for hit in found} <= {t.id for t in english}


def test_of_what_curation_calls_duplicates_one_is_a_hit(matcher: Matcher, store: Store) -> None:
    twins = [
        Ticket.make("Where is my parcel now?", answer, language="en")
        for answer in (
            "It comes on Monday.",
            "You will have it by Monday, for sure.",
            "Monday is the day it is delivered",
        )
    ]
    store.add_tickets(twins)
    asked: dict[str, Any] = {"language": "en", "k": 5}
    assert len([hit for hit in matcher.find("Where is my parcel now", **asked) if "Monday" in hit.ticket.answer]) == 3
    curated(Curation(twins[1].id, duplicate_of=twins[0].id), Curation(twins[2].id, duplicate_of=twins[0].id))(store)
    found = matcher.find("Where is my parcel now", **asked)
    assert len([hit for hit in found if "Monday" in hit.ticket.answer]) == 1
    assert len(found) == 5


def test_a_search_reads_the_store_once_and_what_it_read_not_again(
    matcher: Matcher, store: Store, statements: list[str]
) -> None:
    context = ["Where is my order?", "On its way."]
    matcher.find("hello", language="en", k=1)
    statements.clear()
    found = matcher.find("and now?", context, language="en")
    # What changed, and all that vectors and words found, with what curation says of it.
    assert len(statements) == 2
    statements.clear()
    assert matcher.find("and now?", context, language="en") == found
    assert len(statements) == 1
    store.add_ticket(Ticket.make("How do I return it?", "By post.", language="en"))
    statements.clear()
    matcher.find("and now?", context, language="en")
    assert any("JOIN curation" in statement for statement in statements)


def test_what_changes_much_is_trained_and_saved_in_the_background(
    matcher: Matcher, store: Store, desk: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher.sync()
    folder = desk.indexes / matcher.encoder_id("en")
    monkeypatch.setattr("replydesk.retrieval.vectors.local._UNSAVED", 30)
    matcher._indexes._vectors[folder.name].index.exact_below = 60
    for number in range(30):
        store.add_ticket(Ticket.make(f"Is lamp {number} in stock?", f"Lamp {number} is.", language="en"))
        assert matcher.find(f"is the lamp {number} in stock", language="en")[0].ticket.answer == f"Lamp {number} is."
    for thread in threading.enumerate():
        if thread.name == f"index {folder.name}":
            thread.join()
    loaded = FaissIndex.load(folder, folder.name)
    assert loaded.compressed is not None
    assert loaded.keys() | {t.id for t in store.tickets()} == {t.id for t in store.tickets()}
    assert len(loaded) >= 60
    assert Matcher(store, matcher._encoders, LANGUAGES, desk).find("is lamp 7 in stock", language="en")[0].ticket


def test_an_empty_store_finds_nothing(encoders: Encoders) -> None:
    store = Store.open("sqlite://")
    assert Matcher(store, encoders, LANGUAGES).find("Where is my parcel?", language="en") == []
    store.close()
