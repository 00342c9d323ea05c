"""What is secret or personal in a link, and IP addresses. Host and path stay: an answer needs to know which page."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.page import Page

__all__ = ["addresses_of_machines", "secrets"]

_URL = re.compile(r"(?:https?|wss?|ftp)://[!-~\0]+|(?<![A-Za-z0-9.])www\.[!-~\0]+", re.I)
_PARAMETER = re.compile(r"(?<=[?&;#])([A-Za-z][\w.%-]{0,40})=([^?&#;\s\0\"'<>)\]]+)", re.A)
_USER = re.compile(r"(?<=://)[^/@?#\s\0]{1,100}(?=@)")
# A parameter's name is cut into words: resetToken, reset_token and X-Amz-Signature are all known by one of theirs.
_WORDS = re.compile(r"[A-Z]?[a-z]+\d?|[A-Z]+(?![a-z])|\d+")
_SECRET: Final = frozenset(
    [
        "token",
        "tok",
        "jwt",
        "secret",
        "sig",
        "sign",
        "signature",
        "session",
        "sess",
        "sid",
        "jsessionid",
        "phpsessid",
        "auth",
        "authorization",
        "oauth",
        "password",
        "passwd",
        "pwd",
        "pass",
        "passcode",
        "pin",
        "otp",
        "magic",
        "ticket",
        "credential",
        "credentials",
        "apikey",
        "hmac",
        "nonce",
        "state",
        "invite",
        "invitation",
        "verify",
        "verification",
        "confirmation",
        "activation",
        "activate",
        "reset",
        "uid",
        "userid",
        "openid",
        "unionid",
        "cid",
        "customerid",
        "memberid",
        "accountid",
        "visitorid",
        "deviceid",
        "respondent",
        "recipient",
        "subscriber",
        "accesstoken",
        "authcode",
        "sessionid",
        "hash",
        "checksum",
    ]
)
_PERSONAL: Final = frozenset(
    {"user", "customer", "member", "client", "account", "contact", "visitor", "device", "session"}
)
_ID: Final = frozenset({"id", "key", "no", "num", "number", "code"})
_PLAIN: Final = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "null",
        "none",
        "new",
        "old",
        "en",
        "zh",
        "us",
        "gb",
        "cn",
        "home",
        "menu",
        "form",
        "page",
        "list",
        "all",
        "default",
        "start",
        "end",
        "open",
        "closed",
    ]
)

_PART = re.compile(r"(?<=/)[^/?#;\s\0]+")
_DOOR = re.compile(
    r"(?:re-?set|verify|verification|confirm(?:ation)?|invite|invitation|join|magic(?:-?link)?|login|log-in|signin|sign-in|auth"
    r"|sso|activate|activation|unsubscribe|token|session|password|share|shared|s|unlock|recover|recovery|t)",
    re.I,
)
_JWT = re.compile(r"eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?")
_HEXADECIMAL = re.compile(r"[0-9a-f]{24,}|[0-9A-F]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FILE = re.compile(r"\.[A-Za-z]{2,5}$")
_RANDOM = re.compile(r"(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=(?:[^/\d]*\d){2})[\w~+=]{16,}", re.A)
_GUESSABLE = re.compile(r"[a-z]+(?:-[a-z]+)*|[A-Z]?[a-z]+|\d{1,3}")

_V4_SIGN = re.compile(r"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d]|\.\d)", re.A)
_V6_SIGN = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{0,4}:[0-9A-Fa-f:.]{1,38}(?![\w:])", re.A)
_VERSION = re.compile(
    r"(?:(?<![A-Za-z])(?:v|ver|version|versions|firmware|fw|build|release|releases|update|updated to"
    r"|upgraded? to|android|ios|driver|sw"
    r"|software|app|client|section|chapter|clause|part|part no|rev|revision|from|to)"
    r"|版本号?|固件|系统|升级到|升级|更新到|更新|内核|驱动|章|节|条)[\s:.是为(]*(?:v\.?)?$",
    re.I,
)
_WEAK_VERSION = re.compile(r"(?<![A-Za-z])(?:from|to|app|client|part)[\s:(]*$", re.I)
_IP_WORD = re.compile(r"(?<![A-Za-z])(?:ip|ips|ipv4|address|login|server|host|网关|服务器|登录|地址)(?![A-Za-z])", re.I)
# What everybody's router, resolver and mask are called: an answer that says "open 192.168.1.1" must stay readable.
_EVERYBODY = re.compile(
    r"0\.0\.0\.0|127\.[\d.]+|255\.[\d.]+|(?:192\.168|10\.\d+|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.(?:0|1|254|255)"
    r"|8\.8\.[48]\.[48]|1\.[01]\.[01]\.1|9\.9\.9\.9|208\.67\.22[02]\.22[02]|114\.114\.11[45]\.11[45]|223\.[56]\.[56]\.[56]"
    r"|119\.29\.29\.29|180\.76\.76\.76|169\.254\.0\.0"
)


def secrets(page: Page) -> None:
    """Claim, in each link, tokens, sessions, signatures and ids of persons; the rest of the link stays."""
    for link in _URL.finditer(page.left):
        # What ends the sentence is none of the link.
        start, url = link.start(), link[0].rstrip(".,;:!?'\")>]")
        claims = [match.span() for match in _USER.finditer(url)]
        claims += [match.span(2) for match in _PARAMETER.finditer(url) if _is_secret(match[1], match[2])]
        head = re.split(r"[?#]", url, maxsplit=1)[0]
        claims += [
            span for span in _secret_parts(head) if not any(one < span[1] and span[0] < two for one, two in claims)
        ]
        for begin, end in sorted(claims):
            page.take("TOKEN", start + begin, start + end, page.text[start + begin : start + end])


def _is_secret(name: str, value: str) -> bool:
    if len(value) < 3 or value.casefold() in _PLAIN:
        return False
    words = {word.casefold() for word in _WORDS.findall(name)} | {re.sub(r"[\W_]", "", name).casefold()}
    if words & {"utm", "lang", "type"}:
        return False
    if words & _SECRET:
        return not _GUESSABLE.fullmatch(value) or len(value) > 15
    if words & _PERSONAL and (words & _ID or any(word.endswith("id") for word in words)):
        return True
    # `code=` and `key=` name colours and countries as often as they open doors.
    return bool(words & {"code", "key", "apikey", "h"}) and len(value) >= 6 and bool(re.search(r"\d", value))


def _secret_parts(url: str) -> list[tuple[int, int]]:
    found, previous = [], ""
    for match in _PART.finditer(url):
        part = match[0]
        if jwt := _JWT.search(part):
            found.append((match.start() + jwt.start(), match.start() + jwt.end()))
        elif not _FILE.search(part) and match.start() > 8:
            door = _DOOR.fullmatch(previous) and len(part) >= 8 and re.search(r"\d", part)
            if (
                (door and not _GUESSABLE.fullmatch(part) and not re.fullmatch(r"\d{1,12}", part))
                or _HEXADECIMAL.fullmatch(part)
                or _RANDOM.fullmatch(part)
            ):
                found.append(match.span())
        previous = part
    return found


def addresses_of_machines(page: Page) -> None:
    """Claim IP addresses that may be a person's: neither versions nor the addresses that everybody's router has."""
    from ipaddress import IPv6Address

    for match in _V4_SIGN.finditer(page.left):
        numbers = [int(number) for number in match[0].split(".")]
        if (
            max(numbers) > 255
            or numbers[0] == 0
            or any(len(part) > 1 and part[0] == "0" for part in match[0].split("."))
        ):
            continue
        if _EVERYBODY.fullmatch(match[0]) or (
            page.left[match.start() - 1 : match.start()].isalpha() and (page.left[match.start() - 1].isascii())
        ):
            continue
        version = page.before(match.start(), _VERSION)
        # "from 203.0.113.9" is where somebody came from, "from 4.12.0.1" what was installed.
        if version and (not page.before(match.start(), _WEAK_VERSION) or min(numbers[0], sum(numbers) // 4) < 10):
            continue
        if numbers[0] < 10 and max(numbers) < 100 and not page.before(match.start(), _IP_WORD):
            continue
        page.take("IP", *match.span(), match[0])
    if page.left.count(":") < 2:
        return
    for match in _V6_SIGN.finditer(page.left):
        raw = match[0].rstrip(".:") if not match[0].endswith("::") else match[0]
        if raw.count(":") < 2 or not re.search(r"\d", raw) or len(raw) < 6:
            continue
        try:
            IPv6Address(raw)
        except ValueError:
            continue
        page.take("IP", match.start(), match.start() + len(raw), raw.casefold())
