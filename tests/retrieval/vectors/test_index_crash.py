"""Crashes: killed while it adds, removes, merges or rebuilds, an index is whole and knows what the store knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 12
ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="A kill -9 needs a system that has it.")
def test_a_desk_killed_anywhere_is_whole_and_catches_up(tmp_path: Path) -> None:
    """`python -m benchmarks crash` does it a hundred times."""
    command = [sys.executable, "-m", "benchmarks.crash", str(tmp_path), str(KILLS)]
    paths = os.pathsep.join([str(ROOT), *sys.path])
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=250, check=False, env=os.environ | {"PYTHONPATH": paths}
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["kills"], figures["not_whole"]) == (KILLS, 0)
    assert all(within > 0 for within in figures["killed_within"].values()), figures
    assert figures["saved_when_killed"]["compressed"] > KILLS / 2, figures
    assert figures["restart_ms"]["worst"] < 5000, figures
