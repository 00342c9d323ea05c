"""Explaining: what a stored reply was made of, and what would have changed it, found by answering again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from replydesk.data.errors import ReleaseError
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explanation import Explanation, Instead, Line, Quoted, Shared, Used
from replydesk.dialog.explain.leaving_out import Word, left_out
from replydesk.dialog.explain.lines import lines_of
from replydesk.dialog.explain.retold import Retold, answered, release_of, reread_in, retold
from replydesk.dialog.reply import Reply
from replydesk.dialog.skills import Thresholds
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.words.terms import worded

__all__ = ["explanation_of"]

# Documents round to four places: what is past a threshold is past it by more.
_PAST = 0.0002
_SHARED = 5
_ROUNDS = 5
_LINES = ("pick_above", "ask_above", "out_of_scope_above")


def explanation_of(agent: Agent, reply: str) -> Explanation:
    """Return why a stored reply was given, by the release that gave it.

    What counted is found by answering again: without each word, with other thresholds, without the tickets that were
    cited. Where the release is gone, only what the reply's row tells is in it. Raises :class:`NotFoundError` where the
    reply or its message is gone.
    """
    told = retold(agent.store, reply)
    document = told.reply
    intents = document["intents"] or [{"name": "", "probability": 0.0}]
    intent, called = str(intents[0]["name"]), agent.settings.dialog.intent_name
    found = Explanation(
        reply=reply,
        release=str(document["release"]),
        language=told.language,
        action=str(document["action"]),
        message=told.text,
        intent=intent,
        probability=float(intents[0]["probability"]),
        confidence=float(document["confidence"]),
        evidence=_used(document, told.text, agent.matcher),
        rules=tuple(document.get("rules", ())),
        reasons=tuple(document["reasons"]),
        called={language: called(intent, language) for language in ("en", "zh")},
    )
    try:
        release = release_of(agent, found.release)
    except ReleaseError:
        lines = lines_of(document, document["lines"]) if document.get("lines") else ()
        return replace(found, lines=lines, notes=("release_gone",))
    settings = _showing_all(agent.settings)
    view = agent.standing_in(release, settings=settings, reread=reread_in(document))
    whole = answered(view, told)
    skills = release.skills_of(view.matcher_of(release).encoder_id(told.language))
    now, promise = view.dial.lines(release, skills, whole.reading)
    lines = lines_of(document, document.get("lines") or _told(now))
    words = left_out(view, told, whole)
    notes = []
    drafted = document["action"] == "compose" and bool(agent.settings.dialog.generator)
    if whole.action != document["action"] or (whole.text != document["text"] and not drafted):
        notes.append("answered_otherwise")
    if not words and whole.hits:
        notes.append("one_word")
    ways = (
        _without_a_word(words),
        _across_a_line(view, told, whole, lines),
        _without_rules(view, told, whole),
        _without_evidence(view, told, whole),
    )
    return replace(
        found,
        words=words,
        lines=lines,
        promise=promise.document() if promise is not None else None,
        instead=tuple(way for way in ways if way is not None),
        notes=tuple(notes),
    )


def _showing_all(settings: Settings) -> Settings:
    """Return settings with which a reply shows everything that was found, and no generator is asked again and again."""
    dialog = settings.dialog.model_copy(update={"hits_shown": settings.retrieval.candidates, "generator": ""})
    return settings.model_copy(update={"dialog": dialog})


def _told(lines: Thresholds) -> dict[str, float | None]:
    values = {name: float(getattr(lines, name)) for name in _LINES}
    return {name: value if value <= 1 else None for name, value in values.items()}


def _used(document: Mapping[str, Any], message: str, matcher: Matcher) -> tuple[Used, ...]:
    """Return the tickets that were cited or offered, best first."""
    offered = {option.get("ticket") for option in (document.get("state") or {}).get("options", ())}
    found = []
    for hit in document["hits"]:
        quoted = tuple(
            Quoted(one["sentence"], one["start"], one["end"], hit["answer"][one["start"] : one["end"]])
            for one in document["citations"]
            if one["ticket"] == hit["ticket"]
        )
        if quoted or hit["ticket"] in offered:
            shared = _shared(message, hit["question"], matcher, str(document["language"]))
            found.append(Used(hit["ticket"], hit["question"], float(hit["score"]), quoted, shared))
    return tuple(found)


def _shared(message: str, question: str, matcher: Matcher, language: str) -> tuple[Shared, ...]:
    """Return the rarest words that a message shares with a past question, each once."""
    theirs = {term for _, _, term in worded(question)}
    mine = {term: (start, end) for start, end, term in reversed(worded(message)) if term in theirs}
    rarities = matcher.rarities(list(mine), language=language)
    rarest = sorted(mine, key=lambda term: (-rarities.get(term, 0.0), mine[term]))[:_SHARED]
    return tuple(Shared(message[slice(*mine[term])], *mine[term]) for term in rarest)


def _instead(whole: Reply, other: Reply, **told: Any) -> Instead:
    same = (other.action, other.text) == (whole.action, whole.text)
    return Instead(action=other.action, text=other.text, same=same, **told)


def _without_a_word(words: Sequence[Word]) -> Instead | None:
    """Return the word without which something else is done, of several the one that the confidence hangs on most."""
    changing = [word for word in words if not word.same]
    if not changing:
        return None
    word = max(changing, key=lambda one: abs(one.confidence))
    return Instead("word", word.action, "", False, what=word.text)


def _across_a_line(view: Agent, told: Retold, whole: Reply, lines: Sequence[Line]) -> Instead | None:
    """Return the nearest threshold that would have decided otherwise, had it stood on the other side of the value."""
    for line in sorted((one for one in lines if one.name in _LINES), key=_distance):
        above = line.passed == line.at_least
        wanted = round(min(1.0, max(0.0, line.value + (_PAST if above else -_PAST))), 4)
        dialog = view.settings.dialog.model_copy(update={line.name: wanted})
        settings = view.settings.model_copy(update={"dialog": dialog})
        other = answered(view.standing_in(view.release(), settings=settings, reread=reread_in(told.reply)), told)
        if (other.action, other.text) != (whole.action, whole.text):
            return _instead(whole, other, by="line", what=line.name, wanted=wanted)
    return None


def _distance(line: Line) -> float:
    return abs(line.value - line.wanted) if line.wanted is not None else 1.0


def _without_rules(view: Agent, told: Retold, whole: Reply) -> Instead | None:
    """Return what is done without the team's rules, None where none fired."""
    if not whole.rules:
        return None
    other = answered(view.standing_in(view.release(), reread=reread_in(told.reply), ruled=False), told)
    return _instead(whole, other, by="rule", what=", ".join(fired.rule for fired in whole.rules))


def _without_evidence(agent: Agent, told: Retold, whole: Reply) -> Instead | None:
    """Return what is done where what was cited is not there, None where nothing was.

    The tickets that give the same answers, to the letter, are taken away with it: what many have said stands on all of
    them. Where another with another signature is then sent as the same text, it goes, too, five times at most.
    """
    gone: dict[str, None] = {}
    other = whole
    for _ in range(_ROUNDS):
        answers = {hit.ticket.id: hit.ticket.answer for hit in other.hits}
        cited = dict.fromkeys(citation.ticket for citation in other.citations)
        if not cited:
            break
        gone |= cited | dict.fromkeys(sorted(agent.store.saying([answers[key] for key in cited])))
        other = answered(agent, told, without=frozenset(gone))
        if (other.action, other.text) != (whole.action, whole.text):
            break
    return _instead(whole, other, by="evidence", tickets=tuple(gone)) if gone else None
