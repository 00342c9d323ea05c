"""The contract of every reader, held against the samples of every format in ``samples/<format>/``.

Each file or folder directly below a format's folder is one import. The same content comes out of the plain file, of
gzip, ZIP, a folder and a pipe; importing it twice, in halves, in halves the other way round or in halves that overlap
gives the same store; and what is private stays private, whatever is wrong with the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replydesk.data import schema
from replydesk.data.errors import ReplydeskError
from replydesk.data.ingest import ingest
from replydesk.data.preparation import prepare, prepare_ticket, prepare_verdict
from replydesk.data.readers import Assumed, Item, Options, Reading, Skipped, formats, read
from replydesk.data.records import Conversation, Ticket, Verdict
from replydesk.data.settings import DataSettings
from replydesk.data.store import Store
from replydesk.data.tickets import mine

SAMPLES = sorted(path for path in (Path(__file__).parent / "samples").glob("*/*") if not path.name.startswith("."))
SECRETS = ("PRIVATE-NOTE", "SYSTEM-LINE", "BOT-LINE")
SETTINGS = DataSettings()

OPTIONS: dict[str, Options] = {}
"""What a person has to say about a sample (``format/name``) that it does not say itself."""

SHARED: dict[str, tuple[str, ...]] = {
    "slack": ("users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json"),
}
"""The files of a folder that both halves hold, by format: they say who is who."""

TAKING_BACK = {"rasa/broker.jsonl"}
"""Samples with events that take back earlier ones, which must then be in the same file."""

INDIVISIBLE = {"rasa-nlu/project"}
"""Samples whose files mean something together only."""

Content = Callable[[Store], dict[str, list[tuple[Any, ...]]]]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def reading(path: Path | str, sample: Path, *, format: str = "auto") -> Reading:  # noqa: A002
    return read(path, format=format, options=OPTIONS.get(name_of(sample), Options()))


def told(items: Iterable[Item]) -> list[str]:
    """Return what was read, in the same order whatever the files were called."""
    return sorted(item.why if isinstance(item, Skipped) else
                  item.what if isinstance(item, Assumed) else repr(item) for item in items)  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> Iterator[Store]:
    """Yield one store for all: a new one would compile its statements again, which takes longer than most imports."""
    store = Store.open("sqlite://")
    yield store
    store.close()


def emptied(store: Store) -> Store:
    with store._write() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            connection.execute(table.delete())
    return store


@pytest.fixture
def store(kept: Store) -> Store:
    """Return a store that holds nothing."""
    return emptied(kept)


def stored(paths: Iterable[Path], sample: Path, store: Store, content: Content) -> dict[str, list[tuple[Any, ...]]]:
    emptied(store)
    for path in paths:
        ingest(reading(path, sample, format=sample.parent.name).items, store, SETTINGS)
    return content(store)


# ---- every format has samples, in both languages, and is found by its content


def test_every_format_has_samples_and_every_sample_a_format() -> None:
    assert {path.parent.name for path in SAMPLES} == set(formats())


@pytest.mark.parametrize("format", formats())
def test_the_samples_of_a_format_are_english_and_chinese(format: str) -> None:  # noqa: A002
    found: set[str] = set()
    for sample in (path for path in SAMPLES if path.parent.name == format):
        for item in reading(sample, sample).items:
            if isinstance(item, Conversation):
                found.update(message.language for message in prepare(item, SETTINGS).messages)
            elif isinstance(item, Ticket):
                found.add("zh" if re.search("[一-鿿]", item.question) else "en")
    assert found >= {"en", "zh"}


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_the_format_is_found_and_can_be_forced(sample: Path) -> None:
    found, forced = reading(sample, sample), reading(sample, sample, format=sample.parent.name)
    assert (found.format, forced.format) == (sample.parent.name, sample.parent.name)
    items = told(found.items)
    assert items == told(forced.items)
    assert any(item.startswith(("Conversation(", "Ticket(")) for item in items)


# ---- the same whatever it is wrapped in


def packed(sample: Path, archive: Path, below: str = "") -> Path:
    files = [path for path in sorted(sample.rglob("*")) if path.is_file()] if sample.is_dir() else [sample]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in files:
            name = path.relative_to(sample).as_posix() if sample.is_dir() else path.name
            file.writestr(f"{below}{name}", path.read_bytes())
    return archive


@pytest.mark.parametrize("below", ["", "Export 导出/"], ids=["at-the-root", "in-a-folder"])
@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_a_zip_archive_reads_the_same(sample: Path, below: str, tmp_path: Path) -> None:
    found = reading(packed(sample, tmp_path / "archive.bin", below), sample)
    assert found.format == sample.parent.name
    assert told(found.items) == told(reading(sample, sample).items)


@pytest.mark.parametrize("sample", [path for path in SAMPLES if path.is_file()], ids=name_of)
def test_gzip_and_a_folder_read_the_same(sample: Path, tmp_path: Path) -> None:
    expected = told(reading(sample, sample).items)
    (tmp_path / "zipped").write_bytes(gzip.compress(sample.read_bytes()))
    (tmp_path / "folder").mkdir()
    shutil.copy(sample, tmp_path / "folder")
    for path in (tmp_path / "zipped", tmp_path / "folder"):
        found = reading(path, sample)
        assert (found.format, told(found.items)) == (sample.parent.name, expected)


@pytest.mark.parametrize("sample", [path for path in SAMPLES if path.is_file()], ids=name_of)
@pytest.mark.parametrize("wrapped", ["plain", "gzip"])
def test_a_pipe_reads_the_same(sample: Path, wrapped: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample.read_bytes()
    piped = io.BytesIO(gzip.compress(data) if wrapped == "gzip" else data)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=piped))
    found = reading("-", sample)
    assert (found.format, told(found.items)) == (sample.parent.name, told(reading(sample, sample).items))


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_an_archive_from_a_pipe_or_in_an_archive_reads_the_same(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = told(reading(sample, sample).items)
    inner = packed(sample, tmp_path / "inner.zip")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(inner.read_bytes())))
    for path in ("-", packed(inner, tmp_path / "outer.zip")):
        found = reading(path, sample)
        assert (found.format, told(found.items)) == (sample.parent.name, expected)


# ---- the same store, however often and in which order


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_importing_twice_changes_nothing(sample: Path, store: Store, content: Content) -> None:
    first = ingest(reading(sample, sample).items, store, SETTINGS)
    before, journal = content(store), store.latest_change()
    again = ingest(reading(sample, sample).items, store, SETTINGS)
    assert (content(store), store.latest_change()) == (before, journal)
    assert first.conversations or first.added.tickets_new
    assert not again.added.tickets_new
    assert (again.added.conversations_new, again.added.conversations_changed, again.verdicts) == (0, 0, 0)


@dataclass(frozen=True)
class Cut:
    """A sample in units that belong together, and how to write some of them as a file or folder of that format."""

    units: Sequence[Any]
    write: Callable[[Sequence[Any], Path], None]


def as_lines(sample: Path) -> Cut:
    lines = sample.read_bytes().splitlines(keepends=True)
    return Cut(lines, lambda some, path: _written(path, b"".join(some)))


def as_array(sample: Path) -> Cut:
    document = json.loads(sample.read_bytes())
    if isinstance(document, list):
        return Cut(document, lambda some, path: _written(path, _json(some)))
    # The first list of objects holds the conversations; the envelope and its other lists go with each half.
    key = next((key for key, value in document.items() if isinstance(value, list) and len(value) > 1), None)
    units = document[key] if key else [document]
    return Cut(units, lambda some, path: _written(path, _json({**document, key: some} if key else document)))


def as_rows(sample: Path, key: Callable[[dict[str, str]], str] | None = None) -> Cut:
    """Cut a table between rows, or between the groups of rows that have one key."""
    text = sample.read_text(encoding="utf-8-sig")
    dialect = max(",;\t|", key=text.partition("\n")[0].count)
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect) if row]
    units: dict[str, list[list[str]]] = {}
    for number, row in enumerate(rows):
        units.setdefault(key(dict(zip(header, row, strict=True))) if key else str(number), []).append(row)

    def write(some: Sequence[list[list[str]]], path: Path) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=dialect).writerows([header, *(row for unit in some for row in unit)])
        _written(path, out.getvalue().encode())

    return Cut(list(units.values()), write)


def as_files(sample: Path) -> Cut:
    shared = SHARED.get(sample.parent.name, ())
    files = [path.relative_to(sample) for path in sorted(sample.rglob("*")) if path.is_file()]

    def write(some: Sequence[Path], path: Path) -> None:
        for file in files:
            if file in some or file.name in shared:
                _written(path / file, (sample / file).read_bytes())

    return Cut([file for file in files if file.name not in shared], write)


_DATED = re.compile(r"[\ufeff\u200e\[(（]*\d{1,4}[-/.年]\d{1,2}")


def as_text(sample: Path) -> Cut:
    """Cut a chat log before lines that begin with a date; what stands before the first goes with each half."""
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if _DATED.match(line)] or [0]
    head = "".join(lines[: starts[0]])
    units = ["".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return Cut(units, lambda some, path: _written(path, (head + "".join(some)).encode()))


def by_thread(sample: Path) -> Cut:
    """Cut tweets between threads: a tweet without the one it answers says nothing about its thread."""
    parents: dict[str, str] = {}

    def root(row: dict[str, str]) -> str:
        parents[row["tweet_id"]] = row["in_response_to_tweet_id"]
        tweet = row["tweet_id"]
        while parents.get(tweet):
            tweet = parents[tweet]
        return tweet

    return as_rows(sample, root)


TABLES = {
    "zendesk-csv": ("ticket.csv", "ticket_id"),
    "intercom-csv": ("conversation_history_data.csv", "conversation_id"),
}
"""The table of a help desk's tickets or conversations, by format, and what the others call its ids."""


def by_ticket(sample: Path) -> Cut:
    """Cut the tables of a help desk between its tickets; tables that name no ticket go with each half."""
    main, foreign = TABLES[sample.parent.name]
    tables = {path.name: as_rows(path) for path in sorted(sample.iterdir())}
    headers = {name: (sample / name).read_text(encoding="utf-8").splitlines()[0].split(",") for name in tables}

    def ticket(name: str, unit: list[list[str]]) -> str:
        column = "id" if name == main else foreign
        return unit[0][headers[name].index(column)] if column in headers[name] else ""

    def write(some: Sequence[str], path: Path) -> None:
        for name, table in tables.items():
            table.write([unit for unit in table.units if ticket(name, unit) in ("", *some)], path / name)

    return Cut(list(dict.fromkeys(ticket(main, unit) for unit in tables[main].units)), write)


CUTS: dict[str, Callable[[Path], Cut]] = {"twitter": by_thread, **dict.fromkeys(TABLES, by_ticket)}
"""How a format is cut where its content alone does not say which units belong together."""


def cut(sample: Path) -> Cut:
    if sample.parent.name in CUTS:
        return CUTS[sample.parent.name](sample)
    if sample.is_dir():
        return as_files(sample)
    match kind_of(sample):
        case "json":
            return as_array(sample)
        case "lines":
            return as_lines(sample)
        case "table":
            return as_rows(sample)
        case "text":
            return as_text(sample)
    return Cut([sample], lambda some, path: _written(path, sample.read_bytes()))


@cache
def kind_of(path: Path) -> str:
    """Return what a file is written in: ``json``, ``lines`` (of JSON), ``table``, ``text``, or ``binary``."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        assert "\0" not in text
    except (UnicodeDecodeError, AssertionError):
        return "binary"
    if text.lstrip().startswith(("{", "[")):
        try:
            json.loads(text)
        except ValueError:
            if all(_is_json(line) for line in text.splitlines() if line.strip()):
                return "lines"
        else:
            return "json"
    for delimiter in ",;\t|":
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        if len(rows) > 1 and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            return "table"
    return "text"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


DIVISIBLE = [path for path in SAMPLES if name_of(path) not in INDIVISIBLE and len(cut(path).units) > 1]


WAYS = ["halves", "the other order", "every second", "overlapping"]


def halves(sample: Path, way: str, folder: Path) -> list[Path]:
    """Write a sample in two parts and return their paths in the order they are imported."""
    parts = cut(sample)
    units, middle = parts.units, (len(parts.units) + 1) // 2
    chosen = {
        "halves": (units[:middle], units[middle:]),
        "the other order": (units[middle:], units[:middle]),
        "every second": (units[1::2], units[::2]),
        "overlapping": (units[: middle + 1], units[middle - 1 :]),
    }[way]
    paths = [folder / half / sample.name for half in ("one", "two")]
    for path, half in zip(paths, chosen, strict=True):
        parts.write(half, path)
    return paths


def said_in(paths: Iterable[Path], sample: Path) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for path in paths:
        for item in reading(path, sample, format=sample.parent.name).items:
            if isinstance(item, Conversation):
                # Not their texts: an older export may hold a message as it was before it was edited.
                found.update((item.id, m.id, m.role) for m in item.messages)
            elif isinstance(item, Ticket | Verdict):
                found.add((item.id,))
    return found


def skip_what_is_taken_back(sample: Path, way: str) -> None:
    if way == "every second" and name_of(sample) in TAKING_BACK:
        pytest.skip("what was taken back stands in the other part")


@pytest.mark.parametrize("sample", DIVISIBLE, ids=name_of)
@pytest.mark.parametrize("way", WAYS)
def test_two_halves_hold_the_messages_of_the_whole(sample: Path, way: str, tmp_path: Path) -> None:
    skip_what_is_taken_back(sample, way)
    assert said_in(halves(sample, way, tmp_path), sample) == said_in([sample], sample)


@pytest.fixture(scope="module")
def wholes() -> dict[Path, Any]:
    """Return what the store holds of each sample, once it was imported as a whole."""
    return {}


@pytest.mark.parametrize("sample", DIVISIBLE, ids=name_of)
@pytest.mark.parametrize("way", WAYS)
def test_two_halves_give_the_same_store(
    sample: Path, way: str, tmp_path: Path, store: Store, content: Content, wholes: dict[Path, Any]
) -> None:
    skip_what_is_taken_back(sample, way)
    if sample not in wholes:
        wholes[sample] = stored([sample], sample, store, content)
    assert stored(halves(sample, way, tmp_path), sample, store, content) == wholes[sample]


# ---- what is private stays private


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_what_no_person_told_the_customer_is_in_no_ticket(sample: Path, store: Store) -> None:
    ingest(reading(sample, sample).items, store, SETTINGS)
    for ticket in store.tickets():
        said = f"{ticket.question}\n{ticket.answer}"
        assert not any(secret in said for secret in SECRETS), said
        assert not any(SECRETS[0] in text for text in ticket.context)
    for message in (
        m for item in reading(sample, sample).items if isinstance(item, Conversation) for m in item.messages
    ):
        for secret, role in zip(SECRETS, ("note", "system", "bot"), strict=True):
            assert secret not in message.text or message.role == role, message


# What may be damaged without making a note public. Nobody can tell that a message is private once the word that says so
# is gone, or once its text stands in another message. So the record of the note (its JSON object, its row with the
# header, its line) stays whole and where it is in its frame: around it, bytes of words change but no quotes, brackets,
# delimiters or line ends; whole lines and rows are dropped, repeated and swapped; the file ends anywhere; and JSON and
# tables are also changed value by value. Only `test_no_damage_stops_an_import` lets every byte of a file change.

MARKS = {
    "private", "public", "internal", "is_private", "is_public", "is_internal", "kind", "role", "part_type",
    "message_type",
}  # fmt: skip
"""The keys by one of which the object of a note says that it is one."""

_WORDY = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_ODD = (
    None, True, 0, -1, 10**30, 1e308, "", " ", "文", "x" * 300, "\ud83d", "\0", [], {}, [[[[None]]]],
    {"a": {"b": None}},
)  # fmt: skip
_PIECES = (
    b'"', b"\\", b"\0", b"\r", b"\n", b",", b"}", b"]", b"null", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b"\x1f\x8b", b"PK\x03\x04", b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, "退款".encode("gb18030"),
    "\u202e漢\U0001f600\u2028".encode(),
)  # fmt: skip
_part = st.floats(0, 1, exclude_max=True)
_ops = st.lists(st.tuples(st.integers(0, 9), _part, _part), min_size=1, max_size=4)
_pieces = st.sampled_from(_PIECES) | st.binary(min_size=1, max_size=5)

bounded = settings(
    # Half of what the profile says: 50, and 10 in the fast loop.
    max_examples=settings.default.max_examples // 2,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def files_of(sample: Path) -> list[Path]:
    return [path for path in sorted(sample.rglob("*")) if path.is_file()] if sample.is_dir() else [sample]


def with_file(sample: Path, file: Path, data: bytes, folder: Path) -> Path:
    """Write the sample with other bytes in one of its files and return its path."""
    path = folder / sample.name
    for one in files_of(sample):
        _written(path / one.relative_to(sample), data if one == file else one.read_bytes())
    return path


def tickets_of(path: Path, sample: Path) -> list[Ticket]:
    """Import without a store; only the beginning may refuse, and what is skipped has a place and a reason."""
    found: list[Ticket] = []
    for format in ("auto", sample.parent.name):  # noqa: A001
        try:
            items = reading(path, sample, format=format).items
        except ReplydeskError:
            continue
        for item in items:
            if isinstance(item, Conversation):
                found += mine(prepare(item, SETTINGS))
            elif isinstance(item, Ticket):
                found.append(prepare_ticket(item, SETTINGS))
            elif isinstance(item, Verdict):
                prepare_verdict(item, SETTINGS)
            else:
                assert item.where
                assert item.why if isinstance(item, Skipped) else item.what
    return found


def leaks(tickets: Iterable[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if SECRETS[0] in "\n".join((ticket.question, ticket.answer, *ticket.context))]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
@bounded
@given(which=_part, ops=_ops, piece=_pieces)
def test_no_damage_stops_an_import(
    tmp_path: Path, sample: Path, which: float, ops: list[tuple[int, float, float]], piece: bytes
) -> None:
    files = files_of(sample)
    file = files[int(which * len(files))]
    data = bytearray(file.read_bytes())
    for op, one, other in ops:
        start, end = sorted((int(one * len(data)), int(other * len(data))))
        match op:
            case 0 | 1:
                data[start:start] = piece
            case 2 | 3 if data:
                data[start] ^= 1 << int(other * 8)
            case 4:
                del data[start:]
            case 5:
                del data[:start]
            case 6:
                del data[start:end]
            case 7:
                data[start:end] = data[start:end] * 2
            case 8:
                data = data[end:] + data[start:end] + data[:start]
            case 9:
                data[start : start + len(piece)] = piece
    tickets_of(with_file(sample, file, bytes(data), tmp_path), sample)


def rows_in(data: bytes) -> list[slice]:
    """Return where each row of a table begins and ends; line ends in quotes end none."""
    found, start, quoted = [], 0, False
    for at, byte in enumerate(data):
        quoted ^= byte == ord('"')
        if byte == ord("\n") and not quoted:
            found.append(slice(start, at + 1))
            start = at + 1
    return [*found, slice(start, len(data))] if start < len(data) else found


def lines_in(data: bytes) -> list[slice]:
    ends = [match.end() for match in re.finditer(rb"\n|\Z", data)]
    return [slice(a, b) for a, b in zip([0, *ends], ends, strict=False) if a < b]


def objects_in(data: bytes) -> list[slice]:
    """Return where each object of a JSON text begins and ends."""
    found, open_ = [], []
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*"|[{}]', data):
        if mark[0] == b"{":
            open_.append(mark.start())
        elif mark[0] == b"}":
            found.append(slice(open_.pop(), mark.end()))
    return found


def kept_in(file: Path, data: bytes) -> list[slice]:
    """Return what has to stay whole: the records of the notes, and the header of their table."""
    secret, kept = SECRETS[0].encode(), []
    for at in (match.start() for match in re.finditer(secret, data)):
        match kind_of(file):
            case "json" | "lines":
                around = sorted((s for s in objects_in(data) if s.start <= at < s.stop), key=lambda s: s.stop - s.start)
                kept.append(next((s for s in around if MARKS & json.loads(data[s]).keys()), around[-1]))
            case "table":
                rows = rows_in(data)
                kept += [rows[0], next(row for row in rows if row.start <= at < row.stop)]
            case "text":
                kept.append(next(line for line in lines_in(data) if line.start <= at < line.stop))
            case _:
                kept.append(slice(0, len(data)))
    return kept


def within(at: int, spans: Iterable[slice]) -> slice | None:
    return next((span for span in spans if span.start <= at < span.stop), None)


SECRETIVE = [path for path in SAMPLES if any(SECRETS[0].encode() in file.read_bytes() for file in files_of(path))]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("sample", SECRETIVE, ids=name_of)
@bounded
@given(which=_part, ops=_ops, word=st.sampled_from([b"0", b"x", b"Q", b"\x80", b"\xe9", b"\xc4\xe3", "你".encode()]))
def test_damage_around_a_note_leaves_it_private(
    tmp_path: Path, sample: Path, which: float, ops: list[tuple[int, float, float]], word: bytes
) -> None:
    files = [file for file in files_of(sample) if kind_of(file) != "binary"]
    file = files[int(which * len(files))]
    kind, data = kind_of(file), bytearray(file.read_bytes())
    for op, one, other in ops:
        kept = kept_in(file, bytes(data))
        units = {"table": rows_in, "lines": lines_in}.get(kind, lambda _: [])(bytes(data))[kind == "table" :]
        if op < 4 and units:
            first, second = units[int(one * len(units))], units[int(other * len(units))]
            first, second = sorted((first, second), key=lambda s: s.start)
            match op:
                case 0:
                    del data[first]
                case 1:
                    data[second.stop : second.stop] = data[first]
                case 2 | 3 if first != second:
                    data = (
                        data[: first.start]
                        + data[second]
                        + data[first.stop : second.start]
                        + data[first]
                        + data[second.stop :]
                    )
        elif op == 4:
            end = int(one * len(data))
            # What is left of a row or a line that is cut may be whole in itself, with another meaning.
            span = within(end, kept) if kind in ("table", "text") else None
            del data[span.start if span else end :]
            break
        else:
            spots = [m.start() for m in _WORDY.finditer(data) if not within(m.start(), kept)]
            if spots:
                spot = spots[int(one * len(spots))]
                data[spot : spot + 1] = word
    assert leaks(tickets_of(with_file(sample, file, bytes(data), tmp_path), sample)) == []


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the container and the key of every value, save those inside the record of a note."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(pairs):
        yield value, key
        marked_note = isinstance(child, dict) and MARKS & child.keys() and SECRETS[0] in json.dumps(child)
        innermost = marked_note and not any(
            isinstance(container[at], dict) and MARKS & container[at].keys() and SECRETS[0] in json.dumps(container[at])
            for container, at in nodes(child)
        )
        if not innermost:
            yield from nodes(child)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
@bounded
@given(which=_part, ops=_ops, odd=st.sampled_from(_ODD))
def test_odd_values_around_a_note_leave_it_private(
    tmp_path: Path, sample: Path, which: float, ops: list[tuple[int, float, float]], odd: Any
) -> None:
    files = [file for file in files_of(sample) if kind_of(file) in ("json", "lines", "table")]
    if not files:
        return
    file = files[int(which * len(files))]
    data = odd_table(file, ops, odd) if kind_of(file) == "table" else odd_json(file, ops, odd)
    assert leaks(tickets_of(with_file(sample, file, data, tmp_path), sample)) == []


def odd_json(file: Path, ops: list[tuple[int, float, float]], odd: Any) -> bytes:
    text = file.read_text(encoding="utf-8-sig")
    lines = kind_of(file) == "lines"
    document = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else [json.loads(text)]
    for op, one, _ in ops:
        spots, odd = list(nodes(document)), deepcopy(odd)
        if not spots:
            break
        container, key = spots[int(one * len(spots))]
        match op:
            case 0 | 1 | 2 if container is not document or lines:
                del container[key]
            case 3:
                container[key] = [container[key]]
            case 4:
                container[key] = {"value": container[key]}
            case 5 if isinstance(container, list):
                container.append(deepcopy(container[key]))
            case 6 if isinstance(container, list):
                container.reverse()
            case 7 if isinstance(container[key], (int, float)):
                container[key] = str(container[key])
            case _:
                container[key] = odd
    return b"\n".join(_ascii(value) for value in document) + b"\n"


def _ascii(value: Any) -> bytes:
    return json.dumps(value).encode()


def odd_table(file: Path, ops: list[tuple[int, float, float]], odd: Any) -> bytes:
    text = file.read_text(encoding="utf-8-sig")
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    cell = odd if isinstance(odd, str) else json.dumps(odd)
    for op, one, other in ops:
        row = rows[int(one * len(rows))]
        if any(SECRETS[0] in part for part in row) or not row:
            continue
        at = int(other * len(row))
        match op:
            case 0 | 1:
                del row[at]
            case 2 | 3:
                row.insert(at, row[at])
            case 4:
                rows.append(list(row))
            case _:
                row[at] = cell
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, escapechar="\\").writerows([header, *rows])
    return out.getvalue().encode("utf-8", "replace")


PRIVATE = frozenset({"private", "internal", "is_private", "is_internal", "内部"})
PUBLIC = frozenset({"public", "is_public", "公开"})
SET = ("true", "TRUE", " True ", "1", "yes", "on", "2", "是", "tru", "x", "√")
UNSET = ("false", "FALSE", " False ", "0", "no", "off", "否", "fals", "", "-")


@pytest.mark.parametrize("sample", SECRETIVE, ids=name_of)
def test_a_flag_that_is_oddly_written_still_makes_a_note(sample: Path, tmp_path: Path) -> None:
    for file in files_of(sample):
        for number, data in enumerate(flags_in(file)):
            assert leaks(tickets_of(with_file(sample, file, data, tmp_path), sample)) == [], number


def flags_in(file: Path) -> Iterator[bytes]:
    text = file.read_text(encoding="utf-8-sig") if kind_of(file) in ("json", "lines", "table") else ""
    if SECRETS[0] not in text:
        return
    if kind_of(file) == "table":
        delimiter = max(",;\t|", key=text.partition("\n")[0].count)
        header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        for at, column in enumerate(header):
            for word in SET if column in PRIVATE else UNSET if column in PUBLIC else ():
                for row in rows:
                    row[at] = word if any(SECRETS[0] in cell for cell in row) else row[at]
                out = io.StringIO(newline="")
                csv.writer(out, delimiter=delimiter).writerows([header, *rows])
                yield out.getvalue().encode()
        return
    odd_set = (*SET, 1, 1.0, 2, [True], {"value": True})
    odd_unset = (*UNSET, 0, 0.0, None, [], {}, [False])
    for odd in range(max(len(odd_set), len(odd_unset))):
        lines = [text] if kind_of(file) == "json" else [line for line in text.splitlines() if line.strip()]
        document = [json.loads(line) for line in lines]
        for record in notes_in(document):
            for key in record.keys() & PRIVATE:
                record[key] = odd_set[odd % len(odd_set)]
            for key in record.keys() & PUBLIC:
                record[key] = odd_unset[odd % len(odd_unset)]
        yield b"\n".join(map(_ascii, document)) + b"\n"


def notes_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects with a flag among the keys and a note's text below."""
    if isinstance(value, dict) and (PRIVATE | PUBLIC) & value.keys() and SECRETS[0] in json.dumps(value):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from notes_in(child)
