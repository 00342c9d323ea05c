"""E-mail: tables of a help desk with a mail and its answer a row, tables of single mails, mailboxes and eml files.

Single mails are put in threads by the ids they answer, or by subject and people where a file has no such ids. Who
answers is said by the names or addresses of the team (``@shop.example`` for a domain); unsaid, whoever began a thread
is its customer, and that is reported as assumed. A mail of the team that does not go to the customer,
or that only passes something on, is a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from replydesk.data.readers.base import Item, Options, Skipped, Source, short
from replydesk.data.readers.cells import several, silent
from replydesk.data.readers.dates import ambiguous, date_order, written
from replydesk.data.readers.letters import Letter, addresses, is_mail, letters, readable, recipients, titled
from replydesk.data.readers.sheets import Sheet, sheet
from replydesk.data.readers.threads import Threads
from replydesk.data.records import Conversation, Message, content_id

__all__ = ["Mail"]

_NAMES: dict[str, str] = {
    "subject": "subject betreff 主题 标题",
    "body": "body text message content message_body body_plain plain_body 正文 内容 邮件内容 nachricht",
    "answer": "answer response reply antwort 答案 回复 回答",
    "queue": "queue department abteilung group 队列 部门",
    "type": "type ticket_type 类型",
    "priority": "priority prioritaet priorität 优先级",
    "language": "language lang sprache 语言",
    "tags": "tags labels 标签",
    "id": "id ticket_id ticket_number case_id 工单号",
    "date": "date created_at created timestamp sent_at sent received datum 日期 时间 发送时间",
    "customer": "customer customer_id customer_email email requester 客户",
    "agent": "agent agent_name 客服",
    "from": "from from_address from_email sender sender_email from_(address) von absender 发件人",
    "to": "to to_address to_email recipient recipients to_(address) an empfänger 收件人",
    "cc": "cc cc_(address) 抄送",
    "message": "message_id internet_message_id messageid 邮件id",
    "answered": "in_reply_to inreplyto",
    "references": "references",
    "thread": "thread thread_id threadid conversation_id conversation thread_index 会话id",
    "private": "private is_private internal is_internal",
}
_PLAIN = re.compile(r"[\s_\-:]+")
_TAG = re.compile(r"tag\d+")
_EMPTY = ("", "nan", "none", "null", "n/a")
_PARTS = 5


class Mail:
    """Mails and their answers in any of four shapes."""

    name = "mail"

    def matches(self, source: Source) -> bool:
        """Return whether this holds mails, or a table with their subjects and answers, or with who wrote to whom."""
        if source.is_folder:
            parts = source.parts()[:_PARTS]
            return bool(parts) and all(is_mail(part) for part in parts)
        return is_mail(source) or _table(source) is not None

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per row with an answer, or per thread."""
        found = None if source.is_folder or is_mail(source) else _table(source)
        if found is None:
            boxes = [part for part in source.parts() if is_mail(part)] if source.is_folder else [source]
            yield from Threads(source.name, options).read(lambda: (item for box in boxes for item in letters(box)))
            return
        table, at = found
        order = options.dates or _order(table, at)
        if "answer" in at:
            tags = [n for n, name in enumerate(table.header) if _TAG.fullmatch(_PLAIN.sub("", name.casefold()))]
            for row in table.rows():
                yield from [row] if isinstance(row, Skipped) else _answered(row[0], _named(row[1], at, tags), order)
        else:
            threads = Threads(source.name, options)
            yield from threads.read(
                lambda: (
                    row if isinstance(row, Skipped) else _letter(row[0], _named(row[1], at), order)
                    for row in table.rows()
                )
            )


def _table(source: Source) -> tuple[Sheet, dict[str, int]] | None:
    table = sheet(source)
    if table is None:
        return None
    plain = {_PLAIN.sub("", name.casefold()): position for position, name in reversed([*enumerate(table.header)])}
    at = {
        name: next(plain[word] for word in map(_bare, words.split()) if word in plain)
        for name, words in _NAMES.items()
        if any(_bare(word) in plain for word in words.split())
    }
    if {"subject", "body", "answer"} <= at.keys() or {"body", "answer", "queue"} <= at.keys():
        return table, at
    if not {"from", "to", "body"} <= at.keys() or not at.keys() & {"subject", "message", "answered"}:
        return None
    senders = [row[1][at["from"]] for row in islice(table.rows(), 20) if not isinstance(row, Skipped)]
    # Of a column that says "customer" or "agent" the reader of tables makes more.
    return (table, {n: p for n, p in at.items() if n != "answer"}) if any("@" in cell for cell in senders) else None


def _bare(word: str) -> str:
    return _PLAIN.sub("", word)


def _order(table: Sheet, at: Mapping[str, int]) -> str:
    def column() -> Iterator[str]:
        return (row[1][at["date"]] for row in table.rows() if not isinstance(row, Skipped))

    return date_order(column()) if "date" in at and any(map(ambiguous, islice(column(), 200))) else ""


def _named(cells: list[str], at: Mapping[str, int], tags: list[int] | None = None) -> dict[str, str]:
    found = {name: cells[position].strip() for name, position in at.items()}
    labels = [*several(found.get("tags", "")), *(cells[position].strip() for position in tags or ())]
    found = {name: "" if cell.casefold() in _EMPTY else cell for name, cell in found.items()}
    return {**found, "tags": "\n".join(label for label in labels if label.casefold() not in _EMPTY)}


def _answered(where: str, row: Mapping[str, str], order: str) -> Iterator[Item]:
    subject, body, answer = row.get("subject", ""), readable(row.get("body", "")), readable(row.get("answer", ""))
    if not (subject or body) and not answer:
        yield Skipped(where, "the row has neither a mail nor an answer")
        return
    try:
        at = written(row.get("date", ""), order)
    except ValueError as error:
        at = None
        yield Skipped(f"{where}:date", f"{error}; the mail is kept without it")
    question = titled(subject, body)
    identity = short(f"mail:{row.get('id') or content_id(subject, body, answer)}")
    hidden, language = silent(row.get("private", ""), None, ""), row.get("language", "")
    asked = Message(f"{identity}:q", hidden or "customer", question, at, row.get("customer", ""), language)
    answered = Message(f"{identity}:a", hidden or "agent", answer, at, row.get("agent", ""), language)
    labels = [f"{name}:{row[name]}" for name in ("queue", "type", "priority") if row.get(name)]
    yield Conversation(
        identity,
        tuple(message for message in (asked, answered) if message.text),
        source="mail",
        channel="email",
        customer=row.get("customer", ""),
        subject=subject,
        tags=tuple(dict.fromkeys([*labels, *filter(None, row["tags"].split("\n"))])),
        partial=bool(row.get("id")),
    )


def _letter(where: str, row: Mapping[str, str], order: str) -> Letter | Skipped:
    sender = next(iter(addresses(row["from"])), (row["from"], row["from"].casefold()))
    text = readable(row["body"])
    if not sender[1] or not text:
        return Skipped(where, "the mail has no text" if sender[1] else "the mail has no sender")
    try:
        at = written(row.get("date", ""), order)
    except ValueError:
        at = None
    parents = [part.strip("<>,; ") for part in f"{row.get('references', '')} {row.get('answered', '')}".split()]
    return Letter(
        where,
        row.get("message", "").strip("<> "),
        tuple(dict.fromkeys(filter(None, parents))),
        row.get("thread", ""),
        sender[1],
        sender[0] or sender[1],
        recipients(row.get("to", ""), row.get("cc", "")),
        row.get("subject", ""),
        text,
        at,
    )
