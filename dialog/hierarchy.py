"""Labels that are paths, such as ``card/lost``: the tree that they make, and how likely each of its nodes is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEPARATOR", "LabelTree", "label_tree", "step_towards", "steps_of"]

Floats = NDArray[np.float64]

SEPARATOR: Final = "/"
"""What parts the steps of a label where nothing else is said."""


@dataclass(frozen=True, eq=False, slots=True)
class LabelTree:
    """The nodes above and at some labels, the root left out.

    ``nodes`` are names: of a label, or of what several have in front. They are sorted so that a node stands before what
    is below it. ``depths`` (nodes,) count from 1; ``own`` (nodes,) is the place of the label that a node is, -1 for
    none. The labels that it is or has below it are ``order[start:stop]`` for its row of ``spans`` (nodes, 2), places of
    labels. A label may have others below it: ``card`` beside ``card/lost``.
    """

    labels: tuple[str, ...]
    separator: str
    nodes: tuple[str, ...]
    depths: NDArray[np.int_]
    own: NDArray[np.int_]
    order: NDArray[np.int_]
    spans: NDArray[np.int_]

    @property
    def nested(self) -> bool:
        """Return whether any node has several labels: else there is nothing to back off to."""
        return bool((self.spans[:, 1] - self.spans[:, 0] > 1).any())

    @property
    def levels(self) -> int:
        """Return how many steps the longest label has."""
        return int(self.depths.max(initial=0))

    def covered(self, place: int) -> tuple[str, ...]:
        """Return the labels that the node at a place is or has below it."""
        start, stop = self.spans[place].tolist()
        return tuple(self.labels[label] for label in self.order[start:stop].tolist())

    def children(self, node: str) -> tuple[str, ...]:
        """Return the nodes right below a node, those at the top for ``""``."""
        wanted = len(steps_of(node, self.separator)) + 1 if node else 1
        return tuple(
            name
            for name, depth in zip(self.nodes, self.depths.tolist(), strict=True)
            if depth == wanted and (not node or node in steps_of(name, self.separator))
        )

    def probabilities(self, leaves: Floats) -> Floats:
        """Return the probability of every node, shape (n, nodes), from that of the labels, shape (n, labels).

        A node is as likely as all labels that it covers together, so no child is likelier than its parent.
        """
        values = np.asarray(leaves, dtype=np.float64)[:, self.order]
        if not self.nodes:
            return values
        # Sums from each start to each stop, and between them, which nobody wants; the last stop needs a place.
        padded = np.concatenate([values, np.zeros((len(values), 1))], axis=1)
        return np.asarray(np.minimum(np.add.reduceat(padded, self.spans.ravel(), axis=1)[:, ::2], 1.0))

    def deepest_sure(self, leaves: Floats, at_least: float) -> NDArray[np.int_]:
        """Return the place of the deepest node that is at least so likely, shape (n,), -1 where there is none.

        ``leaves`` (n, labels) are the probabilities of labels. Above one half the nodes that are so likely are all on
        one path; below that, of equally deep ones the likeliest stands.
        """
        chances = self.probabilities(leaves)
        # A sum of many labels may miss a whole number by the last digit.
        rank = np.where(chances >= at_least - 1e-12, self.depths + chances / 2, -1.0)
        return np.where(rank.max(axis=1, initial=-1.0) < 0, -1, rank.argmax(axis=1) if self.nodes else -1)

    def is_sure(self, places: NDArray[np.int_], leaves: Floats, at_least: float) -> NDArray[np.bool_]:
        """Return which of the nodes at some places (n,) are labels that are themselves so likely, shape (n,).

        The others stand for what is below them: the reading has backed off.
        """
        own = np.append(self.own, -1)[places]
        chances = np.asarray(leaves)[np.arange(len(places)), own] if self.labels else np.zeros(len(places))
        return np.asarray((own >= 0) & (chances >= at_least - 1e-12))


def steps_of(label: str, separator: str = SEPARATOR) -> tuple[str, ...]:
    """Return the nodes on the way to a label, itself the last; one with an empty step is no path.

    >>> steps_of("card/limits/raise"), steps_of("卡/挂失"), steps_of("refund"), steps_of("/help"), steps_of("a/b", "")
    (('card', 'card/limits', 'card/limits/raise'), ('卡', '卡/挂失'), ('refund',), ('/help',), ('a/b',))
    """
    parts = label.split(separator) if separator else [label]
    if not all(part.strip() for part in parts):
        return (label,)
    return tuple(separator.join(parts[: count + 1]) for count in range(len(parts)))


def step_towards(label: str, node: str, separator: str = SEPARATOR) -> str:
    """Return the node right below ``node`` on the way to a label, the label for itself, ``""`` where it is not below.

    >>> step_towards("card/limits/raise", "card"), step_towards("card", "card"), step_towards("cardinal/x", "card")
    ('card/limits', 'card', '')
    """
    steps = steps_of(label, separator)
    return steps[min(steps.index(node) + 1, len(steps) - 1)] if node in steps else ""


@lru_cache(maxsize=32)
def _tree(labels: tuple[str, ...], separator: str) -> LabelTree:
    paths = [steps_of(label, separator) for label in labels]
    sizes = Counter(path[: count + 1] for path in paths for count in range(len(path)))
    # Sorted by the way to them: what is below a node follows it at once.
    ways = sorted(sizes)
    depths = np.array([len(way) for way in ways], dtype=int)
    places = {label: place for place, label in enumerate(labels)}
    own = np.array([places.get(way[-1], -1) for way in ways], dtype=int)
    starts: NDArray[np.int_] = np.cumsum(own >= 0) - (own >= 0)
    stops = starts + np.array([sizes[way] for way in ways], dtype=int)
    spans = np.column_stack([starts, stops])
    return LabelTree(labels, separator, tuple(way[-1] for way in ways), depths, own, own[own >= 0], spans)


def label_tree(labels: Sequence[str], separator: str = SEPARATOR) -> LabelTree:
    """Return the tree of some labels; with the separator ``""`` each stands alone.

    >>> tree = label_tree(("card/lost", "card/limits", "account"))
    >>> tree.nodes, tree.nested
    (('account', 'card', 'card/limits', 'card/lost'), True)
    >>> chances = np.array([[0.5, 0.4, 0.1]])
    >>> tree.nodes[tree.deepest_sure(chances, 0.8)[0]]
    'card'
    """
    return _tree(tuple(labels), separator)
