"""What a reply costs beside the encoder and the search: reading, rules, the policy, composing and the guard.

The demo desk, trained, answers what its own customers asked, with 200 rules and 50 facts. It answers alone from a
confidence of .9 on, so that what lies below and is likely together is composed: the demo desk is too small for a
promise. Composing by itself, on real tickets, is measured by ``python -m benchmarks evidence``.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

MESSAGES = int(os.environ.get("BENCHMARK_MESSAGES", "400"))
ALONE = 0.9
_RULE = """
[[rule]]
name = "rule {number}"
when = {{text = ["wombat {number}", "袋熊{number}"], channel = "mail"}}
handoff = "a colleague knows about {number}"
"""
_FACT = """
[[fact]]
entity = "wombat {number} | 袋熊{number}"
attribute = "price | 价格"
value = "{number}.90 EUR"
"""


def run() -> dict[str, Any]:
    from benchmarks.explain import demo_home
    from replydesk.data.home import Home
    from replydesk.data.settings import Settings
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.incoming import Incoming
    from replydesk.dialog.looking import STEPS

    figures: dict[str, Any] = {"answers alone from": ALONE}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(demo_home(), folder, dirs_exist_ok=True)
        home = Home(Path(folder))
        (home.folder / "rules.toml").write_text("".join(_RULE.format(number=i) for i in range(200)), encoding="utf-8")
        (home.folder / "facts.toml").write_text("".join(_FACT.format(number=i) for i in range(50)), encoding="utf-8")
        settings = Settings.load(home.settings)
        dialog = settings.dialog.model_copy(update={"pick_above": ALONE})
        agent = Agent.open(home, settings.model_copy(update={"dialog": dialog}))
        agent.warm_up()
        for language in ("en", "zh"):
            texts = [one.question for one in islice(agent.store.tickets(source="agent", language=language), MESSAGES)]
            actions: Counter[str] = Counter()
            spent: dict[str, list[float]] = {"beside": [], "composed": [], "declined": [], "others": []}
            # What a running desk has read before, it has read here, too; not word for word, or it is not reranked.
            for text in texts:
                agent.answer(Incoming(f"{text} now" if language == "en" else f"{text}，现在", language))
            for text in texts:
                began = time.perf_counter()
                # One word more: nobody asks a past ticket's question to the letter.
                reply = agent.answer(Incoming(f"{text} please" if language == "en" else f"{text}，谢谢", language))
                took = 1000 * (time.perf_counter() - began)
                actions[reply.ground or ""] += 1
                tried = "declined" if reply.milliseconds["compose"] else "others"
                spent["composed" if reply.ground == "composed" else tried].append(took)
                spent["beside"].append(took - sum(reply.milliseconds[step] for step in STEPS))
            figures[language] = {
                "messages": len(texts),
                "grounds": dict(actions.most_common()),
                "beside encoding, searching, reranking and composing": _spread(spent["beside"]),
                "a composed reply, whole": _spread(spent["composed"]),
                "one whose composing was declined": _spread(spent["declined"]),
                "any other reply, whole": _spread(spent["others"]),
            }
        agent.store.close()
    return figures


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {"median": round(statistics.median(ordered), 2), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2)}
