"""The fuzzing of what reads bytes from outside, in short: `make fuzz` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "fuzz"


@pytest.mark.parametrize(("part", "count"), [("frames", 500), ("ansi", 4000), ("masker", 4000)])
def test_a_short_campaign_finds_nothing(part: str, count: int) -> None:
    campaign = subprocess.run(
        [sys.executable, str(CAMPAIGN)],
        env={**os.environ, "PARTS": part, "COUNT": str(count), "SEED": "1", "PARALLEL": "2"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert campaign.returncode == 0, campaign.stdout + campaign.stderr
    assert f"{part}: {count:,} executions" in campaign.stdout
