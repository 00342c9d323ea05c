"""Where the data sets are that are no part of this project."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["datasets"]


def datasets() -> Path:
    """Return the folder of ``$REPLYDESK_DATASETS``, else the one beside the project."""
    return Path(os.environ.get("REPLYDESK_DATASETS") or Path(__file__).resolve().parents[2] / "shared" / "datasets")
