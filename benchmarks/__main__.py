"""Run every benchmark, or the named ones, and draw: ``python -m benchmarks [reply ...]``; ``plots`` draws only."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.plots import draw

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("[!_]*.py") if path.stem != "plots")


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for name in sys.argv[1:] or NAMES:
        if name == "plots":
            # They are drawn in the end, whatever was measured.
            continue
        figures = import_module(f"benchmarks.{name}").run()
        document = {
            "command": f"python -m benchmarks {name}",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {
                "processors": len(os.sched_getaffinity(0)),
                "architecture": platform.machine(),
                "python": platform.python_version(),
                "system": platform.system(),
            },
            **figures,
        }
        path = HERE / "results" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(document, indent=1))
    for path in draw():
        print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
