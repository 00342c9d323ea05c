"""All entities of a message, the surest kind first, so that none takes what belongs to another."""

from __future__ import annotations

import re
from datetime import datetime

from replydesk.data.privacy import contacts
from replydesk.dialog.entities import amounts, codes, dates
from replydesk.dialog.entities.scan import Entity, Scan

__all__ = ["entities_of"]

LONGEST = 4000
"""The characters of a message that are read."""

_URL = re.compile(
    r"(?:https?://|www\.)[A-Za-z0-9][!-~\u00a1-\u2fff]*[A-Za-z0-9/]"
    r"|(?<![\w.@/-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|shop|store|app|info|co\.uk|uk|cn|com\.cn|hk|tw|eu|de|us)"
    r"(?:/[!-~]*[A-Za-z0-9/])?(?![\w@-]|\.\w)",
    re.I | re.A,
)
_SEVEN = re.compile(r"\d(?:[ ()./-]{0,3}\d){6}", re.A)
_HINT = re.compile(r"[\d@_:.#$€£¥￥]")


def entities_of(
    text: str, language: str, now: datetime, *, region: str = "GB", past: bool | None = None
) -> tuple[Entity, ...]:
    """Return what a message names, by position, none overlapping another.

    Placeholders of masked data are entities, too. ``now`` is what relative dates count from, in the time of the desk;
    ``region`` the ISO 3166 country whose phone numbers and order of day and month are tried first; ``past`` says
    whether a day without more is the latest one, where the words before it are not to tell. Patterns of both languages
    are always looked for, since messages mix them.

    >>> found = entities_of("Order TW-204817 was due last Friday", "en", datetime(2026, 11, 25, 9))
    >>> [(one.kind, one.value) for one in found]
    [('order', 'TW-204817'), ('date', '2026-11-20')]
    """
    scan = Scan(text[:LONGEST], language, now, region, past=past)
    if scan.left.isascii() and not _HINT.search(scan.left):
        # Words alone: dates, and numbers in words.
        dates.dates(scan)
        dates.times(scan)
        amounts.amounts(scan)
        amounts.quantities(scan)
        return _sorted(scan)
    _contacts(scan)
    codes.tracking_numbers(scan)
    codes.orders(scan)
    codes.errors(scan)
    dates.dates(scan)
    dates.times(scan)
    amounts.amounts(scan)
    codes.products(scan)
    if _SEVEN.search(scan.left):
        _phones(scan)
    codes.loose_orders(scan)
    amounts.quantities(scan)
    return _sorted(scan)


def _sorted(scan: Scan) -> tuple[Entity, ...]:
    return tuple(sorted(scan.found, key=lambda entity: entity.start))


def _contacts(scan: Scan) -> None:
    page = scan.page
    if "@" in page.left:
        before = len(page.found)
        contacts.emails(page)
        for span, value in page.found[before:]:
            scan.found.append(Entity("email", value, scan.original[span.start : span.end], span.start, span.end))
    if "." in page.left:
        for match in _URL.finditer(page.left):
            scan.take("url", match[0], *match.span())


def _phones(scan: Scan) -> None:
    """Find phone numbers as masking does."""
    page = scan.page
    whole, before = page.left, len(page.found)
    page.left = contacts.quieted(page.left)
    contacts.phones(page, "CN" if scan.language == "zh" else scan.region)
    page.left = whole
    for span, value in page.found[before:]:
        scan.take("phone", f"+{value}", span.start, span.end)
