"""Trees of labels: their nodes, what they sum to, and how far down a reading is sure, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.dialog.hierarchy import label_tree, step_towards, steps_of

CARDS = ("card/lost", "card/limits/raise", "card/limits/lower", "account/close", "card", "help", "卡/挂失", "卡/额度")


def brute(labels: tuple[str, ...], separator: str = "/") -> dict[str, list[int]]:
    """Return which labels each node covers, by going through all prefixes."""
    found: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        parts = label.split(separator)
        for count in range(1, len(parts) + 1):
            found.setdefault(separator.join(parts[:count]), []).append(place)
    return found


def drawn(rows: int, labels: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).dirichlet(np.full(labels, 0.3), rows)


def test_every_prefix_is_a_node_and_is_as_likely_as_what_it_covers() -> None:
    tree, leaves = label_tree(CARDS), drawn(50, len(CARDS), 0)
    expected = brute(CARDS)
    assert set(tree.nodes) == set(expected) and len(tree.nodes) == len(expected)
    chances = tree.probabilities(leaves)
    for place, node in enumerate(tree.nodes):
        np.testing.assert_allclose(chances[:, place], leaves[:, expected[node]].sum(axis=1))
        assert tree.depths[place] == node.count("/") + 1
        assert sorted(tree.covered(place)) == sorted(CARDS[label] for label in expected[node])
        assert tree.own[place] == (CARDS.index(node) if node in CARDS else -1)
    assert tree.nested and tree.levels == 3


def test_probabilities_are_coherent() -> None:
    tree, leaves = label_tree(CARDS), drawn(50, len(CARDS), 1)
    chances = tree.probabilities(leaves)
    for place, node in enumerate(tree.nodes):
        below = [tree.nodes.index(child) for child in tree.children(node)]
        own = leaves[:, CARDS.index(node)] if node in CARDS else 0
        np.testing.assert_allclose(chances[:, place], chances[:, below].sum(axis=1) + own, atol=1e-12)
    top = [tree.nodes.index(node) for node in tree.children("")]
    np.testing.assert_allclose(chances[:, top].sum(axis=1), 1)


def test_a_node_stands_before_what_is_below_it() -> None:
    tree = label_tree(CARDS)
    for place, node in enumerate(tree.nodes):
        assert all(tree.nodes.index(child) > place for child in tree.children(node))
    assert tree.children("card") == ("card/limits", "card/lost")
    assert tree.children("卡") == ("卡/挂失", "卡/额度")
    assert tree.children("help") == ()


@pytest.mark.parametrize("at_least", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
@pytest.mark.parametrize("labels", [CARDS, ("a", "b", "c"), ("深/一/甲", "深/一/乙", "深/二", "浅")])
def test_the_deepest_sure_node_is_that_of_brute_force(labels: tuple[str, ...], at_least: float) -> None:
    tree, leaves = label_tree(labels), drawn(200, len(labels), 2)
    covered = brute(labels)
    places = tree.deepest_sure(leaves, at_least)
    sure = tree.is_sure(places, leaves, at_least)
    for row, place, own in zip(leaves, places.tolist(), sure.tolist(), strict=True):
        likely = [(n.count("/"), row[c].sum(), n) for n, c in covered.items() if row[c].sum() >= at_least]
        node = max(likely)[2] if likely else None
        assert (tree.nodes[place] if place >= 0 else None) == node
        assert own == (node in labels and row[labels.index(node)] >= at_least)


def test_a_label_with_others_below_it_is_sure_only_by_itself() -> None:
    tree = label_tree(("card", "card/lost"))
    leaves = np.array([[0.5, 0.5], [0.95, 0.05], [0.05, 0.95]])
    places = tree.deepest_sure(leaves, 0.9)
    assert [tree.nodes[place] for place in places] == ["card", "card", "card/lost"]
    assert tree.is_sure(places, leaves, 0.9).tolist() == [False, True, True]


@pytest.mark.parametrize("labels", [("refund", "parcel"), ("退款", "包裹"), ("n/a", "24/7")])
def test_labels_that_share_no_step_have_nothing_to_back_off_to(labels: tuple[str, ...]) -> None:
    tree, leaves = label_tree(labels), np.array([[0.6, 0.4], [0.95, 0.05]])
    assert not tree.nested
    assert tree.deepest_sure(leaves, 0.9)[0] == -1
    assert tree.nodes[tree.deepest_sure(leaves, 0.9)[1]] == labels[0]


def test_another_separator_or_none() -> None:
    assert label_tree(("a::b", "a::c"), "::").nodes == ("a", "a::b", "a::c")
    flat = label_tree(("a/b", "a/c"), "")
    assert flat.nodes == ("a/b", "a/c") and not flat.nested
    assert steps_of("a//b") == ("a//b",) and steps_of(" / b") == (" / b",)
    assert step_towards("卡/额度/提高", "卡") == "卡/额度"
    assert step_towards("card", "card/lost") == ""


def test_no_labels_make_an_empty_tree() -> None:
    tree = label_tree(())
    places = tree.deepest_sure(np.zeros((2, 0)), 0.5)
    assert (tree.nodes, tree.nested, tree.levels, places.tolist()) == ((), False, 0, [-1, -1])
    assert tree.is_sure(places, np.zeros((2, 0)), 0.5).tolist() == [False, False]
