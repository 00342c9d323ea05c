"""Figures of labels with a path, against brute force, in English and Chinese."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from replydesk.finetune.evaluation.levels import (
    SURE,
    hierarchical_f1,
    level_figures,
    levels_card,
    levels_section,
    levels_text,
    overlaps,
)

ENGLISH = ("card/lost", "card/limits/raise", "card/limits/lower", "account/close", "help", "card")
CHINESE = ("卡/挂失", "卡/额度/提高", "卡/额度/降低", "账户/注销", "帮助", "卡")


def drawn(labels: tuple[str, ...], rows: int = 300, seed: int = 0) -> tuple[Any, list[str]]:
    """Return probabilities and true labels that often are the likeliest; one is of a label that is not known."""
    random = np.random.default_rng(seed)
    chances = random.dirichlet(np.full(len(labels), 0.4), rows)
    truth = [labels[row.argmax()] if random.random() < 0.7 else labels[random.integers(len(labels))] for row in chances]
    return chances, [*truth[:-1], f"{labels[0]}/new"]


def prefixes(label: str) -> list[str]:
    parts = label.split("/")
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


@pytest.mark.parametrize("labels", [ENGLISH, CHINESE])
def test_levels_are_those_of_brute_force(labels: tuple[str, ...]) -> None:
    chances, truth = drawn(labels)
    found = level_figures([chances], labels, truth)
    assert [one["level"] for one in found["levels"]] == [1, 2, 3]
    assert [one["nodes"] for one in found["levels"]] == [3, 5, 6]
    for one in found["levels"]:

        def cut(label: str, depth: int = one["level"]) -> str:
            return "/".join(label.split("/")[:depth])

        summed, by_label = [], []
        for row, true in zip(chances, truth, strict=True):
            sums: dict[str, float] = {}
            for label, chance in zip(labels, row, strict=True):
                sums[cut(label)] = sums.get(cut(label), 0.0) + chance
            summed.append(max(sums, key=lambda node: sums[node]) == cut(true))
            by_label.append(cut(labels[row.argmax()]) == cut(true))
        assert one["accuracy"] == pytest.approx(np.mean(summed), abs=1e-4)
        assert one["of_label"] == pytest.approx(np.mean(by_label), abs=1e-4)
        low, high = one["accuracy_ci"]
        assert low <= one["accuracy"] <= high


@pytest.mark.parametrize("labels", [ENGLISH, CHINESE])
def test_backing_off_is_that_of_brute_force(labels: tuple[str, ...]) -> None:
    chances, truth = drawn(labels, seed=1)
    found = level_figures([chances], labels, truth)
    nodes = sorted({node for label in labels for node in prefixes(label)})
    assert [row["at_least"] for row in found["backed_off"]] == list(SURE)
    for row in found["backed_off"]:
        kinds: dict[str, list[bool]] = {"leaf": [], "inner": [], "none": []}
        for chance, true in zip(chances, truth, strict=True):
            sums = {n: sum(c for label, c in zip(labels, chance, strict=True) if n in prefixes(label)) for n in nodes}
            sure = [(len(prefixes(n)), s, n) for n, s in sums.items() if s >= row["at_least"]]
            if not sure:
                kinds["none"].append(False)
                continue
            node = max(sure)[2]
            if node in labels and chance[labels.index(node)] >= row["at_least"]:
                kinds["leaf"].append(node == true)
            else:
                kinds["inner"].append(node in prefixes(true))
        for kind, hits in kinds.items():
            assert row[kind] == pytest.approx(len(hits) / len(truth), abs=1e-4)
        assert row["leaf_right"] == pytest.approx(np.mean(kinds["leaf"]), abs=1e-4)
        assert row["inner_right"] == pytest.approx(np.mean(kinds["inner"]), abs=1e-4)


def test_the_hierarchical_f1_counts_what_two_ways_have_in_common() -> None:
    told = [prefixes("card/limits/raise"), prefixes("card/lost"), prefixes("help")]
    true = [prefixes("card/limits/lower"), prefixes("card"), prefixes("account/close")]
    common, guessed, truth = overlaps(told, true)
    assert (common.tolist(), guessed.tolist(), truth.tolist()) == ([2, 1, 0], [3, 2, 1], [3, 1, 2])
    # Precision 3 of 6, recall 3 of 6.
    assert hierarchical_f1(common, guessed, truth) == pytest.approx(0.5)
    precision, recall = 3 / 5, 3 / 4
    assert hierarchical_f1(common[:2], guessed[:2], truth[:2]) == pytest.approx(
        2 * precision * recall / (precision + recall)
    )


def test_figures_are_means_over_runs() -> None:
    (one, truth), other = drawn(ENGLISH, seed=2), drawn(ENGLISH, seed=3)[0]
    both = level_figures([one, other], ENGLISH, truth)
    each = [level_figures([chances], ENGLISH, truth) for chances in (one, other)]
    assert both["hierarchical_f1"] == pytest.approx(np.mean([found["hierarchical_f1"] for found in each]), abs=1e-4)
    for place in range(3):
        told = [found["levels"][place]["accuracy"] for found in each]
        assert both["levels"][place]["accuracy"] == pytest.approx(np.mean(told), abs=1e-4)
        shares = [found["backed_off"][place]["inner"] for found in each]
        assert both["backed_off"][place]["inner"] == pytest.approx(np.mean(shares), abs=1e-4)


def test_what_no_message_was_answered_by_has_no_share_that_is_right() -> None:
    sure = np.array([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01]])
    labels = ("卡/挂失", "卡/额度", "帮助")
    rows = level_figures([sure], labels, ["卡/挂失", "帮助"])["backed_off"]
    assert [(row["leaf"], row["leaf_right"], row["inner"], row["inner_right"]) for row in rows] == [
        (1, 0.5, 0, None)
    ] * 3


@pytest.mark.parametrize(
    ("labels", "separator"),
    [(("a", "b"), "/"), (("n/a", "24/7"), "/"), (("card/lost", "card/limits"), ""), (("退款", "包裹"), "/")],
)
def test_labels_that_share_no_step_have_no_levels(labels: tuple[str, ...], separator: str) -> None:
    assert level_figures([np.array([[0.6, 0.4]])], labels, labels[:1], separator=separator) == {}


def test_page_cards_and_terminal_tell_of_levels_where_there_are_any() -> None:
    chances, truth = drawn(CHINESE)
    levels = level_figures([chances], CHINESE, truth)
    models = {name: {"levels": levels} for name in ("floor", "frozen", "tuned")}
    first = f"{levels['levels'][0]['accuracy']:.3f}"
    inner = f"{levels['backed_off'][2]['inner']:.3f}"
    english, chinese = ("\n".join(levels_card(models, language)) for language in ("en", "zh"))
    for text in (levels_section(models), english, chinese, "\n".join(levels_text(models))):
        assert first in text and inner in text
    assert "| Level 1 (3 nodes) |" in english and "| 第几层 1" not in chinese and "第 1 层（3 个节点）" in chinese
    assert not re.search(r"[A-Za-z]{3,}", chinese.replace("floor", "").replace("frozen", "").replace("tuned", ""))
    bare: dict[str, Any] = {name: {} for name in models}
    assert (levels_section(bare), levels_card(bare, "zh"), levels_text(bare)) == ("", [], [])
