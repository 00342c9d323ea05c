"""The checklist finds what changes a reader's mind that should not, and what does not that should."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from replydesk.data.errors import RequestError
from replydesk.finetune.robustness.checklist import Case, read_cases, run_checklist, table
from replydesk.finetune.robustness.noise import kept

CASES = (
    Case("en", "paraphrase", "refund", "Where is my refund?", ("When is the money back?",)),
    Case("en", "entity", "order", "Where is order TW-1?", ("Where is order TW-2?", "Where is parcel TW-3?")),
    Case("en", "negation", "refund", "I want a refund.", ("I do not want a refund.",)),
    Case("zh", "negation", "refund", "我要退款", ("我不要退款",)),
)


def by_word(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Knows two words, and no negation."""
    return [
        ("refund", 0.9) if "refund" in text.lower() or "退款" in text else ("order", 0.6 if "不" in text else 0.8)
        for text in texts
    ]


def test_each_expectation_is_held_to_its_word() -> None:
    found = {(one.language, one.test): one for one in run_checklist(by_word, cases=CASES)}
    assert found["en", "meaning"].cases == 3 and not found["en", "meaning"].failures
    (paraphrase,) = found["en", "paraphrase"].failures
    assert (paraphrase.before, paraphrase.after) == (("refund", 0.9), ("order", 0.8))
    assert (found["en", "entity"].cases, found["en", "entity"].failed) == (2, 0.0)
    (negation,) = found["en", "negation"].failures
    assert negation.changed == "I do not want a refund." and negation.after == ("refund", 0.9)
    assert found["zh", "negation"].failed == 1.0
    assert found["en", "noise: case"].failed == 0.0
    assert ("zh", "noise: case") not in found and ("zh", "noise: homophone") in found
    assert ("en", "noise: homophone") not in found


def test_a_fall_of_confidence_counts_as_heard() -> None:
    def less_sure(fall: float) -> float:
        def predict(texts: Sequence[str]) -> list[tuple[str, float]]:
            return [("refund", 0.9 - fall if "not" in text or "不" in text else 0.9) for text in texts]

        found = run_checklist(predict, cases=CASES, languages=("en",))
        return next(one.failed for one in found if one.test == "negation")

    assert (less_sure(0.0), less_sure(0.05), less_sure(0.2)) == (1.0, 1.0, 0.0)


def test_only_what_could_be_known_is_asked() -> None:
    found = run_checklist(by_word, cases=CASES, known={"order"}, languages=("en", "zh"))
    assert {one.language for one in found} == {"en"}
    assert next(one.cases for one in found if one.test == "meaning") == 1
    assert not any(one.test in ("paraphrase", "negation") for one in found)


def test_the_same_seed_asks_the_same() -> None:
    asked: list[list[str]] = []

    def listening(texts: Sequence[str]) -> list[tuple[str, float]]:
        asked.append(list(texts))
        return by_word(texts)

    for seed in (0, 0, 1):
        run_checklist(listening, cases=CASES, seed=seed)
    assert asked[0] == asked[2] and asked[1] == asked[3] and asked[0] != asked[4]


def test_failures_are_shown() -> None:
    found = run_checklist(by_word, cases=CASES, languages=("en",))
    shown = table(found)
    assert "| en | paraphrase | 1 | 100.0 % | Where is my refund? → When is the money back?: refund → order |" in shown
    assert "| en | entity | 2 | 0.0 % |  |" in shown
    documents = json.loads(json.dumps([one.document(1) for one in found]))
    paraphrase = next(one for one in documents if one["test"] == "paraphrase")
    assert paraphrase["failed"] == 1.0 and paraphrase["examples"][0]["after"] == ["order", 0.8]


def test_the_demo_desk_has_cases_in_both_languages() -> None:
    cases = read_cases()
    counts = Counter((case.language, case.kind) for case in cases)
    for language in ("en", "zh"):
        assert sum(counts[language, kind] for kind in ("paraphrase", "entity", "negation")) >= 60
        assert counts[language, "negation"] >= 16
    assert {c.intent for c in cases if c.language == "en"} == {c.intent for c in cases if c.language == "zh"}
    pairs = [(case.text, other) for case in cases for other in case.changed]
    assert len(set(pairs)) == len(pairs)
    for case in cases:
        assert all(max(text) >= "\u4e00" for text in (case.text, *case.changed)) == (case.language == "zh")
        if case.kind == "entity" and "TW-" in case.text:
            assert all(kept(other) != kept(case.text) for other in case.changed)


def test_the_intents_of_the_cases_are_those_of_the_demo_desk() -> None:
    from importlib import resources

    samples = resources.files("replydesk.data.samples")
    told = {
        intent
        for name in ("conversations.en.jsonl", "conversations.zh.jsonl")
        for line in samples.joinpath(name).read_text(encoding="utf-8").splitlines()
        for turn in json.loads(line)["turns"]
        for intent in turn.get("intents", [])
    }
    assert {case.intent for case in read_cases()} <= told


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"language": "en", "kind": "negation", "intent": "a", "text": "b"}',
        '{"language": "en", "kind": "rhyme", "intent": "a", "text": "b", "changed": ["c"]}',
        '{"language": "en", "kind": "negation", "intent": "a", "text": "b", "changed": "c"}',
        '{"language": "en", "kind": "negation", "intent": "a", "text": "b", "changed": []}',
    ],
)
def test_a_wrong_line_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("\n" + line, encoding="utf-8")
    with pytest.raises(RequestError, match="no case of a checklist") as caught:
        read_cases(path)
    assert caught.value.where == f"{path}:2"
    with pytest.raises(RequestError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")
