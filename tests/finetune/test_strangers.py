"""Messages that no desk answers: the same halves every time, and none that is near to what the desk is asked."""

from __future__ import annotations

import numpy as np

from replydesk.finetune.examples import OUT_OF_SCOPE
from replydesk.finetune.strangers import strangers
from replydesk.retrieval.encoders.encoders import Encoders


def test_strangers_are_split_the_same_way_every_time(encoders: Encoders) -> None:
    nothing = np.empty((0, 32), dtype=np.float32)
    one_half, other_half = strangers(encoders.of("en"), ("en", "zh"), nothing)
    again = strangers(encoders.of("en"), ("en", "zh"), nothing)
    assert (one_half.texts, other_half.texts) == (again[0].texts, again[1].texts)
    assert not set(one_half.texts) & set(other_half.texts)
    assert 0.3 < len(one_half) / (len(one_half) + len(other_half)) < 0.7
    assert set(one_half.labels + other_half.labels) == {OUT_OF_SCOPE}
    for half in (one_half, other_half):
        assert set(half.languages) == {"en", "zh"}
    (chinese, _) = strangers(encoders.of("zh"), ("zh",), nothing)
    assert set(chinese.texts) == {t for t, lang in zip(one_half.texts, one_half.languages, strict=True) if lang == "zh"}


def test_what_is_near_to_the_desk_is_no_stranger(encoders: Encoders) -> None:
    encoder = encoders.of("en")
    halves = strangers(encoder, ("en", "zh"), np.empty((0, 32), dtype=np.float32))
    known = encoder.encode([halves[0].texts[0], halves[1].texts[3]])
    left = strangers(encoder, ("en", "zh"), known)
    for before, after in zip(halves, left, strict=True):
        far = (before.vectors @ known.T).max(axis=1) < 0.6
        assert after.texts == tuple(text for text, kept in zip(before.texts, far, strict=True) if kept)
        assert len(after) < len(before)
