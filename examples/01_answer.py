"""Build the demo desk in a temporary home and answer three messages with their evidence.

Run: .venv/bin/python examples/01_answer.py
"""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path

from replydesk.data import Home
from replydesk.dialog import Agent
from replydesk.finetune import Workshop


def main() -> None:
    """Import the samples and ask. No training: similarity and shared words are enough to begin with."""
    with tempfile.TemporaryDirectory() as folder:
        # 1. A home, and in it the tickets of the demo shop.
        home = Home(Path(folder))
        with resources.as_file(resources.files("replydesk.data.samples")) as samples:
            Workshop(home).import_exports([samples / "canned.jsonl"])
        # 2. An agent, and three customers.
        agent = Agent.open(home)
        for text in ("do you gift wrap?", "可以开发票吗", "What is the capital of France?"):
            reply = agent.reply(text)
            # 3. The reply is its own explanation.
            print(f"\n{text}\n  {reply.action} ({reply.confidence:.2f}): {reply.text}")
            for reason in reply.reasons:
                print(f"  - {reason}")


if __name__ == "__main__":
    main()
