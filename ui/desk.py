"""What the commands open in a home, each library loaded by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from replydesk.data.home import Home

if TYPE_CHECKING:
    from replydesk.data.settings import Settings
    from replydesk.data.store import Store
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.releases import Releases
    from replydesk.dialog.written import Written
    from replydesk.finetune.retrain import Workshop

__all__ = ["agent_of", "releases_of", "settings_of", "store_of", "workshop_of", "written_of"]


def settings_of(home: Home) -> Settings:
    """Return the settings of a home. Raises :class:`~replydesk.data.errors.SettingsError`."""
    from replydesk.data.settings import Settings

    return Settings.load(home.settings)


def store_of(home: Home) -> Store:
    """Return the store of a home, which is made where there is none."""
    from replydesk.data.store import Store

    return Store.open(settings_of(home.create()).data.database or home.database)


def agent_of(home: Home, rules: Path | None = None) -> Agent:
    """Return the agent that answers from a home; rules that are named stand in for those of the home."""
    from replydesk.dialog.agent import Agent

    settings = settings_of(home)
    if rules is not None:
        dialog = settings.dialog.model_copy(update={"rules": str(rules.absolute())})
        settings = settings.model_copy(update={"dialog": dialog})
    return Agent.open(home, settings)


def workshop_of(home: Home) -> Workshop:
    """Return the workshop of a home, whose progress goes to stderr."""
    from replydesk.finetune.retrain import Workshop
    from replydesk.ui.options import say

    return Workshop(home, progress=say)


def releases_of(home: Home) -> Releases:
    """Return the releases of a home, which is made where there is none."""
    from replydesk.dialog.releases import Releases

    return Releases(home.create())


def written_of(home: Home) -> Written:
    """Return what the team of a home wrote: its rules, facts and forms."""
    from replydesk.dialog.written import Written

    return Written(home, settings_of(home).dialog)
