"""Small functions on text: which language it is, what is kept of it, and the words it is made of."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any, Final

from replydesk.data.errors import RequestError

__all__ = ["asked_language", "clean", "language_of", "narrow", "plain", "tokens"]

HAN: Final = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Chinese brands write の, names the dot ・, and shrugs ツ and ノ: these prove no Japanese.
KANA: Final = (
    r"\u3041-\u306d\u306f-\u3096\u30a1-\u30c3\u30c5-\u30cd\u30cf-\u30fa"
    r"\uff66-\uff6f\uff71-\uff81\uff83-\uff88\uff8a-\uff9d"
)
HANGUL: Final = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
EASTERN: Final = frozenset({"zh", "ja", "ko"})

FAIR_SHARE: Final = 0.2
"""The part of a text's words, a Han character counting as one, that makes a mixed text Chinese."""

_NO_LANGUAGE = re.compile(
    r"<[A-Z]+_\d+>|(?:https?://|www\.)[!-~]+|(?<![!-?A-~])[!-?A-~]++@[!-~]+|[@#][A-Za-z0-9_]+"
    r"|(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]+"
)
_EAST = re.compile(f"[{HAN}{KANA}{HANGUL}]")
_KANA = re.compile(f"[{KANA}]")
_HANGUL = re.compile(f"[{HANGUL}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

# Cs: a lone surrogate cannot be written as UTF-8, so no store could keep it.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
# A Chinese handle needs a blank or a colon behind it, or nobody could say where it ends. "@5pm" is a time.
_HANDLES = re.compile(
    r"(?:[@＠](?!\d{1,2}(?:[:.]\d\d)?[ap]m\b)"
    r"(?:[A-Za-z0-9_]{1,30}(?![A-Za-z0-9_]|[.-][A-Za-z0-9])[:,.]?|[\w-]{1,30}(?:[:：,，]|(?=\s)))\s*)+"
)
# A slug of letters and digits says nothing; `/refund-policy` does and stays.
SHORT_LINK: Final = (
    r"https?://(?:t\.co|bit\.ly|goo\.gl|ow\.ly|buff\.ly|is\.gd|tinyurl\.com|t\.cn|url\.cn|dwz\.cn)"
    r"(?:/[A-Za-z0-9]*)?…?"
)
_TAIL = re.compile(rf"(?:(?:^|(?<=[\s.!?。！？…)]))\^[A-Za-z]{{1,12}}\s*|(?:^|\s){SHORT_LINK}\s*)$")

_TAG = re.compile(r"</?[A-Za-z]|<!")
_OFFICE = re.compile(r"<!\[[^>]*>?")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[:-][a-z0-9]+)*")
_HTML_BLANKS = re.compile(r"\s+")
_DROPPED = re.compile("blockquote|head|script|style|template|title")
_LINE = re.compile("address|article|blockquote|br|d[dlt]|div|h[1-6r]|li|[ou]l|p|pre|section|table|tr")
_CELL = re.compile("t[dh]")
_VOID = re.compile("area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr")
# How mail programs mark what they quote, and how senders hide the line that a list of mails shows.
_QUOTE = re.compile(r"\b(?:gmail_quote|yahoo_quoted|protonmail_quote|moz-cite-prefix|OutlookMessageHeader)\b")
_QUOTED_BELOW = re.compile(r"(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)")
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|$)"
)

_NAMED_LANGUAGES: Final = {
    "english": "en", "chinese": "zh", "mandarin": "zh",
    "英文": "en", "英语": "en", "英語": "en",
    "中文": "zh", "汉语": "zh", "漢語": "zh", "普通话": "zh", "普通話": "zh",
}  # fmt: skip
_ASKS_LANGUAGE: Final = re.compile(
    r"\W*(?:(?:can|could|do|does|would|will|you|we|i|anyone|anybody|someone|there|here|please|let['’]?s|sorry|hi|hello|but"
    r"|speak|write|reply|answer|talk|chat|switch|continue|say (?:it|that)|to|me|in|only)\W+)*"
    r"(?P<en>english|chinese|mandarin)(?:\W+(?:please|pls|instead|thanks|thank you|speaker|only))*\W*"
    r"|\W*(?:请|請|麻烦|可以|能不能|能|会|會|你们?|您|我们|咱们|帮我|不好意思|[，,])*(?:用|说|說|讲|講|换成?|切换到?|改[用成])?"
    r"(?P<zh>中文|英文|英语|英語|汉语|漢語|普通话|普通話)(?:回答|回复|回覆|交流|聊|说|說|讲|吧|吗|嗎|好吗|可以吗|行吗|谢谢|谢了|[，,])*\W*",
    re.IGNORECASE,
)
CODE_OR_WORD: Final = re.compile(rf"([{HAN}{KANA}]+)|([^\W_{HAN}{KANA}]+(?:['’\-][^\W_{HAN}{KANA}]+)*)")


def language_of(text: str, *, among: Sequence[str] = ("en", "zh"), previous: str = "") -> str:
    """Return the language of a text as an ISO 639-1 code.

    Script decides first: Han is ``zh`` unless kana (``ja``) or hangul (``ko``) stand beside it, also where
    ``among`` lacks these, so that a desk sees a message it cannot answer. Among Latin words Han wins when it
    is at least a fifth of the words, a Han character counting as one. Anything else goes to py3langid, which
    chooses from the languages of ``among`` that are not written in these scripts. Placeholders, links,
    handles, codes and emoji carry no language; fewer than three words without Han give ``previous``, or the
    first of ``among``.

    Who asks for a language of ``among`` and says nothing else gets it: "English please", 请用中文.

    Raises :class:`RequestError` when ``among`` is empty or py3langid does not know the languages to choose
    from.

    >>> language_of("我的 iPhone 15 怎么退货？")
    'zh'
    """
    if not among:
        raise RequestError("No language to choose from.", where="among", hint="Name at least one language.")
    if (asked := asked_language(text)) in among:
        return asked
    bare = _NO_LANGUAGE.sub(" ", text)
    east = len(_EAST.findall(bare))
    words = _WORD.findall(_EAST.sub(" ", bare) if east else bare)
    if east and east >= FAIR_SHARE * (east + len(words)):
        if 2 * len(_HANGUL.findall(bare)) > east:
            return "ko"
        # A Japanese sentence is a third kana and more; a Chinese one may quote a brand.
        return "ja" if 10 * len(_KANA.findall(bare)) > east else "zh"
    if len(words) < 3:
        return previous or among[0]
    choice = tuple(dict.fromkeys(code for code in among if code not in EASTERN))
    if len(choice) < 2:
        return choice[0] if choice else previous or among[0]
    return str(_identifier(choice).classify(" ".join(words))[0])


def asked_language(text: str) -> str:
    """Return the language that a message asks for, '' where it asks for none, or for something else, too.

    >>> asked_language("do you speak Chinese?"), asked_language("请说英语"), asked_language("an English invoice")
    ('zh', 'en', '')
    """
    found = _ASKS_LANGUAGE.fullmatch(text.strip())
    named = (found["en"] or found["zh"] or "").lower() if found else ""
    # The bare name of a language may answer something else.
    named = "" if re.sub(r"\W", "", text).lower() == named else named
    return _NAMED_LANGUAGES.get(named, "")


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


@cache
def _identifier(among: tuple[str, ...]) -> Any:
    # The copy shares the tables and has its own languages: the model is read once for every choice.
    identifier = copy.copy(_model())
    try:
        identifier.set_languages(among)
    except ValueError as error:
        raise RequestError(
            f"{error}.", where="among", hint="Use ISO 639-1 codes that py3langid knows, such as en or de."
        ) from error
    return identifier


def clean(text: str) -> str:
    r"""Return what is kept of a message before anything else reads it.

    NFC; no control, zero-width or other invisible characters except ``\n``; one blank for many; at most one
    empty line in a row; no leading ``@handles``; no wordless short link and no agent's signature such as
    ``^SH`` at the end, unless nothing else would be left: a message is never cleaned away. HTML entities stay as they
    are (see :func:`plain`). Cleaning twice changes nothing.

    >>> clean("@AppleSupport @123  My phone   is dead ^SH https://t.co/m9DPQbkftD")
    'My phone is dead'
    """
    text = _LINE_END.sub("\n", text)
    if not text.isprintable():
        text = "".join(
            char for char in text.replace("\t", " ") if char == "\n" or unicodedata.category(char) not in _UNSEEN
        )
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
    text = _words_of(text) or text
    text = "\n".join(line.strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", text).strip()


# What stands between Chinese words is written wide by everybody.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？：；（）～"}


def narrow(text: str) -> str:
    """Return a text with the letters, digits and signs of full width as they are written elsewhere, one for one.

    Marks of Chinese sentences stay.

    >>> narrow("订单号ＴＷ－２０４８１７，谢谢！")
    '订单号TW-204817，谢谢！'
    """
    return text.translate(_NARROW)


def _words_of(text: str) -> str:
    if head := _HANDLES.match(text):
        text = text[head.end() :]
    while tail := _TAIL.search(text):
        text = text[: tail.start()].rstrip()
    return text.strip()


def plain(html: str) -> str:
    """Return the cleaned text of an HTML fragment.

    Paragraphs, list items, rows and ``<br>`` end lines; styles, scripts, heads and what is hidden are dropped, and so
    is quoted mail (``<blockquote>``, and what Gmail, Yahoo, Thunderbird and Outlook mark), unless nothing else is
    there. Entities are decoded. Text without any tag keeps its own line ends. ``<mei@example.com>`` and
    ``<PHONE_1>`` look like tags, are none, and stay.

    >>> plain("<p>Caf&eacute;<br>closed</p><blockquote>older mail</blockquote>")
    'Café\\nclosed'
    """
    if not _TAG.search(html):
        return clean(unescape(html))
    # Office writes `<![if !supportLists]>`, on which html.parser may raise; browsers read it as a comment.
    source = _OFFICE.sub("", html)
    return _text_of(source, quotes=False) or _text_of(source, quotes=True)


def _text_of(html: str, *, quotes: bool) -> str:
    reader = _Reader(quotes=quotes)
    reader.feed(html)
    reader.close()
    return clean("".join(reader.parts))


class _Reader(HTMLParser):
    """Collects the visible text of a fragment in ``parts``, what is quoted only if ``quotes`` are wanted."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.quotes = quotes
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _NAME.fullmatch(tag):
            self.handle_data(self.get_starttag_text() or "")
        elif not _VOID.fullmatch(tag) and (tag in self.hidden or self._is_dropped(tag, dict(attrs))):
            self.hidden.append(tag)
        self._space(tag)

    def _is_dropped(self, tag: str, attrs: dict[str, str | None]) -> bool:
        if _DROPPED.fullmatch(tag):
            return tag != "blockquote" or not self.quotes
        if not attrs:
            return False
        if "hidden" in attrs or _UNSEEN_STYLE.search(attrs.get("style") or ""):
            return True
        if self.quotes:
            return False
        if _QUOTED_BELOW.fullmatch(attrs.get("id") or "") and "".join(self.parts).strip():
            # Outlook marks only where the quoted mail begins: no end tag has this name.
            self.hidden.append("")
            return True
        return _QUOTE.search(attrs.get("class") or "") is not None

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass
        # `<br/>` arrives as a start and an end, and is one line end.
        if tag != "br":
            self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(_HTML_BLANKS.sub(" ", data))

    def _space(self, tag: str) -> None:
        if not self.hidden and (_LINE.fullmatch(tag) or _CELL.fullmatch(tag)):
            self.parts.append(" " if _CELL.fullmatch(tag) else "\n")


def tokens(text: str) -> list[str]:
    """Return the words of a text in order, for measuring what two texts share.

    NFKC and lower case. Latin words are letters and digits; a hyphenated code with a digit (``tw-204817``) is
    one word and other hyphens part words; apostrophes vanish (``don't`` is ``dont``). Runs of Han or kana
    become overlapping bigrams, and a lone character stands for itself.

    >>> tokens("订单TW-204817没到, don't ship")
    ['订单', 'tw-204817', '没到', 'dont', 'ship']
    """
    found: list[str] = []
    for east, word in CODE_OR_WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if east:
            found += [east[i : i + 2] for i in range(max(1, len(east) - 1))]
        elif word.isalnum():
            found.append(word)
        else:
            word = word.replace("'", "").replace("’", "")
            found += [word] if any(map(str.isdigit, word)) else word.split("-")
    return found
