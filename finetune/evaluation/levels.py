"""Judging labels that are paths: right at which level, how near a miss is, and what backing off gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.hierarchy import SEPARATOR, LabelTree, label_tree, steps_of
from replydesk.finetune.evaluation import metrics
from replydesk.finetune.evaluation.look import table

__all__ = ["SURE", "hierarchical_f1", "level_figures", "levels_card", "levels_section", "levels_text", "overlaps"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int_]

SURE: Final = (0.5, 0.7, 0.9)
"""How likely a node must be to be answered, of a report."""

_CURVE: Final = ("leaf", "leaf_right", "inner", "inner_right", "none")
_WORDS: Final = {
    "en": {
        "title": "Levels of the labels",
        "level": "Level {level} ({nodes} nodes)",
        "f1": "Hierarchical F1",
        "sure": "Sure from",
        "leaf": "answered by a label",
        "leaf_right": "of them right",
        "inner": "by a node above",
        "inner_right": "of them right",
        "none": "not at all",
    },
    "zh": {
        "title": "标签各层",
        "level": "第 {level} 层（{nodes} 个节点）",
        "f1": "层级 F1",
        "sure": "确信起点",
        "leaf": "答到具体标签",
        "leaf_right": "其中正确",
        "inner": "只答到上层",
        "inner_right": "其中正确",
        "none": "不作答",
    },
}


def level_figures(
    chances: Sequence[Floats],
    labels: Sequence[str],
    truth: Sequence[str],
    *,
    separator: str = SEPARATOR,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the figures of each level of labels with a path, ``{}`` where no two of them share a step.

    ``chances`` are the probabilities (n, labels) of each run, of which figures are means and intervals the bootstrap
    over messages. At a level stand the nodes of that depth and the labels that end above it, so at the last level all
    labels do. ``accuracy`` is that of the node with the highest sum there, ``of_label`` that of the likeliest label's
    node. ``backed_off`` tells for each of ``SURE`` how many messages are answered by a label, how many by a node above
    one, and what share of each is right: a node is where the true label is at it or below it.
    """
    tree = label_tree(labels, separator)
    if not tree.nested:
        return {}
    paths = [steps_of(label, separator) for label in labels]
    ways = [steps_of(label, separator) for label in truth]
    levels = []
    for level in range(1, tree.levels + 1):
        groups = sorted({_at(path, level) for path in paths})
        places = np.array([groups.index(_at(path, level)) for path in paths])
        member = np.equal.outer(places, np.arange(len(groups))).astype(np.float64)
        right = np.array([_at(way, level) for way in ways])
        named = np.array(groups)
        summed = np.mean([named[(one @ member).argmax(axis=1)] == right for one in chances], axis=0)
        by_label = np.mean([named[places[one.argmax(axis=1)]] == right for one in chances], axis=0)
        levels.append(
            {
                "level": level,
                "nodes": len(groups),
                "accuracy": round(float(summed.mean()), 4),
                "accuracy_ci": metrics.mean_interval(summed, seed=seed),
                "of_label": round(float(by_label.mean()), 4),
            }
        )
    guessed = [overlaps([paths[place] for place in one.argmax(axis=1)], ways) for one in chances]
    random = np.random.default_rng(seed).integers(0, len(ways), (metrics.DRAWS, len(ways)))
    drawn = hierarchical_f1(*(part[random] for part in guessed[0]))
    return {
        "separator": separator,
        "levels": levels,
        "hierarchical_f1": round(float(np.mean([hierarchical_f1(*found) for found in guessed])), 4),
        "hierarchical_f1_ci": [round(float(q), 4) for q in np.quantile(drawn, [0.025, 0.975])],
        "backed_off": [_backed_off(tree, chances, ways, at_least) for at_least in SURE],
    }


def overlaps(told: Sequence[Sequence[str]], truth: Sequence[Sequence[str]]) -> tuple[Counts, Counts, Counts]:
    """Return of each message how many nodes two ways have in common, and how many each has, all of shape (n,)."""
    common = [len({*one} & {*other}) for one, other in zip(told, truth, strict=True)]
    return np.array(common), np.array([len(one) for one in told]), np.array([len(one) for one in truth])


def hierarchical_f1(common: Counts, told: Counts, truth: Counts) -> Any:
    """Return the F1 of the sets of nodes at and above labels, the root left out, summed over the last axis.

    Kiritchenko et al. 2006; Silla and Freitas 2011, section 5: precision is what is common as a share of what was told,
    recall as a share of what is true.
    """
    return 2 * common.sum(axis=-1) / np.maximum(told.sum(axis=-1) + truth.sum(axis=-1), 1)


def _at(path: Sequence[str], level: int) -> str:
    return path[min(level, len(path)) - 1]


def _backed_off(
    tree: LabelTree, chances: Sequence[Floats], ways: Sequence[Sequence[str]], at_least: float
) -> dict[str, Any]:
    rows = []
    for one in chances:
        places = tree.deepest_sure(one, at_least)
        own = tree.is_sure(places, one, at_least)
        inner = (places >= 0) & ~own
        told = [steps_of(tree.nodes[place], tree.separator) if place >= 0 else () for place in places.tolist()]
        below = np.array([bool(path) and path[-1] in way for path, way in zip(told, ways, strict=True)])
        # A label with others below it is right as a label only where it is the true one.
        exact = np.array([bool(path) and path[-1] == way[-1] for path, way in zip(told, ways, strict=True)])
        right = np.where(own, exact, below)
        rows.append(
            [
                own.mean(),
                right[own].mean() if own.any() else np.nan,
                inner.mean(),
                right[inner].mean() if inner.any() else np.nan,
                (places < 0).mean(),
                hierarchical_f1(*overlaps(told, ways)),
            ]
        )
    columns = np.array(rows, dtype=np.float64).T
    means = [float(column[~np.isnan(column)].mean()) if (~np.isnan(column)).any() else None for column in columns]
    names = ("leaf", "leaf_right", "inner", "inner_right", "none", "hierarchical_f1")
    figures = {name: None if mean is None else round(mean, 4) for name, mean in zip(names, means, strict=True)}
    return {"at_least": at_least, **figures}


def levels_section(models: Mapping[str, Any]) -> str:
    """Return the part of the page that tells of levels, ``""`` where labels have none."""
    if not _has(models):
        return ""
    words = _WORDS["en"]
    marked = [f'<span class="dot" style="background:var(--{name})"></span>{name}' for name in models]
    rows = [
        [name, *(cell.replace(" [", "<br><small>").replace(", ", "–").replace("]", "</small>") for cell in cells)]
        for name, *cells in _by(models)
    ]
    head, curve = tuple(words[key] for key in ("sure", *_CURVE)), _curve(models["tuned"])
    return (
        "<h2>Levels of the labels</h2><p>Labels are paths. At a level the node counts that is likeliest by the sum of "
        "its labels; the hierarchical F1 counts what two paths have in common.</p>"
        f"{table(('', *marked), rows)}"
        "<p>Where no label is sure, what several have in front may be: what tuned then answers.</p>"
        f"{table(head, curve)}"
    )


def levels_card(models: Mapping[str, Any], language: str) -> list[str]:
    """Return the paragraphs of a model card, in ``en`` or ``zh``, that tell of levels; none where labels have none."""
    if not _has(models):
        return []
    words = _WORDS[language]
    rows = [("", *models), *_by(models, language)]
    curve = [[words[key] for key in ("sure", *_CURVE)], *_curve(models["tuned"])]
    return [f"## {words['title']}", *("\n".join(_markdown(one)) for one in (rows, curve))]


def levels_text(models: Mapping[str, Any]) -> list[str]:
    """Return the lines for a terminal that tell of levels; none where labels have none."""
    if not _has(models):
        return []
    rows = [["Levels:", *models], *([row[0], *(cell.split(" [")[0] for cell in row[1:])] for row in _by(models))]
    lines = [f"{row[0]:28}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows]
    for found in models["tuned"]["levels"]["backed_off"]:
        right = "" if found["inner_right"] is None else f", {found['inner_right']:.3f} of them right"
        lines.append(
            f"Sure from {found['at_least']}: {found['leaf']:.3f} by a label, {found['inner']:.3f} by a node above"
            f"{right}"
        )
    return lines


def _has(models: Mapping[str, Any]) -> bool:
    return bool(models["tuned"].get("levels"))


def _by(models: Mapping[str, Any], language: str = "en") -> list[list[str]]:
    """Return rows of a name and, for each model, a figure with its interval in brackets."""
    words, told = _WORDS[language], [found["levels"] for found in models.values()]
    rows = [
        [
            words["level"].format(level=level["level"], nodes=level["nodes"]),
            *(_spanned(one["levels"][place], "accuracy") for one in told),
        ]
        for place, level in enumerate(told[0]["levels"])
    ]
    return [*rows, [words["f1"], *(_spanned(one, "hierarchical_f1") for one in told)]]


def _spanned(found: Mapping[str, Any], key: str) -> str:
    low, high = found[f"{key}_ci"]
    return f"{found[key]:.3f} [{low:.3f}, {high:.3f}]"


def _curve(found: Mapping[str, Any]) -> list[list[str]]:
    return [
        [str(row["at_least"]), *("–" if row[key] is None else f"{row[key]:.3f}" for key in _CURVE)]
        for row in found["levels"]["backed_off"]
    ]


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    first, *others = (f"| {' | '.join(row)} |" for row in rows)
    return [first, "|" + " --- |" * len(rows[0]), *others]
