"""The policy: a pure function from what is known to what is done."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.data.records import Ticket
from replydesk.dialog.interrogatives import asks_for
from replydesk.dialog.reading import Reading
from replydesk.dialog.sending import sendable
from replydesk.dialog.sentiment import ANGRY
from replydesk.dialog.skills import Thresholds
from replydesk.dialog.small_talk import small_talk
from replydesk.dialog.variants import told_apart
from replydesk.retrieval.matcher import Hit

__all__ = ["TOO_CLOSE", "Action", "Decision", "Ground", "HandoffReason", "decide", "decide_several"]

Action = Literal["pick", "compose", "ask", "handoff"]
HandoffReason = Literal[
    "low_confidence", "asked_for_person", "safety", "rule", "sentiment", "repeated_failure", "taken_over"
]
Ground = Literal[
    "exact",
    "confident",
    "close_runner_up",
    "not_sure",
    "which_kind",
    "depends",
    "nothing_found",
    "by_words",
    "no_vectors",
    "personal",
    "unlikely",
    "out_of_scope",
    "asked_for_person",
    "taken_over",
    "failed_twice",
    "angry",
    "several",
    "partly",
    "form_ask",
    "form_again",
    "form_explained",
    "form_done",
    "form_cancelled",
    "form_gave_up",
    "slot_missing",
    "unfilled",
    "composed",
    "rule",
    "alarm",
    "abuse",
    "small_talk",
    "noted",
    "details",
    "declined",
    "unclear",
    "private",
    "objected",
    "unsafe",
]

_FAILURES = 2
TOO_CLOSE: Final = 0.1
"""Two hits, or two intents, that differ by less are as close."""
_PLAUSIBLE = 0.05
_OPTIONS = 3
_SHOUTED = 12
"""More capitals, and more than small letters, are shouted: codes and names of products are shorter."""
_KINDS = 5
_BESIDE = re.compile(r" \([^()]*\)\Z")


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do and on what ground. ``hits`` are the tickets to send, or the options to ask about.

    Where a message is answered in part, ``left`` are the parts that are not, and ``options`` what to ask of them.
    """

    action: Action
    ground: Ground
    hits: tuple[Hit, ...] = ()
    handoff: HandoffReason | None = None
    left: tuple[str, ...] = ()
    options: tuple[Hit, ...] = ()

    @property
    def answers(self) -> bool:
        """Return whether the customer gets an answer, of the whole message or of a part of it."""
        return self.action in ("pick", "compose") or self.ground == "partly"

    @property
    def canned(self) -> bool:
        """Return whether the team wrote the answer to just this message, word for word."""
        return self.ground == "exact" and self.hits[0].ticket.source != "agent"


def decide(
    reading: Reading,
    hits: Sequence[Hit],
    lines: Thresholds,
    *,
    away: bool = False,
    taken_over: bool = False,
    failures: int = 0,
    angry: int = 0,
    asked: str = "",
    earlier: Sequence[str] = (),
    failed: Collection[str] = (),
) -> Decision:
    """Return the action for a message. Scores are only compared, never changed.

    In this order: a person has the conversation; a wish for a person; two answers in a row that failed; two ``angry``
    messages in a row, an urgent one counted twice; the same question word for word; out of scope; sure enough and
    clearly ahead of any hit with another intent; unsure between a few; nothing good enough. Where the best answer holds
    of a kind that what is ``asked`` does not name, nor an ``earlier`` text, and others hold of other kinds, it asks
    which: see :func:`~replydesk.dialog.variants.told_apart`. A hit that asks for another thing than ``asked`` does, a
    price where that asks when, is no rival. In place of an answer that failed, one to another question
    than those of the intents ``failed`` is not sent, but asked about. Where it asks, and the reading has backed off to
    what several intents have in common, the options are one hit of each kind of that. An answer that holds something of
    the customer it was written to is not sent: see
    :func:`~replydesk.dialog.sending.sendable`. A hit that was not compared is asked about at most, whatever its score;
    ``away`` says that the vectors are. Where ``pick_above`` is infinite nothing is picked, not even what asks exactly
    this.
    """
    if taken_over:
        return Decision("handoff", "taken_over", handoff="taken_over")
    if reading.wants_person:
        return Decision("handoff", "asked_for_person", handoff="asked_for_person")
    if failures >= _FAILURES:
        return Decision("handoff", "failed_twice", handoff="repeated_failure")
    if angry >= ANGRY:
        return Decision("handoff", "angry", handoff="sentiment")
    if not hits:
        return Decision("handoff", "no_vectors" if away else "nothing_found", handoff="low_confidence")
    hits = [hit for hit in hits if sendable(hit.ticket.answer) is not None]
    if not hits:
        return Decision("handoff", "personal", handoff="low_confidence")
    best = hits[0]
    if best.exact and lines.pick_above < math.inf:
        return Decision("pick", "exact", (best,))
    if reading.out_of_scope > lines.out_of_scope_above:
        return Decision("handoff", "out_of_scope", handoff="low_confidence")
    if not best.compared:
        return Decision("ask", "by_words", _options(hits, 0.0))
    # How sure it is what is asked, of whichever kind.
    sure = best.score
    if sure >= lines.ask_above:
        apart = told_apart(asked, hits, earlier)
        if apart.open:
            return Decision("ask", "depends", apart.open[:_KINDS])
        if apart.chosen is not None:
            # What holds of another kind is no runner-up.
            best, told_of = apart.chosen, (apart.chosen, *apart.others)
            hits = [best, *(hit for hit in hits if hit not in told_of)]
    if sure >= lines.pick_above:
        close = max(lines.pick_above, sure - TOO_CLOSE)
        if len(_of_each(hits, close)) > 1 and _unsure(reading) and not _asks_for_best(asked, hits, close):
            return _which_kind(reading, hits) or Decision("ask", "close_runner_up", _options(hits, close))
        if not failed or not best.ticket.intent or best.ticket.intent in failed:
            return Decision("pick", "confident", (best,))
    if sure >= lines.ask_above:
        return _which_kind(reading, hits) or Decision("ask", "not_sure", _options(hits, _PLAUSIBLE))
    return Decision("handoff", "unlikely", handoff="low_confidence")


def decide_several(parts: Sequence[str], decisions: Sequence[Decision]) -> Decision | None:
    """Return the decision to answer the parts of a message in one reply, in the order in which they were asked.

    Each is held against its own threshold. Where all pass, all are answered; where some do, those are, and of the rest
    a person is told, or it is asked about where it is one part that is half sure. A part that a person has to hear for
    another reason than doubt hands over the whole. None where no part is answered, or where two have the same answer:
    then the message is decided as one.
    """
    person = next((one for one in decisions if one.handoff not in (None, "low_confidence")), None)
    if person is not None:
        return person
    hits = tuple(decision.hits[0] for decision in decisions if decision.action == "pick")
    rest = [(part, one) for part, one in zip(parts, decisions, strict=True) if one.action != "pick"]
    answers = {sendable(hit.ticket.answer) for hit in hits}
    # What would be asked about with an answer that another part gets is no question of its own.
    again = any(sendable(one.hits[0].ticket.answer) in answers for _, one in rest if one.hits)
    if not hits or len(decisions) < 2 or len(answers) < len(hits) or again:
        return None
    if not rest:
        return Decision("compose", "several", hits)
    left = tuple(part for part, _ in rest)
    if len(rest) == 1 and rest[0][1].action == "ask":
        return Decision("ask", "partly", hits, left=left, options=rest[0][1].hits)
    return Decision("handoff", "partly", hits, "low_confidence", left)


def _options(hits: Sequence[Hit], above: float) -> tuple[Hit, ...]:
    """Return what is asked about: a few of the best hits of each intent, the best of all always among them.

    Another question is no option where a customer shouted it, or where it is nothing but small talk.
    """
    found: dict[str, Hit] = {}
    for hit in hits:
        if len(found) == _OPTIONS:
            break
        intent = _intent(hit)
        if hit.score >= above and intent not in found and (hit is hits[0] or _readable(hit.ticket)):
            found[intent] = hit
    return tuple(found.values())


def _of_each(hits: Sequence[Hit], above: float) -> tuple[Hit, ...]:
    """Return the best hit of each intent that scores above a line, unlabelled tickets counting for themselves."""
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.score >= above:
            best.setdefault(_intent(hit), hit)
    return tuple(best.values())


def _asks_for_best(asked: str, hits: Sequence[Hit], above: float) -> bool:
    """Return whether what is asked for, such as a time, is that of the best hit, and all near it ask for another thing.

    What a follow-up brings in brackets of the question before is not asked.
    """
    wanted = asks_for(_BESIDE.sub("", asked))
    best = hits[0]
    others = [hit for hit in hits if hit.score >= above and _intent(hit) != _intent(best)]
    return (
        bool(wanted)
        and asks_for(best.ticket.question) == wanted
        and all(asks_for(hit.ticket.question) not in ("", wanted) for hit in others)
    )


def _intent(hit: Hit) -> str:
    return hit.ticket.intent or hit.ticket.id


def _readable(ticket: Ticket) -> bool:
    """Return whether a customer may be shown a past question as a choice."""
    capitals = sum(map(str.isupper, ticket.question))
    shouted = capitals > _SHOUTED and capitals > sum(map(str.islower, ticket.question))
    return not shouted and small_talk(ticket.question, ticket.language) is None


def _which_kind(reading: Reading, hits: Sequence[Hit]) -> Decision | None:
    """Return the question of which kind is meant, None where no two kinds of what is surely meant have a hit."""
    best: dict[str, Hit] = {}
    for hit in hits:
        kind = reading.kinds.get(hit.ticket.intent, "")
        if kind and hit.score >= _PLAUSIBLE:
            best.setdefault(kind, hit)
    return Decision("ask", "which_kind", tuple(best.values())[:_KINDS]) if len(best) > 1 else None


def _unsure(reading: Reading) -> bool:
    first, second = (*(intent.probability for intent in reading.intents[:2]), 0.0, 0.0)[:2]
    return len(reading.intents) < 2 or first - second < TOO_CLOSE
