"""Variants: a question that leaves out which kind is meant is asked back; whoever names the kind is answered."""

from __future__ import annotations

import pytest

from replydesk.data.records import Ticket
from replydesk.dialog.policy import decide
from replydesk.dialog.reading import Reading
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.skills import Thresholds
from replydesk.dialog.variants import told_apart
from replydesk.retrieval.matcher import Hit

ROAMING = {
    "How much is roaming in the USA?": "In the USA roaming is £7 a day.",
    "How much is roaming in France?": "In France roaming is included.",
    "How much is roaming in Turkey?": "In Turkey roaming is £6 a day.",
}
BREAKFAST = {
    "亲子房含早餐吗？": "亲子房含三份早餐。",
    "大床房含早餐吗？": "大床房含双份早餐。",
    "双床房含早餐吗？": "双床房不含早餐。",
}
FEE = {
    "金卡年费多少钱？": "金卡年费200元。",
    "普卡年费多少钱？": "普卡没有年费。",
    "白金卡年费多少钱？": "白金卡年费480元。",
}
GOLD = {"金卡年费多少钱？": "金卡年费200元。", "白金卡年费多少钱？": "白金卡年费480元。"}
PETS = {"Can I bring a dog?": "Yes, dogs are welcome.", "Can I bring a cat?": "No, sorry, no cats."}
PETS_ZH = {"狗能带进来吗？": "可以，狗能进来。", "猫能带进来吗？": "不好意思，猫不能进来。"}
SHIPPING = {
    "What are the shipping costs for Norway?": "Shipping to Norway costs 19 euros.",
    "What does it cost to ship to Germany?": "Delivery to Germany is 9 euros.",
}
POSTAGE = {"北京的邮费怎么算": "北京运费8元。", "发到新疆要多少邮费": "新疆运费25元。"}
WARRANTY = {
    "How long is the warranty on lamps?": "Two years.",
    "How long is the warranty?": "It is written on the product page.",
    "How long is the warranty on mattresses?": "Ten years.",
}
WARRANTY_ZH = {"台灯保修几年？": "两年。", "保修几年？": "页面上都写着。", "床垫保修几年？": "十年。"}
WRAPPING = {
    "Is gift wrapping free for books?": "Yes, free for books.",
    "Is gift wrapping free for toys?": "Yes, free for toys.",
}


def hits(answers: dict[str, str], first: float = 0.9, gap: float = 0.02, source: str = "canned") -> list[Hit]:
    made = (Ticket.make(question, answer, source=source) for question, answer in answers.items())  # type: ignore[arg-type]
    return [Hit(ticket, 0.8, first - gap * place) for place, ticket in enumerate(made)]


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("how much is roaming?", ROAMING),
        ("what does roaming cost", ROAMING),
        ("roaming costs in Spain?", ROAMING),
        ("含早餐吗？", BREAKFAST),
        ("房间有早餐吗", BREAKFAST),
        ("年费多少钱", FEE),
        ("信用卡年费是多少", FEE),
        ("年费多少钱", GOLD),
        ("can I bring a pet?", PETS),
        ("宠物能带进来吗", PETS_ZH),
        ("what does shipping cost?", SHIPPING),
        ("邮费怎么算", POSTAGE),
    ],
)
def test_whoever_names_no_kind_is_asked_which(asked: str, answers: dict[str, str]) -> None:
    found = hits(answers)
    assert set(told_apart(asked, found).open) == set(found)


@pytest.mark.parametrize(
    ("asked", "answers", "place"),
    [
        ("roaming in the usa", ROAMING, 0),
        ("what is roaming in turkey", ROAMING, 2),
        ("大床房有早餐吗", BREAKFAST, 1),
        ("普卡的年费", FEE, 1),
        ("白金卡年费要多少", FEE, 2),
        ("白金卡的年费", GOLD, 1),
        ("金卡的年费", GOLD, 0),
        ("我的猫可以进吗", PETS_ZH, 1),
        ("狗可以进吗", PETS_ZH, 0),
        ("shipping norway how much", SHIPPING, 0),
        ("新疆邮费", POSTAGE, 1),
        ("warranty on mattresses", WARRANTY, 2),
    ],
)
def test_whoever_names_the_kind_means_that(asked: str, answers: dict[str, str], place: int) -> None:
    found = hits(answers)
    assert told_apart(asked, found).chosen == found[place]


@pytest.mark.parametrize(("asked", "answers"), [("what warranty do I get", WARRANTY), ("保修多久", WARRANTY_ZH)])
def test_what_holds_of_all_is_told_where_no_kind_is_named(asked: str, answers: dict[str, str]) -> None:
    found = hits(answers)
    assert told_apart(asked, found).chosen == found[1]


@pytest.mark.parametrize(
    ("asked", "answers", "earlier", "place"),
    [
        ("how much is roaming?", ROAMING, ("I am going to Turkey", "Have fun!", "ok"), 2),
        ("how much is roaming?", ROAMING, ("I was in Turkey", "now I go to France"), 1),
        ("年费多少钱", FEE, ("我想办普卡", "好的"), 1),
    ],
)
def test_what_the_conversation_named_last_is_meant(
    asked: str, answers: dict[str, str], earlier: tuple[str, ...], place: int
) -> None:
    found = hits(answers)
    assert told_apart(asked, found, earlier).chosen == found[place]
    several = (" ".join(answers), "?")
    assert told_apart(asked, found, several).open == tuple(found)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("is gift wrapping free?", hits(WRAPPING), id="the same answer"),
        pytest.param("can I bring my puppy?", hits(PETS, 0.98, 0.14), id="another name of a kind, surely"),
        pytest.param("how much is roaming?", hits(ROAMING)[:1], id="one kind"),
        pytest.param("where is my order", hits({"Where is my order?": "1", "How do I cancel it?": "2"}), id="else"),
        pytest.param("how much is roaming?", hits(ROAMING, 0.9, 0.45), id="far behind"),
        pytest.param("账户", hits({"怎么注销": "1", "怎么注销账户": "2"}, source="agent"), id="by hand"),
        pytest.param(
            "my parcel", hits({"my parcel is late": "Sorry, 2 days.", "my parcel is wet": "Sorry!"}, source="agent"),
            id="what customers wrote",
        ),
    ],
)  # fmt: skip
def test_what_only_looks_alike_is_answered_as_before(asked: str, found: list[Hit]) -> None:
    apart = told_apart(asked, found)
    assert not apart.open and apart.chosen in (None, found[0])


@pytest.mark.parametrize("score", [0.9, 0.5])
def test_the_policy_asks_which_and_answers_whoever_says_it(score: float) -> None:
    lines, found = Thresholds(pick_above=0.6, ask_above=0.3, out_of_scope_above=0.5), hits(ROAMING, score)
    reading = Reading("en", (), 0.0, Mood("neutral", 1.0, 0.0), False)
    asked = decide(reading, found, lines, asked="how much is roaming?")
    assert (asked.action, asked.ground, asked.hits) == ("ask", "depends", tuple(found))
    told = decide(reading, found, lines, asked="how much is roaming in turkey?")
    assert told.hits[0] == found[2] and told.action == ("pick" if score > 0.6 else "ask")
    many = {f"How much is roaming in {one}land?": f"{place} pounds" for place, one in enumerate("ABCDEFG")}
    assert len(decide(reading, hits(many, score, 0), lines, asked="how much is roaming?").hits) == 5
