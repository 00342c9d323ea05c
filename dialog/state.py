"""The state of a conversation: what the next message needs to know of those before, carried in every stored reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from replydesk.data.records import Message

if TYPE_CHECKING:
    from replydesk.data.store import Store

__all__ = ["RELEASED", "TAKEN", "FormState", "Offer", "State", "holder_of", "state_after", "state_before"]

TAKEN, RELEASED = "taken over:", "released:"
"""What the ids of the system messages begin with that say that a person took over, or that the bot may go on."""

_FAILED = frozenset({"wrong", "wrong_intent"})
# A conversation that goes on for ever must not make its state grow for ever.
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A quick reply that was offered: its label, the text that choosing it sends, and the ticket it came from."""

    label: str
    value: str
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class FormState:
    """A form that is being filled in: its name, the slot asked for, and how often that was asked in vain.

    ``explained`` is how often the customer asked about it.
    ``slots`` are the names of all its slots, in the order in which they are asked for.
    """

    name: str
    asking: str
    tries: int = 0
    slots: tuple[str, ...] = ()
    explained: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a conversation after its last reply.

    ``taken_over`` names the person who has it, '' while the bot has. ``failures`` counts the answers in a row that the
    customer turned down, ``angry`` their angry messages in a row, as :func:`~replydesk.dialog.sentiment.angrier` does.
    ``refused`` are tickets whose answer is not given again; ``sent`` those of the last reply.
    ``options`` are what the last reply offered. ``topic`` is the last question, complete by itself; ``asked`` the last
    message as it was written. ``tags`` are those that the team's rules have put on the conversation. ``waiting`` is why
    a colleague was last told, until something else is asked; ``filled`` the form that was handed over with it.
    """

    slots: Mapping[str, str] = field(default_factory=dict)
    form: FormState | None = None
    taken_over: str = ""
    failures: int = 0
    refused: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    options: tuple[Offer, ...] = ()
    topic: str = ""
    asked: str = ""
    tags: tuple[str, ...] = ()
    angry: int = 0
    waiting: str = ""
    filled: str = ""

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        form = self.form
        return {
            "slots": dict(self.slots),
            "form": {**asdict(form), "slots": list(form.slots)} if form else None,
            "taken_over": self.taken_over,
            "failures": self.failures,
            "refused": list(self.refused),
            "sent": list(self.sent),
            "options": [{"label": o.label, "value": o.value, "ticket": o.ticket} for o in self.options],
            "topic": self.topic,
            "asked": self.asked,
            "tags": list(self.tags),
            "angry": self.angry,
            "waiting": self.waiting,
            "filled": self.filled,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> State:
        """Return the state that a reply's document carries, an empty one where it has none, as older replies do."""
        told = dict(document or {})
        form = told.get("form")
        return cls(
            slots={str(name): str(value) for name, value in told.get("slots", {}).items()},
            form=(
                FormState(
                    form["name"],
                    form["asking"],
                    int(form.get("tries", 0)),
                    tuple(form.get("slots", ())),
                    int(form.get("explained", 0)),
                )
                if form
                else None
            ),
            taken_over=str(told.get("taken_over", "")),
            failures=int(told.get("failures", 0)),
            refused=tuple(told.get("refused", ())),
            sent=tuple(told.get("sent", ())),
            options=tuple(Offer(o["label"], o["value"], o.get("ticket", "")) for o in told.get("options", ())),
            topic=str(told.get("topic", "")),
            asked=str(told.get("asked", "")),
            tags=tuple(told.get("tags", ())),
            angry=int(told.get("angry", 0)),
            waiting=str(told.get("waiting", "")),
            filled=str(told.get("filled", "")),
        )

    def turned_down(self) -> State:
        """Return the state in which the last reply failed: its tickets are refused, one more failure is counted.

        A reply that was judged wrong and is then turned down in words has failed once.
        """
        gone = self.sent or tuple(offer.ticket for offer in self.options if offer.ticket)
        refused = tuple(dict.fromkeys((*self.refused, *gone)))[-_KEPT:]
        known = bool(gone) and set(gone) <= set(self.refused)
        return replace(self, refused=refused, failures=self.failures + (not known))


def state_after(
    state: State,
    *,
    asked: str,
    topic: str = "",
    sent: Sequence[str] = (),
    options: Sequence[Offer] = (),
    slots: Mapping[str, str] | None = None,
    form: FormState | None = None,
    tags: Sequence[str] = (),
    waiting: str = "",
    filled: str = "",
) -> State:
    """Return the state after a reply.

    ``asked`` is the message as it was written, ``topic`` its question, complete by itself; without one the topic stays.
    ``sent`` are the tickets whose answers went out, ``options`` what was offered. New ``slots`` and ``tags`` join those
    known.
    """
    return replace(
        state,
        slots={**state.slots, **(slots or {})},
        form=form,
        sent=tuple(sent),
        options=tuple(options),
        topic=topic or state.topic,
        asked=asked,
        tags=tuple(dict.fromkeys((*state.tags, *tags)))[-_KEPT:],
        waiting=waiting,
        filled=filled,
    )


def state_before(store: Store, conversation: str, earlier: Sequence[Message], *, asked: str = "") -> State:
    """Return the state of a conversation before its next message, or before the one with the id ``asked``.

    ``earlier`` are the messages until then. What the last reply left, a person's verdict on it counted in: judged
    wrong, it has failed. Where a reply to the message asked about was judged wrong, its answer is not given again.
    """
    refused: tuple[str, ...] = ()
    for document, verdict in store.last_replies(conversation, limit=2 if asked else 1):
        state = State.of(document.get("state"))
        state = state.turned_down() if verdict in _FAILED else state
        if asked and document.get("message") == asked:
            refused = state.refused if verdict in _FAILED else ()
            continue
        known = tuple(dict.fromkeys((*state.refused, *refused)))[-_KEPT:]
        return replace(state, taken_over=holder_of(earlier), refused=known)
    return State(taken_over=holder_of(earlier), refused=refused)


def holder_of(messages: Sequence[Message]) -> str:
    """Return who has a conversation: the person who took it over or wrote last in it, '' where the bot has it.

    A message of an agent takes over; only a release gives it back.
    """
    for message in reversed(messages):
        if message.role == "agent" or message.id.startswith(TAKEN):
            return message.author or "agent"
        if message.id.startswith(RELEASED):
            return ""
    return ""
