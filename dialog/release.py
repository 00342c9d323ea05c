"""A release: one trained state of a desk, with what it was trained on and how good it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replydesk.dialog.skills import Skills

if TYPE_CHECKING:
    from replydesk.retrieval.encoders.projected import ProjectedEncoder
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

    OwnEncoder = OpenVinoEncoder | ProjectedEncoder

__all__ = ["UNTRAINED_RELEASE", "Release"]


@dataclass(frozen=True, slots=True)
class Release:
    """One trained state of a desk. Its folder never changes after it was written.

    ``skills`` are keyed by encoder id, so a vector is never read by the head of another encoder. ``encoders`` stand in
    for those of the settings, by the id of the one they replace; ``tuned`` says of each that was fine-tuned how it
    learned, and ``int8`` of each that was quantised how it was checked and whether it is used. ``weights`` are the
    folders of the BERTs that were fine-tuned, by the same ids: what a later training may go on from.
    """

    id: str
    made_at: datetime
    skills: Mapping[str, Skills]
    parent: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    encoders: Mapping[str, OwnEncoder] = field(default_factory=dict)
    int8: Mapping[str, Any] = field(default_factory=dict)
    tuned: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Path] = field(default_factory=dict)

    def skills_for(self, base: str) -> Skills:
        """Return what this release learned on the encoder of that id, or on the one that stands in for it."""
        return self.skills_of(self.encoders[base].id if base in self.encoders else base)

    def skills_of(self, encoder_id: str) -> Skills:
        """Return what this release learned on that encoder, the untrained defaults when nothing."""
        return self.skills.get(encoder_id, Skills())


UNTRAINED_RELEASE = Release("untrained", datetime(2026, 1, 1, tzinfo=UTC), {})
"""What answers before the first training: similar tickets and shared words, no intents."""
