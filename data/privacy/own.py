"""Contacts that seem to be the company's own: what the team alone writes, to several customers.

Values live in memory while an import runs, and are shown to whoever runs it. Nothing here is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from replydesk.data.privacy.page import Kind

__all__ = ["OwnContacts", "WrittenContact"]

# Somebody else's number may be told to two, such as the two who share a flat; the company's is told to all.
_CUSTOMERS = 3


@dataclass(frozen=True, slots=True)
class WrittenContact:
    """A phone number or an e-mail address that was masked: ``value`` its one spelling, ``text`` how it was written.

    ``by_team`` says that an agent, or a bot, wrote it to the customer.
    """

    kind: Kind
    value: str
    text: str
    by_team: bool


@dataclass(slots=True)
class _Told:
    text: str
    customers: set[str] | None = field(default_factory=set)


@dataclass(slots=True)
class OwnContacts:
    """Counts to whom the team wrote which contacts; what anybody else ever wrote is nobody's to propose.

    >>> own = OwnContacts()
    >>> for customer in ("ann", "bob", "cem"):
    ...     own.add(customer, [WrittenContact("PHONE", "+448001234567", "0800 123 4567", by_team=True)])
    >>> own.proposed()
    ('0800 123 4567',)
    """

    _seen: dict[tuple[Kind, str], _Told] = field(default_factory=dict)

    def add(self, customer: str, contacts: Iterable[WrittenContact]) -> None:
        """Count the contacts of one conversation with a customer."""
        for one in contacts:
            told = self._seen.setdefault((one.kind, one.value), _Told(one.text))
            if not one.by_team:
                told.customers = None
            elif told.customers is not None and len(told.customers) < _CUSTOMERS:
                told.customers.add(customer)

    def proposed(self, known: Sequence[str] = ()) -> tuple[str, ...]:
        """Return, behind those ``known``, the contacts that seem to be the company's own, in the order of letters."""
        found = {one.text for one in self._seen.values() if one.customers and len(one.customers) >= _CUSTOMERS}
        return (*known, *sorted(found - set(known)))

    def __len__(self) -> int:
        return len(self.proposed())

    def __add__(self, other: OwnContacts) -> OwnContacts:
        """Return both counts together."""
        whole = OwnContacts()
        for key, one in (*self._seen.items(), *other._seen.items()):
            told = whole._seen.setdefault(key, _Told(one.text))
            spoilt = told.customers is None or one.customers is None
            told.customers = None if spoilt else {*(told.customers or ()), *(one.customers or ())}
        return whole
