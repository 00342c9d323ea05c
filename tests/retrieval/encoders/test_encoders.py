"""Which encoder reads which language, as the settings name them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from replydesk.data.settings import RetrievalSettings, Settings
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoders import Encoders


def test_english_is_read_by_the_encoder_of_other_languages_too(
    tiny_settings: Settings, tiny_bert: Path, tmp_path: Path
) -> None:
    settings = tiny_settings.retrieval.model_copy(update={"runtime": "torch"})
    assert Encoders(settings).beside("en") is None, "both languages have one encoder"
    other = shutil.copytree(tiny_bert, tmp_path / "other")
    apart = Encoders(settings.model_copy(update={"other_encoder": str(other)}))
    second = apart.beside("en")
    assert second is apart.of("zh") and second is not apart.of("en")
    assert apart.beside("zh") is None, "the English encoder reads nothing else"


def test_one_encoder_serves_all_languages_that_name_it(tiny_settings: Settings) -> None:
    encoders = Encoders(tiny_settings.retrieval)
    assert encoders.of("en") is encoders.of("zh")
    assert encoders.among(["en", "zh"]) == [encoders.of("en")]


@pytest.mark.slow
def test_settings_reach_the_encoder(tiny_bert: Path) -> None:
    settings = RetrievalSettings(english_encoder=str(tiny_bert), max_tokens=8)
    assert Encoders(settings).of("en").id == BertEncoder(str(tiny_bert), max_tokens=8).id
