"""The doctor: is this home whole, and what mends it if not."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from replydesk.data.errors import EngineError, ReleaseError, ReplydeskError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.labels import LabelSets
from replydesk.data.leaks import find_leaks
from replydesk.data.settings import Settings
from replydesk.data.splits import PARTS, Asked
from replydesk.data.store import Store
from replydesk.dialog.dial import Dial
from replydesk.dialog.guard import TeamHosts, allowed_hosts, hosts_in, is_allowed
from replydesk.dialog.releases import Releases
from replydesk.dialog.written import Written
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.indexes import WORDS, sweep, unused
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.vectors.engines import Contents
from replydesk.retrieval.words.lexical import LexicalIndex

__all__ = ["Finding", "examine"]

_HOSTS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``cure`` says what to do when it is not ``sound``."""

    what: str
    sound: bool
    detail: str
    cure: str = ""


def examine(home: Home, *, repair: bool = False) -> list[Finding]:
    """Return what was found in a home, most basic first; with ``repair`` the index is rebuilt where it disagrees.

    Besides, ``repair`` takes conversations out of training whose customer is in the test part, too, and deletes
    indexes of encoders that neither the settings nor the current release nor the one before need. Nothing else is ever
    changed: the database is the truth and releases are immutable.
    """
    findings = []
    try:
        home.create()
        with tempfile.TemporaryFile(dir=home.folder):
            findings.append(Finding("home", True, str(home.folder)))
        settings = Settings.load(home.settings)
        findings.append(Finding("settings", True, str(home.settings) if home.settings.exists() else "defaults"))
        store = Store.open(settings.data.database or home.database)
    except (ReplydeskError, OSError) as error:
        if isinstance(error, ReplydeskError):
            return [*findings, _refused("home", error)]
        said = f"{home.folder}: {error.strerror or error}."
        return [*findings, Finding("home", False, said, "Give this user write access to the folder.")]
    problems = store.check()
    counts = ", ".join(f"{count} {name}" for name, count in store.counts().items())
    cure = "Restore the newest backup of the database."
    findings.append(Finding("store", not problems, "; ".join(problems) or counts, cure if problems else ""))
    if not problems:
        findings.append(_splits(store, repair=repair))
        findings += _links(store, settings)
    findings += _written(Written(home, settings.dialog)) + _labels(LabelSets(home))
    findings += _releases(Releases(home))
    findings += _promises(store, Releases(home), settings)
    return findings + _indexes(home, store, settings, repair=repair) + _unused(home, store, settings, repair=repair)


def _links(store: Store, settings: Settings) -> list[Finding]:
    """Return which hosts past answers link to that no reply may link to, the most frequent first."""
    allowed = allowed_hosts(settings) | TeamHosts(store)()
    found = Counter(
        host
        for ticket in store.tickets(source="agent")
        for host in set(hosts_in(ticket.answer))
        if host and not is_allowed(host, allowed)
    )
    if not found:
        return []
    named = ", ".join(f"{host} ({count})" for host, count in found.most_common(_HOSTS))
    more = f" and {len(found) - _HOSTS} more" if len(found) > _HOSTS else ""
    told = f"past answers link to {named}{more}; none of these is sent until dialog.allowed_hosts names the host"
    return [Finding("links", True, told)]


def _splits(store: Store, *, repair: bool) -> Finding:
    parts = store.splits()
    openings: dict[str, list[Asked]] = {part: [] for part in PARTS}
    for conversation in store.conversations() if parts else ():
        if conversation.id in parts:
            openings[parts[conversation.id]].append(Asked.first(conversation))
    train, test, aside = (openings[part] for part in PARTS)
    leaks = find_leaks(train, test)
    mixed = [leak for leak in leaks.values() if leak.kind in ("conversation", "customer")]
    detail = f"{len(train)} conversations to learn from, {len(test)} to judge by, {len(aside)} aside"
    if len(leaks) > len(mixed):
        detail += f"; {len(leaks) - len(mixed)} ask again what the test asks, which training leaves out"
    if not mixed:
        return Finding("splits", True, detail)
    detail += f"; {len(mixed)} to learn from are of customers who are judged by, such as {mixed[0]}"
    if repair:
        store.set_aside(leak.learned.conversation for leak in mixed)
        return Finding("splits (put aside)", True, detail)
    return Finding("splits", False, detail, "`replydesk doctor --repair` puts them aside; training leaves them out.")


def _refused(what: str, error: ReplydeskError) -> Finding:
    place = f" ({error.where})" if error.where else ""
    return Finding(what, False, f"{error.message}{place}", error.hint)


def _written(written: Written) -> list[Finding]:
    """Return whether what the team wrote is used: a server goes on with the last good one of a damaged file."""
    return [
        _refused(one.name, one.error) if one.error else Finding(one.name, True, f"{one.count} in {one.path}")
        for one in written.check()
    ]


def _labels(sets: LabelSets) -> list[Finding]:
    findings = []
    for name in sets.names():
        try:
            findings.append(Finding(f"labels {name}", True, f"{len(sets.get(name).rows)} messages"))
        except ReplydeskError as error:
            findings.append(Finding(f"labels {name}", False, error.message, error.hint))
    return findings


def _releases(releases: Releases) -> list[Finding]:
    findings = []
    for folder in sorted(releases.ids()):
        try:
            problems = releases.check(folder)
        except ReplydeskError as error:
            problems = [error.message]
        cure = "Delete its folder, or restore it from a backup." if problems else ""
        findings.append(Finding(f"release {folder}", not problems, "; ".join(problems) or "unchanged", cure))
    cure = "`replydesk releases promote ID` with one that is there, or `replydesk train`."
    try:
        current = releases.answering_id()
    except ReleaseError as error:
        return [*findings, Finding("current release", False, f"{error.where}: {error.message}", cure)]
    if current and current not in releases.ids():
        findings.append(Finding("current release", False, f"{current} is missing", cure))
    else:
        findings.append(Finding("current release", True, current or "none trained yet"))
    return findings


def _promises(store: Store, releases: Releases, settings: Settings) -> list[Finding]:
    try:
        release = releases.current()
    except ReplydeskError:
        # A release that cannot be read has a finding of its own.
        return []
    dial = Dial(store, settings.dialog)
    findings = []
    for one in dial.standing(release):
        what = f"promise {one['group'] or ', '.join(one['languages'])}"
        if one["drifted"]:
            told = f"{one['verdicts_wrong']} of {one['verdicts']} judged replies were wrong"
            detail = f"{told}, {one['max_wrong']:.1%} allowed"
            cure = "Look at what was judged wrong, mend its tickets, and run `replydesk retrain`."
            findings.append(Finding(what, False, detail, cure))
            continue
        detail = f"at most {one['max_wrong']:.1%} wrong from a confidence of {one['threshold'] or 0:.3f} on"
        if not one["holds"]:
            more = f"about {one['needed']} more judged messages are needed" if one["needed"] else "too many are wrong"
            detail = f"none of at most {one['max_wrong']:.1%} wrong: {more}" if one["max_wrong"] else "turned off"
        findings.append(Finding(what, True, f"{detail}; {one['verdicts']} replies judged"))
    return findings


def _indexes(home: Home, store: Store, settings: Settings, *, repair: bool) -> list[Finding]:
    try:
        encoders = Encoders(settings.retrieval, home.runtime)
        # A release that cannot be read has a finding of its own.
        with suppress(ReplydeskError):
            encoders = encoders.using(Releases(home, threads=settings.retrieval.threads).current().encoders)
        needed = encoders.among(settings.data.languages)
    except ReplydeskError as error:
        return [Finding("encoders", False, str(error), error.hint)]
    wanted: dict[str, set[str]] = {encoder.id: set() for encoder in needed}
    known = {encoder.id: encoder for encoder in needed}
    for ticket in store.tickets():
        encoder = encoders.of(ticket.language)
        known[encoder.id] = encoder
        wanted.setdefault(encoder.id, set()).add(ticket.id)
    findings = []
    for encoder_id, keys in wanted.items():
        try:
            size = known[encoder_id].dimension
            index = Contents.read(settings.retrieval.index, home.indexes / encoder_id, encoder_id, size, store)
            # What changed since it was saved is caught up with at the next start, and is no damage.
            changes = store.changes_after(index.seq)
            there = (index.keys - set(changes.removed)) | (keys & set(changes.added))
            detail = f"{len(keys & there)} tickets indexed, {len(keys - there)} missing, {len(there - keys)} gone"
            if index.fallen_back:
                detail += "; the newest generation is damaged, the one before is served"
            sound = keys == there and not index.fallen_back
        except VectorIndexError as error:
            detail, sound = error.message, not keys and not isinstance(error, EngineError)
        cure = "" if sound else "`replydesk doctor --repair` builds it again from the store."
        findings.append(_words(home, encoder_id, store, len(keys)))
        findings.append(Finding(f"index {encoder_id}", sound, detail, cure))
    if repair and not all(finding.sound for finding in findings):
        matcher = Matcher.of(store, encoders, settings, home)
        matcher.rebuild()
        matcher.sync()
        matcher.close()
        return [Finding(f"{finding.what} (rebuilt)", True, finding.detail) for finding in findings]
    return findings


def _unused(home: Home, store: Store, settings: Settings, *, repair: bool) -> list[Finding]:
    try:
        needed = Releases(home).encoders_needed()
        if not unused(home, needed):
            return []
        encoders = Encoders(settings.retrieval, home.runtime)
        read = {*settings.data.languages, *(ticket.language for ticket in store.tickets())}
        needed |= {encoder.id for encoder in encoders.among(sorted(read))}
        left = unused(home, needed)
        if not left:
            return []
        if not repair:
            detail = f"{', '.join(left)}: of no encoder in use; `replydesk doctor --repair` deletes them"
            return [Finding("unused indexes", True, detail)]
        # A training builds the index of its candidate before that is anybody's.
        with home.lock("training", wait_seconds=0):
            gone = sweep(home, needed)
    except ReplydeskError as error:
        # What is wrong with settings and releases has findings of its own; as long as it is, nothing is deleted.
        return [Finding("unused indexes", True, f"not looked for: {error.message}")]
    return [Finding("unused indexes (deleted)", True, ", ".join(gone))]


def _words(home: Home, encoder_id: str, store: Store, wanted: int) -> Finding:
    try:
        words = LexicalIndex.load(home.indexes / encoder_id / WORDS)
        # What changed since they were saved is caught up with, so only then can be counted.
        sound = words.seq != store.latest_change() or len(words) == wanted
        detail = f"the words of {len(words)} tickets"
    except VectorIndexError as error:
        detail, sound = error.message, not wanted
    cure = "" if sound else "`replydesk doctor --repair` builds them again from the store."
    return Finding(f"words {encoder_id}", sound, detail, cure)
