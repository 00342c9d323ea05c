"""Links that may leave the desk: those to hosts that the team has named itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from replydesk.data.settings import Settings

__all__ = ["allowed_hosts", "host_of", "hosts_in", "is_allowed"]

_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,12}:)?//[^\s<>\"'，。；！？、（）【】]+"
    r"|(?<![\w@./-])(?:www\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|org|net|io|shop|store|app|info|biz|xyz|top|site|online|link|click|ru|co|me|ly|gl|gd|uk|cn|hk|tw|eu|de"
    r"|fr|us|example|test)"
    r"(?![\w.-]*@)(?![A-Za-z0-9])(?::\d+)?(?:/[^\s<>\"'，。；！？、（）【】]*)?",
    re.I | re.A,
)


def hosts_in(text: str) -> tuple[str, ...]:
    """Return the hosts that a text links to, in their order, '' for a link without one.

    >>> hosts_in("see https://help.shop.example/faq or www.a.com. Mail me@b.com")
    ('help.shop.example', 'www.a.com')
    """
    if "." not in text and "//" not in text:
        return ()
    return tuple(host_of(match[0]) for match in _URL.finditer(text))


def host_of(url: str) -> str:
    """Return the host of a link in small letters, without user, port and a dot at its end.

    >>> host_of("https://good.example@evil.example:8080/x"), host_of("good.example./a")
    ('evil.example', 'good.example')
    """
    bare = re.sub(r"\A(?:[a-z][a-z0-9+.-]*:)?//", "", url, flags=re.I)
    # Browsers read a backslash as a slash.
    return re.split(r"[/?#\\]", bare)[0].rpartition("@")[2].partition(":")[0].rstrip(".,;!").lower()


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that the settings allow: ``dialog.allowed_hosts`` and the company's own domains."""
    return frozenset(map(str.lower, settings.dialog.allowed_hosts)) | _own_hosts(settings.data.own_contacts)


def is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Return whether a host is one of those, or below one: ``help.shop.example`` where ``shop.example`` is allowed."""
    parts = host.split(".")
    return any(".".join(parts[place:]) in allowed for place in range(len(parts) - 1))


def _own_hosts(contacts: Iterable[str]) -> frozenset[str]:
    """Return the domains among the company's own contacts: its addresses of mail and its sites."""
    hosts = (contact.rpartition("@")[2] if "@" in contact else host_of(contact) for contact in contacts)
    return frozenset(host.lower() for host in hosts if re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", host, re.I))
