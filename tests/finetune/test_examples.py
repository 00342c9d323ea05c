"""Material: which hit would have been a right answer to a message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from replydesk.data.records import Ticket
from replydesk.finetune.examples import OUT_OF_SCOPE, Examples, Material


@pytest.mark.parametrize(
    ("label", "intent", "source", "cosine", "right"),
    [
        ("refund", "refund", "agent", 0.9, True),
        ("refund", "refund", "agent", 0.7, False),
        ("refund", "refund", "canned", 0.1, True),
        ("refund", "cancel", "agent", 0.99, False),
        ("refund", "cancel", "canned", 0.99, False),
        ("refund", "", "agent", 0.9, True),
        ("", "refund", "agent", 0.9, True),
        ("", "refund", "canned", 0.1, False),
        ("", "", "agent", 0.8, True),
        (OUT_OF_SCOPE, OUT_OF_SCOPE, "canned", 1.0, False),
    ],
)
def test_what_a_right_answer_is(label: str, intent: str, source: Any, cosine: float, right: bool) -> None:
    none = np.zeros((1, 2), dtype=np.float32)
    asked = Examples(("x",), (label,), ("o",), ("en",), (None,), none, none)
    material = Material(None, ("en",), asked, asked, agreement=0.8)  # type: ignore[arg-type]
    assert material.is_right(asked, 0, Ticket.make("q", "a", intent=intent, source=source), cosine) is right
