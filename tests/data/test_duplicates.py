"""Near-duplicates: the same words are found whatever stands around them, another number is another text."""

from __future__ import annotations

import doctest
import random
import subprocess
import sys
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data import duplicates, shingles
from replydesk.data.duplicates import THRESHOLD, likeness, near_duplicates, normal_form, repeats
from replydesk.data.errors import RequestError

SAME = [
    ("Where is my parcel? It was due on Monday.", "hi, where is my parcel?? It was due on monday"),
    ("I cannot sign in to my account since the update.", "I cannot sign in to my acount since the update :("),
    (
        "Can I return a lamp that I have used once?",
        "@Lumen Can I return a lamp that I have used once? https://t.co/aB3",
    ),
    ("The charger gets hot after an hour, is that safe?", "the charger gets hot after an hour. Is that safe please"),
    ("My mail is <EMAIL_1>, please change it", "my mail is <EMAIL_2> please change it"),
    ("我的包裹显示已签收，但是我没有收到，怎么办？", "我的包裹显示已签收但是我没有收到怎么办"),
    ("请问电子发票的抬头写错了可以重新开吗？", "电子发票的抬头写错了可以重新开吗"),
    ("ＡＢＣ灯的遥控器配对不上手机应用", "abc灯的遥控器配对不上手机应用。"),
]
OTHER = [
    ("You can return it within 14 days.", "You can return it within 30 days."),
    ("You can return it within seven days.", "You can return it within ten days."),
    ("The display shows error E2 after it starts.", "The display shows error E4 after it starts."),
    ("Where is my order TW-204817 please?", "Where is my order TW-204818 please?"),
    ("Yes, this lamp can be dimmed by the app.", "No, this lamp can not be dimmed by the app."),
    ("The parcel fits the letter box.", "The parcel doesn't fit the letter box."),
    ("Where is my parcel?", "Where is my refund?"),
    ("您可以在七天内无理由退货。", "您可以在三十天内无理由退货。"),
    ("收到后7天内可以退货", "收到后15天内可以退货"),
    ("这款灯可以用手机应用调光。", "这款灯不可以用手机应用调光。"),
    ("什么时候发货", "什么时候退款"),
]


@pytest.mark.parametrize("module", [duplicates, shingles])
def test_examples_in_the_docstrings_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_words_are_found(first: str, second: str) -> None:
    assert likeness(first, second) >= THRESHOLD
    assert near_duplicates([("1", first), ("2", second)]) == {"2": "1"}


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_another_number_code_or_denial_is_another_text(first: str, second: str) -> None:
    assert likeness(first, second) < THRESHOLD
    assert near_duplicates([("1", first), ("2", second)]) == {}


def test_asking_can_or_cannot_denies_nothing() -> None:
    assert likeness("能不能帮我查一下这个订单的物流", "能帮我查一下这个订单的物流") > 0.5


def test_the_form_that_is_compared() -> None:
    assert normal_form("@shop I’ve a  QUESTION: 1.5m?") == "ive a question 1 5m"
    assert normal_form("您好！请问，ORDER 12 到了吗？") == "您好请问 order 12 到了吗"
    assert normal_form("👍👍") == "👍👍"


def test_texts_without_words_are_near_to_equal_ones_only() -> None:
    assert near_duplicates([("a", "👍"), ("b", "👍 "), ("c", "👎"), ("d", ""), ("e", " "), ("f", "?")]) == {
        "b": "a",
        "e": "d",
    }


def test_nothing_and_one() -> None:
    assert near_duplicates([]) == {}
    assert near_duplicates([("a", "Where is my parcel?")]) == {}


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.01, float("nan")])
def test_a_threshold_is_a_share(threshold: float) -> None:
    with pytest.raises(RequestError, match="threshold"):
        near_duplicates([], threshold=threshold)


def test_everybody_is_near_the_representative() -> None:
    words = [f"w{chr(97 + n)}{chr(97 + n)}x" for n in range(26)]
    # Each is near the next; the last has nothing of the first.
    chain = [(f"{n:02}", " ".join(words[n : n + 10])) for n in range(16)]
    found = near_duplicates(chain, threshold=0.7)
    texts = dict(chain)
    assert found
    assert all(likeness(texts[own], texts[first]) >= 0.7 for own, first in found.items())
    assert not set(found) & set(found.values())
    assert all(first < own for own, first in found.items())


def corpus(size: int, seed: int) -> list[tuple[str, str]]:
    """Return invented texts of which some nearly repeat others, in English and Chinese."""
    rng = random.Random(seed)
    words = ["parcel", "refund", "lamp", "where", "please", "my", "order", "broken", "again", "since", "when", "app"]
    signs = list("我的订单什么时候可以退货包裹灯坏了怎么办请问发票")
    texts = []
    for n in range(size):
        drawn = rng.choices(words, k=rng.randint(6, 30)) if n % 2 else rng.choices(signs, k=rng.randint(10, 60))
        for copy in range(rng.randint(1, 3)):
            changed = list(drawn)
            if copy:
                changed[rng.randrange(len(changed))] = rng.choice(words if n % 2 else signs)
            texts.append((f"{rng.getrandbits(64):016x}", (" " if n % 2 else "").join(changed)))
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.9])
def test_as_a_comparison_of_all_pairs(threshold: float) -> None:
    texts = sorted(corpus(100, seed=7))
    clear: set[str] = set()
    for place, (first, text) in enumerate(texts):
        # The estimate of a long text may be off by a little.
        clear.update(
            key for second, other in texts[place + 1 :] if likeness(text, other) >= threshold + 0.08
            for key in (first, second)
        )  # fmt: skip
    found = near_duplicates(texts, threshold=threshold)
    assert all(likeness(dict(texts)[own], dict(texts)[first]) >= threshold - 0.12 for own, first in found.items())
    grouped = {*found, *found.values()}
    assert clear
    assert len(clear & grouped) >= 0.97 * len(clear)


def test_what_repeats_others() -> None:
    old = [
        ("o1", "Where is my parcel? It was due on Monday."),
        ("o2", "请问电子发票的抬头写错了可以重新开吗？"),
        ("o3", "Hi"),
    ]
    new = [
        ("n1", "where is my parcel, it was due on monday"),
        ("n2", "电子发票的抬头写错了可以重新开吗"),
        ("n3", "hi!"),
        ("n4", "Where is my refund? It was due on Monday, 3 May."),
        # Texts that repeat each other repeat none of the others.
        ("n5", "My lamp is broken"),
        ("n6", "My lamp is broken"),
    ]
    assert repeats(new, old) == {"n1": "o1", "n2": "o2", "n3": "o3"}
    assert repeats(reversed(new), old[::-1]) == repeats(new, old)
    assert repeats(new, []) == repeats([], old) == repeats([], []) == {}
    # The ids of both sides are apart.
    assert repeats([("a", "Thank you")], [("a", "thank you!")]) == {"a": "a"}


def test_every_repeated_text_is_found_among_very_many_alike() -> None:
    crowd = [
        (f"{n:04}", f"my parcel with the lamp has not come, said {chr(97 + n % 26)}{chr(97 + n // 26)}x")
        for n in range(500)
    ]
    assert len(repeats([(f"new {key}", text.upper()) for key, text in crowd], crowd)) == 500
    assert repeats([("x", "my parcel with the lamp has not come, said zzz")], crowd).keys() == {"x"}


def test_repeats_as_a_comparison_of_all_pairs() -> None:
    texts = corpus(100, seed=11)
    old, new = texts[::2], texts[1::2]
    found = repeats(new, old)
    best = {key: max(likeness(text, other) for _, other in old) for key, text in new}
    assert all(best[key] >= THRESHOLD - 0.12 for key in found)
    clear = {key for key, value in best.items() if value >= THRESHOLD + 0.08}
    assert len(clear) > 10
    assert clear <= set(found)


@settings(deadline=None, max_examples=40)
@given(st.permutations(corpus(14, seed=3)))
def test_in_any_order(texts: list[tuple[str, str]]) -> None:
    assert near_duplicates(iter(texts)) == near_duplicates(sorted(texts))


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_can_be_compared(texts: list[str]) -> None:
    named = [(f"{n:02}", text) for n, text in enumerate(texts)]
    found = near_duplicates(named)
    for own, text in named:
        first = next(key for key, other in named if other == text)
        assert found.get(own, own) == found.get(first, first)


def test_the_groups_are_the_same_in_every_process() -> None:
    program = (
        "from replydesk.data.duplicates import near_duplicates\n"
        "texts = [(str(n), 'where is my parcel please ' + 'xyz'[n % 3]) for n in range(9)]\n"
        "print(sorted(near_duplicates(texts).items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    assert "('3', '0')" in outputs.pop()
