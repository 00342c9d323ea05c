"""The reports on matching and on retrieval as pages: how often each model finds what belongs to a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from replydesk.finetune.evaluation.look import page, table
from replydesk.finetune.evaluation.sheet import figure, how_it_was_made, marked, seed_by_seed

__all__ = ["matching_page", "retrieval_page"]

_MATCHING = {"r1": "Own reply first", "mrr": "Mean reciprocal rank"}
_RETRIEVAL = {
    "p1": "First is relevant",
    "mrr": "Reciprocal rank",
    "map": "Average precision",
    "recall@10": "Recall, ten",
    "ndcg@10": "nDCG, ten",
}


def matching_page(document: Mapping[str, Any]) -> str:
    """Return the self-contained page of a result of ``evaluate matching``."""
    models, data = document["models"], document["data"]
    sizes = [str(count) for count in data["candidates"]]
    lead = f"{data['test']:,} contexts, learned from {data['train']:,} pairs; {_by(document)}."
    parts = [
        f"<h2>{title}</h2>"
        + table(
            ("", *(f"1 of {size}" for size in sizes)),
            (
                [marked(name), *(figure(found[key][size], found[f"{key}_ci"][size]) for size in sizes)]
                for name, found in models.items()
            ),
        )
        for key, title in _MATCHING.items()
    ]
    gains = [
        [
            escape(pair.replace("-", " against ")),
            *(figure(found["r1"][size]["difference"], found["r1"][size]["difference_ci"], sign=True) for size in sizes),
        ]
        for pair, found in document["differences"].items()
    ]
    real = "The own reply first; the same contexts, drawn again in pairs, with the 95 % interval."
    parts.append(f"<h2>Is the difference real?</h2><p>{real}</p>" + table(("", *(f"1 of {s}" for s in sizes)), gains))
    each = ((f"{name}, 1 of {size}", found["seeds"]["r1"][size]) for name, found in models.items() for size in sizes)
    parts.append(seed_by_seed(each, "own reply first"))
    return _whole("Which reply belongs to it?", "matching", lead, parts, document)


def retrieval_page(document: Mapping[str, Any]) -> str:
    """Return the self-contained page of a result of ``evaluate retrieval``."""
    models = document["models"]
    lead = f"{document['queries']:,} queries, {document['corpus']:,} texts; {_by(document)}."
    rows = [
        [
            marked(name),
            *(figure(found[key], found["p1_ci"] if key == "p1" else None) for key in _RETRIEVAL),
        ]
        for name, found in models.items()
    ]
    parts = [f"<h2>Side by side</h2>{table(('', *_RETRIEVAL.values()), rows)}"]
    gains = [
        [
            f"{name} against {half}",
            *(figure(found[key], found[f"{key}_ci"], sign=True) for key in ("p1", "mrr", "map")),
        ]
        for name in models
        for half, found in document.get("differences" if name == "hybrid" else f"differences_{name}", {}).items()
    ]
    real = "The same queries, drawn again in pairs, with the 95 % interval."
    head = ("", *(_RETRIEVAL[key] for key in ("p1", "mrr", "map")))
    parts.append(f"<h2>Is the difference real?</h2><p>{real}</p>{table(head, gains)}")
    each = ((name, found["seeds"]["map"]) for name, found in models.items())
    parts.append(seed_by_seed(each, "average precision"))
    return _whole("Which text is asked for?", "retrieval", lead, parts, document)


def _whole(title: str, what: str, lead: str, parts: Iterable[str], document: Mapping[str, Any]) -> str:
    body = f"<h1>{title}</h1><p class=lead>{lead}</p>{''.join(parts)}{how_it_was_made(document)}"
    return page(f"Replydesk: {what}", body)


def _by(document: Mapping[str, Any]) -> str:
    recipe = f", recipe {escape(document['recipe'])}" if "recipe" in document else ""
    return f"{escape(document['encoder'])}{recipe}"
