"""The switch of a report between English and Chinese, and which of them a page shows first; no script is needed."""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["Shown", "opening", "shown_in", "switch"]

Shown = Literal["en", "zh"]

_NAMES: Final = (("zh", "中文"), ("en", "English"))


def opening(language: Shown) -> str:
    """Return the beginning of a page that shows this language first."""
    return f'<!doctype html><html lang="{language}">'


def switch(language: Shown) -> str:
    """Return the switch, with this language chosen."""
    return "".join(
        f'<input type="radio" name="lang" id="in-{code}"{" checked" * (code == language)}>'
        f'<label for="in-{code}" lang="{code}">{name}</label>'
        for code, name in _NAMES
    )


def shown_in(page: str, language: Shown) -> str:
    """Return a stored page that shows this language first; one that has no switch as it is.

    >>> shown_in(opening("en") + switch("en"), "zh") == opening("zh") + switch("zh")
    True
    """
    for made in (opening, switch):
        page = page.replace(made("en"), made(language), 1)
    return page
