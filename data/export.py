"""Export: everything a desk was told, in a file that can be read, corrected and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO

from replydesk.data.readers import write, write_suggested, write_ticket, write_verdict
from replydesk.data.readers.cells import several
from replydesk.data.readers.columns import OWN
from replydesk.data.records import Conversation
from replydesk.data.store import Store

__all__ = ["export_csv", "export_jsonl"]

_BATCH = 500


def export_jsonl(store: Store, file: IO[str]) -> int:
    """Write every conversation with its verdicts, and what stands in none; return the lines.

    That are verdicts and tickets of no conversation, and what was suggested to the team with its verdicts.

    Importing the file into an empty home gives the same store; importing it again changes nothing.
    """
    count = 0
    told: set[str] = set()
    for batch in _batches(store.conversations()):
        verdicts = store.verdicts(conversations=[conversation.id for conversation in batch])
        told.update(verdict.id for verdict in verdicts)
        for conversation in batch:
            own = [verdict for verdict in verdicts if verdict.conversation == conversation.id]
            file.write(json.dumps(write(conversation, own), ensure_ascii=False) + "\n")
            count += 1
    for verdict in store.verdicts():
        if verdict.id not in told:
            file.write(json.dumps(write_verdict(verdict), ensure_ascii=False) + "\n")
            count += 1
    for suggested in store.suggestions():
        file.write(json.dumps(write_suggested(suggested), ensure_ascii=False) + "\n")
        count += 1
    for ticket in store.given():
        file.write(json.dumps(write_ticket(ticket), ensure_ascii=False) + "\n")
        count += 1
    return count


def export_csv(store: Store, file: IO[str]) -> int:
    """Write one row a message and return the rows written; a quote defuses cells that a spreadsheet would run.

    Every row repeats what is known of its conversation, so that the rows may be sorted, filtered and cut. Importing
    the table gives the same conversations and the tickets in them. Verdicts, suggestions, and tickets that stand
    in no conversation, have no row here: :func:`export_jsonl` keeps them.
    """
    rows = csv.writer(file)
    rows.writerow(OWN)
    count = 0
    for c in store.conversations():
        told = {
            "conversation": c.id, "source": c.source, "channel": c.channel, "customer": c.customer,
            "subject": c.subject, "tags": _joined(c.tags), "outcome": c.outcome,
            "satisfaction": "" if c.satisfaction is None else repr(c.satisfaction),
            "updated": c.updated.isoformat() if c.updated else "",
        }  # fmt: skip
        for m in c.messages:
            said = {
                "id": m.id, "reply_to": m.reply_to, "role": m.role, "author": m.author,
                "ts": m.at.isoformat() if m.at else "", "language": m.language, "intent": _joined(m.intents),
                "text": m.text,
            }  # fmt: skip
            rows.writerow([_inert({**told, **said}[name]) for name in OWN])
            count += 1
    return count


def _joined(labels: tuple[str, ...]) -> str:
    plain = "|".join(labels)
    # A label that holds a mark between labels, or looks like a list, is written as one.
    return plain if several(plain) == list(labels) else json.dumps(labels, ensure_ascii=False)


def _inert(cell: str) -> str:
    # A quote that the customer wrote before such a sign gets one more, since reading takes one off.
    return f"'{cell}" if cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _batches(conversations: Iterator[Conversation]) -> Iterator[list[Conversation]]:
    batch: list[Conversation] = []
    for conversation in conversations:
        batch.append(conversation)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
