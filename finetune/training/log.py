"""The log of a training: one JSON object a line, appended whole, also after the training was stopped and went on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["Log", "read_log"]


class Log:
    """Appends events to a file. A line that a crash has torn is taken away before the next one is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists():
            with path.open("r+b") as file:
                content = file.read()
                file.truncate(content.rfind(b"\n") + 1)

    def write(self, event: str, **values: Any) -> None:
        """Append an event."""
        line = json.dumps({"event": event, **values}, ensure_ascii=False) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)


def read_log(path: Path) -> list[Mapping[str, Any]]:
    """Return the events of a log without those that a training overtook when it went on from an earlier checkpoint."""
    events: list[Mapping[str, Any]] = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        event = json.loads(line)
        if event["event"] == "stage":
            events = [one for one in events if one.get("stage") != event["stage"] or one["step"] <= event["step"]]
        events.append(event)
    return events
