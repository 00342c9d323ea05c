"""Usable sentences: what of a past answer can be said to any customer who asks the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from replydesk.data.curation.boilerplate import boilerplate
from replydesk.data.records import Ticket, TicketSource
from replydesk.dialog.compose.sentences import sentences
from replydesk.dialog.compose.slots import filled
from replydesk.dialog.sending import sendable

__all__ = ["Usable", "usable_sentences"]

# Where an agent tells what was done for one customer, or when, it is true of that customer alone.
_CASE = re.compile(
    r"\b(?:i|i['’](?:m|ve|ll|d)|we['’](?:ve|ll|re)|we (?:have|will|are)|today|tomorrow|yesterday"
    r"|tonight|this morning|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:january|february|april|june|july|august|september|october|november|december)"
    r"|your (?:\w+ )?(?:parcel|order|package|item|delivery|shipment|case|ticket|booking|flight|replacement|refund"
    r"|return|account|request|claim) (?:is|was|has|have|had|were|will|left|arrived|should|shows)"
    r"|has been|have been|was (?:sent|shipped|delivered|refunded|cancelled|canceled))\b"
    r"|\A(?:done|sorted)\b|(?<![\w/.-])#?\d{6,}(?![\w/-])"
    r"|已(?:经)?(?:为您|帮您|收到|发货|发出|出库|退回|处理|登记|提交|取消|安排|联系|转|退款|原路)|正在[为帮]|帮您(?:查|看|核实)"
    r"|刚刚|今[天日晚]|明[天日]|昨[天日]|稍后|我(?:这边|帮|给|为|已|会|马上)"
    r"|您的(?:包裹|订单|快递|退款|商品|货)[^，。！？]{0,6}(?:已|正在|预计|显示)",
    re.IGNORECASE,
)
# It answers no other question than its own.
_ASKS_BACK = re.compile(r"请问|吗[?？]?\Z|[?？]\s*\Z")
_CLOSES = re.compile(
    r"\A(?:(?:kind(?:est)?|best|warm|many)? ?(?:regards|wishes)|cheers|rgds|yours (?:sincerely|faithfully)"
    r"|sincerely|thanks|thank you|thx|you['’]re welcome)\b|\A(?:祝您|此致|敬礼|[非常十分]*感谢|谢谢)",
    re.IGNORECASE,
)
# It hangs on what was said before.
_LEANS = re.compile(
    r"\A\W*(?:(?:it|its|it['’]s|this|that|these|those|they|them|he|she|then|also|but|so|however|otherwise"
    r"|therefore|instead|and|or|because|once that|after that|in that case|if not|if so)\b"
    r"|这|那|它|其[中实]|然后|但|不过|否则|因此|所以|而且|并且|另外|同时|如果不|之后)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\A(?:\W*(?:@\w+|hi|hello|hey|hiya|dear (?:customer|sir|madam)|good (?:morning|afternoon|evening|day)|thanks"
    r"|thank you|(?:(?:we|i)['’]?(?:re|m)? )?(?:so |very |really )?sorry"
    r"(?: (?:about|to hear|for) (?:that|this|it|the (?:wait|trouble|delay)))?)"
    r"(?: there| again| all| (?-i:[A-Z]\w+|<NAME_\d+>)){0,2}\s*[,!.:–-]\s*(?=\S))+"
    r"|\A(?:(?:亲爱的|尊敬的)?(?:顾客|客户|用户)?[，,]?"
    r"(?:您好|你好|亲亲|亲|抱歉|很抱歉|非常抱歉|不好意思|感谢您的?\w{0,6})[，,!！~～:：\s]+(?=\S))+",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:\s+[-–—~^*/]\s?[A-Z][\w.]{0,15}(?: [A-Z]\.?)?|\s*[\[(]?(?<!\d)[1-9]\s?/\s?[1-9](?!\d)[\])]?"
    r"|\s+https?://t\.co/\w+|\s+[\U0001F300-\U0001FAFF\u2600-\u27bf]+)\s*\Z"
)
_ENDS = ".。!！?？,，、;；…”’」』）) "
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST, _WORDS = 6, 2


@dataclass(frozen=True, slots=True)
class Usable:
    """A sentence that may be said to others: ``text`` is what is sent of characters ``start`` to ``end`` of the answer.

    ``place`` counts the sentences of the answer; ``leans`` says that it hangs on the one before.
    """

    ticket: str
    text: str
    start: int
    end: int
    place: int
    leans: bool = False


def usable_sentences(ticket: Ticket, slots: Mapping[str, str]) -> tuple[Usable, ...]:
    """Return the sentences of a ticket's answer that answer the next customer, too, with their slots filled.

    Greetings, signatures, thanks and other moves that any desk makes are left out, and so are questions back, what
    holds something of the first customer, what an agent says of one case alone (canned answers and articles speak of
    all), and what has a slot that is not known.

    >>> ticket = Ticket.make("Refund?", "Hi Ana, refunds take five days. I have sent yours today. Thanks!")
    >>> [sentence.text for sentence in usable_sentences(ticket, {})]
    ['refunds take five days.']
    """
    found = []
    for place, start, end, sent, leans in _sendable(ticket.answer, ticket.source):
        text = filled(sent, slots)
        # What is filled in may end a sentence, which then would have no source of its own.
        if text is not None and (text == sent or len(sentences(text)) == 1):
            found.append(Usable(ticket.id, text, start, end, place, leans))
    return tuple(found)


@lru_cache(maxsize=10_000)
def _sendable(answer: str, source: TicketSource) -> tuple[tuple[int, int, int, str, bool], ...]:
    found = []
    for place, sentence in enumerate(sentences(answer)):
        start, end = _trimmed(sentence.text)
        text = sentence.text[start:end]
        if source == "agent" and _CASE.search(text):
            continue
        if len(text) < _FEWEST or not _LETTER.search(text) or _ASKS_BACK.search(text):
            continue
        # A word alone is a signature.
        if _CLOSES.match(text) or boilerplate(text) or (text.isascii() and len(text.split()) < _WORDS):
            continue
        sent = sendable(text)
        if sent is None or not sent.strip() or len(sentences(sent)) != 1:
            continue
        found.append((place, sentence.start + start, sentence.start + end, sent, bool(_LEANS.match(sent))))
    return tuple(found)


def _trimmed(text: str) -> tuple[int, int]:
    """Return where a sentence begins after a greeting and ends before a signature."""
    # An end mark in front would join what is put before it.
    bare = len(text) - len(text.lstrip(_ENDS))
    opening = _OPENING.match(text[bare:])
    start, end = bare + (opening.end() if opening else 0), len(text)
    while (signed := _SIGNED.search(text, start, end)) and signed.start() > start:
        end = signed.start()
    return start, end
