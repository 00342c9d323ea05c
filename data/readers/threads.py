"""Mails put in threads, each a conversation with its customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter

from replydesk.data.readers.base import Assumed, Item, Options, Skipped, in_order, short
from replydesk.data.readers.letters import Letter, plain_subject, titled
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["Threads"]

_LOOKED_AT = 200


class Threads:
    """Puts mails aside on disk and gives them back thread by thread.

    >>> threads = Threads("box.mbox", Options(agents=("@shop.example",)))
    >>> threads.is_agent("emma@shop.example")
    True
    """

    def __init__(self, name: str, options: Options) -> None:
        self._name = name
        self._agents = frozenset(agent.casefold() for agent in options.agents)

    def is_agent(self, *names: str) -> bool:
        """Return whether one of the names or addresses is the team's, or of one of its domains."""
        return any(
            name.casefold() in self._agents or f"@{name.casefold().rpartition('@')[2]}" in self._agents
            for name in names
            if name
        )

    def read(self, mails: Callable[[], Iterable[Letter | Skipped]]) -> Iterator[Item]:
        """Yield a conversation per thread; ``mails`` gives them anew at each call, in any order."""
        first = [mail for mail in islice(mails(), _LOOKED_AT) if isinstance(mail, Letter)]
        told = any(mail.thread for mail in first)
        # Replies that name no mail they answer, in a whole file, can only be told by their subjects.
        named = any(mail.id for mail in first)
        chained = not told and named and (any(m.parents for m in first) or all(m.starts for m in first))
        assumed = False
        with Spill() as spill:
            for mail in mails():
                if isinstance(mail, Skipped):
                    yield mail
                elif chained:
                    spill.add(mail.parents[-1] if mail.parents else "", [mail.dump()], name=mail.id or mail.name)
                else:
                    spill.add((mail.thread or mail.name) if told else self._people(mail), [mail.dump()])
            for group in spill.threads() if chained else (rows for _, rows in spill.groups()):
                thread = [Letter.load(cells[0]) for cells in group]
                key = thread[0].root if chained else thread[0].thread if told else content_id(self._people(thread[0]))
                for item in self._conversation(key or thread[0].name, thread, chained):
                    assumed = assumed or (isinstance(item, Conversation) and not self._agents)
                    yield item
            for cells in spill.circles() if chained else ():
                yield Skipped(Letter.load(cells[0]).where, "the mail answers itself by way of its answers")
        if assumed:
            what = "whoever wrote the first mail of a thread is its customer, and everybody else answers"
            yield Assumed(self._name, what, "--agents @YOUR.DOMAIN")

    def _people(self, mail: Letter) -> str:
        people = [mail.sender, *mail.to]
        customers = [person for person in people if not self.is_agent(person)] if self._agents else sorted(people[:2])
        return "\n".join((plain_subject(mail.subject), *(customers[:1] if self._agents else customers)))

    def _conversation(self, key: str, thread: list[Letter], chained: bool) -> Iterator[Item]:
        thread = _by_time(thread)
        first = next((mail for mail in thread if not mail.automatic), thread[0])
        if not self._agents and not first.starts:
            why = "the thread begins before this file, so nobody knows who its customer is; name the team with --agents"
            yield from (Skipped(mail.where, why) for mail in thread)
            return
        messages: dict[str, Message] = {}
        for mail in thread:
            role = self._role(mail, first)
            text = titled(mail.subject, mail.text) if mail.starts and role == "customer" else mail.text
            answered = short(f"mail:{mail.parents[-1]}") if chained and mail.parents else ""
            message = Message(mail.name, role, text, mail.at, mail.author, reply_to=answered)
            messages.setdefault(mail.name, message)
        yield Conversation(
            short(f"mail:{key.removeprefix('mail:')}"),
            in_order(messages.values()),
            source="mail",
            channel="email",
            customer=next((mail.sender for mail in thread if self._role(mail, first) == "customer"), ""),
            subject=titled(first.subject, ""),
            partial=True,
        )

    def _role(self, mail: Letter, first: Letter) -> Role:
        if mail.automatic:
            return "system"
        if self._agents:
            if not self.is_agent(mail.sender, mail.author):
                return "customer"
            # What goes to colleagues alone is not for the customer.
            hidden = bool(mail.to) and all(map(self.is_agent, mail.to))
        else:
            if mail.sender == first.sender:
                return "customer"
            hidden = bool(mail.to) and not {first.sender, first.author.casefold()} & set(mail.to)
        return "note" if hidden or mail.forwarded else "agent"


def _by_time(thread: list[Letter]) -> list[Letter]:
    clock = datetime.min.replace(tzinfo=UTC)
    timed = []
    for mail in thread:
        clock = mail.at or clock
        timed.append((clock, mail))
    return [mail for _, mail in sorted(timed, key=itemgetter(0))]
