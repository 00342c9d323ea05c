"""Every error that Replydesk raises on purpose, in one tree.

ReplydeskError                what happened, where, and what to do
├── SettingsError             a setting is unknown or has a wrong value
├── HomeError                 the home folder is missing, not writable, full or broken
├── InputError                something handed in cannot be used
│   ├── FormatError           no reader knows this file, or it is not what it claims to be
│   └── RequestError          a request or an argument is out of bounds
├── NotFoundError             no ticket, reply, conversation or release has this id
├── ConflictError             the state has moved on, or another process holds it
│   └── LeakError             something would be judged by what it was learned from
├── StoreError                the database refused
├── VectorIndexError          the vector index is torn or belongs to another encoder
│   └── EngineError           the vector database cannot be reached, or refused
├── ModelError                an encoder or a head cannot be loaded
├── ReleaseError              a release is missing, broken or refused
├── TrainingError             a training went wrong: its loss is no number, or its data cannot teach it
└── Interrupted               a training was asked to stop, and can go on

Doors translate them: the command line prints ``message`` and ``hint`` and leaves with 1, HTTP answers with
``status`` and :meth:`ReplydeskError.document`. Anything else that escapes is a bug.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "ConflictError",
    "EngineError",
    "FormatError",
    "HomeError",
    "InputError",
    "Interrupted",
    "LeakError",
    "ModelError",
    "NotFoundError",
    "ReleaseError",
    "ReplydeskError",
    "RequestError",
    "SettingsError",
    "StoreError",
    "TrainingError",
    "VectorIndexError",
]


class ReplydeskError(Exception):
    """Something went wrong that a person can mend.

    ``message`` says what happened, ``where`` names the file and line, the id or the setting, and ``hint`` the cure.

    >>> str(ReplydeskError("The file is empty.", where="export.csv:1", hint="Export it again."))
    'The file is empty. (export.csv:1) Export it again.'
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        self.message, self.where, self.hint = message, where, hint
        super().__init__(message, where, hint)

    def __str__(self) -> str:
        place = f"({self.where})" if self.where else ""
        return " ".join(part for part in (self.message, place, self.hint) if part)

    def document(self) -> dict[str, dict[str, str]]:
        """Return the JSON body that every HTTP door sends for this error."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint, "where": self.where}}


class SettingsError(ReplydeskError):
    """A setting is unknown or has a wrong value."""

    code = "settings"


class HomeError(ReplydeskError):
    """The home folder is missing, not writable, full or broken."""

    code = "home"


class InputError(ReplydeskError):
    """Something handed in cannot be used."""

    code = "input"
    status = 422


class FormatError(InputError):
    """No reader knows this file, or it is not what it claims to be."""

    code = "format"


class RequestError(InputError):
    """A request or an argument is out of bounds."""

    code = "request"


class NotFoundError(ReplydeskError):
    """No ticket, reply, conversation or release has this id."""

    code = "not_found"
    status = 404


class ConflictError(ReplydeskError):
    """The state has moved on, or another process holds it."""

    code = "conflict"
    status = 409


class LeakError(ConflictError):
    """Something would be judged by what it was learned from."""

    code = "leak"


class StoreError(ReplydeskError):
    """The database refused."""

    code = "store"
    status = 503


class VectorIndexError(ReplydeskError):
    """The vector index is torn or belongs to another encoder."""

    code = "index"


class EngineError(VectorIndexError):
    """The vector database cannot be reached, or refused."""

    code = "engine"
    status = 503


class ModelError(ReplydeskError):
    """An encoder or a head cannot be loaded."""

    code = "model"


class ReleaseError(ReplydeskError):
    """A release is missing, broken or refused."""

    code = "release"
    status = 409


class TrainingError(ReplydeskError):
    """A training went wrong: its loss is no number any more, or its data cannot teach it."""

    code = "training"


class Interrupted(ReplydeskError):  # noqa: N818 - nothing went wrong
    """A training was asked to stop; its checkpoint is written, and it can go on."""

    code = "interrupted"
    status = 503
