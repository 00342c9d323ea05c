"""Whether composed replies say only what past answers say, and whether questions without an answer are declined.

Tickets are real: TweetSumm and TWCS in English, CrossWOZ in Chinese, from ``$REPLYDESK_DATASETS``. Questions are those
of tickets, with a greeting and a slip; every third asks what two tickets asked. 500 replies a language are composed
from what the matcher finds, by selecting, and 500 by a generator that slips on purpose: it changes numbers, adds
links, amounts and promises to what was selected, or leaves a word out.

Judged by :func:`unsupported` and, without it, by the figures and links of the text alone. An answer is taken away with
all that could give it: in English the conversation of the ticket and every question as good as the same (cosine .9), in
Chinese every ticket that names the place that is asked about, which the annotations tell. A false premise is a
statement of the right answer, or a condition of the question, with another number. Beside that, without any search or
composing, every sentence that could be sent is held against its own ticket with each of its numbers changed, and so is
each question as it was asked: *statements*. The rules were made looking at the tickets of one half, and are judged by
the other.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

REPLIES = int(os.environ.get("BENCHMARK_REPLIES", "500"))
DECLINED = int(os.environ.get("BENCHMARK_DECLINED", "200"))
SAME = 0.9
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_LINK = re.compile(r"https?://[!-~]+|www\.[!-~]+")
_NUMBER = re.compile(r"(?<![A-Za-z\d.,:/#@(;_*-])\d{1,3}(?![\d.,:/#@*)-]*\d)(?![)>:*#])")
_HOUR = re.compile(r"\s?[ap]\.?m\b", re.I)
_CONDITIONS = ("amount", "percent", "measure", "code")
_HARD = ("url", "email", "phone", "date", "amount", "percent", "measure", "number", "code")


def run() -> dict[str, Any]:
    from replydesk.data.home import Home
    from replydesk.data.settings import Settings
    from replydesk.data.store import Store
    from replydesk.retrieval.encoders.encoders import Encoders
    from replydesk.retrieval.matcher import Matcher

    figures: dict[str, Any] = {}
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.create()
        store = Store.open(home.database)
        matcher = Matcher(store, Encoders(settings.retrieval, home.runtime), ("en", "zh"), home)
        for language in ("en", "zh"):
            tickets, origins = read(language)
            store.add_tickets(tickets)
            figures[language] = _Desk(matcher, tickets, origins, language).figures()
            figures[language]["statements"] = statements(tickets, language)
        store.close()
    return figures


def read(language: str) -> tuple[list[Any], dict[str, str]]:
    """Return the tickets of a language, those that ask and are answered, and the conversation of each."""
    from replydesk.data.preparation import Mask
    from replydesk.data.records import Ticket
    from replydesk.data.settings import DataSettings
    from replydesk.data.text import clean

    tickets, origins = {}, {}
    for dialog, question, answer in _english() if language == "en" else _chinese():
        question, answer = clean(question), Mask(DataSettings(), dialog, {})(clean(answer))
        if question and answer:
            ticket = Ticket.make(question, answer, language=language)
            tickets[ticket.id] = ticket
            origins[ticket.id] = dialog
    return list(tickets.values()), origins


def _english() -> Iterator[tuple[str, str, str]]:
    for row in _rows("tweetsumm_pairs.jsonl"):
        yield row["dialog"], row["context"][-1], row["reply"]
    for row in _rows("twcs_pairs.jsonl"):
        yield f"twcs{row['id']}", row["query"], row["reply"]


def _chinese() -> Iterator[tuple[str, str, str]]:
    for row in _rows("crosswoz_dialogs.jsonl"):
        turns = row["turns"]
        for place in range(len(turns) - 1):
            if (turns[place]["role"], turns[place + 1]["role"]) == ("customer", "agent"):
                yield row["id"], turns[place]["text"], turns[place + 1]["text"]


def _rows(name: str) -> list[dict[str, Any]]:
    from benchmarks._datasets import datasets

    lines = (datasets() / "prepared" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _places() -> list[str]:
    """Return the names of places that the annotations of CrossWOZ tell, the longest first."""
    from benchmarks._datasets import datasets

    found = set()
    for part in ("val", "test"):
        with zipfile.ZipFile(datasets() / "crosswoz_val_test" / f"{part}.json.zip") as archive:
            dialogs = json.loads(archive.read(f"{part}.json"))
        for dialog in dialogs.values():
            acts = (act for message in dialog["messages"] for act in message["dialog_act"])
            found.update(act[3] for act in acts if act[2] == "名称" and len(act[3]) > 2)
    return sorted(found, key=lambda name: (-len(name), name))


def statements(tickets: Sequence[Any], language: str) -> dict[str, Any]:
    """Return how often a ticket contradicts its own sentences with another number, and its own question as it is.

    Only tickets of the half that no rule was made by count, those whose id is even.
    """
    from replydesk.dialog.compose.premises import contradicted_premise
    from replydesk.dialog.compose.usable import usable_sentences

    counts: Counter[str] = Counter()
    draw, chinese = random.Random(7), language == "zh"
    for ticket in tickets:
        sentences = usable_sentences(ticket, {})
        if int(ticket.id[:8], 16) % 2 or len(ticket.question) < (8 if chinese else 25) or not sentences:
            continue
        question = _worded(ticket.question, language)
        counts["questions"] += 1
        counts["questions contradicted"] += bool(contradicted_premise(question, ticket))
        for sentence in sentences:
            for number in _NUMBER.finditer(sentence.text):
                wrong = "" if "/" in sentence.text else _with_another(ticket, sentence.text, number, draw)
                if not wrong or _counts_parts(sentence.text, number):
                    continue
                counts["false"] += 1
                said = _stated(question, wrong, language)
                counts["false contradicted"] += bool(contradicted_premise(said, ticket))
    return {**counts, "share": _share(counts["false contradicted"], counts["false"])}


def _worded(question: str, language: str) -> str:
    """Return a question as another customer might write it: a greeting, a slip."""
    if language == "zh":
        return f"你好，{question.rstrip('？?。')}，谢谢"
    words, draw = question.split(), random.Random(question)
    place = draw.randrange(len(words))
    word = words[place]
    if len(word) > 4 and word.isalpha():
        at = draw.randrange(1, len(word) - 1)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return f"Hi, {' '.join(words)}"


def _stated(question: str, statement: str, language: str) -> str:
    """Return a question with a statement behind it that is to be confirmed."""
    bare = statement.rstrip(".。！!")
    return f"{question}，{bare}，对吗？" if language == "zh" else f"{question}. {bare}. Is that right?"


def _with_another(ticket: Any, text: str, number: re.Match[str], draw: random.Random) -> str:
    """Return a text with a number changed to one that the ticket does not have; an hour stays one."""
    known = set(re.findall(r"\d+", f"{ticket.question} {ticket.answer}"))
    hour = _HOUR.match(text, number.end()) is not None
    free = range(1, 13) if hour else range(int(number[0]) + 2, int(number[0]) + 60)
    left = [one for one in free if str(one) not in known]
    return f"{text[: number.start()]}{draw.choice(left)}{text[number.end() :]}" if left else ""


class _Desk:
    """One language: its tickets, what is asked, and what comes of it."""

    def __init__(self, matcher: Any, tickets: list[Any], origins: dict[str, str], language: str) -> None:
        from replydesk.dialog.compose.extractive import Extractive
        from replydesk.dialog.compose.usable import usable_sentences

        self.matcher, self.tickets, self.origins, self.language = matcher, tickets, origins, language
        self.by_id = {ticket.id: ticket for ticket in tickets}
        self.draw = random.Random(7)
        self.encoding = 0.0
        self.known: dict[str, list[Any]] = {}
        matcher.sync()
        self.vectors = np.concatenate(
            [
                matcher.vectors([ticket.question for ticket in tickets[start : start + 500]], language=language)
                for start in range(0, len(tickets), 500)
            ]
        )
        self.composer = Extractive(self._encode, lambda words, spoken: matcher.rarities(words, language=spoken))
        fewest = 25 if language == "en" else 8
        self.asked = [t for t in tickets if len(t.question) >= fewest and usable_sentences(t, {})]
        self.draw.shuffle(self.asked)

    def _encode(self, texts: Sequence[str], language: str) -> Any:
        began = time.perf_counter()
        found = self.matcher.vectors(texts, language=language)
        self.encoding += time.perf_counter() - began
        return found

    def figures(self) -> dict[str, Any]:
        selected = self._replies(self.composer.compose)
        return {
            "tickets": len(self.tickets),
            "selected": selected,
            "generated": self._generated(),
            "taken away": self._taken_away(),
            "false premise": self._false_premises(),
        }

    def _hits(self, questions: Sequence[str], without: frozenset[str] = frozenset()) -> list[Any]:
        """Return hits of every question in turn, each ticket once."""
        found = [self._found(question, without) for question in questions]
        rows = [hit for row in zip(*(hits + [None] * (4 - len(hits)) for hits in found), strict=True) for hit in row]
        return list({hit.ticket.id: hit for hit in rows if hit is not None}.values())

    def _found(self, question: str, without: frozenset[str]) -> list[Any]:
        if without:
            return self.matcher.find(question, language=self.language, k=4, without=without)  # type: ignore[no-any-return]
        if question not in self.known:
            self.known[question] = self.matcher.find(question, language=self.language, k=4)
        return self.known[question]

    def _replies(self, compose: Any) -> dict[str, Any]:
        from replydesk.dialog.compose.composer import Asked
        from replydesk.dialog.compose.extractive import Extractive

        counts: Counter[str] = Counter()
        spent, encoded = [], []
        limits = Extractive().limits
        two = Extractive(self._encode, self.composer._rarities, type(limits)(hits=8))
        for number, ticket in enumerate(self.asked * 2):
            if counts["composed"] >= REPLIES:
                break
            questions = [_worded(ticket.question, self.language)]
            if number % 3 == 2:
                questions.append(_worded(self.asked[(number * 7) % len(self.asked)].question, self.language))
            hits = self._hits(questions)
            parts = tuple(questions) if len(questions) > 1 else ()
            asked = Asked("\n".join(questions), self.language, parts=parts)
            began, before = time.perf_counter(), self.encoding
            draft = two.compose(asked, hits) if parts and compose == self.composer.compose else compose(asked, hits)
            spent.append(1000 * (time.perf_counter() - began))
            encoded.append(1000 * (self.encoding - before))
            counts["asked"] += 1
            if draft is not None:
                self._judge(draft, counts)
        beyond = [whole - part for whole, part in zip(spent, encoded, strict=True)]
        return {**counts, "milliseconds": {"whole": _spread(spent), "beyond the encoder": _spread(beyond)}}

    def _judge(self, draft: Any, counts: Counter[str]) -> None:
        """Count what a draft says that its cited answers do not."""
        from replydesk.dialog.compose.claims import claims_of
        from replydesk.dialog.compose.evidence import problems, unsupported
        from replydesk.dialog.compose.sentences import sentences

        counts["composed"] += 1
        counts["in parts"] += "\n" in draft.text
        counts["with conflicts"] += bool(draft.conflicts)
        counts["worded"] += draft.by == "generated"
        answers = [self.by_id[key].answer for key in dict.fromkeys(c.ticket for c in draft.citations)]
        cited = {citation.sentence for citation in draft.citations}
        for number, sentence in enumerate(sentences(draft.text)):
            if number not in cited:
                continue
            counts["sentences"] += 1
            missing = set(unsupported(sentence.text, answers))
            counts["hard claims missing"] += sum(
                claim.text in missing for claim in claims_of(sentence.text) if claim.kind in _HARD
            )
            counts["unsupported sentences"] += bool(problems(sentence.text, answers))
        told = "\n".join(answers)
        known = set(_FIGURE.findall(told))
        counts["figures missing"] += sum(figure not in known for figure in _FIGURE.findall(draft.text))
        counts["links missing"] += sum(link.rstrip(".,)") not in told for link in _LINK.findall(draft.text))

    def _generated(self) -> dict[str, Any]:
        from replydesk.dialog.compose.generator import Generated

        slips: Counter[str] = Counter()

        def write(_instructions: str, request: str) -> Iterator[str]:
            facts = [line[2:] for line in request.splitlines() if line.startswith("- ")]
            text = self._slipped(facts, slips)
            yield from (text[start : start + 7] for start in range(0, len(text), 7))

        return {**self._replies(Generated(self.composer, write).compose), "slips": dict(slips)}

    def _slipped(self, facts: list[str], slips: Counter[str]) -> str:
        """Return facts as a careless generator words them."""
        kind = self.draw.choice(("number", "link", "amount", "promise", "date", "word", "none"))
        chinese = self.language == "zh"
        text = ("" if chinese else " ").join(facts)
        if kind == "number" and _FIGURE.search(text):
            text = _FIGURE.sub(lambda found: str(int(found[0][0]) + self.draw.randint(11, 80)), text, count=1)
        elif kind == "word":
            text = text[:-2] if chinese else " ".join(word for word in text.split() if self.draw.random() > 0.05)
        elif kind != "none":
            added = {
                "number": ("It takes 17 working days.", "需要17个工作日。"),
                "link": ("See www.tidewick.example/help.", "详见www.tidewick.example/help。"),
                "amount": ("You get £25 back.", "退您25元。"),
                "promise": ("We will refund you, guaranteed.", "我们保证一定会退款。"),
                "date": ("It ends on 3 May.", "5月3日截止。"),
            }[kind][chinese]
            text = f"{text}{'' if chinese else ' '}{added}"
        slips[kind] += 1
        return text

    def _taken_away(self) -> dict[str, Any]:
        """Return how often a question is declined whose answer was taken away, and composed while it is there."""
        counts: Counter[str] = Counter()
        places = _places() if self.language == "zh" else []
        for ticket in self.asked:
            if counts["asked"] >= DECLINED:
                break
            question = _worded(ticket.question, self.language)
            if self.language == "en":
                row = self.matcher.vectors([ticket.question], language="en")[0]
                near = self.vectors @ row >= SAME
                gone = {t.id for t, same in zip(self.tickets, near, strict=True) if same}
                gone |= {key for key, dialog in self.origins.items() if dialog == self.origins[ticket.id]}
            else:
                place = next((name for name in places if name in ticket.question), "")
                if not place:
                    continue
                gone = {t.id for t in self.tickets if place in t.question or place in t.answer}
            counts["asked"] += 1
            counts["composed with it"] += self._composes(question, self._hits([question])) is not None
            counts["declined without it"] += self._composes(question, self._hits([question], frozenset(gone))) is None
        return {**counts, "declined": _share(counts["declined without it"], counts["asked"])}

    def _composes(self, question: str, hits: list[Any]) -> Any:
        from replydesk.dialog.compose.composer import Asked

        return self.composer.compose(Asked(question, self.language), hits)

    def _false_premises(self) -> dict[str, Any]:
        """Return how often a question is declined whose number is another than that of the right answer."""
        from replydesk.dialog.compose.claims import claims_of

        counts: Counter[str] = Counter()
        for ticket in self.asked:
            if counts["asked"] >= DECLINED:
                break
            question = _worded(ticket.question, self.language)
            draft = self._composes(question, self._hits([question]))
            if draft is None or draft.citations[0].ticket != ticket.id:
                continue
            citation = draft.citations[0]
            statement = ticket.answer[citation.start : citation.end]
            wrong = self._other_number(ticket, statement)
            if wrong and "/" not in statement:
                false = _stated(question, wrong, self.language)
            else:
                there = {(claim.kind, claim.value) for claim in claims_of(ticket.answer) if claim.kind in _CONDITIONS}
                shared = [claim.text for claim in claims_of(question) if (claim.kind, claim.value) in there]
                told = next((text for text in shared if text in question), "")
                wrong = self._other_number(ticket, told)
                if not wrong:
                    continue
                wrong = question.replace(told, wrong)
                false = wrong
            counts["asked"] += 1
            counts["declined"] += self._composes(false, self._hits([false])) is None
        return {**counts, "share": _share(counts["declined"], counts["asked"])}

    def _other_number(self, ticket: Any, text: str) -> str:
        """Return a text with its first number of something changed to one that the ticket does not have, else empty.

        What counts the parts of a message, is masked, stands in a placeholder or is a smile is no such number; an hour
        stays one.
        """
        found = next((one for one in _NUMBER.finditer(text) if not _counts_parts(text, one)), None)
        if found is None:
            return ""
        return _with_another(ticket, text, found, self.draw)


def _counts_parts(text: str, number: re.Match[str]) -> bool:
    """Return whether a number at the end of a line only says which part of several messages this is."""
    return int(number[0]) < 10 and re.match(r"[.\s]*(?:\Z|\n)", text[number.end() :]) is not None


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": round(statistics.median(ordered), 2), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 2)}
