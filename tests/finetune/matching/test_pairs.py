"""What the matcher learns from: pairs of a desk, answers that say the same, and wrong ones that look right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.home import Home
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.finetune.collecting import collect
from replydesk.finetune.encoders.tuning import Pairs
from replydesk.finetune.matching.pairs import answer_groups, mined, pairs_of, some_alike
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.finetune.training.tasks import MatchTask
from replydesk.retrieval.encoders.encoders import Encoders


def unit(*degrees: float) -> np.ndarray:
    turned = np.deg2rad(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("answers", "groups"),
    [
        (["Your parcel left today, it arrives on Friday.", "your parcel left today, it arrives on  Friday",
          "We refund you within five days."], (0, 0, 1)),
        (["您的快递今天已经发出，周五送到。", "您的快递今天已经发出,周五送到", "五个工作日内退款。"], (0, 0, 1)),
        (["Send it back within 14 days.", "Send it back within 30 days."], (0, 1)),
        ([], ()),
    ],
)  # fmt: skip
def test_answers_that_say_the_same_are_one_group(answers: Sequence[str], groups: tuple[int, ...]) -> None:
    assert answer_groups(answers) == groups


def test_of_what_is_said_a_thousand_times_five_questions_teach() -> None:
    groups = [0] * 1000 + [1] * 5 + [2]
    kept = some_alike(groups, seed=1)
    assert kept == sorted(set(kept)) and [groups[row] for row in kept] == [0] * 5 + [1] * 5 + [2]
    assert max(kept[:5]) > 500 and kept != some_alike(groups, seed=2)
    assert some_alike([0, 1, 2, 0], seed=1) == [0, 1, 2, 3]


def test_every_answered_message_is_a_pair_and_customers_are_parted(desk: Home, tiny_settings: Settings) -> None:
    material, _ = collect(Store.open(desk.database), Encoders(tiny_settings.retrieval), tiny_settings)
    for part in material:
        learned, held = pairs_of(part, 0.3)
        answered = [row for row, ticket in enumerate(part.train.tickets) if ticket is not None]
        assert len(learned) + len(held) == len(answered) and len(learned) > len(held) > 0
        known = {(part.train.texts[row], part.train.tickets[row].answer): part.train.groups[row] for row in answered}
        owners = [{known[pair] for pair in zip(pairs.asked, pairs.said, strict=True)} for pairs in (learned, held)]
        assert not owners[0] & owners[1]
        said = dict(zip((*learned.said, *held.said), (*learned.groups, *held.groups), strict=True))
        for pairs in (learned, held):
            assert [said[text] for text in pairs.said] == list(pairs.groups)
        apart, judged = pairs_of(replace(part, held=frozenset(owners[0])), 0.3)
        assert set(judged.asked) == set(learned.asked) and set(apart.asked) == set(held.asked)


def test_hard_negatives_are_near_and_not_right() -> None:
    # The first question stands at 0 degrees and its answer at 20.
    answers = ("right", "the same group", "twin of the right", "too good", "hard", "harder", "far")
    said = unit(20, 50, 30, 10, 60, 40, 150)
    pairs = Pairs(("q",) * 7, answers, (0, 0, 1, 2, 3, 4, 5))
    asked = np.concatenate([unit(0), said[1:]])
    found = mined(pairs, asked, said, 2)
    assert found[0] == ("harder", "hard")
    assert mined(pairs, asked, said, 9)[0] == ("harder", "hard", "far")
    assert len(found) == 7 and all(answers[row] not in texts for row, texts in enumerate(found))


def test_it_agrees_with_brute_force() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(2, 50, 8))
    asked, said = (rows / np.linalg.norm(rows, axis=2, keepdims=True)).astype(np.float32)
    asked = asked + 2 * said
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    pairs = Pairs(
        tuple(f"q{i}" for i in range(50)), tuple(f"a{i}" for i in range(50)), tuple(i // 2 for i in range(50))
    )
    for row, texts in enumerate(mined(pairs, asked, said, 3)):
        own = float(asked[row] @ said[row])
        fine = [
            other
            for other in np.argsort(-(said @ asked[row]))
            if other // 2 != row // 2 and said[other] @ said[row] < 0.95 and said[other] @ asked[row] < 0.95 * own
        ]
        assert texts == tuple(f"a{other}" for other in fine[:3])


def test_they_are_mined_again_with_the_network_as_it_is(tiny_bert: Path) -> None:
    pairs = [("where is my parcel", "It left."), ("退款呢", "五天。"), ("cancel it", "Done.")]
    asked: list[int] = []

    def mine(network: EncoderNetwork) -> list[list[str]]:
        assert network.encode(["parcel"]).shape == (1, 32)
        asked.append(len(asked))
        return [[f"wrong {len(asked)}"], [], ["It left."]]

    network = EncoderNetwork.of(tiny_bert)
    task = MatchTask(network, pairs, batch_size=3, mine=mine)
    for epoch in (0, 0, 1, 2, 3):
        task.epoch(epoch)
    assert asked == [0, 1]
    batch = task.batch([0, 1, 2], 3)
    assert batch["groups"].tolist() == [0, 1, 2, -1, 0]
    assert batch["said"][3, : len(network.tokens(["wrong 2"])[0])].tolist() == network.tokens(["wrong 2"])[0]
