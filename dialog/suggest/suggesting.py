"""Suggesting: for a message in its conversation, the answers that a member of the team may send. Nothing is sent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from replydesk.data.errors import ConflictError, NotFoundError, RequestError
from replydesk.data.preparation import Mask, label, pseudonym
from replydesk.data.records import Conversation, Message, Suggested, same_text
from replydesk.data.text import language_of
from replydesk.dialog.agent import Agent
from replydesk.dialog.compose.slots import filled
from replydesk.dialog.compose.slots import slots_of as places_of
from replydesk.dialog.incoming import Incoming, context_of, language_before
from replydesk.dialog.looking import Found, Wanted, answers_of
from replydesk.dialog.state import state_before
from replydesk.dialog.suggest.candidates import Asking, Candidate, candidates_of
from replydesk.dialog.suggest.choosing import Chosen, Wording, chosen, different, explored
from replydesk.dialog.suggest.suggestion import Suggestion, Suggestions
from replydesk.dialog.suggest.why import reasons_of
from replydesk.dialog.turn import Heard, heard, situation_of

__all__ = ["SuggestionRequest", "suggestions"]

# Twice as many as a reply looks at: three of them have to differ, and one may come from further down.
_WIDER = 2


@dataclass(frozen=True, slots=True)
class SuggestionRequest:
    """For what suggestions are wanted. Without a ``text`` that is the last message of the customer in ``conversation``.

    ``customer`` and ``channel`` are those of the conversation where they are not given; ``by`` is the member of the
    team who asks, ``k`` how many answers are wanted. The same ``id`` sent again gets the same suggestions.
    """

    text: str = ""
    conversation: str = ""
    customer: str = ""
    channel: str = ""
    language: str = ""
    by: str = ""
    k: int = 3
    filters: Mapping[str, str] | None = None
    id: str = ""


def suggestions(agent: Agent, request: SuggestionRequest) -> Suggestions:
    """Return different answers to a message, and beside them the next best macro or article; the store keeps all.

    Reading the message costs one forward pass, as for a reply. Raises :class:`RequestError` for an empty or too long
    message or filters that nothing here can pass, :class:`NotFoundError` where a conversation is named that is not
    there and no text is given, and :class:`ConflictError` where the id stands for another message.
    """
    began = time.perf_counter()
    agent.check_filters(request.filters)
    known = agent.store.stored([request.conversation]).get(request.conversation) if request.conversation else None
    talk = known.conversation if known else Conversation(request.conversation, ())
    mask = Mask(agent.settings.data, request.conversation, known.masked if known else {})
    text, earlier, asked = _asked(agent.checked(request.text, mask) if request.text.strip() else "", talk)
    given = _given(agent, request.id, text)
    if given is not None:
        return given
    key = label(request.id) or uuid.uuid4().hex
    spoken = agent.settings.data.languages
    language = request.language or language_of(text, among=spoken, previous=language_before(earlier))
    told = heard(text, state_before(agent.store, request.conversation, earlier, asked=asked), context_of(earlier))
    incoming = Incoming(
        told.meant,
        language,
        context=told.context,
        state=told.state,
        conversation=request.conversation,
        channel=label(request.channel) or talk.channel,
        tags=talk.tags,
        filters=request.filters,
        without=frozenset(told.state.refused),
    )
    release, refused = agent.release(), told.state.refused
    failed = answers_of(agent.store, refused)
    wide = _WIDER * agent.settings.retrieval.candidates
    found = agent.look(incoming, Wanted(wide, request.filters, incoming.without, failed), release)
    intents = found.reading.intents
    asking = Asking(label(request.by), pseudonym(request.customer) or talk.customer, intents[0].name if intents else "")
    candidates = candidates_of(
        incoming, found, asking, agent.store, agent.matcher_of(release), _written(agent, incoming, told, found)
    )
    share = agent.settings.dialog.explore
    items, beside = _shown(candidates, request.k, share, key, found, asking, agent.settings.dialog.ask_above)
    about = {
        "conversation": request.conversation,
        "text": text,
        "meant": told.meant if told.meant != text else "",
        "by": asking.by,
        "customer": asking.customer,
        "channel": incoming.channel,
        "language": language,
        "intents": [{"name": one.name, "probability": round(one.probability, 4)} for one in intents[:5]],
        "k": request.k,
        "ranker": "similarity" if found.skills.ranker is None else "learned",
        "explore": share,
        "release": release.id,
        "at": incoming.at.isoformat(),
        "milliseconds": {
            name: round(value, 2)
            for name, value in {"total": 1000 * (time.perf_counter() - began), **found.milliseconds}.items()
        },
    }
    made = Suggestions(key, items, beside, about)
    # Where the same id was answered at the same time, what is stored counts.
    if not agent.store.add_suggestions([Suggested(key, made.document())]):
        return _given(agent, key, text) or made
    return made


def _asked(text: str, talk: Conversation) -> tuple[str, tuple[Message, ...], str]:
    """Return the message that is asked about, those before it, and its id where it is one of the conversation.

    Without a text it is the customer's last one.
    """
    messages = talk.messages
    last = next((i for i in reversed(range(len(messages))) if messages[i].role == "customer"), None)
    if text:
        same = last is not None and same_text(messages[last].text) == same_text(text)
        return (text, messages[:last], messages[last].id) if last is not None and same else (text, messages, "")
    if talk.id and not messages:
        raise NotFoundError("There is no such conversation.", where=talk.id, hint="Check the id.")
    if last is None:
        hint = "Send `text`, or the `conversation` of a customer who has written something."
        raise RequestError("There is no message to suggest answers for.", where="text", hint=hint)
    return messages[last].text, messages[:last], messages[last].id


def _given(agent: Agent, key: str, text: str) -> Suggestions | None:
    """Return what was suggested under this id before, None where nothing was."""
    if not key:
        return None
    try:
        made = agent.store.suggestion(label(key))
    except NotFoundError:
        return None
    if same_text(str(made.document["text"])) != same_text(text):
        hint = "Send a new id with every message, or none."
        raise ConflictError("This id stands for another message.", where=key, hint=hint)
    return Suggestions.from_document(made.document)


def _written(agent: Agent, incoming: Incoming, told: Heard, found: Found) -> Callable[[str], str | None]:
    """Return what makes the text of an answer: its places filled as far as they are known, the rest left to the team.

    None stands for an answer that contradicts a fact or promises what may not be promised.
    """
    book, situation = agent.rulebook, situation_of(incoming, told, found.reading, agent.forms)
    slots = situation.said

    def written(answer: str) -> str | None:
        text = (book.told(answer, situation) or answer) if book is not None else answer
        left = {name: f"{{{name}}}" for name in places_of(text) if not slots.get(name, "").strip()}
        text = filled(text, {**slots, **left}) or text
        if book is not None and book.objections(text, incoming.at, incoming.language):
            return None
        return text

    return written


def _shown(
    candidates: Sequence[Candidate],
    k: int,
    share: float,
    key: str,
    found: Found,
    asking: Asking,
    ask_above: float | None,
) -> tuple[tuple[Suggestion, ...], Suggestion | None]:
    """Return the answers that are shown, and the next best macro or article that is likely enough to be asked about."""
    wordings = Wording.of([one.text for one in candidates], [one.template for one in candidates])
    best = chosen([one.score for one in candidates], wordings, k)
    shown = explored(best, wordings, share, key)

    def suggestion(choice: Chosen, position: int) -> Suggestion:
        one = candidates[choice.place]
        return Suggestion(
            one.hit.ticket.id,
            one.kind,
            one.text,
            one.score,
            reasons_of(
                one.hit,
                one.kind,
                one.tally,
                language=found.reading.language,
                intent=asking.intent,
                told=one.told,
                explored=choice.explored,
            ),
            position,
            choice.propensity,
            one.hit.ticket.question,
            one.hit.similarity,
            choice.explored,
            one.features,
        )

    items = tuple(suggestion(choice, place + 1) for place, choice in enumerate(shown))
    least = found.skills.thresholds.ask_above if ask_above is None else ask_above
    taken = [choice.place for choice in shown]
    beside = next(
        (
            place
            for place, one in enumerate(candidates)
            if one.kind != "answer" and one.score >= least and place not in taken and different(place, taken, wordings)
        ),
        None,
    )
    return items, suggestion(Chosen(beside), len(items) + 1) if beside is not None else None
