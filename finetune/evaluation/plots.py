"""The plots of a report, as SVG: the same figures give the same picture."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from replydesk.finetune.evaluation.look import INK, LINE, SERIES, SOFT
from replydesk.finetune.evaluation.noise import noise_name

__all__ = ["accuracies", "noise", "precision_recall", "promise", "reliability", "risk_coverage", "roc"]

_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "replydesk",
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
}
_WIDTH, _HEIGHT = 440 / 72, 300 / 72
_LEAST: Final = 0.02

Models = Mapping[str, Mapping[str, Any]]


def accuracies(models: Models) -> str:
    """Return accuracy and macro F1 of every model with their 95 % intervals."""

    def draw(axes: Any) -> None:
        names = list(models)
        for place, (key, marker, shift) in enumerate((("accuracy", "o", -0.13), ("macro_f1", "s", 0.13))):
            for row, name in enumerate(names):
                low, high = models[name][f"{key}_ci"]
                y, value, colour = len(names) - 1 - row - shift, models[name][key], SERIES[name]
                axes.plot([low, high], [y, y], color=colour, linewidth=3, alpha=0.35, solid_capstyle="round")
                axes.plot([value], [y], marker, color=colour, markersize=8 if place == 0 else 6)
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("circle: accuracy, square: macro F1")

    return _svg(draw)


def reliability(models: Models) -> str:
    """Return accuracy against confidence; the area of a point is how many messages it stands for."""

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=(0, (4, 4)))
        for name, found in models.items():
            total = sum(one["messages"] for one in found["reliability"])
            # What a handful of messages did says nothing.
            bins = [one for one in found["reliability"] if one["messages"] >= max(5, 0.002 * total)]
            x, y = ([one[key] for one in bins] for key in ("confidence", "accuracy"))
            sizes = [12 + 260 * one["messages"] / total for one in bins]
            axes.plot(x, y, color=SERIES[name], linewidth=1.4, alpha=0.7)
            axes.scatter(x, y, s=sizes, color=SERIES[name], label=name, linewidths=0, alpha=0.85)
        axes.set(xlim=(0, 1.03), ylim=(0, 1.03), xlabel="confidence", ylabel="accuracy")
        _legend(axes, list(models), "upper left")

    return _svg(draw)


def risk_coverage(models: Models) -> str:
    """Return how many answers are wrong against how many are given."""

    def draw(axes: Any) -> None:
        for name, found in models.items():
            x, y = zip(*found["risk_coverage"]["curve"], strict=True)
            axes.plot(x, y, color=SERIES[name], label=name)
        axes.set(xlim=(0, 1.02), xlabel="share of messages answered", ylabel="share of answers wrong")
        axes.set_ylim(bottom=0)
        _legend(axes, list(models), "upper left")

    return _svg(draw)


def promise(found: Mapping[str, Any]) -> str:
    """Return how many automatic replies are wrong against how many there are, with the dial on it.

    ``found`` has the points of threshold, coverage and risk of ``curve`` and ``test_curve``, the promised ``levels``
    and the ``dial``. A circle is a promise; that of the dial is filled, and its line is what it allows.
    """

    def draw(axes: Any) -> None:
        highest = 2 * found["dial"]
        for key, name, label in (("curve", "frozen", "held out"), ("test_curve", "tuned", "test")):
            # A handful of the surest answers says nothing, and would set the scale.
            points = [point for point in found.get(key, []) if point[1] >= _LEAST]
            if points:
                _, x, y = zip(*points, strict=True)
                highest = max(highest, *y)
                axes.plot(x, y, color=SERIES[name], label=label)
        for one in found["levels"]:
            if one["holds"]:
                mine = one["max_wrong"] == found["dial"]
                face = SERIES["floor"] if mine else "none"
                axes.plot([one["coverage"]], [one["wrong"]], "o", color=SERIES["floor"], markerfacecolor=face)
        axes.axhline(found["dial"], color=SERIES["floor"], linewidth=1, linestyle=(0, (4, 4)))
        allowed = f"{100 * found['dial']:.3g}% allowed"
        axes.text(1.01, found["dial"], allowed, color=SERIES["floor"], ha="right", va="bottom", fontsize=10)
        axes.set(xlim=(0, 1.02), xlabel="messages answered alone", ylabel="of these wrong")
        axes.set_xticks([0.2, 0.4, 0.6, 0.8, 1.0])
        axes.set_ylim(0, 1.08 * highest or 1)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            axes.legend(handles, labels, loc="upper left", ncols=2)

    return _svg(draw, height=0.8 * _HEIGHT)


def roc(models: Models) -> str:
    """Return the share of out-of-scope messages that is found against that of messages wrongly taken for such."""

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=SOFT, linewidth=1, linestyle=(0, (4, 4)))
        _lines(axes, models, "roc")
        axes.set(
            xlim=(-0.02, 1), ylim=(0, 1.02), xlabel="in scope, taken for out of scope", ylabel="out of scope, found"
        )

    return _svg(draw)


def precision_recall(models: Models) -> str:
    """Return precision against recall of the search for messages that are out of scope."""

    def draw(axes: Any) -> None:
        _lines(axes, models, "pr")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")

    return _svg(draw)


def noise(models: Models) -> str:
    """Return what each kind of noise costs each model, in points of accuracy."""
    kinds = list(next(iter(models.values()))["noise"])

    def draw(axes: Any) -> None:
        thick = 0.8 / len(models)
        for place, (name, found) in enumerate(models.items()):
            rows = [len(kinds) - 1 - row + 0.4 - thick * (place + 0.5) for row in range(len(kinds))]
            losses = [100 * found["noise"][kind]["loss"] for kind in kinds]
            axes.barh(rows, losses, height=thick * 0.9, color=SERIES[name], label=name)
        axes.set_yticks(range(len(kinds)), [noise_name(kind, "en") for kind in reversed(kinds)])
        axes.grid(axis="y", visible=False)
        axes.axvline(0, color=SOFT, linewidth=1)
        axes.set_xlabel("points of accuracy lost")
        _legend(axes, list(models), "lower right")

    return _svg(draw, height=_HEIGHT * (0.5 + len(kinds) / 10))


def _lines(axes: Any, models: Models, curve: str) -> None:
    drawn = [name for name in models if "oos_curves" in models[name]]
    for name in drawn:
        x, y = zip(*models[name]["oos_curves"][curve], strict=True)
        axes.plot(x, y, color=SERIES[name], label=name)
    _legend(axes, drawn, "lower right" if curve == "roc" else "lower left")


def _legend(axes: Any, names: Sequence[str], place: str) -> None:
    from matplotlib.lines import Line2D

    marks = [Line2D([], [], color=SERIES[name], marker="o", linestyle="none", label=name) for name in names]
    axes.legend(handles=marks, loc=place)


def _svg(draw: Callable[[Any], None], *, height: float = _HEIGHT) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.subplots())
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    text = text[text.index("<svg") :]
    # The page's own fonts, and no size but the width it has there.
    text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    top, _, rest = text.partition(">")
    return re.sub(r' (?:width|height)="[^"]*"', "", top) + ">" + rest
