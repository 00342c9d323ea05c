"""A generator behind the seam: it words what was selected, and nothing of it is sent that the evidence does not say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from replydesk.data.errors import ReplydeskError
from replydesk.data.settings import DialogSettings
from replydesk.dialog.compose.composer import Asked, Composer, Draft
from replydesk.dialog.compose.evidence import content_words, problems, support
from replydesk.dialog.compose.extractive import greeting, separator
from replydesk.dialog.compose.sentences import sentences
from replydesk.dialog.reply import Citation
from replydesk.retrieval.matcher import Hit

__all__ = ["Generated", "Write", "composer_of"]

_LOG = logging.getLogger(__name__)

Write = Callable[[str, str], Iterator[str]]
"""Instructions and a request in, the draft out, piece by piece. Raises an error of the tree where it cannot."""

_INSTRUCTIONS: Final = {
    "en": (
        "You word the reply of a support team. Use only the facts given, keep every number, name and link as it is, add"
        " nothing and promise nothing. No greeting, no signature. At most {count} short sentences."
    ),
    "zh": (
        "你为客服团队润色回复。只使用给出的事实，数字、名称和链接保持原样，不得添加内容，不得作出承诺。不要问候语和落款。最多{count}句短句。"
    ),
}
_REQUEST: Final = {
    "en": "Facts:\n{facts}\n\nThe customer asks:\n{asked}\n\nReply:",
    "zh": "事实：\n{facts}\n\n客户的问题：\n{asked}\n\n回复：",
}


class Generated:
    """Words the draft of another composer, and gives that draft back wherever it may not.

    The generator sees the sentences that were selected, never whole tickets. Each sentence that it writes is checked by
    :func:`~replydesk.dialog.compose.evidence.problems`, and cites the selected sentence that it shares most with.

    >>> from replydesk.data.records import Ticket
    >>> from replydesk.dialog.compose.extractive import Extractive
    >>> ticket = Ticket.make("Refund time?", "A refund takes five days.", language="en")
    >>> for told in ("Your refund takes 5 days.", "Your refund takes 3 days."):
    ...     composer = Generated(Extractive(), lambda _instructions, _request: iter([told]))
    ...     draft = composer.compose(Asked("Refund time?", "en"), [Hit(ticket, 0.9, 0.9)])
    ...     print(draft.by, draft.text)
    generated Hello! Your refund takes 5 days.
    extractive Hello! A refund takes five days.
    """

    def __init__(self, selecting: Composer, write: Write) -> None:
        self._selecting, self._write = selecting, write

    def compose(self, asked: Asked, hits: Sequence[Hit]) -> Draft | None:
        """Return the worded draft where all of it stands, else the selected one, None where nothing was selected."""
        selected = self._selecting.compose(asked, hits)
        if selected is None:
            return None
        known = _evidence(selected)
        try:
            said = [told for told, _ in _told(self._written(asked, known)) if content_words(told)]
        except ReplydeskError as error:
            _LOG.warning("No draft was written: %s", error)
            return selected
        if not said or any(problems(told, known, asked.slots) for told in said):
            return selected
        return _draft(said, selected, asked)

    def stream(self, asked: Asked, hits: Sequence[Hit]) -> Iterator[str]:
        """Yield the reply sentence by sentence, each after its check; joined they are the reply.

        The first sentence that does not stand ends it. Where none was released, the selected sentences are. Nothing
        comes where nothing was selected.
        """
        selected = self._selecting.compose(asked, hits)
        if selected is None:
            return
        known = _evidence(selected)
        text = greeting(asked.language) if asked.greet else ""
        begun = False
        try:
            for told, _ in _told(self._written(asked, known)):
                if not content_words(told):
                    continue
                if problems(told, known, asked.slots):
                    break
                piece = told if begun else f"{text}{separator(text)}{told}"
                yield f"{separator(text)}{piece}" if begun else piece
                text, begun = f"{text}{told}", True
        except ReplydeskError as error:
            _LOG.warning("No more of the draft was written: %s", error)
        if not begun:
            yield selected.text

    def _written(self, asked: Asked, known: Sequence[str]) -> Iterator[str]:
        language = "zh" if asked.language == "zh" else "en"
        facts = "\n".join(f"- {sentence}" for sentence in known)
        instructions = _INSTRUCTIONS[language].format(count=len(known) + 1)
        return self._write(instructions, _REQUEST[language].format(facts=facts, asked=asked.text))


def composer_of(settings: DialogSettings, selecting: Composer) -> Composer:
    """Return the composer that the settings describe: the one that selects alone, or with a generator behind it.

    Raises :class:`~replydesk.data.errors.ModelError` where a local model is wanted and cannot be loaded.
    """
    if not settings.generator:
        return selecting
    if settings.generator == "local":
        from replydesk.dialog.compose.local import LocalModel

        return Generated(selecting, LocalModel(settings.generator_model, seconds=settings.generator_seconds))
    from replydesk.dialog.compose.endpoint import Endpoint

    return Generated(
        selecting,
        Endpoint(
            settings.generator,
            model=settings.generator_model,
            key=settings.generator_key,
            seconds=settings.generator_seconds,
        ),
    )


def _evidence(selected: Draft) -> list[str]:
    cited = {citation.sentence for citation in selected.citations}
    return [sentence.text for number, sentence in enumerate(sentences(selected.text)) if number in cited]


def _told(pieces: Iterator[str]) -> Iterator[tuple[str, int]]:
    """Yield the sentences of a text that comes in pieces, each with its number, when what follows has begun."""
    text, done = "", 0
    for piece in pieces:
        text += piece
        for sentence in sentences(text)[done:-1]:
            yield sentence.text, done
            done += 1
    for sentence in sentences(text)[done:]:
        yield sentence.text, done
        done += 1


def _sources(told: str, known: Sequence[str], asked: Asked) -> list[int]:
    """Return the places of the facts that a sentence rests on: the nearest, and others until nothing is unsupported."""
    nearest = sorted(range(len(known)), key=lambda place: -support(told, [known[place]]))
    taken = nearest[:1]
    missing = problems(told, [known[place] for place in taken], asked.slots)
    for place in nearest[1:]:
        if not missing:
            break
        left = problems(told, [known[one] for one in (*taken, place)], asked.slots)
        if len(left) < len(missing):
            taken, missing = [*taken, place], left
    return taken


def _draft(said: Sequence[str], selected: Draft, asked: Asked) -> Draft:
    known = _evidence(selected)
    text = greeting(asked.language) if asked.greet else ""
    first = 1 if asked.greet else 0
    citations: list[Citation] = []
    for number, told in enumerate(said, start=first):
        citations += [replace(selected.citations[place], sentence=number) for place in _sources(told, known, asked)]
        text += f"{separator(text)}{told}"
    return replace(selected, text=text, citations=tuple(citations), by="generated")
