"""What the command line shows a person: reports as text, and how far an import has come."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.data.ingest import Ingested
    from replydesk.data.readers import Reading
    from replydesk.dialog.reply import Reply
    from replydesk.dialog.suggest.suggestion import Suggestions
    from replydesk.finetune.retrain import Outcome

__all__ = [
    "ImportBar",
    "import_text",
    "intents_text",
    "matching_text",
    "outcome_text",
    "reply_text",
    "retrieval_text",
    "several_text",
    "suggestions_text",
    "suspects_lines",
]

_REASONS_SHOWN = 10
_SHORT = 160


def reply_text(reply: Reply) -> str:
    """Return a reply for a person, with its reasons and evidence."""
    lines = [
        reply.text,
        "",
        f"[{reply.action}, confidence {reply.confidence:.2f}, {reply.milliseconds['total']:.0f} ms]",
    ]
    lines += [f"- {reason}" for reason in reply.reasons]
    lines += [f"- option: {option.label}" for option in reply.options]
    lines += [f"- ticket {hit.ticket.id} ({hit.similarity:.2f}): {hit.ticket.question}" for hit in reply.hits]
    return "\n".join(lines)


def suggestions_text(found: Suggestions) -> str:
    """Return suggestions for a person: each answer with its score and why it is there."""
    lines = []
    for item in (*found.items, *([found.beside] if found.beside else [])):
        mark = "beside" if item is found.beside else str(item.position)
        lines += [f"{mark}. [{item.kind}, {item.score:.2f}] {item.text}", f"   ticket {item.ticket}"]
        lines += [f"   - {reason}" for reason in item.why]
    return "\n".join([*lines, f"suggestion {found.id}"]) if lines else "Nothing to suggest."


def outcome_text(outcome: Outcome) -> str:
    """Return what came of a training: the figures of floor, before and after, and why it answers or not."""
    state = "answers now" if outcome.promoted else "does not answer"
    lines = [f"Release {outcome.release.id} {state}."]
    for name, after in outcome.report.after.items():
        before, floor = outcome.report.before[name], outcome.report.floor.get(name, {})
        for section, key in (
            ("intents", "accuracy"),
            ("out_of_scope", "auroc"),
            ("replies", "best_hit_right"),
        ):
            new = after.get(section, {}).get(key)
            if new is not None:
                old, low = before.get(section, {}).get(key), floor.get(section, {}).get(key)
                lines.append(f"  {name} {section} {key}: {new:.3f}{_beside(low, old)}")
        for label, figures in after.get("labels", {}).items():
            low, new = floor.get("labels", {}).get(label, {}).get("accuracy"), figures["accuracy"]
            old = before.get("labels", {}).get(label, {}).get("accuracy")
            lines.append(f"  {name} {label} accuracy: {new:.3f}{_beside(low, old)}")
    lines += [f"  {reason}" for reason in outcome.report.reasons]
    return "\n".join([*lines, f"  report: {outcome.folder / 'report.html'}"])


def _beside(floor: float | None, before: float | None) -> str:
    """Return what a figure is to be compared with, in brackets."""
    known = (("floor", floor), ("before", before))
    told = ", ".join(f"{name} {value:.3f}" for name, value in known if value is not None)
    return f" ({told})" if told else ""


def import_text(report: Ingested, *, dry_run: bool = False, own: Sequence[str] = ()) -> str:
    """Return the report of an import for a person: what came, in which languages, from when, and what was left out.

    What seems to be the company's own contacts is proposed, with the line of the settings that names them behind
    those that are the company's ``own`` already.
    """
    from replydesk.data.ingest import reason_of

    added = report.added
    span = f", {report.began:%Y-%m-%d} to {report.ended:%Y-%m-%d}" if report.began and report.ended else ""
    told = sum(report.languages.values())
    languages = "".join(f", {name} {count / told:.0%}" for name, count in report.languages.most_common())
    lines = [
        f"{report.format}: {report.conversations:,} conversations, {report.messages:,} messages{span}{languages}.",
        f"Tickets: {added.tickets_new:,} new, {added.tickets_duplicate:,} already there,"
        f" {added.tickets_removed:,} removed. Verdicts: {report.verdicts:,}.",
        f"Conversations: {added.conversations_new:,} new, {added.conversations_changed:,} changed,"
        f" {report.unchanged:,} as before.",
    ]
    if report.columns:
        lines.append("Columns: " + ", ".join(f"{field}={column}" for field, column in report.columns.items()))
    lines += [f"Assumed: {item.what} ({item.where}).{_cure(item.cure)}" for item in report.assumed]
    lines.append(f"Skipped: {report.skipped_count:,}")
    example = {reason_of(item.why): item for item in reversed(report.skipped)}
    for reason, count in report.reasons.most_common(_REASONS_SHOWN):
        first = example.get(reason)
        where = f", first at {first.where}" if first else ""
        what = f" ({first.why})" if first and first.why != reason else ""
        lines.append(f"  {count:,} x {reason}{where}{what}")
    if len(report.own_contacts):
        line = json.dumps(report.own_contacts.proposed(own), ensure_ascii=False)
        lines += [
            f"Masked, and perhaps the company's own: {len(report.own_contacts):,} contacts that the team alone wrote,"
            " each to several customers.",
            "  Name them under [data] in settings.toml and import again, but leave out what is a person's:",
            f"  own_contacts = {line}",
        ]
    for ticket in report.samples:
        lines.append(f"  Q {_one_line(ticket.question)}\n  A {_one_line(ticket.answer)}")
    if dry_run:
        lines.append("Nothing was stored: this was a dry run.")
    return "\n".join(lines)


def _cure(cure: str) -> str:
    return f" Else: {cure}." if cure else ""


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def intents_text(document: Mapping[str, Any]) -> str:
    """Return what `replydesk evaluate intents` prints for people."""
    from replydesk.finetune.evaluation.levels import levels_text

    data, models = document["data"], document["models"]
    # A typo, in Chinese a homophone; beside it the same messages as they are, which may be a sample.
    slip = next(iter(models["tuned"]["noise"]))
    lines = [
        f"{data['test']} test messages, {data['labels']} intents, learned from {data['train']}, {document['encoder']}",
        f"{'':8}{'accuracy':>10}{'95%':>18}{'macro F1':>10}{'ECE':>8}{'chance':>8}{slip:>12}{'without':>9}",
    ]
    for name, found in models.items():
        low, high = found["accuracy_ci"]
        noise = found["noise"][slip]
        lines.append(
            f"{name:8}{found['accuracy']:10.4f}{f'{low:.4f} to {high:.4f}':>18}{found['macro_f1']:10.4f}"
            f"{found['ece']:8.4f}{found['ece_by_chance'][0]:8.4f}{noise['accuracy']:12.3f}{noise['clean']:9.3f}"
        )
    lines += _seed_lines({name: found["seeds"]["accuracy"] for name, found in models.items()}, "accuracy")
    if "oos" in models["tuned"]:
        names = ("auroc", "aupr", "recall", "in_scope_accuracy", "threshold")
        lines += ["Out of scope:", f"{'':8}" + "".join(f"{name.replace('_', ' '):>20}" for name in names)]
        lines += [
            f"{name:8}" + "".join(f"{found['oos'][key]:20.4f}" for key in names) for name, found in models.items()
        ]
    lines += levels_text(models)
    if "pseudo" in document:
        told = document["pseudo"]
        right = f", {told['right']:.3f} of them right" if told["right"] is not None else ""
        lines.append(f"{told['added']} of {told['unlabelled']} unlabelled texts got a label{right}")
    for pair, found in document["differences"].items():
        low, high = found["difference_ci"]
        lines.append(
            f"{pair.replace('-', ' against ')}: {found['difference']:+.4f} ({low:+.4f} to {high:+.4f}), "
            f"McNemar p {found['mcnemar']['p']:.2g}"
        )
    if "suspects" in document:
        lines += suspects_lines(document["suspects"])
    return "\n".join([*lines, *document["notes"], f"{document['seconds']} seconds"])


def _seed_lines(runs: Mapping[str, Sequence[float]], what: str) -> list[str]:
    """Return the figure of each training of the models that were trained several times."""
    return [
        f"{name}, {what} by seed: {', '.join(f'{value:.3f}' for value in values)}"
        for name, values in runs.items()
        if len(values) > 1
    ]


def several_text(document: Mapping[str, Any]) -> str:
    """Return what `replydesk evaluate intents` prints for people where messages have several labels."""
    data = document["data"]
    lines = [
        f"{data['test']} test messages, {data['labels']} labels, {data['labels_a_message']} a message, "
        f"learned from {data['train']}, {document['encoder']}",
        f"{'':8}{'micro F1':>10}{'95%':>18}{'macro F1':>10}{'exact':>8}{'ECE':>8}",
    ]
    for name, found in document["models"].items():
        low, high = found["micro_f1_ci"]
        lines.append(
            f"{name:8}{found['micro_f1']:10.4f}{f'{low:.4f} to {high:.4f}':>18}{found['macro_f1']:10.4f}"
            f"{found['exact']:8.4f}{found['ece']:8.4f}"
        )
    for pair, found in document["differences"].items():
        low, high = found["difference_ci"]
        lines.append(
            f"{pair.replace('-', ' against ')}, F1 of a message: {found['difference']:+.4f} ({low:+.4f} to {high:+.4f})"
        )
    return "\n".join([*lines, *document["notes"], f"{document['seconds']} seconds"])


def suspects_lines(document: Mapping[str, Any]) -> list[str]:
    """Return the lines that tell people of labels that are likely wrong."""
    lines = [
        f"A classifier that had not seen them calls {document['found']} of {document['messages']} messages otherwise; "
        f"about {100 * document['noise']:.1f} % of labels are estimated to be wrong. The likeliest:"
    ]
    lines += [
        f"  {one['label']} ({one['own_probability']:.2f}), likelier {one['likelier']} ({one['probability']:.2f}): "
        f"{_one_line(one['text'])}"
        for one in document["suspects"]
    ]
    return lines


def matching_text(document: Mapping[str, Any]) -> str:
    """Return what `replydesk evaluate matching` prints for people."""
    data, sizes = document["data"], [str(count) for count in document["data"]["candidates"]]
    lines = [f"{data['test']} contexts, learned from {data['train']} pairs, {document['encoder']}"]
    names = [f"1 of {size}" for size in sizes] + [f"MRR {size}" for size in sizes]
    lines.append(f"{'':10}" + "".join(f"{name:>10}" for name in names) + f"   1 of {sizes[0]}, 95%")
    for model, found in document["models"].items():
        figures = [found[measure][size] for measure in ("r1", "mrr") for size in sizes]
        low, high = found["r1_ci"][sizes[0]]
        lines.append(f"{model:10}" + "".join(f"{figure:10.3f}" for figure in figures) + f"   {low:.3f} to {high:.3f}")
    each = {model: found["seeds"]["r1"][sizes[0]] for model, found in document["models"].items()}
    lines += _seed_lines(each, f"1 of {sizes[0]}")
    for pair, found in document["differences"].items():
        gains = []
        for size in sizes:
            one = found["r1"][size]
            low, high = one["difference_ci"]
            gains.append(f"1 of {size} {one['difference']:+.3f} ({low:+.3f} to {high:+.3f}, p {one['p']:.2g})")
        lines.append(f"{pair.replace('-', ' against ')}: {', '.join(gains)}")
    return "\n".join([*lines, *document["notes"], f"{document['seconds']} seconds"])


def retrieval_text(document: Mapping[str, Any]) -> str:
    """Return what `replydesk evaluate retrieval` prints for people."""
    names = [name for name in next(iter(document["models"].values())) if name not in ("p1_ci", "seeds")]
    lines = [f"{document['queries']} queries, {document['corpus']} texts, {document['encoder']}"]
    lines.append(f"{'':10}" + "".join(f"{name:>11}" for name in names) + "   p1, 95%")
    for model, found in document["models"].items():
        low, high = found["p1_ci"]
        lines.append(f"{model:10}" + "".join(f"{found[name]:11.3f}" for name in names) + f"   {low:.3f} to {high:.3f}")
    lines += _seed_lines({model: found["seeds"]["map"] for model, found in document["models"].items()}, "map")
    for model in ("hybrid", "reranked", "tuned", "smoothed"):
        part = "differences" if model == "hybrid" else f"differences_{model}"
        for half, found in document.get(part, {}).items():
            gains = [
                f"{name} {found[name]:+.3f} ({found[f'{name}_ci'][0]:+.3f} to {found[f'{name}_ci'][1]:+.3f})"
                for name in ("p1", "mrr", "map")
            ]
            lines.append(f"{model} over {half}: {', '.join(gains)}")
    return "\n".join([*lines, *document["notes"], f"{document['seconds']} seconds"])


class ImportBar:
    """Shows on stderr, where that is a terminal, how much of an export was read, how fast, and how long it will take.

    >>> with ImportBar() as bar:                                         # doctest: +SKIP
    ...     workshop.import_exports(["export.jsonl"], watch=bar.update)
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[messages]:,} messages, {task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._reading: Reading | None = None
        self._task: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> ImportBar:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._progress.stop()

    def update(self, reading: Reading, report: Ingested) -> None:
        """Show how far a reading has come."""
        meter = reading.meter
        if reading is not self._reading:
            self._began, self._reading = time.monotonic(), reading
            self._task = self._progress.add_task(reading.format, total=meter.total, messages=0, rate=0)
        self._progress.update(
            self._task,
            completed=meter.done,
            messages=report.messages,
            rate=report.messages / max(time.monotonic() - self._began, 1e-3),
        )
