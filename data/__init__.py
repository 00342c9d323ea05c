"""Conversations, tickets and verdicts: what came in, what it means, and where it is kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.data.errors import (
        ConflictError as ConflictError,
    )
    from replydesk.data.errors import (
        EngineError as EngineError,
    )
    from replydesk.data.errors import (
        FormatError as FormatError,
    )
    from replydesk.data.errors import (
        HomeError as HomeError,
    )
    from replydesk.data.errors import (
        InputError as InputError,
    )
    from replydesk.data.errors import (
        LeakError as LeakError,
    )
    from replydesk.data.errors import (
        ModelError as ModelError,
    )
    from replydesk.data.errors import (
        NotFoundError as NotFoundError,
    )
    from replydesk.data.errors import (
        ReleaseError as ReleaseError,
    )
    from replydesk.data.errors import (
        ReplydeskError as ReplydeskError,
    )
    from replydesk.data.errors import (
        RequestError as RequestError,
    )
    from replydesk.data.errors import (
        SettingsError as SettingsError,
    )
    from replydesk.data.errors import (
        StoreError as StoreError,
    )
    from replydesk.data.errors import (
        VectorIndexError as VectorIndexError,
    )
    from replydesk.data.export import export_csv as export_csv
    from replydesk.data.export import export_jsonl as export_jsonl
    from replydesk.data.home import Home as Home
    from replydesk.data.ingest import Ingested as Ingested
    from replydesk.data.ingest import ingest as ingest
    from replydesk.data.labels import LabelledText as LabelledText
    from replydesk.data.labels import LabelSet as LabelSet
    from replydesk.data.labels import LabelSets as LabelSets
    from replydesk.data.leaks import check_leaks as check_leaks
    from replydesk.data.privacy import Masker as Masker
    from replydesk.data.readers import Reading as Reading
    from replydesk.data.readers import Skipped as Skipped
    from replydesk.data.readers import read as read
    from replydesk.data.records import (
        Conversation as Conversation,
    )
    from replydesk.data.records import (
        Message as Message,
    )
    from replydesk.data.records import (
        Ticket as Ticket,
    )
    from replydesk.data.records import (
        Verdict as Verdict,
    )
    from replydesk.data.settings import Settings as Settings
    from replydesk.data.splits import Asked as Asked
    from replydesk.data.splits import assign_parts as assign_parts
    from replydesk.data.store import Store as Store
    from replydesk.data.text import (
        clean as clean,
    )
    from replydesk.data.text import (
        language_of as language_of,
    )
    from replydesk.data.text import (
        plain as plain,
    )
    from replydesk.data.text import (
        tokens as tokens,
    )
    from replydesk.data.tickets import mine as mine

__all__ = [
    "Asked",
    "ConflictError",
    "Conversation",
    "EngineError",
    "FormatError",
    "Home",
    "HomeError",
    "Ingested",
    "InputError",
    "LabelSet",
    "LabelSets",
    "LabelledText",
    "Masker",
    "Message",
    "ModelError",
    "NotFoundError",
    "Reading",
    "ReleaseError",
    "ReplydeskError",
    "RequestError",
    "Settings",
    "SettingsError",
    "Skipped",
    "Store",
    "StoreError",
    "Ticket",
    "VectorIndexError",
    "Verdict",
    "assign_parts",
    "check_leaks",
    "clean",
    "export_csv",
    "export_jsonl",
    "ingest",
    "language_of",
    "mine",
    "plain",
    "read",
    "tokens",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "Asked": "splits",
    "ConflictError": "errors",
    "EngineError": "errors",
    "Conversation": "records",
    "FormatError": "errors",
    "Home": "home",
    "HomeError": "errors",
    "Ingested": "ingest",
    "LabelSet": "labels",
    "LabelSets": "labels",
    "LabelledText": "labels",
    "LeakError": "errors",
    "InputError": "errors",
    "Masker": "privacy",
    "Message": "records",
    "ModelError": "errors",
    "NotFoundError": "errors",
    "Reading": "readers",
    "ReleaseError": "errors",
    "ReplydeskError": "errors",
    "RequestError": "errors",
    "Settings": "settings",
    "SettingsError": "errors",
    "Skipped": "readers",
    "Store": "store",
    "StoreError": "errors",
    "Ticket": "records",
    "VectorIndexError": "errors",
    "Verdict": "records",
    "assign_parts": "splits",
    "check_leaks": "leaks",
    "clean": "text",
    "export_csv": "export",
    "export_jsonl": "export",
    "ingest": "ingest",
    "language_of": "text",
    "mine": "tickets",
    "plain": "text",
    "read": "readers",
    "tokens": "text",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
