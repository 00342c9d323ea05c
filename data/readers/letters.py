"""Mails, from mailboxes and single files, with what is needed to put them in threads and to say who wrote them."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

from replydesk.data.readers.base import SAMPLE, Skipped, Source, moment, short
from replydesk.data.readers.content import without_html
from replydesk.data.readers.dates import written
from replydesk.data.records import content_id, same_text
from replydesk.data.text import plain

__all__ = ["Letter", "addresses", "is_mail", "letters", "plain_subject", "readable", "recipients", "titled"]

_LIMIT = 16 * 1024 * 1024
_HEADER = re.compile(r"(?:From [^\n]*\n)?(?:>From [^\n]*\n)?((?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+)")
_NAME = re.compile(r"^([A-Za-z][A-Za-z0-9-]*):", re.M)
_MAIL_ONLY = {"message-id", "received", "date", "subject", "to", "mime-version", "delivered-to"}
_ID = re.compile(r"<([^<>\s]+)>")
_PREFIX = re.compile(r"^\s*(?:(?:re|aw|antw|antwort|fw|fwd|wg|sv|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.I)
_FORWARD = re.compile(r"\s*(?:fw|fwd|wg|转发)\s*[:：]", re.I)
_TICKET = re.compile(r"\[[^\]]*#\s*\d+[^\]]*\]")
_ESCAPED = re.compile(r"\\n\\n|\\r\\n|[.,!?;。，！？；：]\\n")
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.I)
_ERRORS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. ``parents`` are the ids that it answers, the first of the thread first; addresses are in small letters.

    ``automatic`` is what a machine sent: an answer out of the office, a receipt, a bounce.
    """

    where: str
    id: str
    parents: tuple[str, ...]
    thread: str
    sender: str
    author: str
    to: tuple[str, ...]
    subject: str
    text: str
    at: datetime | None = None
    automatic: bool = False

    @property
    def name(self) -> str:
        """Return the id of its message: its own, or one of its content."""
        stamp = self.at.isoformat() if self.at else ""
        return short(f"mail:{self.id or content_id(stamp, self.sender, self.subject, self.text)}")

    @property
    def starts(self) -> bool:
        """Return whether it begins a thread, as far as it says itself."""
        return not self.parents and plain_subject(self.subject) == same_text(_TICKET.sub(" ", self.subject))

    @property
    def forwarded(self) -> bool:
        """Return whether it passes on what others wrote."""
        return _FORWARD.match(self.subject) is not None

    @property
    def root(self) -> str:
        """Return the id of the mail that began the thread."""
        return self.parents[0] if self.parents else self.id

    def dump(self) -> str:
        """Return the letter as JSON; :meth:`load` gives it back."""
        return json.dumps({**asdict(self), "at": self.at.isoformat() if self.at else None})

    @classmethod
    def load(cls, text: str) -> Letter:
        """Return the letter that :meth:`dump` wrote."""
        record = json.loads(text)
        lists = {name: tuple(record[name]) for name in ("parents", "to")}
        return cls(**{**record, **lists, "at": moment(record["at"])})


def is_mail(source: Source) -> bool:
    """Return whether a file begins with the headers of a mail, alone or in a mailbox."""
    # Bytes, because what is attached may be in any encoding and holds no text.
    head = source.start(SAMPLE).removeprefix(BOM_UTF8).decode("latin-1")
    found = _HEADER.match(head.lstrip("\r\n").replace("\r\n", "\n"))
    names = {name.casefold() for name in _NAME.findall(found[1])} if found else set()
    return "from" in names and len(names & _MAIL_ONLY) > 1


def letters(source: Source) -> Iterator[Letter | Skipped]:
    """Yield the mails of a mailbox in mbox form, or the one of an eml file, in constant memory."""
    for line, data in _each(source):
        where = f"{source.name}:{line}"
        try:
            message = message_from_bytes(data, policy=default)
            letter = _letter(message, where)
        except _ERRORS as error:
            yield Skipped(where, f"the mail cannot be parsed ({str(error)[:100] or type(error).__name__})")
            continue
        if not letter.sender:
            yield Skipped(where, "the mail has no sender")
        elif not letter.text:
            yield Skipped(where, "the mail has no text")
        else:
            yield letter


def plain_subject(subject: str) -> str:
    """Return what mails of one thread have in common: no ``Re:``, no ticket number in brackets, folded case.

    >>> plain_subject("AW: Re: [Ticket #55] Rechnung")
    'rechnung'
    """
    bare, before = _TICKET.sub(" ", subject).strip(), ""
    while bare != before:
        before, bare = bare, _PREFIX.sub("", bare)
    return same_text(bare)


def recipients(*texts: str) -> tuple[str, ...]:
    """Return the addresses, in small letters, in the values of headers; names as they are where there is no address."""
    found = [addresses(text) or [("", part.strip().casefold()) for part in text.split(";")] for text in texts]
    return tuple(address for pairs in found for _, address in pairs if address)


def addresses(text: str) -> list[tuple[str, str]]:
    """Return the names and addresses in the value of a header, the addresses in small letters."""
    found = getaddresses([text.replace(";", ",")])
    return [(name.strip(), address.strip().casefold()) for name, address in found if "@" in address]


def readable(body: str) -> str:
    """Return the text of a body that may be HTML, or that writes its line ends as a backslash and an ``n``."""
    # Behind a letter or a colon, as in C:\\new, it may be part of a path.
    if "\n" not in body and _ESCAPED.search(body):
        body = body.replace("\\r\\n", "\n").replace("\\n", "\n")
    return without_html(body).strip()


def titled(subject: str, text: str) -> str:
    """Return the text with the subject as its first line, where that says more than the text.

    >>> titled("Late parcel", "Where is it?"), titled("Where is it?", "Where is it? Thanks.")
    ('Late parcel\\nWhere is it?', 'Where is it? Thanks.')
    """
    bare = _PREFIX.sub("", subject).strip()
    wanted = same_text(bare)
    return text if not wanted or wanted.rstrip(".…!?。！？ ") in same_text(text) else f"{bare}\n{text}".strip()


def _each(source: Source) -> Iterator[tuple[int, bytes]]:
    """Yield every mail of the file with the line that it begins on."""
    start, size = 1, 0
    lines: list[bytes] = []
    blank, box = True, source.start(5) == b"From "
    with source.local().open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if box and blank and line.startswith(b"From "):
                if lines:
                    yield start, b"".join(lines)
                start, size, lines = number, 0, []
                continue
            blank = not line.strip()
            size += len(line)
            # The text stands before what is attached, and that may be as large as it likes.
            if size <= _LIMIT:
                lines.append(line[1:] if box and line.startswith(b">From ") else line)
    if lines:
        yield start, b"".join(lines)


def _letter(message: EmailMessage, where: str) -> Letter:
    def header(name: str) -> str:
        return str(message.get(name, "")).strip()

    sender = next(iter(addresses(header("From"))), ("", ""))
    references = _ID.findall(f"{header('References')} {header('In-Reply-To')}")
    try:
        at = written(header("Date"))
    except ValueError:
        at = None
    return Letter(
        where,
        next(iter(_ID.findall(header("Message-ID"))), header("Message-ID")),
        tuple(dict.fromkeys(references)),
        header("X-GM-THRID"),
        sender[1],
        sender[0] or sender[1],
        recipients(header("To"), header("Cc")),
        header("Subject"),
        _text(message),
        at,
        _automatic(message, sender[1]),
    )


def _text(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        content = part.get_content() if part is not None else ""
        if isinstance(content, str) and (text := plain(content) if kind == "html" else content.strip()):
            return text
    return ""


def _automatic(message: EmailMessage, sender: str) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().casefold()
    told = any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    precedence = str(message.get("Precedence", "")).strip().casefold()
    return submitted != "no" or told or precedence == "auto_reply" or _MACHINES.match(sender) is not None
