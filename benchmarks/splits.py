"""What it takes to part 200,000 conversations, a million messages, and to find the leaks among their questions."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from replydesk.data.leaks import find_leaks
from replydesk.data.splits import Asked, assign_parts

MANY = 200_000
SHARE = 0.2

_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_ENGLISH = ["parcel", "lamp", "refund", "order", "late", "broken", "colour", "app", "update", "account", "charger"]
_ENGLISH += ["invoice", "return", "address", "again", "shop", "voucher", "table", "delivery", "sand", "grey", "double"]
_ENGLISH += ["missing", "twice", "remote", "switch", "battery", "light", "box", "carrier", "waiting", "Tuesday"]
_CHINESE = "包裹灯退款订单迟坏颜色应用更新账户充电发票退货地址周二再次商店优惠券桌子配送缺少遥控开关电池快递等待"
_EVERYDAY = (
    "Where is my order? It was due yesterday.",
    "How do I return what I bought in your shop?",
    "我的快递什么时候能送到呢",
)


def run() -> dict[str, Any]:
    command = [sys.executable, "-c", "from benchmarks.splits import measured; measured()"]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def measured() -> None:
    """Print the figures of one process."""
    from replydesk.data import duplicates

    assert duplicates.near_duplicates([("a", "x")]) == {}
    held = _peak()
    began = time.perf_counter()
    parts: dict[str, str] = dict(assign_parts(conversations(), {}, test_share=SHARE))
    first = time.perf_counter() - began
    after_parts = _peak()
    began = time.perf_counter()
    assert assign_parts(conversations(), parts, test_share=SHARE) == {}
    again = time.perf_counter() - began
    sides: dict[str, list[Asked]] = {"train": [], "test": []}
    for asked in conversations():
        sides[parts[asked.conversation]].append(asked)
    texts = _peak()
    began = time.perf_counter()
    leaks = find_leaks(sides["train"], sides["test"])
    print(json.dumps({
        "conversations": MANY,
        "parts": Counter(parts.values()),
        "assign": {"seconds": round(first, 1), "peak_megabytes": after_parts - held},
        "assign_nothing_new": {"seconds": round(again, 1)},
        "find_leaks": {
            "seconds": round(time.perf_counter() - began, 1), "megabytes_beside_the_texts": _peak() - texts,
            "found": Counter(leak.kind for leak in leaks.values()),
        },
    }))  # fmt: skip


def conversations() -> Iterator[Asked]:
    """Yield invented openings over two years: customers come back, and questions are repeated or everyday ones."""
    drawn = random.Random(20260301)
    recent: list[str] = []
    for number in range(MANY):
        chance = drawn.random()
        if chance < 0.05:
            text = drawn.choice(_EVERYDAY)
        elif chance < 0.15 and recent:
            text = f"Hi, {drawn.choice(recent)}"
        elif chance < 0.6:
            text = " ".join(drawn.choices(_ENGLISH, k=drawn.randint(6, 40)))
        else:
            text = "".join(drawn.choices(_CHINESE, k=drawn.randint(8, 60)))
        recent = [*recent[-50:], text]
        customer = f"c-{drawn.randrange(MANY // 2):012x}" if drawn.random() < 0.8 else ""
        yield Asked(f"zendesk:{1_000_000 + number}", customer, text, _FIRST + timedelta(minutes=5 * number))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
