"""Entities: the orders, codes, dates, amounts, contacts and quantities that a message names, each with its span."""

from __future__ import annotations

from replydesk.dialog.entities.finding import entities_of
from replydesk.dialog.entities.scan import Entity

__all__ = ["Entity", "entities_of"]
