"""The whole loop: import, train, judge, export, correct, retrain.

Run: .venv/bin/python examples/03_retrain.py
"""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path

from replydesk.data import Home, Store, export_jsonl
from replydesk.finetune import Workshop

CONVERSATIONS = 200


def main() -> None:
    """Train a first release, correct the export, train a second one and see whether it may answer."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        workshop = Workshop(home)
        # 1. Import, train, judge. A part of the samples is enough here; the first release has only the untrained
        #    desk to beat.
        samples = resources.files("replydesk.data.samples").joinpath("conversations.en.jsonl")
        lines = samples.read_text(encoding="utf-8").splitlines()[:CONVERSATIONS]
        part = home.folder / "part.jsonl"
        part.write_text("\n".join(lines), encoding="utf-8")
        first = workshop.retrain([part])
        print(first.release.id, "answers" if first.promoted else "was refused")
        # 2. Everything the desk knows, as one file.
        export = home.folder / "export.jsonl"
        with export.open("w", encoding="utf-8") as file:
            export_jsonl(Store.open(home.database), file)
        # 3. An analyst corrects it.
        text = export.read_text(encoding="utf-8")
        export.write_text(text.replace("£3.50", "£4.00"), encoding="utf-8")
        # 4. Retrain. What changed is replaced, and the candidate is measured on the same test part.
        second = workshop.retrain([export])
        print(second.release.id, "answers" if second.promoted else "was refused")
        for reason in second.report.reasons:
            print(f"  {reason}")


if __name__ == "__main__":
    main()
