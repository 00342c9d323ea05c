"""Export: everything a desk was told, in a file that can be read, corrected and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO

from replydesk.data.readers import write, write_ticket, write_verdict
from replydesk.data.records import Conversation
from replydesk.data.store import Store

__all__ = ["export_csv", "export_jsonl"]

_COLUMNS = ("conversation", "id", "role", "author", "ts", "language", "intent", "text")
_BATCH = 500


def export_jsonl(store: Store, file: IO[str]) -> int:
    """Write every conversation with its verdicts, and the verdicts and tickets that stand in none; return the lines.

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
    for ticket in store.given():
        file.write(json.dumps(write_ticket(ticket), ensure_ascii=False) + "\n")
        count += 1
    return count


def export_csv(store: Store, file: IO[str]) -> int:
    """Write one row a message and return the rows written; a quote defuses cells that a spreadsheet would run."""
    rows = csv.writer(file)
    rows.writerow(_COLUMNS)
    count = 0
    for conversation in store.conversations():
        for m in conversation.messages:
            at = m.at.isoformat() if m.at else ""
            cells = (conversation.id, m.id, m.role, m.author, at, m.language, "|".join(m.intents), m.text)
            rows.writerow([_inert(cell) for cell in cells])
            count += 1
    return count


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
