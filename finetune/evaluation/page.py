"""The report as a page: before and after, side by side, for the person who decides."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from replydesk.finetune.evaluation.judge import Report
from replydesk.finetune.evaluation.look import page, panel, table
from replydesk.finetune.evaluation.plots import promise

__all__ = ["report_page"]

_ROWS = (
    ("intents", "accuracy", "Intent accuracy", True),
    ("intents", "macro_f1", "Intent macro F1", True),
    ("intents", "ece", "Intent calibration error", False),
    ("out_of_scope", "auroc", "Out-of-scope AUROC", True),
    ("out_of_scope", "recall", "Out of scope recognised", True),
    ("out_of_scope", "in_scope_kept", "In scope let through", True),
    ("replies", "best_hit_right", "Best past answer is right", True),
    ("replies", "answered_alone", "Answered alone", True),
    ("replies", "wrong_of_answered", "Wrong among answered", False),
    ("replies", "out_of_scope_answered", "Out of scope answered", False),
    ("replies", "ece", "Calibration error of the confidence", False),
    ("bias", "changed", "Decisions moved by another name, gender or region", False),
)

_LABEL_ROWS = (
    ("accuracy", "Accuracy"),
    ("macro_f1", "Macro F1"),
    ("micro_f1", "Micro F1"),
    ("ece", "Calibration error"),
)


def report_page(report: Report) -> str:
    """Return a self-contained HTML page of a report, in both languages; it loads nothing from anywhere."""
    verdict = "Better or as good: it may answer." if report.promotable else "Refused: it must not answer."
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in report.reasons)
    sections = "".join(_section(name, report) for name in report.after)
    data = ", ".join(f"{escape(str(key)).replace('_', ' ')} {escape(str(value))}" for key, value in report.data.items())
    body = (
        f"<h1>Release {escape(report.candidate)}</h1>"
        f"<p class=lead>compared with {escape(report.baseline)} · {data}</p>"
        f'<p class="verdict{"" if report.promotable else " refused"}"><strong>{verdict}</strong></p><ul>{reasons}</ul>'
        f"{sections}"
    )
    return page(f"Release {report.candidate}", body)


def _section(name: str, report: Report) -> str:
    before, after, floor = report.before[name], report.after[name], report.floor.get(name, {})
    rows = "".join(_row(*row, floor, before, after) for row in _ROWS)
    head = "<tr><th></th><th>TF-IDF floor</th><th>Before</th><th>After</th><th>95 % interval</th></tr>"
    labels = _labels(report.before[name], after, floor)
    title = f"<h2>{escape(name)} <small>{after['messages']} test messages</small></h2>"
    rest = f"{_suggestions(after)}{_bias(after)}"
    promises = _promises(after.get("replies", {}).get("promise", {}))
    return f'{title}<div class="card wide"><table>{head}{rows}</table></div>{promises}{labels}{rest}'


def _promises(found: Mapping[str, Any]) -> str:
    """Return what is promised, and what came of it on test messages, as a curve with the dial on it and a table."""
    if not found:
        return ""
    rows = []
    for one in found["levels"]:
        mark = " <small>the dial</small>" if one["max_wrong"] == found["dial"] else ""
        span = one["realised_ci"]
        rows.append(
            [
                f"{one['max_wrong']:.1%}{mark}",
                _number(one["threshold"]) if one["holds"] else f"<small class=loose>{_missing(one)}</small>",
                f"{one['coverage']:.1%}" if one["holds"] else "–",
                f"{one['wrong']:.1%}" if one["holds"] else "–",
                f"{one['answered']:.1%}" if one["holds"] else "–",
                ("–" if one["realised"] is None else f"{one['realised']:.1%}")
                + (f"<br><small>{span[0]:.3f} – {span[1]:.3f}</small>" if span else ""),
            ]
        )
    head = ("At most wrong", "Confidence", "Answered, held out", "Wrong", "Answered, test", "Wrong")
    sizes = f"calibrated on {found['levels'][0]['calibrated_on']} held-out messages"
    what = f"{sizes}; circles are promises, the filled one is the dial"
    drawn = panel("Wrong against answered", what, promise(found)) if found["curve"] else ""
    plot = f"<div class=plots>{drawn}{_dial(found)}</div>"
    return f"<h3>The promise</h3>{plot}{table(head, rows)}"


def _dial(found: Mapping[str, Any]) -> str:
    """Return what the dial says, in words: what is promised and what it costs, or what is missing."""
    one = next((level for level in found["levels"] if level["max_wrong"] == found["dial"]), None)
    if one is None:
        return ""
    most = f"{100 * one['max_wrong']:.3g}%"
    if one["holds"]:
        title = f"At most {most} of automatic replies are wrong"
        told = [
            ("Confidence", f"from {one['threshold']:.1%} on"),
            ("Answered alone", f"{one['coverage']:.1%} of held-out messages"),
            ("On the test", f"{one['answered']:.1%} answered alone"),
        ]
        if one["realised"] is not None:
            told.append(("Wrong there", f"{one['realised']:.1%}"))
    else:
        title = f"At most {most} wrong is not promised"
        told = [("Instead", "only the same question, word for word, is answered alone")]
        if one["max_wrong"] <= 0:
            title, told = "Answering alone is turned off", []
        elif one["needed"]:
            told.insert(0, ("It takes", f"about {one['needed']} more judged messages"))
        else:
            told.insert(0, ("Why", "too many of the surest answers are wrong"))
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in told)
    return f"<div class=card><b>{title}</b><dl>{rows}</dl></div>"


def _missing(one: Mapping[str, Any]) -> str:
    if one["max_wrong"] <= 0:
        return "off"
    return f"about {one['needed']} more messages" if one["needed"] else "too many are wrong"


def _labels(before: Mapping[str, Any], after: Mapping[str, Any], floor: Mapping[str, Any]) -> str:
    """Return a table of the further classifiers, nothing where there are none."""
    sides = [side.get("labels", {}) for side in (floor, before, after)]
    rows = []
    for name, found in sides[2].items():
        several = found["kind"] == "several"
        for key, what in _LABEL_ROWS:
            if key not in found:
                continue
            label = "All labels of a message" if several and key == "accuracy" else what
            span = found.get(f"{key}_ci")
            rows.append(
                [
                    f"{escape(name)}: {label}",
                    *(_number(side.get(name, {}).get(key)) for side in sides),
                    f"<small>{span[0]:.3f} – {span[1]:.3f}</small>" if span else "",
                    str(found["messages"]),
                ]
            )
    head = ("", "Words alone", "Before", "After", "95 % interval", "Test messages")
    return f"<h3>Further labels</h3>{table(head, rows)}" if rows else ""


def _suggestions(after: Mapping[str, Any]) -> str:
    """Return how a ranker of suggestions did against the order of the search, nothing where nobody judged any."""
    found = after.get("suggestions")
    if not found:
        return ""
    said = f"<p>{'Kept' if found['kept'] else 'Left out'}. {escape(found['why'])}</p>"
    if "cold" not in found:
        return f"<h3>Suggestions to the team</h3>{said}"
    low, high = found["difference_ci"]
    span = f"<small>{low:+.3f} – {high:+.3f}</small>"
    row = [_number(found["cold"]), _number(found["learned"]), span, str(found["held_out"])]
    head = ("Search", "Learned", "Difference, 95 % interval", "Later requests")
    return f"<h3>Suggestions to the team: reciprocal rank of what was taken</h3>{said}{table(head, [row])}"


def _bias(after: Mapping[str, Any]) -> str:
    """Return the swaps that moved a decision, nothing where none did."""
    cases = after.get("bias", {}).get("examples", ())
    rows = [
        [
            escape(one["attribute"]),
            *(f"<bdi>{escape(str(one[key]))}</bdi>" for key in ("text", "other", "before", "after")),
        ]
        for one in cases
    ]
    head = ("Swapped", "Message", "Counterfactual", "Decision", "Decision then")
    return f"<h3>Decisions that moved</h3>{table(head, rows)}" if rows else ""


def _row(
    section: str,
    key: str,
    label: str,
    higher: bool,
    floor: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> str:
    old, new = before.get(section, {}).get(key), after.get(section, {}).get(key)
    if new is None:
        return ""
    change = ""
    if old is not None and abs(new - old) >= 0.0005:
        change = "up" if (new > old) == higher else "down"
    interval = after[section].get(f"{key}_ci")
    span = f"{interval[0]:.3f} – {interval[1]:.3f}" if interval else ""
    cells = (_number(floor.get(section, {}).get(key)), _number(old))
    return (
        f"<tr><td>{escape(label)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}"
        f'<td class="{change}">{_number(new)}</td><td><small>{span}</small></td></tr>'
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
