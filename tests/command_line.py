"""Running the command line as the console script does, in this process to spare the imports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from replydesk.ui import cli


def exit_code(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Run ``replydesk`` with these arguments and return how it ends."""
    monkeypatch.setattr(sys, "argv", ["replydesk", *map(str, arguments)])
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
