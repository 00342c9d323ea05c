"""Masking of personal data before it is stored: by checksum and shape where these prove it, else by the words around.

One module a family: ``contacts`` (e-mail, phone), ``numbers`` (cards, accounts, identities, birth dates, plates),
``links`` (secrets in links, IP addresses), ``addresses`` and ``hanaddresses``, ``names`` and ``hannames`` with their
``places``, ``hanplaces`` and ``lexicon``. ``page`` is the text as all of them see it; ``masker`` asks them in turn and
gives the placeholders. ``own`` says which contacts seem to be the company's own.
"""

from __future__ import annotations

from replydesk.data.privacy.masker import Masker, find, renumber, with_name
from replydesk.data.privacy.own import OwnContacts, WrittenContact
from replydesk.data.privacy.page import Kind, Span

__all__ = ["Kind", "Masker", "OwnContacts", "Span", "WrittenContact", "find", "renumber", "with_name"]
