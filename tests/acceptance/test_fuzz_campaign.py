"""The fuzzing of what reads bytes from outside, in short: `make fuzz` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "fuzz"


def test_a_few_thousand_executions_find_nothing() -> None:
    campaign = subprocess.run(
        [sys.executable, str(CAMPAIGN)],
        env={**os.environ, "COUNT": "4000", "SEED": "1", "PARALLEL": "2"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert campaign.returncode == 0, campaign.stdout + campaign.stderr
    for part in ("ansi", "masker"):
        assert f"{part}: 4,000 executions" in campaign.stdout
