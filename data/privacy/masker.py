"""The masker of one conversation, and the numbering of its placeholders when a conversation came in parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count

from replydesk.data.errors import RequestError
from replydesk.data.privacy import addresses, contacts, links, names, numbers
from replydesk.data.privacy.page import PLACEHOLDER, Kind, Page, Span, blanked
from replydesk.data.records import content_id

__all__ = ["Masker", "find", "renumber", "with_name"]

_DIGIT = re.compile(r"\d")
_SIX_DIGITS = re.compile(r"\d(?:[ ()./-]{0,3}\d){5}", re.A)
_SEVEN_DIGITS = re.compile(r"\d(?:[ ()./-]{0,3}\d){6}", re.A)
_THIRTEEN_DIGITS = re.compile(r"\d(?:[ -]{0,3}\d){12}", re.A)
_CHATS = frozenset({"wechat", "weixin", "wx", "vx"})
_TAG = 5
_CONTACTS: frozenset[Kind] = frozenset({"EMAIL", "PHONE"})


def find(
    text: str, region: str = "GB", *, order_numbers: bool = False, names: bool = True, addresses: bool = True
) -> list[Span]:
    """Return the personal data in a text by position, none overlapping another.

    The surest kind claims its characters first: e-mail, secrets of links, IBAN (ISO 13616 checksum), identity
    numbers, what a word before it names (passport, account, birth date), IP addresses, cards (issuer, length and
    Luhn), phone numbers, address lines, names. ``region`` is the ISO 3166 country whose national phone
    numbers are tried before those of GB, US and CN. ``order_numbers`` adds order numbers; ``names`` and
    ``addresses`` turn off these two, which rest on wording. Full-width characters are seen as their plain forms.
    Raises :class:`RequestError` for an unknown region.

    >>> find("邮箱是mei@example.com，电话13800138000谢谢")
    [Span(start=3, end=18, kind='EMAIL'), Span(start=21, end=32, kind='PHONE')]
    """
    return [span for span, _ in _search(text, _known(region), order_numbers, names, addresses)]


class Masker:
    """Replaces the personal data of one conversation by placeholders such as ``<PHONE_1>``.

    The same value always gets the same placeholder, however it is written (``07911 123456`` is
    ``+44 7911 123456``), and a new value the next free number; a placeholder that already stands in a text is
    never given to another value. Masking twice changes nothing. ``region``, ``order_numbers``, ``names`` and
    ``addresses`` are those of :func:`find`; ``own`` are the company's own names, addresses, domains and numbers, which
    answers need and keep.

    A conversation that comes in parts goes on where it stopped: ``conversation`` is its id, ``known`` what
    :attr:`given` said at the end of an earlier part. ``contacts`` are the phone numbers and e-mail addresses that were
    masked so far: kind, the one spelling of each, and how it was written.

    >>> masker = Masker()
    >>> masker.mask("Mail Mei@example.com"), masker.mask("mei@example.com or a@b.org")
    ('Mail <EMAIL_1>', '<EMAIL_1> or <EMAIL_2>')
    >>> first = Masker(conversation="42")
    >>> later = Masker(conversation="42", known=first.given) if first.mask("07911 123456") else first
    >>> later.mask("+44 7911 123456 or 07700 900123")
    '<PHONE_1> or <PHONE_2>'
    """

    def __init__(
        self,
        region: str = "GB",
        *,
        order_numbers: bool = False,
        names: bool = True,
        addresses: bool = True,
        own: Iterable[str] = (),
        conversation: str = "",
        known: Mapping[str, str] | None = None,
    ) -> None:
        self.region, self.order_numbers = _known(region), order_numbers
        self.names, self.addresses, self.conversation = names, addresses, conversation
        self._own = tuple(filter(None, map(_bare, own)))
        self.contacts: list[tuple[Kind, str, str]] = []
        self._given = dict(known or {})
        self._taken = set(self._given)
        self._by_tag = {(_kind(name), tag): name for name, tag in self._given.items()}
        self._numbers: dict[Kind, Iterator[int]] = {}
        self._by_value: dict[tuple[Kind, str], str] = {}

    @property
    def given(self) -> dict[str, str]:
        """Each placeholder given so far, with five hex digits of a hash of conversation, kind and value.

        Too short to tell the value, long enough to tell two values of one conversation apart.
        """
        return dict(self._given)

    def find(self, text: str) -> list[Span]:
        """Return what :meth:`mask` would replace at first sight."""
        return [span for span, _ in self._found(text)]

    def mask(self, text: str) -> str:
        """Return the text with every piece of personal data replaced by its placeholder."""
        if "<" in text:
            self._taken.update(match[0] for match in PLACEHOLDER.finditer(text))
        # A number may have been hidden by its neighbour, so the search goes on until nothing is left to find.
        while found := self._found(text):
            parts, done = [], 0
            for span, value in found:
                if span.kind in _CONTACTS:
                    self.contacts.append((span.kind, value, text[span.start : span.end]))
                parts += [text[done : span.start], self._placeholder(span.kind, value)]
                done = span.end
            text = "".join(parts) + text[done:]
        return text

    def _found(self, text: str) -> list[tuple[Span, str]]:
        found = _search(text, self.region, self.order_numbers, self.names, self.addresses)
        if not self._own:
            return found
        return [item for item in found if not self._is_own(text[item[0].start : item[0].end], item[0].kind)]

    def _is_own(self, value: str, kind: Kind) -> bool:
        bare = _bare(value)
        if kind == "NAME":
            return bare in self._own
        if kind == "ADDRESS":
            flat = re.sub(r"[\W_]", "", bare)
            return any(
                flat in own or own in flat for own in (re.sub(r"[\W_]", "", own) for own in self._own if len(own) > 5)
            )
        if kind == "PHONE" and _bare(contacts.without_extension(value)).endswith(self._own):
            return True
        return bare.endswith(self._own)

    def _placeholder(self, kind: Kind, value: str) -> str:
        if (kind, value) not in self._by_value:
            tag = content_id(self.conversation, kind, value)[:_TAG]
            if (kind, tag) not in self._by_tag:
                numbers = self._numbers.setdefault(kind, count(1))
                name = next(name for number in numbers if (name := f"<{kind}_{number}>") not in self._taken)
                self._taken.add(name)
                self._given[name] = tag
                self._by_tag[kind, tag] = name
            self._by_value[kind, value] = self._by_tag[kind, tag]
        return self._by_value[kind, value]


def renumber(texts: Sequence[str], given: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the texts of a whole conversation, and ``given``, with placeholders numbered as they first appear.

    So the numbers do not depend on the order in which the parts of the conversation came. Placeholders that are
    not in ``given`` stood in the original text: they stay, and their numbers are given to nothing else. What
    appears in none of the texts is forgotten, so all the texts are needed, the subject and authors among them.

    >>> renumber(["<PHONE_2>, <PHONE_1>", "<PHONE_7>"], {"<PHONE_1>": "0a1b2", "<PHONE_2>": "3c4d5"})
    (['<PHONE_1>, <PHONE_2>', '<PHONE_7>'], {'<PHONE_1>': '3c4d5', '<PHONE_2>': '0a1b2'})
    """
    seen = list(dict.fromkeys(match[0] for text in texts for match in PLACEHOLDER.finditer(text)))
    taken = {name for name in seen if name not in given}
    new: dict[str, str] = {}
    for name in seen:
        if name in given:
            kind = _kind(name)
            new[name] = next(free for number in count(1) if (free := f"<{kind}_{number}>") not in taken)
            taken.add(new[name])
    if all(old == name for old, name in new.items()):
        return list(texts), {name: given[name] for name in new}
    renamed = [PLACEHOLDER.sub(lambda match: new.get(match[0], match[0]), text) for text in texts]
    return renamed, {name: given[old] for old, name in new.items()}


def with_name(text: str, given: Mapping[str, str], conversation: str, name: str) -> str:
    """Return a text with the placeholders that stand for this name, or for one word of it, as what they stand for.

    ``given`` are the placeholders of its ``conversation``. It is for readers to whom the name is told anyway.

    >>> masker = Masker(conversation="42")
    >>> with_name(masker.mask("Hello, I am Priya."), masker.given, "42", "Priya Shah")
    'Hello, I am Priya.'
    """
    tags = {content_id(conversation, "NAME", part.casefold())[:_TAG]: part for part in (name, *name.split())}

    def told(match: re.Match[str]) -> str:
        return tags.get(given.get(match[0], ""), match[0]) if _kind(match[0]) == "NAME" else match[0]

    return PLACEHOLDER.sub(told, text)


def _kind(placeholder: str) -> str:
    return placeholder[1:].rpartition("_")[0]


def _bare(contact: str) -> str:
    """Return an address in lower case, or the digits of a number, so that spellings compare equal."""
    return contact.casefold() if re.search(r"[^\W\d_]", contact) else re.sub(r"\D", "", contact)


def _known(region: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS

    if region.upper() not in SUPPORTED_REGIONS:
        raise RequestError("Unknown region.", where=repr(region), hint="Use an ISO 3166 code such as GB, US or CN.")
    return region.upper()


def _search(
    text: str, region: str, order_numbers: bool, with_names: bool, with_addresses: bool
) -> list[tuple[Span, str]]:
    """Return the spans by position, each with its normalised value."""
    page = Page(text)
    if "@" in page.left:
        contacts.emails(page)
    if "://" in text or "www." in text:
        links.secrets(page)
    if _DIGIT.search(page.left):
        _numbers(page, region, order_numbers)
        if with_addresses:
            addresses.postal_addresses(page)
    elif "微信" in text or not _CHATS.isdisjoint(page.words):
        # These ids alone may be all letters.
        numbers.worded(page)
    if with_names:
        names.names(page)
    return sorted(page.found, key=lambda item: item[0].start) if page.found else page.found


def _numbers(page: Page, region: str, order_numbers: bool) -> None:
    long = _SIX_DIGITS.search(page.left)
    if long:
        numbers.identities(page)
    if order_numbers:
        numbers.orders(page)
    if long and _THIRTEEN_DIGITS.search(page.left):
        with _quiet(page):
            numbers.cards(page)
    numbers.worded(page)
    if page.left.count(".") > 2 or page.left.count(":") > 1:
        links.addresses_of_machines(page)
    if long and _SEVEN_DIGITS.search(page.left):
        with _quiet(page):
            if _SEVEN_DIGITS.search(page.left):
                contacts.phones(page, region)


@contextmanager
def _quiet(page: Page) -> Iterator[None]:
    """Hide what is no number of a person from the hunt for long ones; it may still be part of an address or a name."""
    whole, claims = page.left, len(page.found)
    page.left = contacts.quieted(page.left)
    yield
    page.left = blanked(whole, sorted((span.start, span.end) for span, _ in page.found[claims:]))
