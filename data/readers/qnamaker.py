"""QnA Maker and custom question answering of Azure: ``.qna`` files, tables and JSON of questions with their answers.

Every question of a pair is a canned ticket. What is an answer only after another question, as a follow-up of several
turns is, is left out: by itself it would answer something else. Metadata become tags ``name:value``; a name ``intent``
is the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from textwrap import dedent
from typing import IO, Any

from replydesk.data.readers.base import Item, Options, Skipped, Source, broken, yes
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.jsontext import LIMIT
from replydesk.data.readers.sheets import sheet
from replydesk.data.records import Ticket
from replydesk.data.text import plain

__all__ = ["QnA"]

_LISTS = ("qnaDocuments", "qnaList", "qnas", "value")
_COLUMNS = frozenset({"iscontextonly", "metadata", "prompts", "qnaid", "suggestedquestions"})
_INTENT = ("intent", "意图")
_HEAD = 1024 * 1024

_QUESTION = re.compile(r"\s*#{1,6}\s*\?\s*(.*\S)\s*")
_BULLET = re.compile(r"\s*[-*+]\s+(.*\S)\s*")
_FENCE = re.compile(r"\s*```\s*(\w*)\s*")
_SECTION = re.compile(r"\s*\*{2,3}\s*(Filters|Prompts)\s*:?\s*\*{2,3}\s*:?\s*", re.IGNORECASE)
_SYNONYMS = re.compile(r"\s*\$.*:\s*qna-alterations\s*=", re.IGNORECASE)
_ID = re.compile(r"""\s*<a\s+id\s*=\s*["']?([\w-]+)["']?\s*>\s*</a>\s*""", re.IGNORECASE)
_PROMPT = re.compile(r"\[.*\]\(#\??(.*)\)\s*`context-only`")
_REFERENCE = re.compile(r"\[.*\]\(.*(?:\.(?:lu|qna)\b|#\?|\*).*\)")
_HTML = re.compile(r"</?(?:a|b|br|div|em|i|li|ol|p|strong|table|td|tr|ul)\b[^<>]*>", re.IGNORECASE)
_PROJECT = re.compile(r'"qnas"\s*:\s*\[', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?")


@dataclass(slots=True)
class _Pair:
    """Questions with their answer, as far as it was read."""

    where: str
    questions: list[str] = field(default_factory=list)
    answer: str | None = None
    metadata: list[tuple[str, str]] = field(default_factory=list)
    context_only: bool = False
    number: str = ""


class QnA:
    """A knowledge base: ``.qna``, the TSV of its export, or the JSON of its API or of a project."""

    name = "qna"

    def matches(self, source: Source) -> bool:
        """Return whether there are questions with fenced answers, the columns of the export, or its JSON."""
        if source.is_folder:
            return False
        if _is_json(source):
            found = first(source, inside=_inside(source))
            return any(_is_pair(value) for record in found for _, value in _pairs_in(record)) or (
                not found and _PROJECT.search(source.head()) is not None
            )
        return _is_text(source) or _columns(source) is not None

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a canned ticket per question."""
        if _is_json(source):
            pairs = _of_json(source)
        elif _is_text(source):
            pairs = _of_text(source)
        else:
            pairs = _of_table(source)
        for pair in pairs:
            if isinstance(pair, Skipped):
                yield pair
            else:
                yield from _tickets(pair)


def _tickets(pair: _Pair) -> Iterator[Item]:
    answer = _readable(pair.answer or "")
    if pair.context_only:
        yield Skipped(pair.where, "the pair is a follow-up, and no answer by itself")
    elif not answer:
        yield Skipped(pair.where, "the question has no answer")
    elif not any(map(str.strip, pair.questions)):
        yield Skipped(pair.where, "the answer has no question")
    else:
        named = [(name.strip(), value.strip()) for name, value in pair.metadata if name.strip() and value.strip()]
        intent = next((value for name, value in named if name.casefold() in _INTENT), "")
        tags = tuple(dict.fromkeys(f"{name}:{value}" for name, value in named if name.casefold() not in _INTENT))
        for question in pair.questions:
            if broken(question) or broken(answer):
                yield Skipped(pair.where, "the question or its answer holds bytes that are not text")
            elif _REFERENCE.fullmatch(question.strip()):
                yield Skipped(pair.where, "the question is a reference to another file")
            elif question.strip():
                yield Ticket.make(question.strip(), answer, intent=intent, source="canned", tags=tags)


def _readable(answer: str) -> str:
    # Markdown is for people; only tags are not.
    if _HTML.search(answer):
        answer = plain(answer.replace("\n", "<br>"))
    return answer.strip()


# -- .qna


def _is_text(source: Source) -> bool:
    lines = source.head(_HEAD).splitlines()
    return any(map(_QUESTION.fullmatch, lines)) and any(_FENCE.fullmatch(line) for line in lines)


def _of_text(source: Source) -> Iterator[_Pair | Skipped]:
    # A follow-up may stand before the pair that leads to it.
    follow_ups = {pair for pair in _text_pairs(source) if isinstance(pair, str)}
    for pair in _text_pairs(source):
        if isinstance(pair, _Pair):
            pair.context_only = not follow_ups.isdisjoint((pair.number, *map(_slug, pair.questions)))
            yield pair
        elif isinstance(pair, Skipped):
            yield pair


def _slug(question: str) -> str:
    return "?" + " ".join(question.casefold().replace("-", " ").split())


def _text_pairs(source: Source) -> Iterator[_Pair | Skipped | str]:
    """Yield pairs, and by what a pair is named to which a prompt leads in context only."""
    pair: _Pair | None = None
    section, number = "", ""
    with source.open() as stream:
        lines = _lines(stream)
        for position, line in lines:
            if found := _QUESTION.fullmatch(line):
                if pair is not None and pair.answer is None:
                    yield pair
                pair, section = _Pair(f"{source.name}:{position}", [found[1]], number=number), "questions"
                number = ""
            elif found := _ID.fullmatch(line):
                number = found[1]
            elif found := _SECTION.fullmatch(line):
                section = found[1].casefold()
            elif _SYNONYMS.match(line):
                section = "synonyms"
            elif pair is not None and pair.answer is None and _FENCE.fullmatch(line):
                answer = _fenced(lines)
                if answer is None:
                    yield Skipped(pair.where, "the file ends inside the answer")
                    return
                pair.answer = answer
                yield pair
            elif found := _BULLET.fullmatch(line):
                if section == "prompts":
                    if prompt := _PROMPT.fullmatch(found[1]):
                        yield _slug(prompt[1]) if f"#?{prompt[1]}" in found[1] else prompt[1]
                elif pair is not None and pair.answer is None:
                    _add(pair, section, found[1])
    if pair is not None and pair.answer is None:
        yield pair


def _lines(stream: IO[str]) -> Iterator[tuple[int, str]]:
    # A line without an end is cut instead of filling the memory.
    number = 0
    while line := stream.readline(LIMIT):
        number += 1
        yield number, line


def _fenced(lines: Iterable[tuple[int, str]]) -> str | None:
    taken: list[str] = []
    size = 0
    for _, line in lines:
        if line.strip() == "```":
            return dedent("".join(taken)).strip()
        size += len(line)
        if size > LIMIT:
            return None
        taken.append(_LINE_END.sub("\n", line))
    return None


def _add(pair: _Pair, section: str, text: str) -> None:
    if section == "questions":
        pair.questions.append(text)
    elif section == "filters":
        name, _, value = text.partition("=")
        pair.metadata.append((name, value))


# -- the table of the export


def _columns(source: Source) -> dict[str, int] | None:
    found = sheet(source)
    if found is None or not found.delimiter:
        return None
    columns = {name.strip().casefold(): position for position, name in enumerate(found.header)}
    fits = {"question", "answer"} <= columns.keys() and not _COLUMNS.isdisjoint(columns)
    return columns if fits else None


def _of_table(source: Source) -> Iterator[_Pair | Skipped]:
    columns, found = _columns(source), sheet(source)
    if columns is None or found is None:
        return
    rows = _tabbed(source, len(found.header)) if found.delimiter == "\t" else found.rows()
    for row in rows:
        if isinstance(row, Skipped):
            yield row
            continue
        where, cells = row

        def cell(name: str, cells: list[str] = cells) -> str:
            return cells[columns[name]].strip() if name in columns else ""

        # The export writes line ends as two characters.
        answer = cell("answer").replace("\\r", "").replace("\\n", "\n")
        named = [part.partition(":")[::2] for part in cell("metadata").split("|") if ":" in part]
        yield _Pair(where, [cell("question")], answer, named, yes(cell("iscontextonly")))


def _tabbed(source: Source, width: int) -> Iterator[tuple[str, list[str]] | Skipped]:
    """Yield the rows of a table that quotes only where somebody's spreadsheet has written it anew."""
    with source.open("\n" if "\n" in source.head() else "") as stream:
        held, start = "", 0
        for number, line in _lines(stream):
            if number == 1 or not (held or line.strip()):
                continue
            held, start = held + line, start or number
            cells = held.rstrip("\r\n").split("\t")
            if len(cells) < width and _is_open(cells[-1]) and len(held) < LIMIT:
                continue
            if len(cells) == width:
                yield f"{source.name}:{start}", [_unquoted(cell) for cell in cells]
            else:
                yield Skipped(f"{source.name}:{start}", f"the row has {len(cells)} cells, the header {width}")
            held, start = "", 0
        if held:
            yield Skipped(f"{source.name}:{start}", "the row is cut off inside a quoted cell")


def _is_open(cell: str) -> bool:
    return cell.startswith('"') and (len(cell) == 1 or not cell.endswith('"'))


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    written_anew = len(cell) > 1 and cell.startswith('"') and cell.endswith('"') and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if written_anew else cell


# -- JSON


def _inside(source: Source) -> tuple[str, ...]:
    """Return the names of the list of pairs with the one first that the file has, where it has one at the top."""
    head = source.head()
    there = [name for name in _LISTS if re.search(rf'"{name}"\s*:\s*\[', head)]
    return tuple(dict.fromkeys((*there, *_LISTS))) if there else ()


def _of_json(source: Source) -> Iterator[_Pair | Skipped]:
    for item in records(source, inside=_inside(source)):
        if isinstance(item, Skipped):
            yield item
            continue
        some = False
        for where, value in _pairs_in(item):
            some = True
            yield _pair(where, value) if _is_pair(value) else Skipped(where, "neither a question nor an answer")
        if not some:
            yield Skipped(item.where, "the object holds no questions")


def _pairs_in(item: Record) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the pairs of an object: itself, what an update would write, or those of a project's assets."""
    value = _lower(item.value)
    if _is_pair(value):
        yield item.where, value
        return
    if isinstance(written := value.get("value"), dict):
        yield f"{item.where}:value", _lower(written)
        return
    assets = value.get("assets")
    within = _lower(assets) if isinstance(assets, dict) else value
    for name in ("qnas", "qnadocuments", "qnalist"):
        listed = within.get(name)
        for position, pair in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(pair, dict):
                yield f"{item.where}:{name}[{position}]", _lower(pair)


def _lower(value: Mapping[str, Any]) -> dict[str, Any]:
    # Exports have begun their keys with small and with capital letters.
    return {key.casefold(): of_key for key, of_key in value.items()}


def _is_json(source: Source) -> bool:
    return source.head().lstrip().startswith(("{", "["))


def _is_pair(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("answer"), str) and isinstance(value.get("questions"), list)


def _pair(where: str, value: Mapping[str, Any]) -> _Pair:
    questions = [question for question in value["questions"] if isinstance(question, str)]
    metadata = value.get("metadata")
    named: list[tuple[str, str]] = []
    if isinstance(metadata, dict):
        named = [(str(name), text) for name, text in metadata.items() if isinstance(text, str)]
    for one in metadata if isinstance(metadata, list) else ():
        with suppress(KeyError, TypeError, AttributeError):
            named.append((str(_lower(one)["name"]), str(_lower(one)["value"])))
    context = value.get("context") or value.get("dialog")
    context = _lower(context) if isinstance(context, dict) else {}
    return _Pair(where, questions, value["answer"], named, yes(context.get("iscontextonly", "")))
