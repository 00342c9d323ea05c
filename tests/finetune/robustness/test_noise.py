"""Noise is the same for the same seed, knows its language, and leaves alone what must not change."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.errors import RequestError
from replydesk.finetune.robustness.noise import KINDS, hurried, kept, kinds_of, noisy, scripts_of
from replydesk.finetune.robustness.tables import CHINESE_OF, KEYS, NUMERALS, homophones, look_alikes

EN = "Where's my parcel TW-204817? I paid £19.90 for two, please help me with the refund."
ZH = "订单TW-204817已经付了19.90，为什么三天了还没发货？请帮我查一下物流，谢谢 <PHONE_1>，我在等。"
WORDS = (
    "where", "parcel", "refund", "é", "don't", "订单", "三天", "退款", "，", "？", "!", ", ", "TW-204817", "<PHONE_1>",
    "£19.90", "1.5kg", "a@b.org", "https://t.co/a1", " ", "E4", "[订单x]", "#E-s", "２", "one", "－", "'",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).map("".join)


def is_one_typo(word: str, typo: str) -> bool:
    letters = string.ascii_letters
    drops = {word[:i] + word[i + 1 :] for i in range(len(word))}
    doubles = {word[:i] + word[i] + word[i:] for i in range(len(word))}
    swaps = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    keys = {
        word[:i] + c + word[i + 1 :] for i in range(len(word)) for c in letters if c.lower() in KEYS[word[i].lower()]
    }
    return typo != word and typo in drops | doubles | swaps | keys


@pytest.mark.parametrize("seed", range(200))
def test_a_typo_is_one_slip_in_one_long_word(seed: int) -> None:
    before, after = (
        ["why", "was", "my", "card", "payment", "declined", "at", "Tesco"],
        noisy("why was my card payment declined at Tesco", "typo", seed).split(),
    )
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 1
    assert len(changed[0][0]) >= 4
    assert is_one_typo(*changed[0])


def test_every_way_of_a_typo_is_taken() -> None:
    made = {noisy("card", "typo", seed) for seed in range(300)}
    assert {"ard", "crd", "cad", "car", "ccard", "caard", "carrd", "cardd", "acrd", "crad", "cadr"} <= made
    assert {"vard", "xard", "csrd"} <= made


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_says_everything(kind: str) -> None:
    for text in (EN, ZH):
        assert noisy(text, kind, 7) == noisy(text, kind, 7)
    fitting = EN if kind in kinds_of("en", among=("en", "zh")) else ZH
    assert any(noisy(fitting, kind, seed) != fitting for seed in range(5))


def test_kinds_know_their_language() -> None:
    for kind in ("homophone", "shape", "traditional", "pinyin"):
        assert noisy("Where is my parcel?", kind, 1) == "Where is my parcel?"
    for kind in ("typo", "keyboard", "case", "spaces"):
        assert noisy("我的快递什么时候到？", kind, 1) == "我的快递什么时候到？"
    assert noisy("no odd cow", "typo", 1) == "no odd cow"
    assert "mixing" not in kinds_of("en") and "mixing" in kinds_of("zh", among=("zh", "en"))
    assert set(kinds_of("en", among=("en", "zh"))) | set(kinds_of("zh", among=("en", "zh"))) == set(KINDS)


def test_what_each_kind_writes() -> None:
    assert {noisy("Where's my parcel, please?", "punctuation", 1)} == {"Wheres my parcel please"}
    assert noisy("不见了，帮我查！", "punctuation", 1) == "不见了 帮我查"
    assert {noisy("My Card", "case", seed) for seed in range(9)} == {"my card", "MY CARD"}
    assert noisy("my card", "spaces", 1) == "mycard"
    assert noisy("退貨運費", "traditional", 1) == "退货运费"
    assert {noisy("退货运费", "traditional", seed) for seed in range(9)} == {"退貨運費"}
    assert noisy("退款", "pinyin", 1) == "tuikuan"
    assert noisy("退款3天", "pinyin", 1) == "tuikuan 3天"
    assert noisy("about my order", "mixing", 1) == "about my 订单"
    assert noisy("我的订单", "mixing", 1) == "我的order"
    assert {noisy("好，hi", "width", seed) for seed in range(9)} == {"好,hi", "好，ｈｉ"}
    assert noisy("什么时候发货", "truncation", 1) in {"什么时候发", "什么时候发货"[:4]}
    assert noisy("thank you", "emoji", 1).startswith("thank you") and noisy("thank you", "emoji", 1) != "thank you"
    assert all(noisy("未", "shape", seed) == "末" for seed in range(3))


def test_homophones_sound_alike() -> None:
    from pypinyin import lazy_pinyin

    table = homophones()
    assert len(table) > 3600
    assert "在" in table["再"] and "块" in table["快"] and "他" in table["她"]
    assert all(lazy_pinyin(one)[0] == lazy_pinyin(other)[0] for one, others in table.items() for other in others[:3])
    for text in (noisy("快递", "homophone", seed) for seed in range(20)):
        assert len(text) == 2 and text != "快递" and lazy_pinyin(text) == ["kuai", "di"]


def test_numerals_are_never_put_in() -> None:
    for table in (homophones(), look_alikes()):
        assert not set(NUMERALS) & set(table)
        assert not set(NUMERALS) & set("".join(table.values()))
    assert not set(NUMERALS) & set("".join(CHINESE_OF.values()))


def test_the_keyboard_is_qwerty() -> None:
    assert set(KEYS["g"]) == set("tyfhvb")
    assert set(KEYS["q"]) == set("wa")
    assert all(key in KEYS[other] for key, others in KEYS.items() for other in others)


@given(TEXTS, st.sampled_from(KINDS), st.integers(0, 10**6))
@settings(max_examples=400, deadline=None)
def test_codes_numbers_and_placeholders_stay(text: str, kind: str, seed: int) -> None:
    assert kept(noisy(text, kind, seed)) == kept(text)


def test_training_noise_takes_its_share_and_a_fitting_kind() -> None:
    noise = hurried(("en", "zh"), share=0.3)
    texts = [f"where is the parcel number {i} please" for i in range(1000)]
    changed = sum(noise(text, 5) != text for text in texts)
    assert 250 < changed < 350
    assert [noise(text, 5) for text in texts] == [noise(text, 5) for text in texts]
    always = hurried(("zh",))
    assert all(always("为什么还没有发货", seed) != "为什么还没有发货" for seed in range(50))
    assert kept(hurried(("en",))("12", 3)) == ["12"]
    assert not any("订单" in hurried(("en",))("about my order again", seed) for seed in range(100))


def test_languages_are_told_by_script() -> None:
    assert scripts_of(["where"] * 30 + ["退款"]) == ("en",)
    assert scripts_of(["退款 please", "where"]) == ("en", "zh")
    assert scripts_of(["退款"]) == ("zh",)
    assert scripts_of([]) == ()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(RequestError, match="no such kind of noise"):
        noisy("hello", "static", 1)
