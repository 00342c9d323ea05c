"""Replaying: a stored reply made again by the release that made it, and compared byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from replydesk.data.errors import ReleaseError
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.earlier import Since, matcher_at, since
from replydesk.dialog.explain.retold import Retold, answered, release_of, reread_in, retold
from replydesk.dialog.explain.wording import Kind, cause_text

__all__ = ["LEFT_OUT", "Cause", "Difference", "Replay", "canonical", "replay_of"]

LEFT_OUT: Final = ("id", "message", "milliseconds", "incoming", "tickets_at")
"""What is not compared: the ids that were drawn by chance, how long it took, and what the replay was told itself."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the document (``hits.0.score``), what was stored there, and what it is now; None where it lacks."""

    field: str
    stored: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is known to be otherwise than it was; ``count`` says how many, ``where`` which file or release."""

    kind: Kind
    count: int = 0
    where: str = ""

    def document(self) -> dict[str, Any]:
        """Return the JSON form, with the sentence for people in both languages."""
        return {
            "kind": self.kind,
            "count": self.count,
            "where": self.where,
            "said": {code: cause_text(self.kind, self.count, self.where, code) for code in ("en", "zh")},
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a replay: whether the reply is the same, where it differs, and what is known to have changed.

    There may be causes without a difference: not everything that changes matters to a reply.
    """

    reply: str
    release: str
    same: bool
    differences: tuple[Difference, ...] = ()
    causes: tuple[Cause, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "reply": self.reply,
            "release": self.release,
            "same": self.same,
            "differences": [asdict(one) for one in self.differences],
            "causes": [cause.document() for cause in self.causes],
            "left_out": list(LEFT_OUT),
        }


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return what is compared of a reply's document: JSON with sorted keys in UTF-8, without :data:`LEFT_OUT`."""
    kept = {key: value for key, value in document.items() if key not in LEFT_OUT}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def replay_of(agent: Agent, reply: str) -> Replay:
    """Return whether a stored reply comes out the same again, made by the release that made it.

    The message, the texts before it, the state, the clock and the filters are those of the reply's row. Tickets that
    came later are not found, and words are as rare as they were. As many are reranked as there was time for. Raises
    :class:`NotFoundError` where the reply or its message is gone.
    """
    told = retold(agent.store, reply)
    stored = dict(told.reply)
    key = str(stored["release"])
    try:
        release = release_of(agent, key)
    except ReleaseError:
        return Replay(reply, key, False, causes=(Cause("release_gone", where=key),))
    seq = stored.get("tickets_at")
    later = since(agent.store, seq) if seq is not None else Since()
    with ExitStack() as stack:
        matcher = stack.enter_context(matcher_at(agent, seq)) if seq is not None and later.any else None
        view = agent.standing_in(release, matcher=matcher, reread=reread_in(stored))
        made = answered(view, told, without=later.added).document()
    # Fields that replies have got since this one was stored say nothing of it.
    made = {name: value for name, value in made.items() if name in stored}
    if stored.get("state"):
        made["state"] = {name: value for name, value in made["state"].items() if name in stored["state"]}
    same = canonical(stored) == canonical(made)
    differences = () if same else tuple(_differences(_compared(stored), _compared(made)))
    causes = tuple(_causes(agent, told, later, known="tickets_at" in stored, differences=differences))
    if later.any and matcher is None:
        causes += (Cause("tickets_many"),)
    return Replay(reply, key, same, differences, causes)


def _compared(document: Mapping[str, Any]) -> Any:
    return json.loads(canonical(document))


def _differences(stored: Any, now: Any, place: str = "") -> Iterator[Difference]:
    if isinstance(stored, dict) and isinstance(now, dict):
        for key in sorted({*stored, *now}):
            yield from _differences(stored.get(key), now.get(key), f"{place}.{key}" if place else key)
    elif isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for number, (one, other) in enumerate(zip(stored, now, strict=True)):
            yield from _differences(one, other, f"{place}.{number}")
    elif stored != now:
        yield Difference(place, stored, now)


def _causes(
    agent: Agent, told: Retold, later: Since, *, known: bool, differences: tuple[Difference, ...]
) -> Iterator[Cause]:
    """Yield what is known to be otherwise than when the reply was given."""
    if not known:
        yield Cause("tickets_unknown")
    for kind, keys in (("added", later.added), ("removed", later.removed), ("changed", later.changed)):
        if keys:
            yield Cause(f"tickets_{kind}", len(keys))  # type: ignore[arg-type]
    if not told.recorded:
        yield Cause("clock_unknown")
    curated, _, _ = agent.store.curated()
    if curated > (told.reply.get("tickets_at") or curated):
        yield Cause("curated")
    at = told.incoming.at
    if any(one.field.startswith("lines") for one in differences):
        yield from _judged(agent, at)
    yield from (Cause("file_written", where=path.name) for path in _files(agent) if _written(path, at))
    if differences and all(_last_place(one) for one in differences):
        yield Cause("last_place", len(differences))


def _judged(agent: Agent, at: datetime) -> Iterator[Cause]:
    """Yield how many verdicts came later, since they tighten or loosen the thresholds."""
    verdicts = sum(one.at is not None and at < one.at for one in agent.store.verdicts())
    if verdicts:
        yield Cause("verdicts", verdicts)


def _files(agent: Agent) -> list[Path]:
    """Return the files of a home that a reply depends on."""
    if agent.releases is None:
        return []
    home = agent.releases.home
    names = (home.settings.name, home.forms.name, "rules.toml", "facts.toml", "facts.csv")
    return [home.folder / name for name in names if (home.folder / name).exists()]


def _written(path: Path, at: datetime) -> bool:
    return path.stat().st_mtime > at.timestamp()


def _last_place(one: Difference) -> bool:
    """Return whether two numbers differ by one in the fourth place only: the same text encoded beside others."""
    numbers = (one.stored, one.now)
    return all(isinstance(value, float) for value in numbers) and abs(one.stored - one.now) < 0.00015
