"""Forms: asked for, checked, at most three times, cancelled, gone on with after a digression; and their file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.errors import SettingsError
from replydesk.data.home import Home
from replydesk.dialog import phrases
from replydesk.dialog.agent import Agent
from replydesk.dialog.days import Moment
from replydesk.dialog.declared import KINDS, Form, Slot, declared_slot, question_form, said_slots
from replydesk.dialog.form_file import followed_forms, load_forms
from replydesk.dialog.forms import FORM_GROUNDS, FormStep, started_form, step
from replydesk.dialog.replying import unread
from replydesk.dialog.state import FormState, State
from replydesk.dialog.telling import value_in, value_of

FILE = """
[forms.move]
intents = ["change_address"]
phrases = ["改收货地址"]
handoff = true
done.en = "Thank you. A colleague changes order {order} to {address}."
done.zh = "谢谢，同事会把订单 {order} 改为 {address}。"

[[forms.move.slots]]
name = "order"
kind = "order"
ask.en = "Which order is it?"
ask.zh = "请问订单号是多少？"
wrong.en = "An order number looks like TW-204817. Which order is it?"

[[forms.move.slots]]
name = "address"
ask.en = "What is the new address?"
ask.zh = "新地址是什么？"
"""
ORDER, ADDRESS = Slot("order", {"": "Which?"}, "order"), Slot("address", {"": "Where?"})
MOVE = Form("move", (ORDER, ADDRESS), {"": "{order} to {address}"})
SLOTS = ("order", "address")
THURSDAY = Moment(datetime(2026, 11, 26, 10, tzinfo=UTC))
COLOUR = Slot(
    "colour", {"": "?"}, "choice", choices=("r", "b"),
    labels={"r": {"en": "red", "zh": "红色"}, "b": {"en": "blue", "zh": "蓝色"}},
)  # fmt: skip
ASKING = FormState("move", "order", slots=SLOTS)


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        (ORDER, "it is TW-204817, thanks", "TW-204817"),
        (ORDER, "订单号是ＴＷ-204817", "TW-204817"),
        (ORDER, "I don't know", ""),
        (ADDRESS, "12 Mill Lane", "12 Mill Lane"),
        (ADDRESS, ".", ""),
        (Slot("a", {}, "amount"), "about £12.50", "£12.50"),
        (Slot("a", {}, "amount"), "大概30元", "30元"),
        (Slot("a", {}, "amount"), "十五块五吧", "十五块五"),
        (Slot("a", {}, "phone"), "ring <PHONE_1>", "<PHONE_1>"),
        (Slot("a", {}, "date"), "the day after tomorrow", "2026-11-28"),
        (Slot("a", {}, "date"), "last Wednesday", "2026-11-25"),
        (Slot("a", {}, "date"), "in two weeks", "2026-12-10"),
        (Slot("a", {}, "date"), "大后天吧", "2026-11-29"),
        (Slot("a", {}, "date"), "上周三就坏了", "2026-11-18"),
        (Slot("a", {}, "date"), "下下个星期五", "2026-12-11"),
        (Slot("a", {}, "date"), "三天后", "2026-11-29"),
        (Slot("a", {}, "yes_no"), "it wasn't a gift", "no"),
        (Slot("a", {}, "yes_no"), "不是礼物", "no"),
        (Slot("a", {}, "yes_no"), "是送人的", "yes"),
        (Slot("a", {}, "yes_no"), "it is", "yes"),
        (Slot("a", {}, "yes_no"), "yes, it was", "yes"),
        (Slot("a", {}, "yes_no"), "对，是礼物", "yes"),
        (Slot("a", {}, "yes_no"), "没问题", "yes"),
        (Slot("a", {}, "yes_no"), "对不起，没听懂", ""),
        (Slot("a", {}, "yes_no"), "不好意思", ""),
        (Slot("a", {}, "yes_no"), "I have lost the receipt", ""),
        (Slot("a", {}, "yes_no"), "it is broken", ""),
        (Slot("a", {}, "yes_no"), "I don't understand", ""),
        (Slot("a", {}, "yes_no"), "是什么意思", ""),
        (Slot("a", {}, "yes_no"), "not sure", ""),
        (Slot("a", {}, "yes_no"), "不知道", ""),
        (Slot("a", {}, "yes_no"), "没错", "yes"),
        (Slot("a", {}, "date"), "on 3 March please", "2027-03-03"),
        (Slot("a", {}, "date"), "下周三吧", "2026-12-02"),
        (Slot("a", {}, "yes_no"), "好的", "yes"),
        (Slot("a", {}, "yes_no"), "no", "no"),
        (Slot("a", {}, "yes_no"), "maybe", ""),
        (Slot("a", {}, "choice", choices=("red", "blue")), "the second", "blue"),
        (Slot("a", {}, "choice", choices=("红色", "蓝色")), "蓝色", "蓝色"),
        (Slot("a", {}, "choice", choices=("red", "blue")), "green", ""),
        (COLOUR, "the blue one", "b"),
        (COLOUR, "蓝色的", "b"),
        (COLOUR, "2", "b"),
        (COLOUR, "green", ""),
        (Slot("a", {}, "pattern", re.compile(r"\d{3}")), "it is 123", "123"),
    ],
)
def test_values(slot: Slot, text: str, value: str) -> None:
    assert value_of(slot, text, THURSDAY) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Can I book a room for 5 December?", ""), ("a room for 5 December, 4 people", "4"),
        ("a room on Dec 5 at 10:30", ""), ("a room for 6", "6"), ("3 people next Friday", "3"),
        ("订 2026-12-05 的自习室", ""), ("自习室，12月5号 10:30，共 4 位", "4"),
    ],
)  # fmt: skip
def test_the_number_of_a_day_is_no_number_that_nobody_asked_for(text: str, value: str) -> None:
    assert value_in(Slot("people", {}, "number"), text, THURSDAY) == value


def test_only_what_shows_by_itself_is_taken_unasked() -> None:
    assert value_in(ADDRESS, "12 Mill Lane") == ""
    assert value_in(ORDER, "please change TW-204817") == "TW-204817"


@pytest.mark.parametrize(
    ("state", "text", "slots", "expected"),
    [
        (None, "change my address", {}, FormStep("ask", {}, ASKING, ORDER)),
        (None, "change TW-2048", {}, FormStep("ask", {"order": "TW-2048"}, replace(ASKING, asking="address"), ADDRESS)),
        (None, "x", {"order": "A1", "address": "B"}, FormStep("done", {"order": "A1", "address": "B"})),
        (ASKING, "no idea", {}, FormStep("again", {}, replace(ASKING, tries=1), ORDER)),
        (FormState("move", "order", 2), "no idea", {}, FormStep("gave_up", {})),
        (ASKING, "never mind", {}, FormStep("cancelled", {})),
        (ASKING, "算了", {}, FormStep("cancelled", {})),
        (FormState("move", "address"), "Mill Lane", {"order": "A1"},
         FormStep("done", {"order": "A1", "address": "Mill Lane"})),
        (FormState("move", "gone"), "x", {}, FormStep("ask", {}, ASKING, ORDER)),
    ],
)  # fmt: skip
def test_steps(state: FormState | None, text: str, slots: dict[str, str], expected: FormStep) -> None:
    assert step(MOVE, state, text, slots) == expected


PAINT = Form("paint", (ORDER, COLOUR, Slot("day", {"": "When?"}, "date"), ADDRESS), {"": "."})
TOLD = {"order": "TW-204817", "colour": "r"}


@pytest.mark.parametrize(
    ("asking", "text", "changed"),
    [
        ("day", "sorry, I meant TW-204818", {"order": "TW-204818"}),
        ("day", "not TW-204817 but TW-204818", {"order": "TW-204818"}),
        ("day", "TW-204818", {"order": "TW-204818"}),
        ("day", "make it blue", {"colour": "b"}),
        ("day", "等等，还是蓝色吧", {"colour": "b"}),
        ("day", "订单错了，是TW-204818，颜色改成蓝色", {"order": "TW-204818", "colour": "b"}),
        ("address", "不对，订单是TW-204818", {"order": "TW-204818"}),
        # What asks something of another order puts nothing right; nor does what is told again, or what was asked for.
        ("day", "Where is TW-204818?", {}),
        ("day", "TW-204817", {}),
        ("address", "the shop of TW-204818", {}),
        ("day", "the second", {}),
    ],
)
def test_what_was_told_before_is_put_right_and_the_question_asked_again(
    asking: str, text: str, changed: dict[str, str]
) -> None:
    known = TOLD | ({"day": "Monday"} if asking == "address" else {})
    state = FormState("paint", asking, 1, tuple(slot.name for slot in PAINT.slots))
    taken = step(PAINT, state, text, known)
    assert (taken.changed, {name: taken.slots[name] for name in known}) == (tuple(changed), known | changed)
    if changed:
        assert (taken.kind, taken.state) == ("ask", state), "that is no try"


def test_one_choice_is_put_right_while_another_is_asked_for() -> None:
    size = Slot("size", {"": "?"}, "choice", choices=("small", "large"))
    form = Form("buy", (COLOUR, size), {"": "."})
    taken = step(form, FormState("buy", "size", slots=("colour", "size")), "wait, make it blue", {"colour": "r"})
    assert (taken.kind, taken.changed, taken.slots) == ("ask", ("colour",), {"colour": "b"})


def test_a_slot_is_put_right_beside_the_answer_and_the_reply_says_so() -> None:
    state = FormState("paint", "day", 0, tuple(slot.name for slot in PAINT.slots))
    taken = step(PAINT, state, "on Monday. sorry, the colour is blue", TOLD, THURSDAY)
    assert taken.slots == {"order": "TW-204817", "colour": "b", "day": "2026-11-30"}
    assert phrases.form_text(taken, PAINT, "en") == "All right: blue. Where?"
    assert phrases.form_text(taken, PAINT, "zh") == "好的，已改为蓝色。Where?"


def test_a_question_about_the_question_is_answered_and_is_no_try_twice() -> None:
    asked = FormState("move", "order", 2, SLOTS)
    for said in ("why do you need that?", "在哪里看订单号"):
        taken = step(MOVE, asked, said, {})
        assert (taken.kind, taken.state) == ("explained", replace(asked, explained=asked.explained + 1))
        assert taken.state is not None
        asked = taken.state
    assert step(MOVE, asked, "why do you need that?", {}).kind == "gave_up", "the third time it is a try"
    told = step(MOVE, FormState("move", "order", 0, SLOTS), "why do you need that? it is TW-204817", {})
    assert told.slots == {"order": "TW-204817"}, "who asks and tells has told"
    assert step(MOVE, FormState("move", "address"), "12 Mill Lane, why?", {"order": "A1"}).kind == "done"
    assert step(MOVE, FormState("move", "address"), "为什么要这个？", {"order": "A1"}).kind == "explained"


def test_what_is_asked_for_is_explained_in_the_teams_words_or_ours() -> None:
    own = replace(ORDER, help={"en": "It is in the e-mail.", "zh": "在确认邮件里。"}, wrong={"": "Like TW-1. Which?"})
    ours = replace(own, help={})
    said = [phrases.form_text(FormStep("explained", {}, None, slot), MOVE, "en") for slot in (own, ours, ORDER)]
    assert said[0] == "It is in the e-mail. Which?"
    assert said[1].startswith("I need it to go on with this.") and said[1].endswith(" helps you. Like TW-1. Which?")
    assert said[2].endswith(" helps you. Which?")
    assert phrases.form_text(FormStep("explained", {}, None, own), MOVE, "zh") == "在确认邮件里。Which?"


@pytest.fixture
def agent(desk: Home) -> Agent:
    desk.forms.write_text(FILE, encoding="utf-8")
    return Agent.open(desk)


def test_a_form_goes_on_after_a_digression_and_ends_with_a_person(agent: Agent, desk: Home) -> None:
    first = agent.reply("I need to change the delivery address")
    key = first.conversation
    assert (first.action, first.text) == ("ask", "Which order is it?")
    wrong = agent.reply("the lamp one", conversation=key)
    assert wrong.text.startswith("An order number looks like")
    aside = agent.reply("When do I get my money back?", conversation=key)
    assert aside.action == "pick" and aside.text.endswith("\n\nWhich order is it?")
    assert aside.state.form == replace(ASKING, tries=1), "an answer meanwhile is no try"
    # Another process has nothing but the store.
    other = Agent.open(desk)
    assert other.reply("TW-204817", conversation=key).text == "What is the new address?"
    done = other.reply("12 Mill Lane", conversation=key)
    assert (done.action, done.text) == (
        "handoff",
        "Thank you. A colleague changes order TW-204817 to what you told us.",
    )
    assert done.handoff is not None and done.handoff.reason == "rule"
    assert "order: TW-204817" in done.handoff.summary
    assert done.state.form is None and done.state.slots["order"] == "TW-204817"


def test_a_form_can_be_stopped_and_gives_up_after_three_tries(agent: Agent) -> None:
    first = agent.reply("我想改收货地址")
    assert first.text == "请问订单号是多少？"
    stopped = agent.reply("算了", conversation=first.conversation)
    assert (stopped.action, stopped.state.form) == ("ask", None)
    first = agent.reply("I need to change the delivery address")
    for text in ("hm hm", "the lamp one"):
        assert agent.reply(text, conversation=first.conversation).action == "ask"
    last = agent.reply("well well", conversation=first.conversation)
    assert last.handoff is not None and last.handoff.reason == "repeated_failure"


@pytest.mark.parametrize(
    ("begins", "asks", "explained"),
    [
        (
            "I need to change the delivery address",
            ("why do you need that?", "where do I find it?"),
            "I need it to go on",
        ),
        ("我想改收货地址", ("为什么要这个", "订单号在哪里看"), "需要这项信息才能继续办理"),
    ],
)
def test_who_asks_about_a_form_stays_in_it(agent: Agent, begins: str, asks: tuple[str, ...], explained: str) -> None:
    first = agent.reply(begins)
    for text in asks:
        reply = agent.reply(text, conversation=first.conversation)
        assert (reply.ground, reply.text.startswith(explained)) == ("form_explained", True)
        assert reply.state.form is not None and (reply.state.form.asking, reply.state.form.tries) == ("order", 0)
    assert State.of(reply.state.document()) == reply.state, "the count is stored"
    assert reply.state.form.explained == 2


@pytest.mark.parametrize(
    ("begins", "text", "asks"),
    [
        ("I need to change the delivery address", "actually forget that, when do I get my money back?", "When do I"),
        ("我想改收货地址", "算了，退款什么时候到账", "退款"),
    ],
)
def test_who_stops_a_form_to_ask_something_else_has_asked_that(agent: Agent, begins: str, text: str, asks: str) -> None:
    first = agent.reply(begins)
    reply = agent.reply(text, conversation=first.conversation)
    assert reply.state.form is None and reply.ground not in FORM_GROUNDS
    assert reply.meant.lower().startswith(asks.lower()), "what stopped the form is not read with the question"
    kept = agent.reply(begins)
    told = agent.reply("never mind the lamp, it is TW-204817", conversation=kept.conversation)
    assert told.state.slots["order"] == "TW-204817" and told.state.form is not None


def test_a_value_with_something_masked_is_not_said_back_in_part() -> None:
    said = said_slots((MOVE,), {"address": "新地址是<ADDRESS_1>", "order": "TW-1"}, "zh")
    assert said == {"address": "您提供的信息", "order": "TW-1"}


def test_a_wish_for_a_person_ends_a_form(agent: Agent) -> None:
    first = agent.reply("I need to change the delivery address")
    reply = agent.reply("let me talk to a person", conversation=first.conversation)
    assert reply.handoff is not None and reply.handoff.reason == "asked_for_person"
    assert reply.state.form is None


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('kind = "order"', 'kind = "colour"', 11, "no kind colour"),
        ("handoff = true", "handof = true", 5, "no handof"),
        ("{order} to", "{parcel} to", 6, "{parcel}"),
        ('ask.en = "What is the new address?"\nask.zh = "新地址是什么？"', "", 16, "ask is missing"),
        ('wrong.en = "An order number looks like TW-204817. Which order is it?"', 'help = ""', 14, "help is missing"),
        ('name = "address"', 'name = "order"', 17, "two slots order"),
        ('intents = ["change_address"]\nphrases = ["改收货地址"]', "", 2, "Nothing begins"),
        ("[forms.move]", "[forms.move", 2, "not valid TOML"),
        ("[forms.move]", "[other]\n[forms.move]", 2, "no section other"),
        ('kind = "order"', "pattern = '('", 11, "no regular expression"),
        (
            'kind = "order"',
            'choices = [{value = "r"}, "b"]',
            11,
            "A choice is a text, or its value",
        ),
        (
            'kind = "order"',
            'choices = [{en = "red"}, "b"]',
            11,
            "A choice is a text, or its value",
        ),
        ('kind = "order"', 'choices = [{value = "r", en = "Red"}, {value = "b", en = "red"}]', 11, "called the same"),
        ('kind = "order"', 'choices = ["red", "red"]', 11, "called the same"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    path = tmp_path / "forms.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(said)) as caught:
        load_forms(path)
    assert caught.value.where == f"{path}:{line}"


def test_choices_are_called_and_offered_in_the_customers_language(tmp_path: Path) -> None:
    path = tmp_path / "forms.toml"
    choices = '[{value = "r", en = "red", zh = "红色"}, "XL"]'
    path.write_text(FILE.replace('kind = "order"', f'kind = "choice"\nchoices = {choices}'), encoding="utf-8")
    slot = load_forms(path)[0].slot("order")
    assert slot is not None
    assert (slot.choices, slot.labels) == (("r", "XL"), {"r": {"en": "red", "zh": "红色"}})
    offered = {language: [offer.label for offer in slot.offers(language)] for language in ("en", "zh", "fr")}
    assert offered == {"en": ["red", "XL"], "zh": ["红色", "XL"], "fr": ["red", "XL"]}


@pytest.mark.parametrize(("language", "said"), [("en", ("red", "yes")), ("zh", ("红色", "是")), ("fr", ("red", "yes"))])
def test_slots_are_said_as_the_customer_calls_them(language: str, said: tuple[str, str]) -> None:
    form = Form("paint", (COLOUR, Slot("gift", {"": "?"}, "yes_no")), {"": "."})
    other = Form("other", (Slot("colour", {"": "?"}),), {"": "."})
    slots = {"colour": "r", "gift": "yes", "order": "TW-204817"}
    assert said_slots([form, other], slots, language) == dict(zip(slots, (*said, "TW-204817"), strict=True))


def test_a_question_for_a_slot_is_asked_as_a_form_declares_it() -> None:
    assert question_form("colour", COLOUR).slots == (COLOUR,)
    assert question_form("colour").slots[0].kind == "text"
    assert declared_slot([MOVE], "colour") is None
    assert declared_slot([MOVE], "order") is None
    assert declared_slot([MOVE], "address") == ADDRESS


def test_a_broken_file_changes_nothing_and_is_told(agent: Agent, desk: Home) -> None:
    assert [form.name for form in followed_forms(desk.forms).get()] == ["move"]
    desk.forms.write_text("[forms", encoding="utf-8")
    # In a desk that runs, and in one that begins now.
    for one in (agent, Agent.open(desk)):
        assert "forms.toml is not used, the last good one is" in one.ready()["trouble"]
        assert one.reply("I need to change the delivery address").text == "Which order is it?"
    assert [form.name for form in followed_forms(desk.forms).get()] == ["move"]
    desk.forms.write_text("", encoding="utf-8")
    assert agent.ready()["trouble"] == ""
    assert followed_forms(None).get() == ()


def test_every_kind_has_a_way_to_be_checked() -> None:
    assert {"text", "yes_no", "choice", "pattern"} < set(KINDS)


LOST = Form(
    "loss",
    (
        Slot("card", {"en": "Which card?", "zh": "请问是哪种卡？"}, "choice", choices=("debit", "credit"),
             labels={"debit": {"en": "debit card", "zh": "借记卡"}, "credit": {"en": "credit card", "zh": "信用卡"}}),
        Slot("since", {"en": "On which day did it happen?", "zh": "请问是哪天丢的？"}, "date"),
        Slot("renew", {"en": "Shall we send you a new one?", "zh": "需要补办新卡吗？"}, "yes_no"),
    ),
    {"": "Since {since}."},
    phrases=("lost my", "卡丢了", "挂失"),
)  # fmt: skip


def told(form: Form, *texts: str, language: str = "en") -> tuple[str, dict[str, str]]:
    """Return how a form stands after these messages: the last step, with what it asks for, and its slots."""
    moment = replace(THURSDAY, language=language)
    taken = step(form, None, texts[0], {}, moment)
    for text in texts[1:]:
        taken = step(form, taken.state, text, taken.slots, moment)
    return f"{taken.kind} {taken.slot.name if taken.slot else ''}".strip(), dict(taken.slots)


CREDIT, YESTERDAY = {"card": "credit"}, {"since": "2026-11-25"}
ALL = CREDIT | YESTERDAY


@pytest.mark.parametrize(
    ("texts", "stands", "slots"),
    [
        (("I lost my credit card yesterday",), "ask renew", CREDIT | YESTERDAY),
        (("昨天信用卡丢了，要挂失",), "ask renew", CREDIT | YESTERDAY),
        (("lost my card", "it happened yesterday, the credit card"), "ask renew", CREDIT | YESTERDAY),
        (("挂失", "就昨晚，是信用卡"), "ask renew", CREDIT | YESTERDAY),
        # Something else that is needed is told in place of what was asked for: no try.
        (("lost my card", "yesterday"), "ask card", YESTERDAY),
        (("挂失", "昨天的事"), "ask card", YESTERDAY),
        (("lost my credit card", "yesterday, and yes please send a new one"), "done", ALL | {"renew": "yes"}),
        (("信用卡丢了，挂失", "昨天，需要补办"), "done", ALL | {"renew": "yes"}),
        # A yes or no with more words, and what is neither.
        (("lost my credit card yesterday", "ok then no, i have an old one"), "done", ALL | {"renew": "no"}),
        (("昨天信用卡丢了，挂失", "不用了"), "done", ALL | {"renew": "no"}),
        (("昨天信用卡丢了，挂失", "算了"), "cancelled", CREDIT | YESTERDAY),
        (("lost my credit card yesterday", "never mind"), "cancelled", CREDIT | YESTERDAY),
        # What puts right is no yes and no no.
        (("lost my credit card yesterday", "no, it was the debit card"), "ask renew", {"card": "debit"} | YESTERDAY),
        (("昨天信用卡丢了，挂失", "不好意思说错了，是借记卡"), "ask renew", {"card": "debit"} | YESTERDAY),
        (("昨天信用卡丢了，挂失", "是借记卡"), "ask renew", {"card": "debit"} | YESTERDAY),
        (("lost my debit card today", "sorry, it was yesterday"), "ask renew", {"card": "debit"} | YESTERDAY),
        (("今天借记卡丢了，挂失", "说错了，是昨天"), "ask renew", {"card": "debit"} | YESTERDAY),
        # What is only asked about is not told.
        (("lost my card", "do you also block the debit card?"), "again card", {}),
        (("lost my credit card", "what about a new one for the debit card?"), "again since", CREDIT),
    ],
)  # fmt: skip
def test_what_a_customer_tells_a_form_in_their_own_order(
    texts: tuple[str, ...], stands: str, slots: dict[str, str]
) -> None:
    language = "en" if texts[0].isascii() else "zh"
    assert told(LOST, *texts, language=language) == (stands, slots)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("I lost my card", True), ("I haven't lost my card", False), ("我要挂失", True), ("我的卡丟了", True),
        ("我不想挂失，我想问限额", False), ("不用挂失吗？", True),
    ],
)  # fmt: skip
def test_a_phrase_that_is_denied_begins_no_form(text: str, begins: bool) -> None:
    reading = unread(text, "en").reading
    assert (started_form([LOST], text, reading, []) is LOST) is begins


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ah got it, inv-204817", "INV-204817"), ("INV–204817", "INV-204817"), ("inv 204817 I think", "INV-204817"),
        ("Inv204817", "INV-204817"), ("是INV－204817", "INV-204817"), ("204817", ""),
        ("INV-204817 and also INV-204818", "INV-204817, INV-204818"), ("not INV-204817 but INV-204818", "INV-204818"),
    ],
)  # fmt: skip
def test_a_pattern_is_found_however_a_customer_writes_it(text: str, value: str) -> None:
    assert value_of(Slot("invoice", {"": "Which?"}, "pattern", re.compile(r"INV-\d{6}")), text) == value


def test_words_are_not_taken_for_a_pattern_of_capitals() -> None:
    airport = Slot("airport", {"": "Where?"}, "pattern", re.compile(r"\b[A-Z]{3}\b"))
    assert [value_of(airport, text) for text in ("from LHR", "lhr", "I do not know")] == ["LHR", "LHR", ""]


@pytest.mark.parametrize(
    "text", ["I don't know", "no idea, sorry", "thanks", "不知道", "真的想不起来了", "谢谢", "hmm", "you idiot"]
)
def test_what_says_nothing_is_no_text(text: str) -> None:
    assert value_of(ADDRESS, text) == ""


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("and also TW-204818", {"order": "TW-204817, TW-204818"}),
        ("还有TW-204818", {"order": "TW-204817, TW-204818"}),
        ("sorry, the address is 14 Mill Lane", {"address": "14 Mill Lane"}),
        ("and the flat is 3b", {"address": "12 Mill Lane, the flat is 3b"}),
        ("对了，还有三楼", {"address": "12 Mill Lane, 三楼"}),
        ("and I have no idea", {}),
    ],
)
def test_a_second_number_and_the_rest_of_an_address_join_what_was_told(text: str, changed: dict[str, str]) -> None:
    form = Form(
        "move", (ORDER, Slot("address", {"en": "What is the new address?"}), Slot("day", {"": "?"}, "date")), {}
    )
    known = {"order": "TW-204817", "address": "12 Mill Lane"}
    taken = step(form, FormState("move", "day", slots=("order", "address", "day")), text, known, THURSDAY)
    assert dict(taken.slots) == known | changed
    assert taken.changed == tuple(changed)


def test_another_order_begins_the_form_anew() -> None:
    known = {"order": "TW-204817", "address": "12 Mill Lane", "email": "<EMAIL_1>"}
    taken = step(MOVE, None, "change the address of TW-204818, too", known)
    assert taken.slots == {"order": "TW-204818", "email": "<EMAIL_1>"} and taken.slot == ADDRESS


def test_a_day_is_said_as_the_customer_reads_it() -> None:
    said = [said_slots((LOST,), {"since": "2026-11-25"}, language)["since"] for language in ("en", "zh")]
    assert said == ["25 November 2026", "2026年11月25日"]
    assert said_slots((LOST,), {"since": "下周三"}, "zh") == {"since": "下周三"}, "what an older state holds"


WRONG_EN, WRONG_ZH = (
    ("late", "rude driver", "spilled food", "wrong order"),
    ("迟到", "态度差", "餐洒了", "送错了", "少送了一份"),
)


@pytest.mark.parametrize(
    ("choices", "text", "value"),
    [
        (WRONG_EN, "the soup spilled everywhere", "spilled food"), (WRONG_EN, "it was all spilt", "spilled food"),
        (WRONG_EN, "he spilled half of it", "spilled food"), (WRONG_EN, "everything had spilled", "spilled food"),
        (WRONG_EN, "it didn't spill", ""), (WRONG_EN, "was it spilled?", ""), (WRONG_EN, "I ordered soup", ""),
        (WRONG_EN, "my order came cold", ""), (WRONG_EN, "not late, it was spilled", "spilled food"),
        (("lost card", "broken card"), "I have lost it", "lost card"),
        (("lost card", "broken card"), "it broke", "broken card"),
        (("used item", "new book"), "I used the app", ""),
        (WRONG_ZH, "汤全洒了", "餐洒了"), (WRONG_ZH, "汤洒了一地", "餐洒了"), (WRONG_ZH, "都洒出来了", "餐洒了"),
        (WRONG_ZH, "餐全洒了", "餐洒了"), (WRONG_ZH, "饮料洒光了", "餐洒了"),
        (WRONG_ZH, "不是迟到，是汤洒了", "餐洒了"),
        (WRONG_ZH, "态度很差", "态度差"), (WRONG_ZH, "骑手态度特别差", "态度差"), (WRONG_ZH, "没洒", ""),
        (WRONG_ZH, "洒水车", ""), (WRONG_ZH, "我打错了", ""), (WRONG_ZH, "还不错", ""), (WRONG_ZH, "多少了", ""),
        (("卡丢了", "卡坏了"), "丢了", "卡丢了"), (("卡丢了", "卡坏了"), "没丢，坏了", "卡坏了"),
    ],
)  # fmt: skip
def test_who_is_asked_names_a_choice_by_what_has_happened(choices: tuple[str, ...], text: str, value: str) -> None:
    assert value_of(Slot("c", {}, "choice", choices=choices), text) == value
    assert not value or value_in(Slot("c", {}, "choice", choices=choices), text) in ("", value)


@pytest.mark.parametrize(
    ("slot", "text", "value"),
    [
        (Slot("n", {}, "number"), "three of us", "3"), (Slot("n", {}, "number"), "两位", "2"),
        (Slot("n", {}, "amount"), "about 45.50 I think", "45.50"), (Slot("n", {}, "amount"), "三百多", "300"),
        (Slot("r", {}, "choice", choices=("大床房", "双床房", "亲子房")), "大床吧，谢谢", "大床房"),
        (Slot("r", {}, "choice", choices=("大床房", "双床房", "亲子房")), "不要大床，双床", "双床房"),
        (Slot("c", {}, "choice", choices=("debit card", "credit card")), "the debit one I think", "debit card"),
    ],
)  # fmt: skip
def test_numbers_in_words_and_short_names_answer_what_was_asked(slot: Slot, text: str, value: str) -> None:
    assert value_of(slot, text) == value
