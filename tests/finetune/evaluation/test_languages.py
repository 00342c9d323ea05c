"""The encoder is chosen by what the texts are in: English alone, one other language, or several."""

from __future__ import annotations

import pytest

from replydesk.finetune.evaluation.languages import languages_in, spaced

EN = [f"Where is my parcel number {i}, please?" for i in range(19)]
ZH = [f"我的第{i}个包裹在哪里" for i in range(19)]
DE = [f"Wo bleibt denn mein Paket Nummer {i}?" for i in range(19)]


@pytest.mark.parametrize(
    ("texts", "main", "read", "told"),
    [
        (EN, "en", "en", ("en",)),
        (ZH, "zh", "zh", ("en",)),
        (DE, "de", "de", ("de",)),
        (EN + ZH[:1], "en", "en", ("en",)),
        (EN + ZH[:3], "en", "zh", ("en",)),
        (EN + DE[:3], "en", "de", ("en", "de")),
        (ZH + EN[:5], "zh", "zh", ("en",)),
        ([], "en", "en", ("en",)),
    ],
)
def test_a_tenth_in_another_language_asks_for_the_encoder_of_several(
    texts: list[str], main: str, read: str, told: tuple[str, ...]
) -> None:
    found = languages_in(texts)
    assert (found.main, found.read, found.told) == (main, read, told)
    assert bool(found.notes) == (main == "en" != read)


def test_what_is_given_decides_but_not_what_is_told_apart() -> None:
    found = languages_in(EN + DE, "en")
    assert (found.main, found.read, found.told, found.notes) == ("en", "en", ("en", "de"), ())


def test_german_words_are_parted_by_blanks_and_chinese_ones_are_not() -> None:
    assert [spaced(language) for language in ("en", "de", "ko", "zh", "ja", "th")] == [True] * 3 + [False] * 3
