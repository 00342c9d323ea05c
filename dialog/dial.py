"""The dial: what the setting ``max_wrong`` makes of a release, and of what people have said of its replies since."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from replydesk.data.settings import DialogSettings
from replydesk.data.store import Store
from replydesk.dialog.drift import Judgement, Watch, watch
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.promise import Promise, Promises, promises_of
from replydesk.dialog.reading import Reading
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills, Thresholds

__all__ = ["Dial"]

_LOG = logging.getLogger(__name__)
_NOTHING: Final = Evidence.of([], [])
_SECONDS: Final = 5.0
"""For so long what other processes were told of replies may be unknown here."""

_RIGHT: Final = {"good": True, "wrong": False, "wrong_intent": False, "edited": False}
"""Which verdicts say what of a reply; that a person took over says nothing of the answer."""

Watched = Mapping[tuple[str, ...], Mapping[str, Watch]]


class Dial:
    """Gives each message its thresholds, and the promise they keep. Safe to use from several threads.

    What people judged is read from the store again after some seconds, so every process follows the same verdicts.
    """

    def __init__(self, store: Store, settings: DialogSettings) -> None:
        self._store, self._settings = store, settings
        self._by = tuple(sorted(settings.max_wrong_by.items()))
        self._lock = threading.Lock()
        self._known: tuple[str, int, Watched] = ("", -1, {})
        self._until = 0.0

    def lines(self, release: Release, skills: Skills, reading: Reading) -> tuple[Thresholds, Promise | None]:
        """Return the thresholds for a message, and the promise they keep; None where a person set ``pick_above``.

        What the settings say goes before what the release learned.
        """
        wanted = self._settings
        lines = Thresholds(
            **{
                name: given if (given := getattr(wanted, name)) is not None else getattr(skills.thresholds, name)
                for name in skills.thresholds.__slots__
            }
        )
        if wanted.pick_above is not None:
            return lines, None
        evidence = skills.evidence if skills.evidence is not None else _NOTHING
        intent = reading.intents[0].name if reading.intents else ""
        promise = self.promises(evidence).for_message(reading.language, intent)
        found = self._watched(release).get(evidence.languages, {}).get(promise.group)
        if found is not None and found.drifted:
            promise = replace(promise, threshold=found.threshold)
        return replace(lines, pick_above=promise.threshold), promise

    def promises(self, evidence: Evidence) -> Promises:
        """Return what is promised on that evidence under these settings."""
        return promises_of(evidence, self._settings.max_wrong, self._by)

    def standing(self, release: Release) -> list[dict[str, Any]]:
        """Return every promise of a release with its languages, and how it has stood what people judged."""
        watched = self._watched(release)
        return [
            {"languages": list(skills.evidence.languages), **one.document()}
            for skills in release.skills.values()
            if skills.evidence is not None
            for one in watched.get(skills.evidence.languages, {}).values()
        ]

    def alerts(self, release: Release) -> list[str]:
        """Return a sentence for each promise that verdicts speak against; none where a person set the threshold."""
        if self._settings.pick_above is not None:
            return []
        return [_alert(one) for one in self.standing(release) if one["drifted"]]

    def judged(self, release: Release) -> None:
        """Take note that somebody judged a reply; a promise that does not stand it is told to the audit and the log."""
        before = {_key(one): one["alarms"] for one in self.standing(release)}
        self._until = 0.0
        for one in self.standing(release):
            if one["alarms"] > before.get(_key(one), 0):
                self._store.log("drift", {"release": release.id, **one})
                _LOG.warning("Release %s: %s", release.id, _alert(one))

    def _watched(self, release: Release) -> Watched:
        with self._lock:
            key, count, found = self._known
            if key == release.id and time.monotonic() < self._until:
                return found
            now = self._store.judged_count(release.id) if release.skills else 0
            if key != release.id or count != now:
                found = self._watching(release)
            self._known, self._until = (release.id, now, found), time.monotonic() + _SECONDS
            return found

    def _watching(self, release: Release) -> Watched:
        rows = [
            Judgement(float(document["confidence"]), _RIGHT[kind], str(document["language"]), _intent(document))
            for kind, document in self._store.judged(release.id)
            if kind in _RIGHT and document.get("action") == "pick"
        ]
        found: dict[tuple[str, ...], dict[str, Watch]] = {}
        for skills in release.skills.values():
            evidence = skills.evidence
            if evidence is None:
                continue
            promises = self.promises(evidence)
            mine = [one for one in rows if one.language in evidence.languages]
            groups = [promises.for_message(one.language, one.intent).group for one in mine]
            found[evidence.languages] = {
                promise.group: watch(
                    promise, evidence, [one for one, group in zip(mine, groups, strict=True) if group == promise.group]
                )
                for promise in (promises.rest, *promises.named.values())
            }
        return found


def _intent(document: Mapping[str, Any]) -> str:
    intents = document.get("intents") or [{"name": ""}]
    return str(intents[0]["name"])


def _key(one: Mapping[str, Any]) -> tuple[str, str]:
    return ",".join(one["languages"]), str(one["group"])


def _alert(one: Mapping[str, Any]) -> str:
    about = one["group"] or ", ".join(one["languages"])
    now = f"only answers alone from {one['threshold_now']:.3f} on" if one["threshold_now"] else "answers nothing alone"
    return (
        f"More automatic replies are wrong than the {one['max_wrong']:.1%} promised for {about}:"
        f" {one['verdicts_wrong']} of {one['verdicts']} judged. The desk {now} until more verdicts or a training."
    )
