"""Settings: one file and the environment, wrong ones refused with the line and the cure."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from replydesk.data import settings as module
from replydesk.data.errors import SettingsError
from replydesk.data.settings import DataSettings, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refused(path: Path, text: str, environment: dict[str, str] | None = None) -> SettingsError:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load(path, environment or {})
    return caught.value


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_defaults(path: Path) -> None:
    assert Settings.load(path, {}) == Settings.load(None, {}) == Settings()
    assert DataSettings() == Settings().data
    assert Settings().data.languages == ("en", "zh")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_a_file(path: Path, mark: str) -> None:
    path.write_text(f'{mark}[ui]\ntitle_zh = "汐物客服" # 名字\n[data]\nlanguages = ["zh", "de"]\n', encoding="utf-8")
    settings = Settings.load(path, {})
    assert settings.ui.title_zh == "汐物客服"
    assert settings.ui.title == "Support"
    assert settings.data.languages == ("zh", "de")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[data]\n\nregoin = 'US'", 3, "There is no setting in [data] called regoin.", "Did you mean region?"),
        ("[ui]\n[retreival]\n", 2, "There is no section called retreival.", "Did you mean retrieval?"),
        ("[ui]\nregion = 'US'\n", 2, "There is no setting in [ui] called region.", "Write it under [data]."),
        ("title = 'x'\n", 1, "There is no section called title.", "Write it under [ui]."),
        ("data = 1\n", 1, "data is a section, not a value.", "Write [data] above its keys."),
        ("[ui]\n'标题' = 'x'\n", None, "There is no setting in [ui] called 标题.", "Known: title, title_zh, "),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_named(
    path: Path, text: str, line: int | None, message: str, hint: str
) -> None:
    error = refused(path, text)
    assert error.message == message
    assert error.where == (f"{path}:{line}" if line else str(path))
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[retrieval]\ncandidates = 'many'\n", 2, "retrieval.candidates"),
        ("# a\n[finetune]\nmin_examples = 4\ntest_share = 0.9\n", 4, "finetune.test_share"),
        ("[data]\nregion = 'gb'\n", 2, "data.region"),
        ("[data]\nlanguages = []\n", 2, "data.languages"),
        ("[data]\nlanguages = ['en', 3]\n", 2, "data.languages"),
        ("[ui]\nmax_text = 0\n", 2, "ui.max_text"),
        ("[ui]\ntitle = 'Shop'\n[data]\nmask = 'perhaps'\n", 4, "data.mask"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(path: Path, text: str, line: int, key: str) -> None:
    error = refused(path, text)
    assert error.message.startswith(f"The setting {key} is wrong: ")
    assert error.where == f"{path}:{line}"
    assert "settings.md" in error.hint


def test_a_line_is_found_in_its_own_section(path: Path) -> None:
    error = refused(path, "[ui]\ntitle = 'seed = 3'\n\n[finetune]\n  seed = -3\n")
    assert error.where == f"{path}:5"


@pytest.mark.parametrize(
    ("text", "line"),
    [("[data\nmask = true\n", 1), ("[data]\nmask = yes\n", 2), ("[data]\nregion = 'US'\nregion = 'CN'\n", 3)],
)
def test_what_is_no_toml_is_refused_with_its_line(path: Path, text: str, line: int) -> None:
    error = refused(path, text)
    assert error.message.startswith("The settings are not valid TOML: ")
    assert error.where == f"{path}:{line}"


def test_what_is_not_utf8_is_refused(path: Path) -> None:
    path.write_bytes('[ui]\ntitle = "客服"\n'.encode("gb18030"))
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        Settings.load(path, {})
    assert (caught.value.where, caught.value.hint) == (str(path), "Make it a UTF-8 text file that this user may read.")


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load(path, {})


# ---- the environment


def test_the_environment_overrides_the_file(path: Path) -> None:
    path.write_text("[data]\nregion = 'US'\nmask = true\n[ui]\ntitle = 'Shop'\n", encoding="utf-8")
    environment = {
        "REPLYDESK_DATA_REGION": "CN",
        "REPLYDESK_DATA_MASK": "false",
        "REPLYDESK_DATA_LANGUAGES": "zh, en,,de ",
        "REPLYDESK_UI_TITLE_ZH": "汐物",
        "REPLYDESK_FINETUNE_MAX_LOSS": "0.05",
        "REPLYDESK_DIALOG_PICK_ABOVE": "0.7",
        "REPLYDESK_UI_API_KEYS": "one,two",
        "REPLYDESK_HOME": "/elsewhere",
        "REPLYDESK_DATASETS": "/data",
        "PATH": "/bin",
    }
    settings = Settings.load(path, environment)
    assert (settings.data.region, settings.data.mask) == ("CN", False)
    assert settings.data.languages == ("zh", "en", "de")
    assert (settings.ui.title, settings.ui.title_zh, settings.ui.api_keys) == ("Shop", "汐物", ("one", "two"))
    assert (settings.finetune.max_loss, settings.dialog.pick_above) == (0.05, 0.7)


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_DATA_REGION", "CN")
    assert Settings.load(None).data.region == "CN"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("REPLYDESK_DATA_REGOIN", "There is no setting in [data] called regoin.", "Did you mean region?"),
        ("REPLYDESK_DTA_REGION", "There is no section called dta.", "Did you mean data?"),
        ("REPLYDESK_DATA", "There is no setting in [data] called .", "Known: database, languages, "),
    ],
)
def test_an_unknown_variable_is_refused(name: str, message: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(None, {name: "x"})
    assert caught.value.message == message
    assert caught.value.where == f"${name}"
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("text", ["", "[data]\nregion = 'US'\n"])
def test_a_wrong_variable_is_named_and_not_the_file(path: Path, text: str) -> None:
    error = refused(path, text, {"REPLYDESK_DATA_REGION": "England"})
    assert error.where == "$REPLYDESK_DATA_REGION"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().data.region = "US"  # type: ignore[misc]


def test_names_of_intents_are_read_from_the_file_and_the_environment(path: Path) -> None:
    path.write_text('[dialog.intent_names.zh]\nrefund = "退款"\n', encoding="utf-8")
    named = Settings.load(path, {}).dialog
    assert [named.intent_name(one, "zh") for one in ("refund", "parcel")] == ["退款", "parcel"]
    assert named.intent_name("refund", "en") == "refund"
    variable = "REPLYDESK_DIALOG_INTENT_NAMES"
    named = Settings.load(path, {variable: '{"en": {"refund": "Money back"}}'}).dialog
    assert [named.intent_name("refund", code) for code in ("en", "zh", "de")] == ["Money back"] * 3
    assert refused(path, "", {variable: "{refund"}).where == f"${variable}"
    assert refused(path, '[dialog]\nintent_names = {english = {a = "b"}}\n').where == f"{path}:2"
