"""The report on intents as a page: what each model reaches, how sure that is, and where it goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from replydesk.finetune.evaluation import plots
from replydesk.finetune.evaluation.levels import levels_section
from replydesk.finetune.evaluation.look import SERIES, facts, page, panel, table
from replydesk.finetune.evaluation.noise import noise_name

__all__ = ["figure", "how_it_was_made", "intents_page", "marked", "seed_by_seed", "verdict"]

_FIGURES = (
    ("accuracy", "Accuracy"),
    ("macro_f1", "Macro F1"),
    ("ece", "Calibration error (ECE)"),
    ("ece_uncalibrated", "ECE before temperature scaling"),
)
_SCOPE = (
    ("auroc", "AUROC"),
    ("aupr", "AUPR"),
    ("recall", "Found, at the threshold"),
    ("in_scope_accuracy", "Accuracy in scope, there"),
    ("in_scope_kept", "In scope let through, there"),
    ("recall_at_95", "Found where 95 % are let through"),
)


def intents_page(document: Mapping[str, Any]) -> str:
    """Return the self-contained page of a result of ``evaluate intents``; it loads nothing from anywhere."""
    models, data = document["models"], document["data"]
    lead = (
        f"{data['test']:,} test messages of {data['labels']:,} intents, learned from {data['train']:,}; "
        f"{escape(document['encoder'])}, recipe {escape(document['recipe'])}."
    )
    big = facts(
        (name, name, _share(found["accuracy"]), f"95 %: {_span(found['accuracy_ci'], 100, 1)} %")
        for name, found in models.items()
    )
    body = [
        f"<h1>Which intent has a message?</h1><p class=lead>{lead}</p>",
        f'<p class="verdict">{escape(verdict(document))}</p>{big}',
        _side_by_side(document),
        '<div class="plots">',
        panel("How often it is right", "with 95 % bootstrap intervals over messages", plots.accuracies(models)),
        panel("Is its confidence true?", "on the dashed line it is", plots.reliability(models)),
        panel("If it only answers when it is sure", "wrong answers among those given", plots.risk_coverage(models)),
    ]
    if any(found["noise"] for found in models.values()):
        body.append(panel("Written in a hurry", "what noise in every message costs", plots.noise(models)))
    body.append("</div>")
    body.append(_under_noise(models))
    if "oos" in models["tuned"]:
        body.append(_out_of_scope(models))
    body += [levels_section(models), _confusions(models["tuned"])]
    if "suspects" in document:
        body.append(_suspects(document["suspects"]))
    body.append(seed_by_seed(((name, found["seeds"]["accuracy"]) for name, found in models.items()), "accuracy"))
    body += [_slices(models), how_it_was_made(document)]
    return page("Replydesk: intents", "".join(body))


def verdict(document: Mapping[str, Any]) -> str:
    """Return in a sentence or two whether what was trained is better than the frozen encoder and than the floor."""
    models, said = document["models"], []
    for other in ("frozen", "floor"):
        found = document["differences"][f"tuned-{other}"]
        low, high = found["difference_ci"]
        gain = f"{100 * found['difference']:+.1f} points against {other} ({100 * low:+.1f} to {100 * high:+.1f})"
        said.append(f"{gain}, {'beyond' if low > 0 or high < 0 else 'within'} chance")
    return f"The tuned model is right in {_share(models['tuned']['accuracy'])} of messages: {'; '.join(said)}."


def _side_by_side(document: Mapping[str, Any]) -> str:
    models = document["models"]
    rows = [[label, *(_figure(found, key) for found in models.values())] for key, label in _FIGURES]
    rows += [
        ["ECE if every confidence were true", *(_by_chance(found) for found in models.values())],
        ["Chosen on validation", *(_chosen(found) for found in models.values())],
        [
            "Training, seconds; shared parts once",
            *(f"{found['fit_seconds']:.1f}" for found in models.values()),
        ],
        ["One message, milliseconds", *(f"{found['milliseconds']:.1f}" for found in models.values())],
    ]
    tests = [
        [
            escape(pair.replace("-", " against ")),
            f"{100 * found['difference']:+.2f}<br><small>{_span(found['difference_ci'], 100, 2, sign=True)}</small>",
            f"{found['p']:.4f}",
            f"{found['mcnemar']['only_first']} : {found['mcnemar']['only_second']}",
            f"{found['mcnemar']['p']:.2g}",
        ]
        for pair, found in document["differences"].items()
    ]
    head = ("Difference", "Points", "p, bootstrap", "Right alone", "p, McNemar")
    return (
        f"<h2>Side by side</h2>{table(('', *map(marked, models)), rows)}"
        f"<h2>Is the difference real?</h2><p>The same messages, drawn again 2,000 times in pairs, and the exact test "
        f"on those that one model alone has right.</p>{table(head, tests)}"
    )


def _under_noise(models: Mapping[str, Any]) -> str:
    """Return a table of each kind of noise: accuracy with it, and without it on the same messages."""
    if not models["tuned"]["noise"]:
        return ""
    rows = [
        [
            noise_name(kind, "en"),
            f"{one['messages']:,}<br><small>{one['changed']:.0%} changed</small>",
            *(
                f"{found['noise'][kind]['accuracy']:.3f}<br><small>of {found['noise'][kind]['clean']:.3f}</small>"
                for found in models.values()
            ),
        ]
        for kind, one in models["tuned"]["noise"].items()
    ]
    said = (
        "Accuracy with the noise in every message, and below it that of the very same messages without it. These are a "
        "sample where the test is large, so the latter may differ from the accuracy above."
    )
    return f"<h2>Under noise</h2><p>{said}</p>{table(('', 'Messages', *map(marked, models)), rows)}"


def _out_of_scope(models: Mapping[str, Any]) -> str:
    rows = [[label, *(_figure(found["oos"], key) for found in models.values())] for key, label in _SCOPE]
    count = models["tuned"]["oos"]["messages"]
    return (
        f"<h2>Out of scope</h2><p>{count:,} messages that have none of the intents. The threshold was chosen on "
        f"validation messages only.</p>{table(('', *map(marked, models)), rows)}"
        '<div class="plots">'
        + panel("ROC", "found, against false alarms", plots.roc(models))
        + panel("Precision and recall", "of the search for what is out of scope", plots.precision_recall(models))
        + "</div>"
    )


def _confusions(found: Mapping[str, Any]) -> str:
    pairs = found["confused"]
    if not pairs:
        return "<h2>Mixed up</h2><p>Nothing: every message got its intent.</p>"
    rows = []
    for pair in pairs:
        one, other, of = pair["first_as_second"], pair["second_as_first"], pair["of"]
        rows.append(
            f"<li><span><bdi>{escape(pair['first'])}</bdi> <small>and</small> "
            f"<bdi>{escape(pair['second'])}</bdi></span>"
            f'<div class="bar"><b style="width:{100 * one / of:.1f}%;background:var(--tuned)"></b>'
            f'<b style="width:{100 * other / of:.1f}%;background:var(--floor)"></b></div>'
            f"<small>{pair['mistakes']} of {of} messages: {one} times the first is taken for the second, {other} times "
            "the second for the first</small></li>"
        )
    return (
        "<h2>Mixed up</h2><p>The pairs of intents that the tuned model confuses most. Two that stay close may be one "
        f'intent with two names, or need clearer examples.</p><ul class="bars card">{"".join(rows)}</ul>'
    )


def _suspects(found: Mapping[str, Any]) -> str:
    rows = [
        [
            f"<bdi>{escape(one['text'])}</bdi>",
            f"<bdi>{escape(one['label'])}</bdi><br><small>{one['own_probability']:.2f}</small>",
            f"<bdi>{escape(one['likelier'])}</bdi><br><small>{one['probability']:.2f}</small>",
        ]
        for one in found["suspects"]
    ]
    return (
        f"<h2>Labels that are likely wrong</h2><p>{found['found']:,} of {found['messages']:,} training messages are "
        "called otherwise than a classifier that had not seen them would call them; of all labels about "
        f"{100 * found['noise']:.1f} % are estimated to be wrong. The likeliest to be wrong:</p>"
        f"{table(('Message', 'Its label', 'Likelier'), rows)}"
    )


def _slices(models: Mapping[str, Any]) -> str:
    parts = []
    for key, title in (("length", "Words (or characters)"), ("language", "Language")):
        names = models["tuned"]["slices"][key]
        rows = [
            [
                escape(name),
                f"{one['messages']:,}",
                *(_figure(found["slices"][key][name], "accuracy") for found in models.values()),
            ]
            for name, one in names.items()
        ]
        parts.append(table((title, "Messages", *map(marked, models)), rows))
    return f"<h2>By length and language</h2>{''.join(parts)}"


def how_it_was_made(document: Mapping[str, Any]) -> str:
    """Return the last part of a report: command, data, seeds, time, versions, and what is to be noted."""
    data, seeds = document.get("data", {}), document["seeds"]
    memory = f", at most {document['megabytes']:,.0f} MB" if "megabytes" in document else ""
    rows = {
        "Command": f"<code>{escape(document['command'])}</code>" if document.get("command") else "",
        "Data": ", ".join(f"{name.replace('_', ' ')} {_counted(count)}" for name, count in data.items()),
        "Seed": f"{document['seed']}, {seeds} run{'s' if seeds > 1 else ''}",
        "Time and memory" if memory else "Time": f"{document['seconds']:.0f} seconds{memory}",
        "Versions": ", ".join(f"{escape(name)} {escape(number)}" for name, number in document["versions"].items()),
    }
    notes = "".join(f"<li>{escape(note)}</li>" for note in document["notes"])
    lines = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows.items() if value)
    return f'<h2>How it was made</h2><div class="card"><dl>{lines}</dl><ul class="notes">{notes}</ul></div>'


def seed_by_seed(rows: Iterable[tuple[str, Sequence[float]]], what: str) -> str:
    """Return the figures of what was trained under several seeds, nothing where there is none."""
    cells = [[name, *(f"{value:.3f}" for value in values)] for name, values in rows if len(values) > 1]
    if not cells:
        return ""
    head = ("", *(f"Seed {place + 1}" for place in range(len(cells[0]) - 1)))
    return f"<h2>Seed by seed</h2><p>Figures above are means over the trainings; here is each, {what}.</p>" + table(
        head, cells
    )


def _counted(count: Any) -> str:
    return ", ".join(map(str, count)) if isinstance(count, list) else f"{count:,}"


def _chosen(found: Mapping[str, Any]) -> str:
    weights = "<br>".join(f"{name} × {weight:.2f}" for name, weight in found["weights"].items())
    return f"<small class=loose>{escape(found['chosen'])}<br>{weights}</small>"


def marked(name: str) -> str:
    """Return the name of a model after its colour, if it has one."""
    colour = f"var(--{name})" if name in SERIES else "transparent"
    return f'<span class="dot" style="background:{colour}"></span>{escape(name)}'


def figure(value: float, interval: Sequence[float] | None, *, sign: bool = False) -> str:
    """Return a figure with its interval below it, where there is one; a difference with its ``sign``."""
    told = f"{value:{'+' if sign else ''}.3f}"
    return told + (f"<br><small>{_span(interval, 1, 3, sign=sign)}</small>" if interval else "")


def _figure(found: Mapping[str, Any], key: str) -> str:
    return figure(found[key], found.get(f"{key}_ci"))


def _by_chance(found: Mapping[str, Any]) -> str:
    mean, most = found["ece_by_chance"]
    return f"{mean:.3f}<br><small>at most {most:.3f} in 95 of 100</small>"


def _span(interval: Sequence[float], times: float, digits: int, *, sign: bool = False) -> str:
    low, high = (f"{times * value:{'+' if sign else ''}.{digits}f}" for value in interval)
    return f"{low} to {high}" if sign else f"{low}–{high}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
