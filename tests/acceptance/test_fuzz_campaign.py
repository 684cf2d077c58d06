"""The fuzzing of what reads bytes from outside, in short: `make fuzz` is the long one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "fuzz"


@pytest.mark.parametrize(("part", "count"), [("frames", 2000), ("ansi", 4000), ("masker", 4000)])
def test_a_short_campaign_finds_nothing(part: str, count: int) -> None:
    campaign = fuzz({"PARTS": part, "COUNT": str(count), "FIRST": "1", "PARALLEL": "2"})

    assert campaign.returncode == 0, campaign.stdout + campaign.stderr
    assert f"{part}: {count:,} executions" in campaign.stdout


def test_one_seed_is_replayed_and_its_failure_told(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import tasktrail.logs.terminal as terminal\nterminal.terminal_safe = lambda text: text\n"
    )
    broken = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]), "PARTS": "ansi"}
    campaign = fuzz({**broken, "FIRST": "1", "COUNT": "20", "PARALLEL": "1"})
    assert campaign.returncode == 1
    told = re.search(r"PARTS=ansi SEED=(\d+): AssertionError: a control", campaign.stdout)
    assert told is not None, campaign.stdout + campaign.stderr

    replayed = fuzz({**broken, "SEED": told[1]})
    assert replayed.returncode == 1
    assert "AssertionError: a control" in replayed.stderr
    well = fuzz({"PARTS": "ansi", "SEED": told[1]})
    assert (well.returncode, well.stdout) == (0, f"ansi: seed {told[1]} is well\n")


def fuzz(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CAMPAIGN)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
