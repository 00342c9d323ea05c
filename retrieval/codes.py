"""Error codes and the like: who asks about E4 is not helped by what was told about E2."""

from __future__ import annotations

import re
import unicodedata

from replydesk.data.records import Ticket

__all__ = ["codes_conflict", "codes_in", "conflicting"]

_CODE = re.compile(r"(?<![a-z0-9-])([a-z]{1,3})-?(\d{1,3})(?![a-z0-9])")


def codes_conflict(question: str, ticket: Ticket) -> bool:
    """Return whether a ticket is about another code of the same kind: E2 where the customer asks about E4.

    Vectors hardly see the difference, and the answer to another error code is a wrong answer.
    """
    return conflicting(codes_in(question), ticket)


def codes_in(text: str) -> set[tuple[str, str]]:
    """Return the codes of a text, each as its kind and its number.

    >>> codes_in("Error E4, not e-2") == {("e", "4"), ("e", "2")}
    True
    """
    return set(_CODE.findall(unicodedata.normalize("NFKC", text).lower()))


def conflicting(asked: set[tuple[str, str]], ticket: Ticket) -> bool:
    """Return whether a ticket has none of the codes that were asked about, and another one of their kind."""
    if not asked:
        return False
    told = codes_in(f"{ticket.question} {ticket.answer}")
    return not asked & told and bool({kind for kind, _ in asked} & {kind for kind, _ in told})
