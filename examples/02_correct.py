"""Correct an answer and see the next customer get the correction.

Run: .venv/bin/python examples/02_correct.py
"""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path

from replydesk.data import Home
from replydesk.dialog import Agent
from replydesk.finetune import Workshop

QUESTION = "do you gift wrap?"
CORRECTION = "Yes, and until Sunday it is free. Tick “gift” in the basket."


def main() -> None:
    """Ask, correct, ask again."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with resources.as_file(resources.files("replydesk.data.samples")) as samples:
            Workshop(home).import_exports([samples / "canned.jsonl"])
        agent = Agent.open(home)
        # 1. What the desk would say today.
        before = agent.reply(QUESTION)
        print(f"before: {before.text}")
        # 2. A colleague writes what should have been said. The verdict is stored, the correction becomes a ticket.
        agent.judge(before.id, "edited", correction=CORRECTION, by="Ada")
        # 3. The next customer who asks the same gets it, at once and without training.
        after = agent.reply(QUESTION)
        print(f"after:  {after.text}\n  {after.reasons[0]}")


if __name__ == "__main__":
    main()
