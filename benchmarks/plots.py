"""Draws the results of benchmarks as pictures of the documentation: ``python -m benchmarks plots``.

A picture is made of one file in ``benchmarks/results`` and nothing else, and the same figures give the same bytes.
Whoever adds a benchmark adds a function to ``PLOTS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ASSETS = Path(__file__).parent.parent / "docs" / "assets"
INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0b5fa5", "#c8500a", "#7a7a7a"
_STYLE = {
    "svg.hashsalt": "replydesk",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
}


def draw() -> list[Path]:
    """Draw all benchmarks that have a result, and return the pictures."""
    import matplotlib as mpl

    mpl.use("svg")
    drawn = []
    with mpl.rc_context(_STYLE):
        for name, plot in PLOTS.items():
            result = RESULTS / f"{name}.json"
            if result.exists():
                figure = plot(json.loads(result.read_text(encoding="utf-8")))
                drawn.append(ASSETS / f"{name}.svg")
                figure.savefig(drawn[-1], metadata={"Date": None, "Creator": None}, facecolor="white")
    return drawn


def panels(rows: int, columns: int) -> tuple[Any, list[Any]]:
    """Return a figure 900 pixels wide, and its panels from left to right and from top to bottom."""
    from matplotlib.figure import Figure

    # A picture in SVG has 72 units an inch.
    figure = Figure(figsize=(900 / 72, 290 * rows / 72), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def against_size(panel: Any, title: str, sizes: Sequence[int], *, log: bool = True) -> None:
    """Make the panel one of figures against numbers of vectors."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    panel.set_title(title)
    panel.set_xscale("log")
    panel.set_xlim(min(sizes) / 1.5, max(sizes) * 1.5)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda size, _: short(size)))
    if log:
        panel.set_yscale("log")
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        panel.yaxis.set_minor_formatter(NullFormatter())


def short(number: float) -> str:
    """Return a round number as it is said: 1k, 10M.

    >>> short(10_000), short(1_000_000)
    ('10k', '1M')
    """
    for size, sign in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:g}{sign}"
    return f"{number:g}"


def line(panel: Any, points: Iterable[tuple[float, float | None]], label: str, color: str, **how: Any) -> None:
    """Draw those of the points that were measured."""
    there = [(x, y) for x, y in points if y is not None]
    panel.plot([x for x, _ in there], [y for _, y in there], label=label, color=color, marker="o", **how)


def bars(panel: Any, title: str, values: dict[str, float], unit: str, color: str = BLUE) -> None:
    """Draw a bar for each value, the first on top, with the value at its end."""
    names = list(values)
    drawn = panel.barh(range(len(names)), list(values.values()), color=color, height=0.6)
    panel.bar_label(drawn, labels=[f"{value:,.4g} {unit}".strip() for value in values.values()], padding=4)
    panel.set(title=title, yticks=range(len(names)), yticklabels=names, xlim=(0, 1.25 * max(values.values())))
    panel.invert_yaxis()
    panel.grid(visible=False)
    panel.xaxis.set_visible(False)
    panel.spines["bottom"].set_visible(False)


def vectors(result: dict[str, Any]) -> Any:
    """Draw the cost of the vector index against its size."""
    found = {int(size): figures for size, figures in result["sizes"].items()}
    figure, (search, memory, building, recall) = panels(2, 2)

    def points(*path: str, scale: float = 1) -> list[tuple[float, float | None]]:
        out: list[tuple[float, float | None]] = []
        for size, figures in found.items():
            value: Any = figures
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            out.append((size, None if value is None else value * scale))
        return out

    against_size(search, "One search, milliseconds", list(found))
    line(search, points("exact_ms", "p50"), "exact, median", GREY, linestyle="--")
    line(search, points("search_ms", "p99"), "the index, 99 of 100", ORANGE)
    line(search, points("search_ms", "p50"), "the index, median", BLUE)
    search.legend()
    against_size(memory, "Memory of the process that serves, megabytes", list(found))
    line(
        memory,
        [(size, size * 384 * 4 / 2**20) for size in found],
        "the vectors alone, as they are",
        GREY,
        linestyle="--",
    )
    line(memory, points("memory_mb"), "the whole process", BLUE)
    memory.legend()
    against_size(building, "To build and to open, seconds", list(found))
    line(building, points("build_seconds"), "build from vectors", ORANGE)
    line(building, points("open_seconds"), "open", BLUE)
    building.legend()
    against_size(recall, "Recall@10", list(found), log=False)
    line(recall, points("recall_at_10"), "", BLUE)
    recall.set_ylim(0.97, 1.001)
    for panel in (building, recall):
        panel.set_xlabel("vectors")
    return figure


def encoding(result: dict[str, Any]) -> Any:
    """Draw how many times as fast as sentence-transformers each runtime encodes."""
    figure, (one, many) = panels(1, 2)
    batch = next(name for name in result if name.startswith("batch_of_"))
    for panel, name, title in (
        (one, "one_message", "One message"),
        (many, batch, f"A batch of {batch.rpartition('_')[2]}"),
    ):
        fast = {who: found["times_as_fast"]["median"] for who, found in result[name].items()}
        bars(panel, f"{title}, times as fast", fast, "x")
    return figure


def reply(result: dict[str, Any]) -> Any:
    """Draw what a whole reply takes beside the twenty lines that a user would write."""
    figure, (plain, reranked) = panels(1, 2)
    found = {name: figures["median"] for name, figures in result["milliseconds"].items()}
    title = f"{short(result['tickets'])} tickets, milliseconds (median)"
    names = ("reply", "reply, eight bits", "twenty lines")
    bars(plain, title, {name: found[name] for name in names if name in found}, "ms")
    rest = ("reply, late interaction", "reply, reranked", "twenty lines, reranked")
    bars(reranked, "With a second look at the best ten", {name: found[name] for name in rest}, "ms")
    return figure


def words(result: dict[str, Any]) -> Any:
    """Draw what one lexical query takes against the number of texts."""
    found = {int(size): figures for size, figures in result["sizes"].items()}
    figure, (query, building) = panels(1, 2)
    against_size(query, "One query, milliseconds (median)", list(found))
    against_size(building, "To build, seconds", list(found))
    names = (("rank-bm25", "rank-bm25", GREY), ("bm25s", "bm25s", ORANGE), ("ours", "ours_with_terms", BLUE))
    for name, build, color in names:
        line(query, [(size, f["query_ms"][name]["median"]) for size, f in found.items()], name, color)
        line(building, [(size, f["build_seconds"][build]) for size, f in found.items()], name, color)
    query.legend()
    for panel in (query, building):
        panel.set_xlabel("texts")
    return figure


PLOTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "encoding": encoding,
    "reply": reply,
    "vectors": vectors,
    "words": words,
}
