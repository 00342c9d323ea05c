"""Skills as files: a folder for each encoder of a release, beside what its card says of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from replydesk.dialog.classifiers import classifiers_document, load_classifiers, save_classifiers
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.second import SecondReader
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.dialog.spelling import Speller
from replydesk.dialog.suggest.ranker import Ranker
from replydesk.dialog.words import WordClassifier
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.reranking.cross_encoder import read_config
from replydesk.retrieval.reranking.reranker import RerankScorer, TrainedReranker

__all__ = ["load_skills", "save_skills", "skills_document"]

_LABELS = "labels"
_RERANKER = "reranker"
_SPELLING = "spelling.json"
_EVIDENCE = "evidence.json"
_PLACES = "places.json"


def save_skills(skills: Skills, folder: Path) -> None:
    """Write the files of skills into a folder, which is made when the first is written."""
    if skills.head is not None:
        skills.head.save(folder / "head.npz")
    if skills.familiarity is not None:
        skills.familiarity.save(folder / "familiarity.npz")
    if skills.words is not None:
        skills.words.save(folder / "words.npz")
    if skills.neighbours is not None:
        skills.neighbours.save(folder / "neighbours.npz", shared=skills.shares_vectors)
    if skills.second is not None:
        skills.second.save(folder)
    if skills.speller is not None:
        skills.speller.save(folder / _SPELLING)
    if skills.evidence is not None:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(skills.evidence.document(), ensure_ascii=False, separators=(",", ":"))
        (folder / _EVIDENCE).write_text(text, encoding="utf-8")
    if skills.places is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _PLACES).write_text(json.dumps(sorted(skills.places), ensure_ascii=False), encoding="utf-8")
    if skills.reranker is not None:
        shutil.copytree(skills.reranker.folder, folder / _RERANKER)
    save_classifiers(skills.classifiers, folder / _LABELS)


def skills_document(skills: Skills) -> dict[str, Any]:
    """Return what a card says of skills: which files there are, and the numbers that need none."""
    lines = skills.thresholds
    return {
        "head": skills.head is not None,
        "familiarity": skills.familiarity is not None,
        "words": skills.words is not None,
        "neighbours": skills.neighbours is not None,
        "second": skills.second.document() if skills.second is not None else None,
        "scorer": skills.scorer.document(),
        "thresholds": {name: getattr(lines, name) for name in lines.__slots__},
        "reranker": skills.reranker.scorer.document() if skills.reranker is not None else None,
        "late": skills.late.document() if skills.late is not None else None,
        "speller": skills.speller is not None,
        "evidence": skills.evidence is not None,
        "places": skills.places is not None,
        "ranker": skills.ranker.document() if skills.ranker is not None else None,
        "labels": classifiers_document(skills.classifiers),
        "notes": dict(skills.notes),
    }


def load_skills(folder: Path, document: Mapping[str, Any], *, threads: int = 0) -> Skills:
    """Read skills from their folder and what the card says of them; a second encoder runs on so many ``threads``.

    Raises KeyError, TypeError, ValueError or AttributeError for a damaged card or file, ModelError for a reranker that
    cannot be used.
    """
    familiarity = Familiarity.load(folder / "familiarity.npz") if document["familiarity"] else None
    known = familiarity.known if familiarity is not None else None
    return Skills(
        IntentHead.load(folder / "head.npz") if document["head"] else None,
        familiarity,
        HitScorer.from_document(document["scorer"]),
        Thresholds(**document["thresholds"]),
        _load_reranker(folder / _RERANKER, document.get("reranker")),
        # The scores of a release from before there was late interaction were made to be taken as they are.
        RerankScorer.from_document(document["late"]) if document.get("late") else None,
        # Nor does a card from before there was a speller name one.
        Speller.load(folder / _SPELLING) if document.get("speller") else None,
        document.get("notes", {}),
        WordClassifier.load(folder / "words.npz") if document.get("words") else None,
        NeighbourClassifier.load(folder / "neighbours.npz", known) if document.get("neighbours") else None,
        load_classifiers(folder / _LABELS, document.get("labels", {})),
        # Before there was a dial none was kept, and nothing is promised.
        _load_evidence(folder / _EVIDENCE) if document.get("evidence") else None,
        # Nor was there a ranker of suggestions.
        Ranker.from_document(document["ranker"]) if document.get("ranker") else None,
        # Nor a second encoder.
        SecondReader.load(folder, document["second"], threads=threads) if document.get("second") else None,
        # Nor what places the answers name: it reads every place.
        _load_places(folder / _PLACES) if document.get("places") else None,
    )


def _load_places(path: Path) -> frozenset[str]:
    return frozenset(map(str, json.loads(path.read_text(encoding="utf-8"))))


def _load_evidence(path: Path) -> Evidence:
    return Evidence.from_document(json.loads(path.read_text(encoding="utf-8")))


def _load_reranker(folder: Path, scorer: Mapping[str, Any] | None) -> TrainedReranker | None:
    """Return the reranker of a release, which a card from before there was one does not name. It is not loaded yet."""
    if scorer is None:
        return None
    read_config(folder)
    return TrainedReranker(folder, RerankScorer.from_document(scorer))
