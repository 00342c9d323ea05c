"""How many messages after a question are understood: those that need it said in full, others left alone.

The set is ``data/samples/followups.jsonl``: written for this, no question in two parts, half Chinese. The part
``later`` is of other trades than a shop's, and was written, and sealed, before the rules were last touched. Beside ours
stand a desk that never looks back, and the few lines that anybody would write: the question put before each message.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from replydesk.data import samples
from replydesk.dialog.followup import rewritten

Rewrite = Callable[[str, str], str]

WAYS: dict[str, Rewrite] = {
    "never": lambda _text, _topic: "",
    "always, the question before it": lambda text, topic: f"{topic} {text}",
    "gate and rules": rewritten,
}


def run() -> dict[str, Any]:
    """Return how many are resolved by each way, in each language: of the test part, and of the one written later."""
    return {
        f"{name}{told}": {language: _measured(part(which, language), rewrite) for language in ("en", "zh")}
        for which, told in (("test", ""), ("later", ", written later"))
        for name, rewrite in WAYS.items()
    }


def _measured(cases: list[dict[str, Any]], rewrite: Rewrite) -> dict[str, float]:
    right = [resolved(case, rewrite) for case in cases]
    needing = [one for one, case in zip(right, cases, strict=True) if case["needs"]]
    return {
        "resolved": round(sum(right) / len(right), 4),
        "of_those_that_need_it": round(sum(needing) / len(needing), 4),
        "messages": len(cases),
    }


def part(name: str, language: str = "") -> list[dict[str, Any]]:
    """Return the cases of a part (train, test or later), of one language or both."""
    path = Path(samples.__file__).parent / "followups.jsonl"
    cases: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [case for case in cases if case["part"] == name and language in ("", case["language"])]


def resolved(case: dict[str, Any], rewrite: Rewrite = rewritten) -> bool:
    """Return whether a message was said in full with what it needs and without what it replaces, or left alone."""
    made = rewrite(case["text"], case["topic"])
    if not case["needs"]:
        return made == ""
    said = made.lower()
    wanted = all(word.lower() in said for word in case["contains"])
    return wanted and not any(word.lower() in said for word in case.get("lacks", ()))
