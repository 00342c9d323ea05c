"""Judging answer matching: who ranks what, what counts as a hit, and every model on small data in two languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import RequestError
from replydesk.data.settings import Settings
from replydesk.finetune.encoders.tuning import Pairs
from replydesk.finetune.evaluation import matching
from replydesk.finetune.evaluation.matching import MatchData, evaluate_matching, lists_of, placed
from replydesk.finetune.evaluation.ranking import matching_page
from replydesk.finetune.recipe import QUICK, EncoderRecipe, PretrainRecipe, Recipe, RerankerRecipe, Training
from replydesk.retrieval.encoders.encoders import Encoders

WORDS = {
    "en": ("lamp", "parcel", "refund", "order", "invoice", "mug", "bowl", "address", "card", "plate", "shop", "return"),
    "zh": ("台灯", "快递", "退款", "订单", "发票", "杯子", "碗", "地址", "银行卡", "盘子", "商店", "退货"),
}


def rows(language: str, times: int) -> list[dict[str, Any]]:
    words = WORDS[language]
    # The answer speaks of another thing than the question, so that nothing frozen can find it.
    others = (*words[5:], *words[:5])
    made = []
    for number in range(times):
        for word, other in zip(words, others, strict=True):
            if language == "en":
                made.append(
                    {"context": ["hello", "hi", f"it is about the {word} {number}"], "reply": f"the {other} then"}
                )
            else:
                made.append({"context": f"关于{word}{number}的问题", "reply": f"那么{other}吧"})
    return made


def write(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def data(folder: Path, language: str) -> MatchData:
    return MatchData.read(
        write(folder / "train.jsonl", rows(language, 6)), write(folder / "test.jsonl", rows(language, 1))
    )


def test_each_ranks_its_own_among_those_that_follow_in_a_shuffled_circle() -> None:
    lists = lists_of(7, 3)
    draw = np.random.default_rng(0)
    for shuffle in lists:
        order = draw.permutation(7).tolist()
        for own, among in enumerate(shuffle.tolist()):
            place = order.index(own)
            assert among == [own, order[(place + 1) % 7], order[(place + 2) % 7]]
    assert np.bincount(lists.ravel(), minlength=7).tolist() == [15] * 7


def test_the_same_words_are_a_hit_and_ties_are_shared() -> None:
    scores = np.array([[0.5, 0.9, 0.1], [0.5, 0.9, 0.5], [0.2, 0.2, 0.2], [0.9, 0.1, 0.2]])
    same = np.array([[True, False, False], [True, True, False], [True, False, False], [True, False, False]])
    hits, ranks = placed(scores, same)
    np.testing.assert_allclose(hits, [0, 1, 1 / 3, 1])
    np.testing.assert_allclose(ranks, [1 / 2, 1, 1 / 2, 1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_floor_frozen_and_a_projection_stand_side_by_side(
    language: str, tmp_path: Path, tiny_settings: Settings
) -> None:
    recipe = replace(
        QUICK,
        projection=replace(
            QUICK.projection, training=replace(QUICK.projection.training, batch_size=32, learning_rate=1e-2)
        ),
    )
    result = evaluate_matching(
        data(tmp_path, language), Encoders(tiny_settings.retrieval), candidates=(4, 10, 100), recipe=recipe
    )
    assert list(result["models"]) == ["floor", "frozen", "tuned"]
    assert result["language"] == language
    assert result["data"] == {"train": 72, "test": 12, "candidates": [4, 10], "shuffles": 5}
    for found in result["models"].values():
        for measure in ("r1", "mrr"):
            assert set(found[measure]) == {"4", "10"}
            for size, value in found[measure].items():
                low, high = found[f"{measure}_ci"][size]
                assert 0 <= low <= value <= high <= 1
    assert result["models"]["floor"]["r1"]["10"] < 0.4
    gained = result["differences"]["tuned-frozen"]["r1"]["10"]
    models = result["models"]
    assert gained["difference"] == pytest.approx(models["tuned"]["r1"]["10"] - models["frozen"]["r1"]["10"], abs=2e-4)
    assert any("[100] candidates are not measured" in note for note in result["notes"])
    json.dumps(result)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_are_means_over_seeds(language: str, tmp_path: Path, tiny_settings: Settings) -> None:
    given, encoders = data(tmp_path, language), Encoders(tiny_settings.retrieval)
    quick = QUICK.projection
    training = replace(quick.training, batch_size=32, learning_rate=1e-2)
    recipe = replace(QUICK, seed=5, projection=replace(quick, training=training))
    both = evaluate_matching(given, encoders, candidates=(4, 10), recipe=recipe, seeds=2)
    assert (both["seed"], both["seeds"], len(both["trainings"])) == (5, 2, 2)
    alone = [
        evaluate_matching(given, encoders, candidates=(4, 10), recipe=replace(recipe, seed=seed)) for seed in (5, 6)
    ]
    found = both["models"]["tuned"]
    for measure in ("r1", "mrr"):
        for size in ("4", "10"):
            each = [one["models"]["tuned"][measure][size] for one in alone]
            assert found["seeds"][measure][size] == each
            assert found[measure][size] == pytest.approx(np.mean(each), abs=1e-4)
            assert len(both["models"]["frozen"]["seeds"][measure][size]) == 1
    gained = both["differences"]["tuned-frozen"]["r1"]["10"]["difference"]
    assert gained == pytest.approx(found["r1"]["10"] - both["models"]["frozen"]["r1"]["10"], abs=2e-4)
    page = matching_page(both)
    assert "Seed by seed" in page and "tuned, 1 of 10" in page and "tuned against frozen" in page
    assert "Seed by seed" not in matching_page(alone[0])


def test_a_seed_without_a_cross_encoder_counts_as_tuned(
    tmp_path: Path, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = dict(zip(WORDS["en"], (*WORDS["en"][5:], *WORDS["en"][:5]), strict=True))

    class Knowing:
        def scores(self, question: str, texts: list[str], _first: Any) -> Any:
            wanted = next(other for word, other in right.items() if f"about the {word} " in question)
            return np.array([float(f"the {wanted} then" in text) for text in texts])

    def fitted(_pairs: Any, _texts: Any, _first: Any, recipe: Recipe, *_: Any, **__: Any) -> tuple[Any, dict[str, Any]]:
        kept = recipe.seed == 1
        return (Knowing() if kept else None), {"kept": kept, "why": "so it was drawn."}

    monkeypatch.setattr(matching, "fit_reranker", fitted)
    recipe = replace(QUICK, seed=0, reranker=RerankerRecipe(train=True))
    found = evaluate_matching(
        data(tmp_path, "en"), Encoders(tiny_settings.retrieval), candidates=(10,), recipe=recipe, seeds=2
    )
    tuned, again = (found["models"][name]["seeds"]["r1"]["10"] for name in ("tuned", "reranked"))
    assert again[0] == tuned[0] < 1 and again[1] == 1 > tuned[1]
    assert "A cross-encoder is left out, seed 0: so it was drawn." in found["notes"]


def test_a_table_is_read_like_lines(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        'Context,Reply\n"退款, 到哪了","三天内"\n"[""hi"", ""where is my lamp""]",on its way\n', encoding="utf-8"
    )
    found = MatchData.read(path, path)
    assert found.train.asked == ("退款, 到哪了", "where is my lamp") and found.train.said == ("三天内", "on its way")
    path.write_text("Context;Reply\na;b\nc;d;e\n")
    with pytest.raises(RequestError, match="the row has 3 cells") as caught:
        MatchData.read(path, path)
    assert caught.value.where == f"{path}:3"


def test_a_reply_to_everything_teaches_by_five_of_its_contexts(tmp_path: Path, tiny_settings: Settings) -> None:
    canned = [{"context": f"something else {i}, quite so", "reply": "Please write to us."} for i in range(60)]
    both = MatchData.read(
        write(tmp_path / "train.jsonl", [*rows("en", 2), *canned]), write(tmp_path / "test.jsonl", rows("en", 1))
    )
    found = evaluate_matching(both, Encoders(tiny_settings.retrieval), candidates=(10,))
    # Twice twelve questions, five of the sixty, and thirteen replies.
    assert found["training"]["tuned"]["texts"] == 24 + 5 + 13


def test_a_recipe_that_tunes_tunes_the_encoder(tmp_path: Path, tiny_settings: Settings) -> None:
    training = Training(
        epochs=6, batch_size=24, learning_rate=1e-2, dropout=0.0, precision="float32", chunk=12, patience=6
    )
    recipe = Recipe(
        name="tiny",
        encoder=EncoderRecipe(tune=True, training=training, match_batch=24, hard_negatives=1, held_out=0.2),
    )
    result = evaluate_matching(
        data(tmp_path, "en"), Encoders(tiny_settings.retrieval), candidates=(10,), recipe=recipe, language="en"
    )
    assert result["recipe"] == "tiny" and len(result["training"]["tuned"]["scores"]) > 1
    assert result["models"]["tuned"]["r1"]["10"] > result["models"]["frozen"]["r1"]["10"]
    assert not any("projection" in note for note in result["notes"])


def test_the_best_ten_are_read_again() -> None:
    class Knowing:
        def scores(self, question: str, texts: list[str], first: Any) -> Any:
            assert list(first) == [0.5] * len(texts)
            return np.array([float(text == question.upper()) for text in texts])

    test = Pairs(tuple("abcdefgh"), tuple("ABCDEFGH"))
    lists = {4: lists_of(8, 4)}

    def blind(asked: Any, said: Any) -> Any:
        return np.full((len(asked), len(said)), 0.5)

    hits, ranks = matching._reranked(Knowing(), blind, test, lists)[4]  # type: ignore[arg-type]
    assert hits.tolist() == ranks.tolist() == [1.0] * 8
    hits, _ = matching._placed(blind, test, lists)[4]
    np.testing.assert_allclose(hits, 0.25)


def test_a_cross_encoder_orders_the_best_ten_of_each_list_anew() -> None:
    draw = np.random.default_rng(5)
    count = 16
    # Two replies say the same.
    said = [*(f"reply {place}" for place in range(count - 1)), "Reply  3"]
    table, second = draw.normal(size=(count, count)), draw.random((count, count))
    second[:, -1] = second[:, 3]
    test = Pairs(tuple(f"question {row}" for row in range(count)), tuple(said))

    class Fake:
        def scores(self, question: str, texts: list[str], first: np.ndarray) -> np.ndarray:
            row, places = test.asked.index(question), [said.index(text) for text in texts]
            np.testing.assert_array_equal(first, table[row, places])
            return np.asarray(second[row, places])

    def first(asked: Any, _said: Any) -> np.ndarray:
        return table[[test.asked.index(question) for question in asked]]

    lists = {size: lists_of(count, size) for size in (6, 14)}
    found = matching._reranked(Fake(), first, test, lists)  # type: ignore[arg-type]
    for size, shuffles in lists.items():
        hits, ranks = np.zeros(count), np.zeros(count)
        for row in range(count):
            for among in shuffles[:, row].tolist():
                best = sorted(among, key=lambda place, row=row: -table[row, place])  # type: ignore[misc]
                order = sorted(best[:10], key=lambda place, row=row: -second[row, place]) + best[10:]  # type: ignore[misc]
                own = [{place, row} in ({row}, {3, 15}) for place in order]
                # The two that say the same have the same score and share a place, right or wrong together.
                values = [
                    second[row, place] if step < 10 else table[row, place] - 99 for step, place in enumerate(order)
                ]
                top = max(value for value, mine in zip(values, own, strict=True) if mine)
                above = sum(value > top for value, mine in zip(values, own, strict=True) if not mine)
                hits[row] += (above == 0) / 5
                ranks[row] += 1 / (1 + above) / 5
        np.testing.assert_allclose(found[size][0], hits)
        np.testing.assert_allclose(found[size][1], ranks)


@pytest.mark.slow
def test_a_cross_encoder_is_told_of(tmp_path: Path, tiny_settings: Settings) -> None:
    training = Training(epochs=1, batch_size=8, learning_rate=3e-3, max_tokens=32)
    recipe = Recipe(name="tiny", reranker=RerankerRecipe(train=True, questions=40, training=training))
    result = evaluate_matching(
        data(tmp_path, "en"), Encoders(tiny_settings.retrieval), candidates=(10,), recipe=recipe, language="en"
    )
    kept = result["training"]["reranked"]["kept"]
    assert ("reranked" in result["models"]) == ("reranked-tuned" in result["differences"]) == kept
    assert any(note.startswith("A cross-encoder is") for note in result["notes"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"reply": "yes"}, "no context"),
        ({"context": [], "reply": "yes"}, "no context"),
        ({"context": ["a", 3], "reply": "yes"}, "no context"),
        ({"context": "a", "reply": " "}, "no reply"),
        ({"context": "退款呢", "reply": None}, "no reply"),
        ({"context": "退款呢", "reply": 3}, "no reply"),
        ({"question": "退款呢", "answer": "3天"}, "no context"),
    ],
)
def test_a_wrong_line_is_named(line: Any, message: str, tmp_path: Path) -> None:
    good = write(tmp_path / "good.jsonl", rows("en", 1))
    bad = write(tmp_path / "bad.jsonl", [rows("zh", 1)[0], line])
    with pytest.raises(RequestError, match=message) as caught:
        MatchData.read(good, bad)
    assert "bad.jsonl:2" in caught.value.where


def test_a_side_that_is_empty_is_left_out_and_told(tmp_path: Path) -> None:
    good = [{"context": ["hello", f"question {i}"], "reply": f"answer {i}"} for i in range(18)]
    path = write(
        tmp_path / "pairs.jsonl", [*good, {"context": ["hi", " "], "reply": "yes"}, {"context": "hm", "reply": ""}]
    )
    found = MatchData.read(path, path)
    assert len(found.train) == len(found.test) == 18
    assert found.notes[:2] == (
        f"1 of 20 rows of pairs.jsonl have no context and are left out, the first at {path}:19.",
        f"1 of 20 rows of pairs.jsonl have no reply and are left out, the first at {path}:20.",
    )


def test_too_few_replies_are_refused_and_what_is_known_is_told(tmp_path: Path, tiny_settings: Settings) -> None:
    both = MatchData.read(*[write(tmp_path / "same.jsonl", rows("en", 1))] * 2)
    assert "12 of 12 pairs of --test are also in --train." in both.notes
    with pytest.raises(RequestError, match="fewer replies"):
        evaluate_matching(both, Encoders(tiny_settings.retrieval), candidates=(50,))
    assert len(MatchData.read(tmp_path / "same.jsonl", tmp_path / "same.jsonl", limit=5).test) == 5
    empty = write(tmp_path / "empty.jsonl", [])
    with pytest.raises(RequestError, match="empty"):
        MatchData.read(empty, empty)


@pytest.mark.parametrize(("language", "tune"), [("en", True), ("zh", False)])
def test_an_encoder_first_reads_the_conversations_turn_by_turn(
    language: str, tune: bool, tmp_path: Path, reading_settings: Settings
) -> None:
    lines = rows(language, 3)
    # Every prefix of a dialogue is a row: it is read once, as a whole.
    long = {"context": ["hi", "hello", f"more about {language}", "yes"], "reply": "done"}
    lines += [{"context": long["context"][:2], "reply": long["context"][2]}, long]
    asked = [{"context": ["HI", "so"], "reply": "well"}, *rows(language, 1)[:11]]
    given = MatchData.read(write(tmp_path / "a.jsonl", lines), write(tmp_path / "b.jsonl", asked), seed=3)
    assert len(given.corpus.conversations) == 37
    assert ("hi", "hello", f"more about {language}", "yes", "done") in given.corpus.conversations
    reading = PretrainRecipe(training=Training(epochs=1, batch_size=16, precision="float32", max_tokens=32))
    recipe = replace(QUICK, pretrain=replace(reading, objective="mlm"))
    if tune:
        once = Training(epochs=1, batch_size=8, precision="float32", max_tokens=32)
        recipe = replace(recipe, encoder=EncoderRecipe(tune=True, training=once, match_batch=8))
    found = evaluate_matching(
        given, Encoders(reading_settings.retrieval), candidates=(10,), recipe=recipe, language=language
    )
    told = found["pretraining"]
    judged = {text.casefold() for text in given.judging}
    left = sum(turn.casefold() not in judged for turns in given.corpus.conversations for turn in turns)
    assert (told["texts"], told["what"]) == (left, "the conversations of --train")
    assert told["next_sentence_accuracy"] >= 0 if "next_sentence_accuracy" in told else told["objective"] == "mlm"
    assert any(note.startswith(f"The encoder first read {left} texts") for note in found["notes"])

    texts = tmp_path / "texts.jsonl"
    write(texts, [{"turns": ["one", "two"]}, {"text": "three"}])
    other = MatchData.read(tmp_path / "a.jsonl", tmp_path / "b.jsonl", unlabelled=texts)
    assert other.unlabelled and other.corpus.conversations == (("one", "two"), ("three",))
