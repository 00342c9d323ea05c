"""The file of forms, ``forms.toml`` of the home: read, checked as a whole, and refused with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from replydesk.data.errors import SettingsError
from replydesk.data.followed import FollowedFile
from replydesk.data.records import same_text
from replydesk.dialog.declared import KINDS, Form, Slot, text_in

__all__ = ["followed_forms", "load_forms"]

_FORM_KEYS = {"intents", "phrases", "done", "handoff", "slots"}
_SLOT_KEYS = {"name", "kind", "pattern", "choices", "ask", "wrong", "help"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_GAP = re.compile(r"\{(\w+)\}")
_HINT = "docs/reference/forms.md describes the file."


def load_forms(path: Path) -> tuple[Form, ...]:
    """Return the forms of a file. Raises :class:`SettingsError` with file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        raise SettingsError(f"The forms are not valid TOML: {error}.", where=where, hint="Mend that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        hint = "Make it a UTF-8 text file that this user may read."
        raise SettingsError(f"The forms cannot be read: {error}.", where=str(path), hint=hint) from None
    reader = _Reader(path, text)
    for key in told:
        if key != "forms":
            reader.refuse(f"There is no section {key}; every form is a section [forms.NAME].", "", key)
    return tuple(reader.form(name, value) for name, value in dict(told.get("forms", {})).items())


def followed_forms(path: Path | None) -> FollowedFile[tuple[Form, ...]]:
    """Return the forms of a file as it says now, none without a file."""
    return FollowedFile(path, load_forms, tuple)


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self._path, self._lines = path, text.splitlines()

    def refuse(self, message: str, form: str, key: str, number: int = -1) -> NoReturn:
        """Raise the error, at the line of a key of a form, or of its slot of that number."""
        raise SettingsError(message, where=f"{self._path}:{self._line(form, key, number)}", hint=_HINT)

    def form(self, name: str, told: Any) -> Form:
        if not _NAME.fullmatch(name) or not isinstance(told, dict):
            self.refuse(f"{name} is no form: write [forms.NAME] with a name of letters.", name, "")
        for key in told.keys() - _FORM_KEYS:
            self.refuse(f"A form has no {key}; it has {', '.join(sorted(_FORM_KEYS))}.", name, key)
        intents, phrases = (self._texts(name, told, key) for key in ("intents", "phrases"))
        if not intents and not phrases:
            self.refuse(f"Nothing begins the form {name}: give it intents or phrases.", name, "")
        rows = told.get("slots", [])
        if not isinstance(rows, list) or not rows:
            self.refuse(f"The form {name} asks for nothing: give it [[forms.{name}.slots]].", name, "slots")
        slots = tuple(self._slot(name, row, number) for number, row in enumerate(rows))
        names = [slot.name for slot in slots]
        for number, one in enumerate(names):
            if one in names[:number]:
                self.refuse(f"The form {name} has two slots {one}.", name, "name", number)
        done = self._by_language(name, told, "done")
        for gap in (gap for text in done.values() for gap in _GAP.findall(text)):
            if gap not in names:
                self.refuse(f"The text names {{{gap}}}, which is no slot of the form {name}.", name, "done")
        handoff = told.get("handoff", False)
        if not isinstance(handoff, bool):
            self.refuse("handoff is true or false.", name, "handoff")
        return Form(name, slots, done, intents, phrases, handoff)

    def _slot(self, form: str, told: Any, number: int) -> Slot:
        if not isinstance(told, dict) or not _NAME.fullmatch(str(told.get("name", ""))):
            self.refuse("A slot needs a name of letters.", form, "name", number)
        for key in told.keys() - _SLOT_KEYS:
            self.refuse(f"A slot has no {key}; it has {', '.join(sorted(_SLOT_KEYS))}.", form, key, number)
        kind = told.get("kind", "pattern" if "pattern" in told else "choice" if "choices" in told else "text")
        if kind not in KINDS:
            self.refuse(f"There is no kind {kind}; there are {', '.join(KINDS)}.", form, "kind", number)
        pattern = None
        if kind == "pattern":
            try:
                pattern = re.compile(str(told["pattern"]))
            except (KeyError, re.error) as error:
                self.refuse(f"The pattern is no regular expression: {error}.", form, "pattern", number)
        choices, labels = self._choices(form, told, number)
        if kind == "choice" and len(choices) < 2:
            self.refuse("A choice needs two choices at least.", form, "choices", number)
        ask = self._by_language(form, told, "ask", number)
        wrong = self._by_language(form, told, "wrong", number) if "wrong" in told else {}
        explained = self._by_language(form, told, "help", number) if "help" in told else {}
        return Slot(str(told["name"]), ask, str(kind), pattern, choices, wrong, labels, explained)

    def _choices(
        self, form: str, told: Mapping[str, Any], number: int
    ) -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
        """Return the values of the choices, and what those with texts are called in each language."""
        rows = told.get("choices", [])
        if not isinstance(rows, list):
            self.refuse("choices is a list.", form, "choices", number)
        values, labels = [], {}
        for row in rows:
            texts = dict(row) if isinstance(row, dict) else {}
            value = texts.pop("value", "") if texts else row
            named = all(
                _LANGUAGE.fullmatch(key) and isinstance(text, str) and text.strip() for key, text in texts.items()
            )
            if not isinstance(value, str) or not value.strip() or not named or (isinstance(row, dict) and not texts):
                message = (
                    'A choice is a text, or its value with a text a language: {value = "red", en = "Red", zh = "红色"}.'
                )
                self.refuse(message, form, "choices", number)
            values.append(value)
            if texts:
                labels[value] = texts
        for language in ("", *dict.fromkeys(code for texts in labels.values() for code in texts)):
            names = [
                same_text(text_in(labels[value], language) if value in labels and language else value)
                for value in values
            ]
            if len(set(names)) < len(names):
                self.refuse("Two choices are called the same.", form, "choices", number)
        return tuple(values), labels

    def _texts(self, form: str, told: Mapping[str, Any], key: str, number: int = -1) -> tuple[str, ...]:
        value = told.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.refuse(f"{key} is a list of texts.", form, key, number)
        return tuple(value)

    def _by_language(self, form: str, told: Mapping[str, Any], key: str, number: int = -1) -> dict[str, str]:
        value = told.get(key)
        if isinstance(value, str) and value.strip():
            return {"": value}
        if not isinstance(value, dict) or not value:
            self.refuse(f'{key} is missing: a text, or one a language such as {key}.en = "..."', form, key, number)
        if not all(isinstance(one, str) and one.strip() for one in value.values()):
            self.refuse(f"{key} has an empty text.", form, key, number)
        return dict(value)

    def _line(self, form: str, key: str, number: int) -> int:
        """Return the line of a key inside a form's section, or inside its slot of that number, else the header's."""
        best, inside, slot = 1, not form, -1
        for place, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*\[+\s*([\w.\-\"']+)\s*\]+", line)
            if header:
                section = header[1].replace('"', "").replace("'", "")
                base = f"forms.{form}"
                slot += section == f"{base}.slots"
                wanted = f"{base}.slots" if number >= 0 else base
                inside = (section == wanted or section.startswith(f"{wanted}.")) and (number < 0 or slot == number)
                inside = inside and (number >= 0 or not section.startswith(f"{base}.slots"))
                inside = inside or (not form and (section == key or section.startswith(f"{key}.")))
                if inside:
                    best = place
                if inside and (not form or section.endswith(f".{key}")):
                    return place
                continue
            if inside and key and re.match(rf"\s*{re.escape(key)}\b\s*[.=]", line):
                return place
        return best
