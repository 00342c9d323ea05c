"""A new intent from a handful of examples: one more row of the head, in seconds, the encoder as it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.data.preparation import label as clean_label
from replydesk.data.preparation import prepare_conversation
from replydesk.data.records import Conversation, Message, content_id
from replydesk.data.settings import DataSettings, FinetuneSettings
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.finetune.evaluation.gate import Check, Outcomes, gate, keys_of, sound
from replydesk.finetune.evaluation.judge import Report
from replydesk.finetune.evaluation.metrics import interval
from replydesk.finetune.examples import OUT_OF_SCOPE
from replydesk.finetune.intents.familiarity import density_of
from replydesk.finetune.parts import TestMessages
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.encoders import Encoders

__all__ = [
    "NewIntent",
    "example_conversations",
    "extended_familiarity",
    "extended_head",
    "extended_neighbours",
    "with_intent",
]

Floats = NDArray[np.float64]

STRENGTHS: Final = (3.0, 10.0)
"""The values of C for the new row, of which the left-out examples choose."""

# A handful speaks for all that will be asked; chosen on validation messages, see docs/why/learning.md.
_LOUD = (8, 4, 2, 1)
_TAKEN = 0.005
_OTHERS = 5000
_TESTED = 2000


@dataclass(frozen=True, slots=True)
class NewIntent:
    """A name, the messages that it was given as, and the languages of these."""

    name: str
    texts: tuple[str, ...]
    languages: tuple[str, ...]

    @classmethod
    def of(cls, name: str, conversations: Sequence[Conversation]) -> NewIntent:
        """Return the intent of prepared conversations of one message each."""
        messages = [conversation.messages[0] for conversation in conversations]
        return cls(name, tuple(m.text for m in messages), tuple(m.language for m in messages))


def example_conversations(
    name: str, examples: Sequence[str], settings: DataSettings, *, language: str = ""
) -> list[Conversation]:
    """Return examples as the store keeps them: a conversation of one labelled message each, cleaned and masked.

    The id depends on name and text, so that the same example is stored once. Raises :class:`RequestError` for a name
    or an example that says nothing.
    """
    wanted = clean_label(name)
    if not wanted or wanted == OUT_OF_SCOPE:
        hint = "Give it a name such as gift_card."
        raise RequestError("This cannot be the name of an intent.", where=name or "''", hint=hint)
    now = datetime.now(UTC).replace(microsecond=0)
    found: dict[str, Conversation] = {}
    for text in examples:
        key = f"example-{content_id(wanted, ' '.join(text.split()))[:20]}"
        message = Message(f"{key}-1", "customer", text, now, language=language, intents=(wanted,))
        made = prepare_conversation(Conversation(key, (message,), "example"), settings).conversation
        if not made.messages or not made.messages[0].text:
            hint = "Give a message as a customer would write it."
            raise RequestError("An example of the intent is empty.", where=wanted, hint=hint)
        found[made.messages[0].text] = made
    if not found:
        hint = "Five messages as customers write them are a good start: --example TEXT."
        raise RequestError("An intent needs an example.", where=wanted, hint=hint)
    return list(found.values())


def with_intent(
    release: Release,
    intent: NewIntent,
    encoders: Encoders,
    tests: TestMessages,
    *,
    settings: FinetuneSettings,
) -> tuple[Release, Report]:
    """Return a release that also knows the intent, and the report on what the others lost on the test part.

    Raises :class:`RequestError` where a language has no intents yet, or the intent is known already.
    """
    own = encoders.using(release.encoders)
    skills, before, after, checks, recognised = dict(release.skills), {}, {}, [], 0.0
    groups: dict[str, list[int]] = {}
    for row, language in enumerate(intent.languages):
        groups.setdefault(own.of(language).id, []).append(row)
    for key, rows in groups.items():
        languages = sorted({intent.languages[row] for row in rows})
        encoder, known = own.of(languages[0]), release.skills_of(key)
        if known.head is None or known.familiarity is None:
            hint = "Train a release first: `replydesk train`, and promote it."
            raise RequestError("The release that answers has no intents to add to.", where=release.id, hint=hint)
        if intent.name in known.head.labels:
            hint = "Import conversations with that intent and train, to teach it more."
            raise RequestError("The desk knows this intent already.", where=intent.name, hint=hint)
        texts = [intent.texts[row] for row in rows]
        skills[key], found = _taught(known, encoder, intent.name, texts)
        recognised += found * len(rows) / len(intent.texts)
        name, judged = "+".join(languages), tests.where(lambda language, key=key: own.of(language).id == key)  # type: ignore[misc]
        old, new = (_measured(one, encoder, judged) for one in (known, skills[key]))
        before[name], after[name] = old[0], new[0]
        # It is no better at what it knew before, and need not be.
        checks += gate(name, old, new, settings, taught=known.head.labels, first=True)
        if found == 0 and len(rows) > 1:
            why = f"{name}: none of the examples is recognised from the others; they may have little in common."
            checks.append(Check(f"{name} new intent", False, why))
        else:
            why = f"{name}: {found:.2f} of the examples are recognised from the others."
            checks.append(Check(f"{name} new intent", True, why))
    now = datetime.now(UTC).replace(microsecond=0)
    added = [*release.data.get("added", []), {"intent": intent.name, "examples": len(intent.texts)}]
    made = replace(
        release,
        id=f"{now:%Y-%m-%d}-{uuid.uuid4().hex[:6]}",
        made_at=now,
        parent=release.id,
        skills=skills,
        data={**release.data, "added": added},
    )
    checks += sound(made, {key: own.of(intent.languages[rows[0]]).dimension for key, rows in groups.items()})
    data = {"intent": intent.name, "examples": len(intent.texts), "recognised": round(recognised, 4)}
    return made, Report(made.id, release.id, data, before, after, {}, tuple(checks))


def extended_head(
    head: IntentHead, known: Vectors, name: str, vectors: Vectors, strengths: Sequence[float] = STRENGTHS
) -> tuple[IntentHead, float]:
    """Return the head with a row for one more intent, and the share of its examples recognised when left out.

    ``known`` (n, dimension) are messages of the other intents, ``vectors`` (k, dimension) the examples. The other rows
    stay: what is fitted is the extended softmax, a binary logistic regression whose logit is that of the new row minus
    the log-sum-exp of the others. The examples weigh up to eight times as much as those of an average intent, as
    long as no more than one in 200 known messages is then read as the new intent. C is the one
    under which examples that were left out are likeliest.
    """
    others = known[:: max(1, -(-len(known) // _OTHERS))]
    # What stands where an example stands is the example.
    others = others[np.asarray(others @ vectors.T).max(axis=1) < 0.999]
    rest, own = _log_sums(head, others), _log_sums(head, vectors)
    highest = head.logits(others).max(axis=1) if len(others) else rest
    for loud in _LOUD:
        weight = max(1.0, loud * len(others) / len(head.labels) / len(vectors))
        w, b, recognised = _chosen(vectors, own, others, rest, strengths, weight)
        if float((others @ w + b > highest).sum()) <= _TAKEN * len(others):
            break
    labels = (*head.labels, name)
    order = sorted(range(len(labels)), key=lambda place: labels[place])
    weights, bias = np.vstack([head.weights, w]), np.append(head.bias, b)
    made = IntentHead(tuple(labels[i] for i in order), weights[order], bias[order], head.temperature)
    return made, recognised


def _chosen(
    vectors: Vectors, own: Floats, others: Vectors, rest: Floats, strengths: Sequence[float], weight: float
) -> tuple[Floats, float, float]:
    """Return the row under the best C, its bias, and the share of the examples recognised when left out."""
    best: tuple[float, float, float] | None = None
    for strength in strengths:
        margins = []
        for row in range(len(vectors)) if len(vectors) > 1 else []:
            keep = np.arange(len(vectors)) != row
            more = weight * len(vectors) / keep.sum()
            w, b = _row(vectors[keep], own[keep], others, rest, strength, more)
            margins.append(float(vectors[row] @ w + b - own[row]))
        loss = float(np.logaddexp(0, -np.array(margins)).mean()) if margins else -strength
        if best is None or loss < best[0]:
            best = loss, strength, float(np.mean(np.array(margins) > 0)) if margins else 1.0
    assert best is not None, "there is a strength to choose"
    return *_row(vectors, own, others, rest, best[1], weight), best[2]


def extended_familiarity(familiarity: Familiarity, vectors: Vectors) -> Familiarity:
    """Return what is familiar with the vectors (k, dimension) of one more intent among it.

    Its radius is that of the median intent, unless its own examples lie farther apart: a few say little about it.
    """
    mean = np.asarray(vectors, dtype=np.float64).mean(axis=0)
    known = np.concatenate([familiarity.known, np.asarray(vectors, dtype=familiarity.known.dtype)])
    made = replace(familiarity, known=known, means=np.vstack([familiarity.means, mean @ familiarity.whitening]))
    if not len(familiarity.centroids):
        return made
    own = float(np.median(np.linalg.norm(vectors - mean, axis=1)))
    return replace(
        made,
        centroids=np.vstack([familiarity.centroids, mean]),
        radii=np.append(familiarity.radii, max(own, float(np.median(familiarity.radii)))),
        owners=np.append(familiarity.owners, np.full(len(vectors), len(familiarity.centroids))),
        density=np.append(familiarity.density, density_of(known, len(familiarity.known))),
    )


def extended_neighbours(neighbours: NeighbourClassifier, name: str, vectors: Vectors) -> NeighbourClassifier:
    """Return the nearest known messages with the vectors (k, dimension) of one more intent after them."""
    labels = tuple(sorted((*neighbours.labels, name)))
    places = np.array([labels.index(label) for label in neighbours.labels], dtype=np.int32)
    owners = np.append(places[neighbours.owners], np.full(len(vectors), labels.index(name), dtype=np.int32))
    known = np.concatenate([neighbours.vectors, np.asarray(vectors, dtype=neighbours.vectors.dtype)])
    return replace(neighbours, labels=labels, vectors=known, owners=owners)


def _taught(skills: Skills, encoder: Encoder, name: str, texts: Sequence[str]) -> tuple[Skills, float]:
    assert skills.head is not None and skills.familiarity is not None
    vectors = encoder.encode(texts)
    head, recognised = extended_head(skills.head, skills.familiarity.known, name, vectors)
    speller = skills.speller.knowing(texts) if skills.speller is not None else None
    familiarity = extended_familiarity(skills.familiarity, vectors)
    neighbours = None
    if skills.neighbours is not None:
        # Words do not know the intent: the reader lets them choose among the others alone.
        neighbours = extended_neighbours(skills.neighbours, name, vectors).sharing(familiarity.known)
    second = skills.second
    if second is not None and second.familiarity is not None:
        # Nor does the second encoder's head, which need not; but the examples must look familiar there, too.
        second = replace(second, familiarity=extended_familiarity(second.familiarity, second.encoder.encode(texts)))
    taught = replace(skills, head=head, familiarity=familiarity, speller=speller, neighbours=neighbours, second=second)
    return taught, recognised


def _measured(skills: Skills, encoder: Encoder, tests: TestMessages) -> tuple[dict[str, Any], Outcomes]:
    """Return the figures of what reads intents on test messages, and which of them it read right."""
    tests = tests.at_most(_TESTED)
    reader = skills.reader
    if not len(tests) or reader is None:
        return {"messages": len(tests)}, Outcomes()
    texts = [skills.speller.correct(text) if skills.speller else text for text in tests.texts]
    guesses = np.array(reader.labels)[reader.probabilities(texts, encoder.encode(texts)).argmax(axis=1)]
    hits = guesses == np.array(tests.labels)
    figures = {"accuracy": float(hits.mean()), "accuracy_ci": interval(hits), "messages": len(tests)}
    keys = tuple(map(keys_of, tests.texts, tests.labels, tests.languages))
    outcomes = Outcomes(hits, tests.labels, keys, known=frozenset(reader.labels))
    return {"messages": len(tests), "intents": figures}, outcomes


def _row(
    vectors: Vectors, own: Floats, others: Vectors, rest: Floats, strength: float, weight: float
) -> tuple[Floats, float]:
    """Return the weights and the bias of the new row."""
    from scipy.optimize import minimize

    features = np.concatenate([vectors, others]).astype(np.float64)
    offset = np.concatenate([own, rest])
    signs = np.repeat([1.0, -1.0], [len(vectors), len(others)])
    counts = np.repeat([weight, 1.0], [len(vectors), len(others)])

    def loss(values: Floats) -> tuple[float, Floats]:
        margins = signs * (features @ values[:-1] + values[-1] - offset)
        slopes = -signs * counts * np.exp(-np.logaddexp(0, margins))
        total = strength * float(counts @ np.logaddexp(0, -margins)) + float(values[:-1] @ values[:-1]) / 2
        return total, np.append(strength * (features.T @ slopes) + values[:-1], strength * slopes.sum())

    found = minimize(loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.asarray(found[:-1]), float(found[-1])


def _log_sums(head: IntentHead, vectors: Vectors) -> Floats:
    logits = head.logits(vectors)
    highest = logits.max(axis=1)
    return np.asarray(highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1)))
