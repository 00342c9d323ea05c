"""What leaves the desk is looked at once more: links, markup, wording, and whose personal data stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.data.privacy import Masker
from replydesk.data.privacy.page import PLACEHOLDER
from replydesk.data.settings import Settings
from replydesk.dialog.guard.markup import neutral
from replydesk.dialog.guard.urls import allowed_hosts, hosts_in, is_allowed
from replydesk.dialog.guard.wording import offensive

__all__ = ["Guarded", "Problem", "guarded"]

ProblemKind = Literal["empty", "link", "offensive", "personal"]
_REASONS: Final[dict[ProblemKind, Literal["rule", "safety"]]] = {
    "empty": "rule", "link": "rule", "offensive": "safety", "personal": "safety",
}  # fmt: skip
_MAYBE = re.compile(r"[@\d]|微信|Q{2}", re.I)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply must not go out, with the words that are in the way.

    ``empty``: nothing is left but markup. ``link``: to a host that the team has not named. ``offensive``: wording that
    insults or judges a group. ``personal``: data of a person that the conversation does not hold.
    """

    kind: ProblemKind
    text: str

    @property
    def reason(self) -> Literal["rule", "safety"]:
        """Return the reason of the hand-off that takes the place of the reply."""
        return _REASONS[self.kind]


@dataclass(frozen=True, slots=True)
class Guarded:
    """A reply as it may go out, as plain text, and what is wrong with it: with any problem it must not."""

    text: str
    problems: tuple[Problem, ...] = ()


def guarded(
    text: str, evidence: Sequence[str], settings: Settings, *, hosts: Callable[[], Collection[str]] = frozenset
) -> Guarded:
    """Return a reply without markup, and what forbids to send it.

    ``evidence`` are the texts whose personal data may be repeated: those of this conversation and the team's canned
    answers. Links may go to the hosts of ``dialog.allowed_hosts``, to the company's own domains (``data.own_contacts``)
    and to those of ``hosts``, asked only where there is a link: :class:`~replydesk.dialog.guard.team.TeamHosts` gives
    those of the canned answers. A placeholder of masked data is somebody's data, too.
    """
    plain = neutral(text)
    problems = []
    if not plain.strip():
        problems.append(Problem("empty", text[:80]))
    linked = hosts_in(plain)
    if linked:
        allowed = allowed_hosts(settings) | set(hosts())
        problems += [Problem("link", host) for host in dict.fromkeys(linked) if not is_allowed(host, allowed)]
    problems += [Problem("offensive", words) for words in dict.fromkeys(offensive(plain))]
    problems += [Problem("personal", value) for value in _personal(plain, evidence, settings)]
    return Guarded(plain, tuple(problems))


def _personal(text: str, evidence: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Return the personal data of a reply that stands nowhere in the evidence."""
    found = [match[0] for match in PLACEHOLDER.finditer(text)] if "<" in text else []
    if not settings.data.mask_names and not settings.data.mask_addresses and not _MAYBE.search(text):
        return tuple(found)
    masker = Masker(
        settings.data.region,
        names=settings.data.mask_names,
        addresses=settings.data.mask_addresses,
        own=settings.data.own_contacts,
    )
    spans = masker.find(text)
    if spans:
        known = _bare("\n".join(evidence))
        found += [value for span in spans if _bare(value := text[span.start : span.end]) not in known]
    return tuple(dict.fromkeys(found))


def _bare(text: str) -> str:
    """Return a text without what people write between digits and letters, in small letters."""
    return re.sub(r"[\s().+-]", "", text).lower()
