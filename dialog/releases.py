"""The releases of a home on disk: read whole and checked, written whole or not at all, and which one answers now."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replydesk.data.errors import HomeError, ModelError, NotFoundError, ReleaseError
from replydesk.data.home import Home, sync_folder, write_atomically
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.skill_files import load_skills, save_skills, skills_document

if TYPE_CHECKING:
    from replydesk.dialog.release import OwnEncoder

__all__ = ["Releases"]

_LOG = logging.getLogger(__name__)
_CARD = "card.json"
_ENCODERS = "encoder"
_BERTS = "bert"
_CARD_KEYS = {"id", "made_at", "parent", "recipe", "data", "metrics", "skills", "files"}
_DAMAGED = "Promote another release with `replydesk releases rollback`."


class Releases:
    """The releases of a home, and the pointer to the one that answers.

    >>> releases = Releases(Home.find("/srv/desk"))       # doctest: +SKIP
    >>> releases.current().id                             # doctest: +SKIP
    '2026-11-23-1f3a'
    """

    def __init__(self, home: Home, *, threads: int = 0) -> None:
        self._home, self._threads = home, threads

    @property
    def home(self) -> Home:
        """Return the home that holds them."""
        return self._home

    def cards(self) -> list[dict[str, Any]]:
        """Return the cards of all releases, newest first, each with ``current`` true or false.

        A release whose card cannot be read is left out; :func:`~replydesk.dialog.doctor.examine` tells of it.
        """
        current = self.current_id()
        cards = []
        for key in self.ids():
            try:
                cards.append(self.card(key))
            except (NotFoundError, ReleaseError) as error:
                _LOG.warning("Left out of the list: %s", error)
        return [
            card | {"current": card["id"] == current}
            for card in sorted(cards, key=lambda card: (card["made_at"], card["id"]), reverse=True)
        ]

    def ids(self) -> set[str]:
        """Return the ids of all releases on disk, broken ones too."""
        return {path.name for path in self._home.releases.glob("[!.]*") if path.is_dir()}

    def card(self, key: str) -> dict[str, Any]:
        """Return the card of one release. Raises :class:`NotFoundError` or :class:`ReleaseError`."""
        path = self._folder(key) / _CARD
        try:
            card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            hint = "`replydesk releases list` shows the releases there are."
            raise NotFoundError("There is no such release.", where=key, hint=hint) from None
        except (OSError, ValueError) as error:
            raise ReleaseError("The card of the release is damaged.", where=str(path), hint=_DAMAGED) from error
        if not isinstance(card, dict) or not card.keys() >= _CARD_KEYS:
            raise ReleaseError("The card of the release is damaged.", where=str(path), hint=_DAMAGED)
        return card

    def report(self, key: str) -> dict[str, Any]:
        """Return the report that judged this release, empty when it was never judged. Raises like :meth:`card`."""
        self.card(key)
        path = self._folder(key) / "report.json"
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return report

    def page(self, key: str) -> str:
        """Return the page of the report, as it was written. Raises like :meth:`card`."""
        self.card(key)
        path = self._folder(key) / "report.html"
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ReleaseError("The release has no report that can be read.", where=str(path), hint=_DAMAGED) from error

    def current_id(self) -> str:
        """Return the id of the release that answers, '' before the first one."""
        try:
            return self._home.current.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return ""

    def answering_id(self) -> str:
        """Return :meth:`current_id`. Raises :class:`ReleaseError` where its file is there and names none."""
        key = self.current_id()
        if not key and self._home.current.exists():
            hint = "`replydesk releases list` shows what can be promoted."
            raise ReleaseError("The file names no release.", where=str(self._home.current), hint=hint)
        return key

    def current(self) -> Release:
        """Return the release that answers. Raises :class:`ReleaseError` when it is broken."""
        key = self.answering_id()
        return self.load(key) if key else UNTRAINED_RELEASE

    def stand_ins(self, key: str) -> dict[str, Path]:
        """Return the ids of the encoders that others stand in for in a release, and the folders of these.

        Raises like :meth:`card`.
        """
        folder = self._folder(key) / _ENCODERS
        return {base: folder / base for base in _stand_ins(self.card(key))}

    def encoders_needed(self, *besides: str) -> set[str]:
        """Return the ids of all encoders of the current release and of the one before, which a rollback goes back to.

        ``besides`` are the ids of other releases that are to be kept ready. Raises like :meth:`card`.
        """
        key = self.current_id()
        keys = {key, *besides}
        if key in self.ids():
            keys.add(str(self.card(key)["parent"]))
        needed: set[str] = set()
        for card in map(self.card, keys & self.ids()):
            own = _stand_ins(card)
            needed |= {*card["skills"], *card.get("int8", {}), *own, *own.values()}
        return needed

    def load(self, key: str) -> Release:
        """Read a release and check every file against its card. Raises :class:`ReleaseError`."""
        try:
            card = self.card(key)
        except NotFoundError as error:
            hint = "Promote another with `replydesk releases promote ID`, or train one with `replydesk train`."
            raise ReleaseError("The current release is missing.", where=key, hint=hint) from error
        folder = self._folder(key)
        for problem in self.check(key):
            raise ReleaseError(f"The release is damaged: {problem}.", where=str(folder), hint=_DAMAGED)
        try:
            skills = {
                encoder: load_skills(folder / encoder, part, threads=self._threads)
                for encoder, part in card["skills"].items()
            }
            made_at = datetime.fromisoformat(card["made_at"])
            encoders = {base: self._encoder(folder, base, part) for base, part in _stand_ins(card).items()}
        except ModelError as error:
            message = f"The reranker of the release cannot be used: {error.message}"
            raise ReleaseError(message, where=str(folder), hint=_DAMAGED) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            where = str(folder / _CARD)
            raise ReleaseError("The card of the release is damaged.", where=where, hint=_DAMAGED) from error
        sizes = {encoder.id: encoder.dimension for encoder in encoders.values()}
        problems = [problem for id_, mine in skills.items() for problem in mine.problems(sizes.get(id_))]
        if problems:
            raise ReleaseError(f"The release is unsound: {'; '.join(problems)}.", where=str(folder), hint=_DAMAGED)
        return Release(
            key,
            made_at,
            skills,
            card["parent"],
            card["recipe"],
            card["data"],
            card["metrics"],
            encoders,
            card.get("int8", {}),
            card.get("tuned", {}),
            {base: folder / _BERTS / base for base in card.get("weights", ())},
        )

    def save(self, release: Release, report: Mapping[str, Any], page: str) -> Path:
        """Write a release whole or not at all and return its folder. It does not answer before it is promoted."""
        target = self._folder(release.id)
        aside = target.with_name(f".{release.id}.tmp")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for encoder, skills in release.skills.items():
            save_skills(skills, aside / encoder)
        for base, stand_in in release.encoders.items():
            try:
                stand_in.save(aside / _ENCODERS / base)
            except OSError as error:
                shutil.rmtree(aside, ignore_errors=True)
                hint = "Free some space and train again; nothing is lost."
                raise HomeError(f"The encoder cannot be written: {error}", where=str(target), hint=hint) from error
        for base, weights in release.weights.items():
            shutil.copytree(weights, aside / _BERTS / base)
        write_atomically(aside / "report.json", json.dumps(report, ensure_ascii=False, indent=1).encode())
        write_atomically(aside / "report.html", page.encode())
        card = {
            "id": release.id,
            "made_at": release.made_at.isoformat(timespec="seconds"),
            "parent": release.parent,
            "recipe": dict(release.recipe),
            "data": dict(release.data),
            "metrics": dict(release.metrics),
            "skills": {encoder: skills_document(skills) for encoder, skills in release.skills.items()},
            "encoders": {base: encoder.id for base, encoder in release.encoders.items()},
            "int8": dict(release.int8),
            "tuned": dict(release.tuned),
            "weights": sorted(release.weights),
            "files": {
                str(path.relative_to(aside)): _digest(path) for path in sorted(aside.rglob("*")) if path.is_file()
            },
        }
        write_atomically(aside / _CARD, json.dumps(card, ensure_ascii=False, indent=1).encode())
        aside.rename(target)
        sync_folder(target.parent)
        return target

    def promote(self, key: str) -> str:
        """Let this release answer from now on; return the id of the one before. Running servers follow at once.

        Raises :class:`NotFoundError` for an unknown one and :class:`ReleaseError` for a broken one.
        """
        self.card(key)
        self.load(key)
        before = self.current_id()
        if key != before:
            write_atomically(self._home.current, f"{key}\n".encode())
        return before

    def rollback(self) -> str:
        """Let the parent of the current release answer again and return its id. Raises :class:`ReleaseError`."""
        key = self.current_id()
        parent = str(self.card(key)["parent"]) if key else ""
        if not parent:
            hint = "`replydesk releases list` shows what can be promoted."
            raise ReleaseError("There is no earlier release to go back to.", where=key or "no release", hint=hint)
        self.promote(parent)
        return parent

    def check(self, key: str) -> list[str]:
        """Return what is wrong with the files of a release, nothing when they are as they were written."""
        folder = self._folder(key)
        problems = []
        for name, digest in self.card(key)["files"].items():
            path = folder / name
            if not path.exists():
                problems.append(f"{name} is missing")
            elif _digest(path) != digest:
                problems.append(f"{name} has changed")
        return problems

    def _encoder(self, folder: Path, base: str, key: str) -> OwnEncoder:
        """Return an encoder of a release, tried out. Raises :class:`ReleaseError` when it cannot serve."""
        from replydesk.retrieval.encoders.graphs import Graph
        from replydesk.retrieval.encoders.projected import ProjectedEncoder
        from replydesk.retrieval.encoders.runtime import OpenVinoEncoder
        from replydesk.retrieval.encoders.use import UseEncoder

        place = folder / _ENCODERS / base
        try:
            encoder: OwnEncoder
            if ProjectedEncoder.stands_in(place):
                encoder = ProjectedEncoder.load(place, UseEncoder(threads=self._threads))
            else:
                encoder = OpenVinoEncoder(Graph.load(place), threads=self._threads)
            encoder.encode(["hello"])
        except ModelError as error:
            raise ReleaseError(f"The release has no sound encoder: {error}", where=str(place), hint=_DAMAGED) from error
        if encoder.id != key:
            raise ReleaseError(f"The encoder of the release is not {key}.", where=str(place), hint=_DAMAGED)
        return encoder

    def _folder(self, key: str) -> Path:
        if not key or Path(key).name != key or key.startswith(".") or "\0" in key:
            raise NotFoundError(
                "This is not the id of a release.", where=key, hint="`replydesk releases list` shows ids."
            )
        return self._home.releases / key


def _stand_ins(card: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of a release's own encoders by what they replace; an old card tells them among the figures."""
    known: dict[str, str] = card.get("encoders") or {
        base: part["id"] for base, part in card.get("int8", {}).items() if part["used"]
    }
    return known


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
