"""Writes what an evaluation found: figures, page and cards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

from replydesk.data.errors import HomeError
from replydesk.data.home import write_atomically
from replydesk.finetune.evaluation.card import card_en, card_zh
from replydesk.finetune.evaluation.ranking import matching_page, retrieval_page
from replydesk.finetune.evaluation.sheet import intents_page

__all__ = ["check_folder", "write_report"]


_PAGES: Final[Mapping[str, Mapping[str, Callable[[Mapping[str, Any]], str]]]] = {
    "intents": {"report.html": intents_page, "card.md": card_en, "card.zh-CN.md": card_zh},
    "matching": {"report.html": matching_page},
    "retrieval": {"report.html": retrieval_page},
}


def check_folder(folder: Path) -> None:
    """Make the folder of a report, and see that files can be written there: before hours of training, not after.

    Raises :class:`HomeError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _refused(folder, error) from error


def write_report(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the pages of a result and, last, ``report.json``; return their paths.

    ``report.html`` is written of every task but several labels a message, ``card.md`` and ``card.zh-CN.md`` of intents.

    Each file is replaced as a whole, so a reader sees an old one or a new one. Raises :class:`HomeError`.
    """
    made = {
        **{name: page(document) for name, page in _PAGES.get(document["task"], {}).items()},
        "report.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            write_atomically(folder / name, text.encode())
    except (OSError, HomeError) as error:
        raise _refused(folder, error) from error
    return [folder / name for name in made]


def _refused(folder: Path, error: Exception) -> HomeError:
    why = getattr(error, "strerror", "") or getattr(error, "message", "")
    hint = "Name a folder that can be written with --out, and see that there is space."
    return HomeError(f"The report cannot be written: {why.rstrip('.')}.", where=str(folder), hint=hint)
