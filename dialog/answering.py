"""Answering: one message in, one reply out; every branch ends in a reply, and nothing is stored."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from replydesk.data.followed import FollowedFile
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.asides import with_aside
from replydesk.dialog.compose.composer import Asked
from replydesk.dialog.compose.composing import Composing
from replydesk.dialog.compose.wanting import wants_composing
from replydesk.dialog.courtesies import as_read, without_courtesies
from replydesk.dialog.days import Moment
from replydesk.dialog.declared import Form, declared_slot
from replydesk.dialog.dial import Dial
from replydesk.dialog.followup import adds, going_on, is_appended, surely_better, with_new_words
from replydesk.dialog.forms import FormStep, started_form, step
from replydesk.dialog.formturn import is_about_form, with_form
from replydesk.dialog.guard import alarm_of, is_repeated
from replydesk.dialog.looking import STEPS, Found, Looking, Wanted, answers_of
from replydesk.dialog.parts import asks_something, parts_of, stands_alone
from replydesk.dialog.policy import Decision, decide, decide_several
from replydesk.dialog.reading import Reading
from replydesk.dialog.reply import Reply
from replydesk.dialog.replying import made_reply, silent_reply, unread
from replydesk.dialog.rules.applying import deciding
from replydesk.dialog.rules.book import RuleBook
from replydesk.dialog.rules.rules import Fired
from replydesk.dialog.rules.situation import Situation
from replydesk.dialog.saying import (
    Said,
    after_form,
    after_guard,
    after_question,
    after_rules,
    alarmed,
    begun_form,
    composed,
    decided,
    kept_private,
    with_manners,
)
from replydesk.dialog.sentiment import ANGRY, angrier, mood_of
from replydesk.dialog.skills import Thresholds
from replydesk.dialog.turn import ASIDES, Heard, Turn, situation_of

__all__ = ["Answering"]

# A person is on the way, whatever else the message says.
_PERSON = frozenset({"asked_for_person", "repeated_failure", "sentiment"})
# What a rule does to a form that goes on: the form answers itself.
_OVER_FORMS = frozenset({"handoff", "tag"})
# What a rule tells or asks the customer.
_SAYS = frozenset({"answer", "ask"})
# What a rule of a part does to the whole message.
_FORBIDS = frozenset({"handoff", "never_answer"})


class Answering:
    """Makes the reply to a message.

    In this order: a person who has the conversation is not talked over; alarms; a form, or a question for a slot, that
    goes on; reading and looking; the team's rules; the policy; a form that begins; several questions; composing; small
    talk and abuse; the guard on what goes out. ``hosts`` gives those that the team links to. Safe to use from several
    threads.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        looking: Looking,
        dial: Dial,
        forms: FollowedFile[tuple[Form, ...]],
        rulebook: RuleBook | None,
        *,
        composing: Composing,
        hosts: Callable[[], Collection[str]],
    ) -> None:
        self._store, self._settings, self._looking, self._dial = store, settings, looking, dial
        self._forms, self._rulebook = forms, rulebook
        self._composing, self._hosts = composing, hosts

    def standing_in(self, settings: Settings, looking: Looking, dial: Dial, *, ruled: bool) -> Answering:
        """Return one that answers by other settings, with the same forms, and the same rules or none."""
        view = copy.copy(self)
        view._settings, view._looking, view._dial = settings, looking, dial
        view._rulebook = self._rulebook if ruled else None
        view._composing = Composing(settings.dialog)
        return view

    def reply(self, turn: Turn) -> Reply:
        """Return the reply to a message."""
        text, state, language = turn.incoming.text, turn.incoming.state, turn.language
        if state.taken_over:
            return silent_reply(turn)
        alarm = alarm_of(text)
        if alarm is not None:
            again = is_repeated(alarm, turn.incoming.context)
            if alarm.kind != "abuse" or again:
                said = alarmed(alarm, language, self._settings, repeated=again)
                return self._made(turn, Heard(text, (), state), unread(text, language), said, ())
        forms = self._forms.get()
        told, form, taken = with_form(turn.incoming, forms, self._moment(turn))
        wanted = Wanted(
            self._settings.retrieval.candidates,
            turn.incoming.filters,
            turn.incoming.without | frozenset(told.state.refused),
            answers_of(self._store, told.state.refused),
        )
        # Neither its courtesies nor in which Chinese characters it is written say what a message asks.
        plain = as_read(text)
        if taken is not None and is_about_form(taken, plain):
            # What fills a slot, or asks about one that the team explains, is not looked for.
            found = unread(text, language)
        else:
            # How somebody writes is told by the message itself, not by what it means in its conversation.
            angry = angrier(mood_of(text), state.angry, self._settings.dialog.angry_above)
            told, found = self._best(turn, replace(told, state=replace(told.state, angry=angry)), wanted)
            found = replace(found, reading=_placed(found.reading, text))
        if told.cue == "declined":
            # Whoever wants no person names one, too.
            found = replace(found, reading=replace(found.reading, wants_person=False))
        fired = self._rules_of(turn, told, found)
        if form is not None and taken is not None:
            fired = tuple(one for one in fired if one.effect in _OVER_FORMS)
            said = self._gone_on(turn, told, found, form, taken)
        else:
            said = self._decided(turn, told, found, forms, fired, wanted)
        fired = (*fired, *said.fired)
        said = after_rules(said, fired, language)
        said = with_aside(said, told, state, plain, language)
        said = kept_private(said, plain, language)
        said = with_manners(said, plain, language, alarm, self._settings)
        said = after_guard(
            said,
            (*turn.incoming.context, text),
            language,
            self._settings,
            hosts=self._hosts,
            objects=lambda out: self._objects(out, turn),
        )
        return self._made(turn, told, found, said, fired)

    def look(self, turn: Turn, text: str, context: Sequence[str], wanted: Wanted) -> Found:
        """Return what a text says and which past tickets may answer it."""
        skills = turn.release.skills_of(turn.matcher.encoder_id(turn.language))
        at = turn.incoming.at
        found = self._looking.look(turn.matcher, skills, text, context, language=turn.language, wanted=wanted, at=at)
        if found.reranked.outcome != "off":
            turn.reread.append(found.reranked.read)
        return found

    def _gone_on(self, turn: Turn, told: Heard, found: Found, form: Form, taken: FormStep) -> Said:
        """Return what a form that goes on says; who asks something else gets the answer before its question.

        Whoever is angry gets a person instead.
        """
        text, before = as_read(turn.incoming.text), turn.incoming.state
        angry = told.state.angry
        asks = asks_something(text) and not is_about_form(taken, text)
        if taken.kind != "cancelled" and (asks or angry >= ANGRY):
            lines, _ = self._dial.lines(turn.release, found.skills, found.reading)
            decision = decide(
                found.reading, found.reranked.hits, lines, angry=angry, asked=told.meant, earlier=turn.incoming.context
            )
            said = self._plain(turn, told, found, decision)
            if decision.handoff == "sentiment":
                return said
            asked = form.slot(before.form.asking) if before.form is not None else None
            # Any text would fill a slot for text, also a question that is about something else.
            fills = taken.kind in ("ask", "done") and (asked is None or asked.kind != "text")
            if decision.action == "pick" and said.decision.action == "pick" and not (fills and taken.kind == "done"):
                back = taken if fills else step(form, None, "", before.slots)
                return after_form(said, form, back, taken.state if fills else before.form, turn.language)
        said = begun_form(form, taken, turn.language)
        return said if taken.kind != "again" or not asks else after_question(said, taken, turn.language)

    def _decided(
        self, turn: Turn, told: Heard, found: Found, forms: Sequence[Form], fired: Sequence[Fired], wanted: Wanted
    ) -> Said:
        """Return what the policy decides, or a form that begins, or what is composed."""
        reading, hits = found.reading, found.reranked.hits
        lines, promise = self._dial.lines(turn.release, found.skills, reading)
        promised = promise is not None
        away = not hits and bool(turn.matcher.trouble())
        decision = decide(
            reading,
            hits,
            lines,
            away=away,
            failures=told.state.failures,
            angry=told.state.angry,
            asked=told.meant,
            earlier=turn.incoming.context,
            failed=self._failed(told),
        )
        if forms and told.cue not in ASIDES and decision.handoff not in _PERSON and deciding(fired) is None:
            # A form asks, and that needs no promise.
            alone = lines.pick_above if lines.pick_above <= 1 else Thresholds().pick_above
            begun = started_form(forms, told.meant, reading, hits, pick_above=alone)
            if begun is not None:
                return begun_form(
                    begun, step(begun, None, told.meant, told.state.slots, self._moment(turn)), turn.language
                )
        several, held = self._several(turn, told, decision, found, wanted)
        partly = several if several is not None and several.ground == "partly" else None
        decision = several if several is not None and partly is None else decision
        if decision.ground in ("not_sure", "unlikely") and wants_composing(reading, hits, lines, promised=promised):
            slots = self._situation(turn, told, reading).said
            meant, greet = found.skills.impartial(told.meant), not turn.incoming.context
            asked = Asked(meant, turn.language, found.parts, slots, greet=greet)
            began = time.perf_counter()
            draft = self._composing.of(turn.matcher).compose(asked, hits)
            found.milliseconds["compose"] = 1000 * (time.perf_counter() - began)
            if draft is not None:
                return replace(composed(draft, hits), fired=held)
        return replace(self._plain(turn, told, found, partly or decision), fired=held)

    def _failed(self, told: Heard) -> frozenset[str]:
        """Return the intents of what was just turned down, none where one of it has none."""
        if told.cue not in ("refused", "again") or not told.state.refused:
            return frozenset()
        intents = frozenset(ticket.intent for ticket in self._store.tickets_by_id(told.state.refused).values())
        return intents if all(intents) else frozenset()

    def _plain(self, turn: Turn, told: Heard, found: Found, decision: Decision) -> Said:
        """Return what a decision says, with its places filled."""
        situation = self._situation(turn, told, found.reading)
        book = self._rulebook

        def fill(text: str) -> str | None:
            return book.told(text, situation) if book is not None else text

        forms = self._forms.get()
        return decided(decision, found.reading, situation.said, fill, lambda name: declared_slot(forms, name))

    def _moment(self, turn: Turn) -> Moment:
        """Return when and where a message is read, as its entities are."""
        return Moment(turn.incoming.at.astimezone(), self._settings.data.region, turn.language)

    def _situation(self, turn: Turn, told: Heard, reading: Reading) -> Situation:
        return situation_of(turn.incoming, told, reading, self._forms.get())

    def _fired(self, turn: Turn, told: Heard, reading: Reading) -> tuple[Fired, ...]:
        """Return the rules that hold of a message; what is known already is not asked for."""
        if self._rulebook is None:
            return ()
        situation = self._situation(turn, told, reading)
        fired = self._rulebook.fired(situation)
        return tuple(one for one in fired if one.effect != "ask" or not situation.slots.get(one.reason))

    def _rules_of(self, turn: Turn, told: Heard, found: Found) -> tuple[Fired, ...]:
        """Return the rules that hold of a message as it was heard.

        What a rule says of the question before alone it has said. It gives way where a follow-up that brings that
        question along has a rule of its own, or the desk surely has an answer with what it adds.
        """
        fired, topic, asked = self._fired(turn, told, found.reading), told.state.topic, turn.incoming.text
        said = [one for one in fired if one.effect in _SAYS]
        if told.cue != "follow_up" or told.itself or not said or not is_appended(told.meant, topic):
            return fired
        own = self._fired(turn, replace(told, meant=asked), found.reading)
        if any(one.effect in _SAYS for one in own):
            return (*(one for one in fired if one not in said), *(one for one in own if one.effect in _SAYS))
        before = self._fired(turn, replace(told, meant=topic), found.reading)
        lines, _ = self._dial.lines(turn.release, found.skills, found.reading)
        known = adds(found.reranked.hits, asked, topic) and found.reranked.hits[0].score >= lines.pick_above
        return tuple(one for one in fired if not (known and one in said and one in before))

    def _objects(self, text: str, turn: Turn) -> bool:
        book = self._rulebook
        return book is not None and bool(book.objections(text, turn.incoming.at, turn.language))

    def _best(self, turn: Turn, told: Heard, wanted: Wanted) -> tuple[Heard, Found]:
        """Return what was found for a message as it was heard.

        Where that is a follow-up said in full, the message is also read as it stands, and taken so where the desk knows
        it better: when it is asked word for word, or has the better of two answers. What has its new words goes first.
        """
        asked = as_read(turn.incoming.text)
        if not told.cue and told.meant != asked and turn.matcher.knows(asked):
            # What was asked word for word before, was asked with its courtesies.
            told = replace(told, meant=asked)
        found = self.look(turn, told.meant, told.context, wanted)
        if told.cue != "follow_up":
            return told, found
        told, found = self._other_sense(turn, told, found, wanted)
        bare = without_courtesies(asked)
        alone = self.look(turn, bare, (), wanted)
        one, other = (look.reranked.hits[:1] for look in (alone, found))
        if one and (one[0].exact or not other or (not other[0].exact and one[0].score > other[0].score)):
            return replace(told, meant=bare, cue="", itself="", others=()), alone
        hits, others = (look.reranked.hits for look in (found, alone))
        weighed = with_new_words(hits, others, asked, told.state.topic)
        weighed = going_on(weighed, told.state.sent, asked, told.state.topic)
        return told, replace(found, reranked=replace(found.reranked, hits=weighed))

    def _other_sense(self, turn: Turn, told: Heard, found: Found, wanted: Wanted) -> tuple[Heard, Found]:
        """Return what was found for another sense of a follow-up, where the desk surely knows that better."""
        for other in told.others:
            look = self.look(turn, other, (), wanted)
            if surely_better(look.reranked.hits, found.reranked.hits):
                told, found = replace(told, meant=other), look
        return told, found

    def _several(
        self, turn: Turn, told: Heard, decision: Decision, found: Found, wanted: Wanted
    ) -> tuple[Decision | None, tuple[Fired, ...]]:
        """Return the decision to answer parts of a message, None where it is not several questions, and rules of parts.

        A trained desk is sure that the parts ask different things; an untrained one goes by how each is written. For
        some to be answered and others not, each must be a question that can be understood by itself. A rule that
        forbids to answer a part holds of the whole; what a rule says or asks instead is left to the rules of the whole.
        """
        if decision.ground == "exact" or decision.handoff in _PERSON or not found.parts:
            return None, ()
        if told.itself and len(parts_of(told.itself)) == 1:
            # The question that a pronoun points to has its answer.
            return None, ()
        trained = found.skills.head is not None
        different = len(found.reading.several) > 1 if trained else all(map(asks_something, found.parts))
        single = all(map(stands_alone, found.parts))
        if not different and not single:
            return None, ()
        looks = [self.look(turn, part, (), wanted) for part in found.parts]
        for name in STEPS:
            found.milliseconds[name] += sum(one.milliseconds[name] for one in looks)
        written = parts_of(told.meant)[: len(found.parts)]
        several = decide_several(
            # Typos were put right in what was read; it is called as it was written.
            written if len(written) == len(found.parts) else found.parts,
            [
                decide(
                    one.reading,
                    one.reranked.hits,
                    self._dial.lines(turn.release, one.skills, one.reading)[0],
                    asked=part,
                    earlier=(*turn.incoming.context, told.meant),
                )
                for part, one in zip(found.parts, looks, strict=True)
            ],
        )
        needed = {"several": different, "partly": single}
        if several is None or not needed.get(several.ground, True):
            return None, ()
        fired = [
            rule
            for part, one in zip(found.parts, looks, strict=True)
            for rule in self._fired(turn, replace(told, meant=part), one.reading)
        ]
        forbidding = tuple(one for one in fired if one.effect in _FORBIDS)
        settled = several.ground == "partly" and any(one.effect in ("answer", "ask") for one in fired)
        return None if settled else several, forbidding

    def _made(self, turn: Turn, told: Heard, found: Found, said: Said, fired: Sequence[Fired]) -> Reply:
        lines, promise = self._dial.lines(turn.release, found.skills, found.reading)
        chosen = self._settings.dialog
        least, called = chosen.hits_shown, chosen.intent_name
        return made_reply(turn, told, found, said, fired, lines=lines, promise=promise, least=least, called=called)


def _placed(reading: Reading, text: str) -> Reading:
    """Return a reading whose entities stand where the message as it was written has them, if it has them."""
    if all(text[one.start : one.end] == one.text for one in reading.entities):
        return reading
    places = ((one, text.find(one.text)) for one in reading.entities)
    return replace(
        reading,
        entities=tuple(replace(one, start=at, end=at + len(one.text)) if at >= 0 else one for one, at in places),
    )
