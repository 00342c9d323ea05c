"""The doors: command line, HTTP, browser and Rasa."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.ui.actions import AnswerAction as AnswerAction
    from replydesk.ui.actions import create_action_app as create_action_app
    from replydesk.ui.app import create_app as create_app
    from replydesk.ui.cli import main as main

__all__ = ["AnswerAction", "create_action_app", "create_app", "main"]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {"AnswerAction": "actions", "create_action_app": "actions", "create_app": "app", "main": "cli"}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
