"""Reading ahead: what replies need of past tickets, read before the first customer whom they answer has asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from replydesk.data.errors import ReplydeskError
from replydesk.data.records import Ticket
from replydesk.dialog.compose.extractive import Extractive
from replydesk.dialog.looking import token_scorer
from replydesk.retrieval.indexes import question_text

if TYPE_CHECKING:
    from replydesk.dialog.agent import Agent

__all__ = ["read_ahead"]

_LOG = logging.getLogger(__name__)

_AT_ONCE: Final = 4
"""Tickets that are read before it makes room: a message waits for no more than a few milliseconds of them."""

_REST: Final = 3.0
"""How many times as long it rests: it takes a quarter of one processor."""


def read_ahead(agent: Agent, stop: threading.Event, *, most: int, rest: float = _REST) -> int:
    """Read what replies need of the newest ``most`` tickets of an agent, and return of how many that was done.

    That is their wording, their sentences and the vectors of these, each once for all replies of the process. It reads
    a few tickets, then rests ``rest`` times as long, until it is done or told to ``stop``. What goes wrong is left to
    the message that needs it; the log says so.
    """
    done = 0
    try:
        for language, tickets in _portions(agent, most):
            if stop.is_set():
                break
            began = time.perf_counter()
            _read(agent, tickets, language)
            done += len(tickets)
            stop.wait(rest * (time.perf_counter() - began))
    except ReplydeskError as error:
        _LOG.warning("Not read further ahead: %s", error)
    return done


def _portions(agent: Agent, most: int) -> Iterator[tuple[str, list[Ticket]]]:
    """Yield the newest tickets, a few of one language at a time."""
    newest = agent.store.newest_tickets(most)
    for language, group in groupby(sorted(newest, key=lambda ticket: ticket.language), lambda ticket: ticket.language):
        mine = list(group)
        yield from ((language, mine[start : start + _AT_ONCE]) for start in range(0, len(mine), _AT_ONCE))


def _read(agent: Agent, tickets: list[Ticket], language: str) -> None:
    release = agent.release()
    matcher = agent.matcher_of(release)
    matcher.read_ahead(tickets)
    Extractive.of(matcher).read_ahead(tickets, language)
    skills, late = release.skills_of(matcher.encoder_id(language)), matcher.late_interaction(language)
    if late is not None and token_scorer(skills, agent.settings.retrieval) is not None:
        late.remember([question_text(ticket) for ticket in tickets])
