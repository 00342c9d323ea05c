"""The extractive composer: what it takes, what it leaves out, when it declines, and that all it says has a source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.records import Ticket, TicketSource
from replydesk.data.text import tokens
from replydesk.dialog.compose.composer import Asked, Draft
from replydesk.dialog.compose.conflicts import differing, settled
from replydesk.dialog.compose.extractive import Extractive, Limits, greeting
from replydesk.dialog.compose.premises import contradicted_premise
from replydesk.dialog.compose.sentences import sentences
from replydesk.dialog.compose.slots import filled
from replydesk.dialog.compose.usable import usable_sentences
from replydesk.dialog.reply import Conflict
from replydesk.dialog.sending import sendable
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.matcher import Hit


def ticket(question: str, answer: str, *, language: str = "en", day: int = 0, source: TicketSource = "agent") -> Ticket:
    at = datetime(2026, 1, day, tzinfo=UTC) if day else None
    return Ticket.make(question, answer, language=language, at=at, source=source)


def hits(*tickets: Ticket, similarity: float = 0.9) -> list[Hit]:
    return [Hit(one, similarity - 0.01 * place, 0.6) for place, one in enumerate(tickets)]


def by_words(texts: Sequence[str], language: str) -> Vectors:
    """An encoder whose cosine is the share of words that two texts have in common."""
    rows = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in tokens(text):
            row[sum(map(ord, word)) % 512] += 1
        row[0] += 0.01
    found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def composed(asked: str, *tickets: Ticket, language: str = "en", **slots: str) -> Draft | None:
    return Extractive(by_words).compose(Asked(asked, language, slots=slots), hits(*tickets))


def said(draft: Draft | None) -> str:
    assert draft is not None
    return draft.text


# ---- what is said


def test_sentences_of_two_tickets_become_one_reply_with_their_places() -> None:
    first = ticket("How long does a refund take?", "Hi Ana! A refund takes five days. Thanks for asking!")
    second = ticket("How long does a refund take to arrive?", "A refund goes to the card that you paid with.")
    draft = composed("how long does a refund take?", first, second)
    assert said(draft) == "Hello! A refund takes five days. A refund goes to the card that you paid with."
    assert draft is not None and [(c.sentence, c.ticket) for c in draft.citations] == [(1, first.id), (2, second.id)]
    assert first.answer[draft.citations[0].start : draft.citations[0].end] == "A refund takes five days."


def test_a_chinese_reply_greets_and_joins_without_blanks() -> None:
    first = ticket("退款多久到账？", "亲，您好！退款五个工作日内到账。感谢您的支持！", language="zh")
    second = ticket("退款多久到账呢？", "退款会原路退回付款的银行卡。", language="zh")
    draft = composed("退款多久到账？", first, second, language="zh")
    assert said(draft) == "您好！退款五个工作日内到账。退款会原路退回付款的银行卡。"
    assert draft is not None and [c.sentence for c in draft.citations] == [1, 2]


def test_a_reply_later_in_a_conversation_does_not_greet_again() -> None:
    one = ticket("Refund?", "A refund takes five days.")
    draft = Extractive().compose(Asked("Refund?", "en", greet=False), hits(one))
    assert said(draft) == "A refund takes five days."
    assert draft is not None and draft.citations[0].sentence == 0


def test_each_part_of_a_message_has_its_answer_on_a_line() -> None:
    refund = ticket("How long does a refund take?", "A refund takes five days.")
    address = ticket("Can I change my address?", "The address can be changed until the order is packed.")
    asked = Asked("both", "en", parts=("How long does a refund take?", "Can I change my address?"))
    draft = Extractive(by_words).compose(asked, hits(address, refund))
    assert said(draft).split("\n") == [
        "Hello!",
        "A refund takes five days.",
        "The address can be changed until the order is packed.",
    ]
    assert draft is not None and [c.ticket for c in draft.citations] == [refund.id, address.id]


def test_a_part_without_an_answer_declines_the_whole() -> None:
    refund = ticket("How long does a refund take?", "A refund takes five days.")
    asked = Asked("both", "en", parts=("How long does a refund take?", "Do you sell bicycles in Norway?"))
    assert Extractive(by_words).compose(asked, hits(refund)) is None


def test_slots_are_filled_and_what_has_an_unknown_one_is_left_out() -> None:
    one = ticket("Where is my order?", "Your order {order} is on its way. Ask {courier} for it.", source="canned")
    assert said(composed("Where is my order?", one, order="TW-204817")) == (
        "Hello! Your order TW-204817 is on its way."
    )
    assert composed("Where is my order?", one) is None


def test_length_and_number_of_sentences_are_bounded() -> None:
    one = ticket("Return?", "Return step alpha here. Return step beta here. Return step gamma here.")
    draft = Extractive(by_words, limits=Limits(sentences=2)).compose(Asked("Return step?", "en"), hits(one))
    assert draft is not None and len(draft.citations) == 2
    draft = Extractive(by_words, limits=Limits(characters=25)).compose(Asked("Return step?", "en"), hits(one))
    assert draft is not None and len(draft.citations) == 1


# ---- what is left out


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        pytest.param("Hi there! Send it back. Kind regards", ["Send it back."], id="greeting and thanks"),
        pytest.param("Send it back. ^SH", ["Send it back."], id="a signature"),
        pytest.param("Hi Ana, send it back.", ["send it back."], id="a name in front"),
        pytest.param("Send it back, <NAME_1>.", ["Send it back."], id="a masked name"),
        pytest.param("Hi <NAME_1>, send it back. Steven", ["send it back."], id="a masked name in front, a signature"),
        pytest.param("Send it to <ADDRESS_1>. Use a box.", ["Use a box."], id="what is another customer's"),
        pytest.param("I have sent yours today. Use a box.", ["Use a box."], id="what was done for one"),
        pytest.param("Your parcel has left us. Use a box.", ["Use a box."], id="where one parcel is"),
        pytest.param("Which one is it? Use a box.", ["Use a box."], id="a question back"),
        pytest.param("Please send us a DM. Use a box.", ["Use a box."], id="boilerplate"),
        pytest.param("已为您取消订单。订单打包前可以取消。", ["订单打包前可以取消。"], id="what was done, in Chinese"),
        pytest.param("您好！请稍等。订单打包前可以取消。", ["订单打包前可以取消。"], id="moves in Chinese"),
        pytest.param("请问是哪一款？订单打包前可以取消。", ["订单打包前可以取消。"], id="a question back in Chinese"),
    ],
)
def test_only_what_answers_anybody_is_usable(answer: str, kept: list[str]) -> None:
    assert [sentence.text for sentence in usable_sentences(ticket("q", answer), {})] == kept


def test_a_canned_answer_speaks_of_all_customers() -> None:
    answer = "Your order will arrive today."
    assert usable_sentences(ticket("q", answer), {}) == ()
    assert [s.text for s in usable_sentences(ticket("q", answer, source="canned"), {})] == [answer]


def test_what_hangs_on_the_sentence_before_is_not_torn_from_it() -> None:
    one = ticket("Reset the lamp", "I have done that. It resets the lamp.")
    assert composed("reset the lamp", one) is None
    other = ticket("Reset the lamp", "Reset the lamp with the button. It then resets the lamp timer.")
    assert said(composed("reset the lamp", other)).endswith("button. It then resets the lamp timer.")


# ---- conflicts


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("Return it within 14 days.", "You can return it within 30 days.", "14 days / 30 days"),
        ("七天内可以退货。", "十五天内可以退货。", "7天 / 15天"),
        ("The sale ends on 3 May.", "The sale ends on 1 June.", "3 May / 1 June"),
        ("活动截止到5月3日。", "活动截止到6月1日。", "5月3日 / 6月1日"),
        ("运费由我们承担。", "运费不由我们承担。", "运费由我们承担 / 运费不由我们承担"),
        ("Return it within 14 days.", "Delivery takes 3 days.", ""),
        ("The sale ends on 3 May.", "The sale ends on May 3rd.", ""),
        ("Return it within 14 days.", "Use a box.", ""),
    ],
)
def test_sentences_differ_where_they_say_other_things_of_the_same(first: str, second: str, what: str) -> None:
    assert differing(first, second) == what


def test_the_newest_answer_wins_and_the_team_sees_the_conflict() -> None:
    old = ticket("Until when can I return it?", "You can return it within 14 days.", day=1)
    new = ticket("Until when can I return this?", "You can return it within 30 days.", day=9)
    draft = composed("Until when can I return it?", old, new)
    assert said(draft) == "Hello! You can return it within 30 days."
    assert draft is not None and draft.conflicts == (Conflict(new.id, old.id, "30 days / 14 days"),)


def test_a_canned_answer_without_a_date_stands_for_today_and_an_undated_one_of_an_agent_is_the_oldest() -> None:
    canned = ticket("a", "Return it within 30 days.", source="canned")
    dated = ticket("b", "Return it within 14 days.", day=9)
    undated = ticket("c", "Return it within 7 days.")
    all_said = [usable_sentences(one, {}) for one in (undated, dated, canned)]
    lost, conflicts = settled([undated, dated, canned], all_said)
    assert lost == {dated.id, undated.id}
    assert [conflict.kept for conflict in conflicts] == [canned.id, canned.id]


# ---- when it declines


@pytest.mark.parametrize(
    ("asked", "question", "answer", "what"),
    [
        pytest.param("Do I have 60 days?", "Returns?", "Within 30 days.", "60 days / 30 days", id="a measure"),
        pytest.param("Do I have 20 days?", "Returns?", "14 to 30 days.", "", id="within a range"),
        pytest.param(
            "20到50元的，45元吗", "20到50元的", "门票39元。", "45元 / 39元", id="the answer before a range asked for"
        ),
        pytest.param("Is it £5?", "Postage?", "It is £4.", "£5 / £4", id="an amount"),
        pytest.param("能退10%吗", "退多少", "退百分之五。", "10% / 5%", id="a percentage"),
        pytest.param("Error E4", "Error E2", "Restart it.", "E4 / E2", id="a code"),
        pytest.param("Order TW-204817?", "Order TW-111111?", "It left.", "", id="an order is one's own"),
        pytest.param("on iOS 12", "on iOS 11", "Restart it.", "12 / 11", id="a version"),
        pytest.param("Open on Sunday?", "Open when?", "Monday to Friday.", "Sunday / Monday", id="a day"),
        pytest.param("周日营业吗", "几点营业", "周一到周五。", "周日 / 周一", id="a day in Chinese"),
        pytest.param("Is www.a.com yours?", "Site?", "It is www.b.com.", "www.a.com / www.b.com", id="a link"),
        pytest.param("Does it fit my Brix?", "Does it fit my Luma?", "Yes, it fits.", "Brix / Luma", id="a name"),
        pytest.param("I waited 3 days", "Late", "Please restart it.", "", id="what the ticket says nothing of"),
        pytest.param("within 30 days?", "Returns?", "Within thirty days.", "", id="the same in words"),
    ],
)
def test_a_premise_is_contradicted_by_another_value_of_the_same_kind(
    asked: str, question: str, answer: str, what: str
) -> None:
    assert contradicted_premise(asked, ticket(question, answer)) == what


@pytest.mark.parametrize(
    ("asked", "answer", "what"),
    [
        pytest.param(
            "Can I send the lamp back until 47 Nov?", "We take back parcels until 30 Nov.",
            "47 Nov / 30 Nov", id="a day that no month has",
        ),
        pytest.param(
            "Where is the shop? It is on the 58th floor of Mill House, right?",
            "The shop is on the 4th floor of Mill House.", "58 / 4", id="an ordinal in a clause",
        ),
        pytest.param(
            "So the shop is on the 58th floor?", "The shop is on the 4th floor.", "58 / 4", id="an ordinal",
        ),
        pytest.param(
            "Nothing can go faster than 121, right?", "Nothing can go faster than 100.", "121 / 100", id="a bare figure"
        ),
        pytest.param("你们有55家门店营业，对吗", "我们有3家门店营业。", "55 / 3", id="a figure in Chinese"),
        pytest.param("营业时间是39：30开始，对吗", "营业时间是10：30开始。", "39 / 10", id="an hour that no day has"),
        pytest.param(
            "You do not deliver lamps to Norway. Is that right?", "You deliver lamps to Norway.",
            "You do not deliver lamps to Norway / You deliver lamps to Norway", id="a denial",
        ),
        pytest.param(
            "灯具不支持送货上门的", "灯具支持送货上门。", "灯具不支持送货上门的 / 灯具支持送货上门",
            id="a denial in Chinese",
        ),
        pytest.param(
            "Why can't I cancel a packed order?", "You can cancel a packed order.", "", id="a question denies nothing"
        ),
        pytest.param(
            "We help soldiers with three bags", "We help soldiers with three bags, not with boxes or bicycles.", "",
            id="nor does a clause that leaves the denial out",
        ),
        pytest.param(
            "A refund reaches the card in 4 days, right?", "A refund reaches the card in 3 to 5 days.", "",
            id="a figure in the range",
        ),
        pytest.param("The lamp costs 1000 pounds", "The lamp costs £1,000.", "", id="a figure written otherwise"),
        pytest.param("I ordered 2 mugs of yours", "We sent 5 lamps.", "", id="a figure of something else"),
        pytest.param("Order 204817 takes how long?", "Order takes 5 days.", "", id="nobody else has this order"),
    ],
)  # fmt: skip
def test_a_statement_of_the_answer_but_for_a_figure_or_a_denial_is_false(asked: str, answer: str, what: str) -> None:
    assert contradicted_premise(asked, ticket("How is it?", answer)) == what


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Lightromo", ""),
        ("Lightrooom", ""),
        ("Lightrom", ""),
        ("Photoshop", "Photoshop / Lightroom"),
        ("Lightdoom", "Lightdoom / Lightroom"),
    ],
)
def test_a_slip_of_the_pen_is_no_other_name(name: str, what: str) -> None:
    one = ticket("How do I open Lightroom?", "Click the icon.")
    assert contradicted_premise(f"How do I open {name}?", one) == what


def test_it_declines_a_false_premise_and_what_nobody_has_answered() -> None:
    one = ticket("Can I return it within 30 days?", "You can return it within 30 days.")
    assert composed("Can I return it within 60 days?", one) is None
    assert composed("Can I return it within 30 days?", one) is not None
    asked = Asked("Do you repair bicycles?", "en")
    assert Extractive(by_words).compose(asked, hits(one, similarity=0.4)) is None
    assert Extractive(by_words).compose(asked, []) is None


def test_a_ticket_of_another_language_or_that_was_not_compared_is_no_evidence() -> None:
    one = ticket("退款", "退款五天到账。", language="zh")
    assert Extractive().compose(Asked("退款", "en"), hits(one)) is None
    two = ticket("Refund?", "A refund takes five days.")
    assert Extractive().compose(Asked("Refund?", "en"), [Hit(two, 0.9, 0.6, compared=False)]) is None


# ---- everything has a source

_PIECES = st.sampled_from(
    [
        "A refund takes 5 days", "Your code is {code}", "Hi Ana", "Thanks!", "See www.a.com.", "It costs £5.50",
        "Use e.g. a box", "退款五天到账", "您好", "可以退货吗？", "Sorry about that, <NAME_1>.", "It is free…",
        "No. 5 is it", "他说“可以。”", "1. Unplug it", "wait... what", "^SH", "请看《规则》",
    ]
)  # fmt: skip
_ENDS = st.sampled_from([". ", "! ", "。", "！", "\n", " ", "? ", "…", ""])
_ANSWERS = st.lists(st.tuples(_PIECES, _ENDS), min_size=1, max_size=6).map(
    lambda parts: "".join(piece + end for piece, end in parts)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_ANSWERS, min_size=1, max_size=3), st.sampled_from(["en", "zh"]), st.booleans(), st.booleans())
def test_every_sentence_is_a_span_of_its_ticket_or_the_greeting(
    answers: list[str], language: str, two: bool, greet: bool
) -> None:
    slots = {"code": "SAVE20"}
    tickets = [ticket(f"refund box {i}", answer, language=language) for i, answer in enumerate(answers)]
    parts = ("refund box 0", "refund box 1") if two else ()
    asked = Asked("refund box", language, parts=parts, slots=slots, greet=greet)
    draft = Extractive(by_words).compose(asked, hits(*tickets))
    if draft is None:
        return
    found = sentences(draft.text)
    cited = {citation.sentence: citation for citation in draft.citations}
    assert len(cited) == len(draft.citations) == len(found) - greet
    by_id = {one.id: one for one in tickets}
    for number, sentence in enumerate(found):
        if number not in cited:
            assert number == 0 and sentence.text == greeting(language)
            continue
        citation = cited[number]
        origin = filled(sendable(by_id[citation.ticket].answer[citation.start : citation.end]) or "", slots)
        assert origin is not None and sentence.text == origin[:1].upper() + origin[1:]
    assert not re.search(r"\{\w+\}|<NAME", draft.text)
