"""Slots: ``{order}`` in a canned answer becomes what is known of this customer, or the answer is not sent."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["filled", "slots_of"]

# Help desks write {order}, {{order}} and {{ ticket.id }}.
_SLOT = re.compile(r"\{\{\s*([^\W\d][\w.-]*)\s*\}\}|\{\s*([^\W\d][\w.-]*)\s*\}")


def slots_of(text: str) -> tuple[str, ...]:
    """Return the names of the slots of a text, each once, in their order.

    >>> slots_of("Your order {order} left on {date}; {{order}} is yours. {1} is none.")
    ('order', 'date')
    """
    return tuple(dict.fromkeys(found[1] or found[2] for found in _SLOT.finditer(text)))


def filled(text: str, slots: Mapping[str, str]) -> str | None:
    """Return a text with its slots filled, None where one is unknown or empty.

    What is filled in is not read for slots again.

    >>> filled("您的订单{order}已发货。", {"order": "TW-204817"}), filled("Your order {order}.", {})
    ('您的订单TW-204817已发货。', None)
    """
    if "{" not in text:
        return text
    if not all(slots.get(name, "").strip() for name in slots_of(text)):
        return None
    return _SLOT.sub(lambda found: slots[found[1] or found[2]], text)
