"""How sure a desk is of each message of some sets, and whether it is right: what the promise is measured on.

BANKING77: the confidence is that of the intent, and right is the right one of 77; what training held out was said by
models that had not seen it. TweetSumm: the confidence is that of
the best past answer from another dialogue, by the desk's own scorer, fitted on other dialogues; right is an answer of
the same cluster as the one that was given. The demo desk: the evidence that its release keeps.

Clusters of answers end at the cosine from which the desk's own judge takes two answers to say the same: one that 95 of
100 pairs of answers from different dialogues do not reach. With complete linkage any two answers of a cluster are that
near, with average linkage they are on average.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks._datasets import datasets
from benchmarks.matching import plain
from replydesk.data.records import Ticket
from replydesk.dialog.evidence import LEVELS, Evidence
from replydesk.finetune.examples import Examples, Material, answer_judge
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.indexes import search_text

Floats = NDArray[np.float64]
Rights = NDArray[np.bool_]
Linkage = Literal["complete", "average"]

_TWEETS = Path("prepared") / "tweetsumm_pairs.jsonl"
_PAIRED = 2000
_EVERY = 1_000_000


@dataclass(frozen=True, eq=False)
class Said:
    """How sure a desk is of each message, and whether it is right, both (n,).

    ``before`` holds the same of messages that training held out, where the others came after it.
    """

    sure: Floats
    right: Rights
    before: tuple[Floats, Rights] | None = None


def banking77(recipe: str, *, alone: bool = False, seed: int = 0) -> Said:
    """Return what a recipe's model says of the test messages; ``alone`` is the head without second opinions."""
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.evaluation.intent_data import IntentData
    from replydesk.finetune.evaluation.intent_runs import cheap_run, tuned_run
    from replydesk.finetune.evaluation.models import Opinions, fit_vectors
    from replydesk.finetune.evaluation.rows import folds_of
    from replydesk.finetune.recipe import Recipe
    from replydesk.retrieval.encoders.encoders import Encoders
    from replydesk.retrieval.encoders.remembering import RememberingEncoder

    folder = datasets() / "banking77"
    data = IntentData.read(folder / "train.csv", folder / "test.csv")
    asked = replace(Recipe.find(recipe), seed=seed)
    encoders = Encoders(RetrievalSettings())
    if asked.encoder.tune:
        base = encoders.bert("en")
        assert base is not None, "English is read by a BERT"
        second = encoders.beside("en") if asked.head.beside else None
        found = tuned_run(base, data, asked, "en", lambda line: print(line, flush=True), second=second)
    else:
        opinions = Opinions(RememberingEncoder(encoders.of("en")), "en", asked.seed)
        folds = folds_of(data.train, 0.15, asked.seed)
        found = cheap_run(fit_vectors(opinions, sorted(asked.head.strengths), alone=alone), data, folds, asked)
    return Said(found.sure, found.hits, found.held)


def demo(language: str) -> Said:
    """Return what the evidence of the demo desk holds in a language; confidences are as near as levels are."""
    return messages_of(_demo_evidence()[language])


@cache
def _demo_evidence() -> dict[str, Evidence]:
    from replydesk.data.home import Home
    from replydesk.finetune.collecting import collect
    from replydesk.finetune.recipe import QUICK
    from replydesk.finetune.retrain import Workshop
    from replydesk.finetune.train import make_release

    names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
    with (
        tempfile.TemporaryDirectory() as scratch,
        resources.as_file(resources.files("replydesk.data.samples")) as samples,
    ):
        workshop = Workshop(Home(Path(scratch) / "home"))
        workshop.import_exports([samples / name for name in names])
        material, data = collect(workshop.store, workshop.encoders, workshop.settings)
        release = make_release(material, data, QUICK)
        workshop.store.close()
    return {
        ",".join(skills.evidence.languages): skills.evidence
        for skills in release.skills.values()
        if skills.evidence is not None
    }


def tweetsumm(linkage: Linkage) -> Said:
    """Return what the desk's scorer says of every message of TweetSumm that an agent answered."""
    from replydesk.data.settings import RetrievalSettings
    from replydesk.finetune.matching.risk import held_out_evidence
    from replydesk.finetune.matching.scorer import Past, Queries, fit_scorer
    from replydesk.finetune.recipe import QUICK
    from replydesk.retrieval.encoders.encoders import Encoders

    material = _tweets(Encoders(RetrievalSettings()).of("en"), linkage)
    count = len(material.train)
    queries = Queries(material.train, (), np.zeros((count, 0)), np.zeros(count))
    past = Past.of(material)
    scorer, _, _ = fit_scorer(queries, material, QUICK, past)
    return messages_of(held_out_evidence(queries, material, scorer, past=past, count=_EVERY))


def messages_of(evidence: Evidence) -> Said:
    """Return messages with the confidences of their levels, 0 for less than all, and whether each was right."""
    sure: list[float] = []
    right: list[bool] = []
    for _, _, level, good, bad in evidence.rows.tolist():
        sure += [float(LEVELS[level]) if level >= 0 else 0.0] * (good + bad)
        right += [True] * good + [False] * bad
    return Said(np.array(sure), np.array(right, dtype=bool))


def kept(name: str, make: Callable[[], Said]) -> Said:
    """Return what is kept in the temporary folder under a name, or else make it, and keep it there."""
    path = Path(tempfile.gettempdir()) / f"replydesk-promise-{name}.npz"
    if not path.exists():
        said = make()
        before = said.before or (np.zeros(0), np.zeros(0, dtype=bool))
        np.savez(path, sure=said.sure, right=said.right, before=before[0], before_right=before[1])
    with np.load(path) as held:
        earlier = (held["before"], held["before_right"]) if len(held["before"]) else None
        return Said(held["sure"].astype(np.float64), held["right"].astype(bool), earlier)


@dataclass(frozen=True, slots=True)
class _Clustered(Material):
    """Material whose judge is a clustering of the answers."""

    cluster_of: Mapping[str, int] = field(default_factory=dict)

    def is_right(self, asked: Examples, row: int, hit: Ticket, cosine: float) -> bool:  # noqa: ARG002
        given = asked.tickets[row]
        return given is not None and self.cluster_of[given.answer] == self.cluster_of[hit.answer]


def _tweets(encoder: Encoder, linkage: Linkage) -> _Clustered:
    from sklearn.cluster import AgglomerativeClustering

    texts, owners, tickets = [], [], []
    for line in (datasets() / _TWEETS).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        *earlier, question = [plain(turn) for turn in row["context"]]
        answer = plain(row["reply"])
        if question and answer:
            texts.append(search_text(question, earlier))
            owners.append(row["dialog"])
            tickets.append(Ticket.make(question, answer, context=tuple(earlier)))
    answers = list(dict.fromkeys(ticket.answer for ticket in tickets))
    vectors = answer_judge().encode(answers)
    place = {answer: row for row, answer in enumerate(answers)}
    said = vectors[[place[ticket.answer] for ticket in tickets]]
    names = np.array(owners[:_PAIRED])
    agreement = float(np.quantile((said[:_PAIRED] @ said[:_PAIRED].T)[names[:, None] != names[None, :]], 0.95))
    clusters = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage=linkage, distance_threshold=1 - agreement
    ).fit_predict(vectors)
    count = len(texts)
    train = Examples(
        tuple(texts), ("",) * count, tuple(owners), ("en",) * count, tuple(tickets), encoder.encode(texts), said
    )
    cluster_of = dict(zip(answers, clusters.tolist(), strict=True))
    return _Clustered(encoder, ("en",), train, train.where([False] * count), agreement, cluster_of=cluster_of)
