"""The evidence lock: what a sentence may claim, how numbers are read, what counts as a promise, in two languages."""

from __future__ import annotations

import pytest

from replydesk.data.quantities.spelled import in_digits
from replydesk.dialog.compose.claims import claims_of
from replydesk.dialog.compose.dates import dates_of, same_date
from replydesk.dialog.compose.evidence import contradicted, problems, support, unsupported
from replydesk.dialog.compose.promises import promises_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("twenty-four hours", "24 hours"),
        ("two hundred and fifty pounds", "250 pounds"),
        ("one thousand two hundred", "1200"),
        ("one day, no one", "1 day, no one"),
        ("１，０００元", "1,000元"),
        ("两到三个工作日", "2到3个工作日"),
        ("百分之五", "5%"),
        ("百分之二十五", "25%"),
        ("一千二百元", "1200元"),
        ("3万元", "30000元"),
        ("二〇二六年", "2026年"),
        ("十分感谢，万一不行", "十分感谢,万一不行"),
        ("一定一起", "一定一起"),
    ],
)
def test_numbers_in_words_become_digits(text: str, expected: str) -> None:
    assert in_digits(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 3 May", ["-05-03"]),
        ("May 3rd, 2026", ["2026-05-03"]),
        ("2026年5月3日", ["2026-05-03"]),
        ("5月3号", ["-05-03"]),
        ("2026-05-03", ["2026-05-03"]),
        ("周一", ["weekday 1"]),
        ("on Sundays", ["weekday 7"]),
        ("at 8 p.m.", ["20:00"]),
        ("晚上8点半", ["20:30"]),
        ("17:05", ["17:05"]),
        ("明天", ["tomorrow"]),
        ("3/5/2026", ["3/5/2026"]),
        ("You may have 5.", []),
        ("12:30pm", ["12:30"]),
        ("12am", ["0:00"]),
    ],
)
def test_dates_and_times_have_one_form(text: str, expected: list[str]) -> None:
    assert [value for _, value in dates_of(text)[0]] == expected


def test_a_date_stands_in_one_that_says_more_but_not_the_other_way_round() -> None:
    assert same_date("-05-03", "2026-05-03") and same_date("-05-", "2026-05-03")
    assert not same_date("2026-05-03", "-05-03") and not same_date("-05-04", "2026-05-03")


@pytest.mark.parametrize(
    ("sentence", "evidence", "expected"),
    [
        pytest.param("It costs £1,000.", "The price is 1000 pounds.", (), id="an amount however written"),
        pytest.param("It costs £1,000.", "It takes 1000 days.", ("£1,000",), id="another unit is another claim"),
        pytest.param("It takes 5 days.", "It takes 5 working days.", ("5 days",), id="working days are no days"),
        pytest.param("It takes five days.", "It takes 3-5 days.", (), id="the end of a range"),
        pytest.param("It takes 4 days.", "It takes 3-5 days.", ("4 days",), id="what a range only holds"),
        pytest.param("退百分之五", "手续费5%", (), id="a percentage in words"),
        pytest.param("退６％", "手续费5%", ("6%",), id="another percentage"),
        pytest.param("两个工作日内到账", "2个工作日到账", (), id="a Chinese number"),
        pytest.param("三个工作日内到账", "2个工作日到账", ("3个工作日",), id="another Chinese number"),
        pytest.param("See www.tidewick.example/returns.", "https://tidewick.example/returns", (), id="a link"),
        pytest.param("See www.tidewick.example/x.", "https://tidewick.example/returns", ("www.tidewick.example/x",),
                     id="another page"),
        pytest.param("Write to help@tidewick.example.", "Write to us.", ("help@tidewick.example",), id="an address"),
        pytest.param("Call +44 20 7946 0000.", "Our line is 020 7946 0000", ("+44 20 7946 0000",),
                     id="a prefix that nobody gave"),
        pytest.param("Call 020 7946 0000.", "Our line is (020) 7946-0000", (), id="a phone number however written"),
        pytest.param("Error E4 means heat.", "Error E2 means heat.", ("E4",), id="another code"),
        pytest.param("订单TW-204817已发货", "订单号TW204817", (), id="a code without its hyphen"),
        pytest.param("Open it in Settings, ask Ada.", "Open it in the settings.", ("Ada",), id="a name"),
        pytest.param("请联系王经理", "请联系客服", ("王经理",), id="a person"),
        pytest.param("请看《会员规则》", "请看规则", ("会员规则",), id="a title"),
        pytest.param("It is open on Monday.", "It is open on Tuesday.", ("Monday",), id="another day"),
        pytest.param("活动到5月3日", "活动到2026年5月3日", (), id="a date with less"),
        pytest.param("We will refund you.", "Send it back to us.", ("We will refund",), id="a promise of money"),
        pytest.param("We guarantee it.", "We cannot guarantee it.", ("guarantee",), id="what evidence denies"),
        pytest.param("保证一定会退款", "可以退货", ("保证", "一定会", "会退款"), id="promises in Chinese"),
        pytest.param("可以退款", "一般可以退款", (), id="what evidence says, too"),
        pytest.param("Returns are free of charge.", "Returns cost nothing to you, free of charge.", (), id="free"),
        pytest.param("全程免费", "运费10元", ("免费",), id="free in Chinese"),
        pytest.param("1. Unplug it.", "Unplug it.", (), id="the number of a list claims nothing"),
        pytest.param("Which one do you mean?", "Tell us.", (), id="one as a pronoun"),
    ],
)  # fmt: skip
def test_a_claim_needs_its_evidence(sentence: str, evidence: str, expected: tuple[str, ...]) -> None:
    assert unsupported(sentence, [evidence]) == expected


def test_what_stands_in_a_slot_is_known() -> None:
    assert unsupported("Your order TW-204817.", ["Your order {order}."], {"order": "TW-204817"}) == ()
    assert unsupported("Your order TW-204818.", ["Your order {order}."], {"order": "TW-204817"}) == ("TW-204818",)


@pytest.mark.parametrize(
    "text", ["Do you guarantee it?", "We can't promise that.", "不保证有货", "无法赔偿", "没有承诺"]
)
def test_what_is_asked_or_denied_is_no_promise(text: str) -> None:
    assert promises_of(text) == []


@pytest.mark.parametrize(
    ("sentence", "evidence", "expected"),
    [
        ("Refunds reach your card.", "The refund reaches a bank card.", 1.0),
        ("Drones deliver pizza.", "The refund reaches a bank card.", 0.0),
        ("修改地址", "修改电话", 1 / 3),
        ("Thanks so much!", "", 1.0),
    ],
)
def test_support_is_the_share_of_content_words(sentence: str, evidence: str, expected: float) -> None:
    assert support(sentence, [evidence]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("You can cancel a packed order.", "You cannot cancel a packed order."),
        ("拆封后可以退货。", "拆封后不可以退货。"),
        ("Packed orders get cancelled.", "Packed orders are not cancelled."),
    ],
)
def test_what_evidence_denies_is_contradicted(sentence: str, evidence: str) -> None:
    assert contradicted(sentence, [evidence])
    assert not contradicted(evidence, [evidence])
    assert problems(sentence, [evidence])


def test_a_sentence_of_other_words_has_a_problem() -> None:
    told = problems("Our drones deliver pizza.", ["The refund reaches a bank card in 5 days."])
    assert told == ("dron", "deliver", "pizza")
    assert problems("A refund reaches the card in five days.", ["The refund reaches a bank card in 5 days."]) == ()


def test_a_claim_tells_its_kind_and_form() -> None:
    told = [(c.kind, c.value) for c in claims_of("3-5 days, $20 or 10% off, code SAVE20, 4th floor, No. 7, @tidewick")]
    assert told == [
        ("name", "@tidewick"),
        ("measure", "3 days"), ("measure", "5 days"), ("amount", "20 dollars"), ("percent", "10 %"),
        ("code", "SAVE20"), ("number", "4"), ("number", "7"),
    ]  # fmt: skip
