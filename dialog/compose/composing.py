"""Composing at a desk: the composer of the settings on the encoders that answer now."""

from __future__ import annotations

import logging
import threading

from replydesk.data.errors import ModelError
from replydesk.data.settings import DialogSettings
from replydesk.dialog.compose.composer import Composer
from replydesk.dialog.compose.extractive import Extractive
from replydesk.dialog.compose.generator import composer_of
from replydesk.retrieval.matcher import Matcher

__all__ = ["Composing"]

_LOG = logging.getLogger(__name__)


class Composing:
    """Gives the composer of a matcher, made once. Safe to use from several threads.

    A generator that cannot be loaded is left out, and the log says so: the desk then selects sentences and words none.
    """

    def __init__(self, settings: DialogSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made: tuple[Matcher, Composer] | None = None

    def of(self, matcher: Matcher) -> Composer:
        """Return the composer that selects with this matcher's encoders and words."""
        made = self._made
        if made is None or made[0] is not matcher:
            with self._lock:
                made = matcher, self._composer(Extractive.of(matcher))
                self._made = made
        return made[1]

    def _composer(self, selecting: Extractive) -> Composer:
        try:
            return composer_of(self._settings, selecting)
        except ModelError as error:
            _LOG.error("Composes without a generator: %s", error)
            return selecting
