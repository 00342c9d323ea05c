"""Public corpora of dialogues: JSON in which every dialogue is an object with a list of turns.

The dialogues stand under their ids in one object (CrossWOZ, MultiWOZ), in an array, in lists inside one object
(ABCD's train, dev and test), or one a line. A turn is an object with a speaker and a text, or a pair of both (ABCD's
``original``); in MultiWOZ's ``log``, where nobody is named, the system's turns are those with a state of the belief.
Speakers are understood by their words: ``usr``, ``customer``, ``seeker`` ask; ``sys``, ``agent``, ``wizard`` answer,
and so do ``system`` and ``assistant`` where nobody else does. Where the words say nothing, as A and B do, the dialogue
is skipped, unless ``Options.agents`` names who answers. Corpora in lines with tabs are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source, in_order, moment, role_of, short, yes
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.jsonvalues import first_values, values
from replydesk.data.readers.sessions import has_sessions, sessions
from replydesk.data.readers.speakers import is_agent
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["Dialogues"]

_LISTS = (
    *("original", "messages", "turns", "utterances", "dialog", "dialogue", "log", "dialog_turns", "dialogue_turns"),
    *("conversation", "conversations", "content", "history", "transcript", "chat"),
)
_SPEAKERS = (
    *("role", "speaker", "from", "sender", "author", "user", "speaker_role", "actor_type", "author_role", "authorRole"),
    *("sender_type", "participant", "agent", "turn"),
)
_TEXTS = ("content", "text", "utterance", "message", "body", "value", "transcript", "sentence", "msg")
_TIMES = ("timestamp", "ts", "created_at", "createdAt", "time", "datetime", "date", "utterance_time", "sent_at")
_IDS = (
    *("id", "dialogue_id", "dialog_id", "conversation_id", "convo_id", "conversationId", "session_id", "dialogueID"),
    *("dialog_idx", "uid", "uuid"),
)
_WRAPPERS = (
    *("train", "data", "dialogues", "dialogs", "conversations", "dev", "valid", "val", "validation", "test", "items"),
    *("results", "records", "examples", "sessions", "chats"),
)
_KEYED = ("*",)
_PRIVATE, _PUBLIC = ("private", "is_private", "internal", "is_internal"), ("public", "is_public")
_NOT_SET = (False, 0, "false", "0", "no", "f", "n")

_WORDS: dict[str, Role] = {
    **dict.fromkeys(("usr", "seeker", "driver", "apprentice", "questioner", "asker", "caller", "patient"), "customer"),
    **dict.fromkeys(("求助者", "病人", "患者", "来访者"), "customer"),
    **dict.fromkeys(("wizard", "supporter", "expert", "recommender", "counselor", "answerer", "waiter"), "agent"),
    **dict.fromkeys(("doctor", "医生", "支持者"), "agent"),
    "action": "system",
}
_ANSWER_ALONE = ("sys", "system", "assistant")


class _Turn(NamedTuple):
    speaker: str
    text: str
    fields: Mapping[str, Any]


class Dialogues:
    """Dialogues as JSON, of any corpus whose objects say who speaks and what is said."""

    name = "dialogues"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects hold dialogues. Raises :class:`FormatError` for tweets without texts."""
        return not source.is_folder and (_layout(source) is not None or has_sessions(source))

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per dialogue in which it is known who answers."""
        layout = _layout(source)
        if layout is None:
            yield from sessions(source)
            return
        said_so: set[str] = set()
        found_items = values(source) if layout == _KEYED else records(source, inside=layout)
        for item in found_items:
            if isinstance(item, Skipped):
                yield item
                continue
            for found in _conversation(item, options, named=layout == _KEYED):
                if isinstance(found, Assumed):
                    if found.what in said_so:
                        continue
                    said_so.add(found.what)
                yield found


def _layout(source: Source) -> tuple[str, ...] | None:
    """Return the keys of the lists that dialogues are in, ``_KEYED``, nothing for the top, or None for no dialogues."""
    head = source.head()
    if head.lstrip()[:1] not in ("{", "["):
        return None
    if any(_turns(record.value) for record in first_values(source)):
        return _KEYED
    lists = [(key, *(other for other in _WRAPPERS if other != key)) for key in _WRAPPERS if f'"{key}"' in head]
    for inside in ((), *lists):
        found = first(source, inside=inside)
        if any("tweet_ids_sentence_offset" in record.value and "annotations" in record.value for record in found):
            raise FormatError(
                "The dialogues are only the ids of tweets; what was said is not in the file.",
                where=source.name,
                hint="Join them with the texts of the tweets first.",
            )
        if any(bool(record.key) == bool(inside) and _turns(record.value) for record in found):
            return inside
    return None


def _turns(record: Mapping[str, Any]) -> list[_Turn | None]:
    """Return the turns of a dialogue, None for one that cannot be read; nothing when the object is no dialogue."""
    for key in _LISTS:
        elements = record.get(key)
        if not isinstance(elements, list) or not elements:
            continue
        turns = [_turn(element) for element in elements]
        if any(turns) and (key != "original" or any(_role(turn.speaker) for turn in turns if turn)):
            return turns
        if key == "log" and any(isinstance(element, dict) and "metadata" in element for element in elements):
            return [_turn_of_multiwoz(element) for element in elements]
    return []


def _turn(element: object) -> _Turn | None:
    if isinstance(element, list):
        if len(element) == 2 and all(isinstance(part, str) for part in element):
            return _Turn(element[0], element[1], {})
        return None
    if not isinstance(element, dict):
        return None
    speaker = next((str(value) for key in _SPEAKERS if isinstance(value := element.get(key), str | int)), "")
    inner = element.get("data")
    text = _text(element) or (_text(inner) if isinstance(inner, dict) else "")
    has_text = bool(text) or any(key in element for key in _TEXTS)
    return _Turn(speaker.strip(), text, element) if speaker.strip() and has_text else None


def _turn_of_multiwoz(element: object) -> _Turn | None:
    if not isinstance(element, dict) or not isinstance(element.get("metadata"), dict):
        return None
    return _Turn("sys" if element["metadata"] else "usr", _text(element), element)


def _text(element: Mapping[str, Any]) -> str:
    return next((value for key in _TEXTS if isinstance(value := element.get(key), str) and value.strip()), "")


def _conversation(item: Record, options: Options, *, named: bool) -> Iterator[Item]:
    turns = _turns(item.value)
    if not turns:
        yield Skipped(item.where, "the object is no dialogue: no list of it has speakers and texts")
        return
    roles, why = _roles([turn.speaker for turn in turns if turn], options.agents)
    if "agent" not in roles.values() and "customer" not in roles.values():
        shown = ", ".join(dict.fromkeys(turn.speaker[:20] for turn in turns if turn))
        yield Skipped(item.where, f"nothing says who answers: the speakers are {shown}")
        return
    said: list[tuple[int, Role, _Turn]] = []
    for position, turn in enumerate(turns):
        place = f"{item.where}[{position}]"
        if turn is None:
            yield Skipped(place, "a turn has a speaker and a text")
        elif not turn.text.strip():
            yield Skipped(place, "the turn has no text")
        elif (role := _privacy(turn.fields) or roles[turn.speaker]) is None:
            yield Skipped(place, f"the speaker {turn.speaker[:40]!r} is unknown")
        else:
            said.append((position, role, turn))
    if not said:
        yield Skipped(item.where, "the dialogue has no turns that can be read")
        return
    if why:
        yield Assumed(item.where, why, "--agents NAME")
    identity = _identity(item, [turn.text for _, _, turn in said], named=named)
    messages = [
        Message(
            f"{identity}:{position}",
            role,
            turn.text,
            _time(turn.fields),
            author=turn.speaker,
            intents=_intents(turn.fields),
        )
        for position, role, turn in said
    ]
    subject = item.value.get("subject", item.value.get("title"))
    yield Conversation(
        identity, in_order(messages), source="dialogues", subject=subject if isinstance(subject, str) else ""
    )


def _identity(item: Record, texts: Sequence[str], *, named: bool) -> str:
    known = item.key if named else next((str(v) for k in _IDS if isinstance(v := item.value.get(k), str | int)), "")
    if not known.strip():
        return f"dialogues:{content_id('dialogues', *texts)}"
    # Corpora count their dialogues from 1, in every file anew.
    return short(f"dialogues:{known.strip()}:{content_id(texts[0])[:8]}")


def _roles(speakers: Sequence[str], agents: Sequence[str]) -> tuple[dict[str, Role | None], str]:
    """Return everybody's role, None for whom nothing says it, and what was assumed."""
    roles: dict[str, Role | None] = {speaker: _role(speaker) for speaker in speakers}
    named = [speaker for speaker in roles if is_agent(speaker, "", agents)]
    for speaker in named:
        roles[speaker] = "agent"
    if "agent" not in roles.values():
        for word in _ANSWER_ALONE:
            # Whoever is the other side of the customer answers, whatever the corpus calls it.
            alone = [speaker for speaker in roles if speaker.strip().casefold() == word]
            assistant = any(speaker.strip().casefold() == "assistant" for speaker in roles)
            if alone and "customer" in roles.values() and not (word != "assistant" and assistant):
                roles.update(dict.fromkeys(alone, "agent"))
                break
    unknown = [speaker for speaker, role in roles.items() if role is None]
    told = {role for role in roles.values() if role in ("agent", "customer")}
    if named:
        roles.update(dict.fromkeys(unknown, "customer"))
    elif len(unknown) == 1 and len(told) == 1:
        role: Role = "customer" if told == {"agent"} else "agent"
        roles[unknown[0]] = role
        return roles, f"{unknown[0]} is the {role}, because nobody else is"
    return roles, ""


def _role(speaker: str) -> Role | None:
    word = speaker.strip().casefold()
    return _WORDS.get(word) or ("system" if word == "sys" else role_of(word))


def _privacy(fields: Mapping[str, Any]) -> Role | None:
    """Return ``note`` for what is private, or may be because its flag cannot be read."""
    for key in _PRIVATE:
        value = fields.get(key, False)
        if (value.strip().casefold() if isinstance(value, str) else value) not in _NOT_SET:
            return "note"
    return "note" if any(key in fields and not yes(fields[key]) for key in _PUBLIC) else None


def _time(fields: Mapping[str, Any]) -> Any:
    for key in _TIMES:
        try:
            if found := moment(fields.get(key)):
                return found
        except ValueError:
            continue  # what a corpus calls time may be seconds since its beginning, or a word
    return None


def _intents(fields: Mapping[str, Any]) -> tuple[str, ...]:
    value = fields.get("intents", fields.get("intent"))
    values = value if isinstance(value, list) else [value]
    return tuple(label for label in values if isinstance(label, str) and label)
