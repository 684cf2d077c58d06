"""The campaign that stops process trees, in short: `make campaign-stop` is the long one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parents[2] / "campaigns" / "stop"


@pytest.mark.long
def test_nothing_is_left_of_a_few_trees_of_every_kind() -> None:
    """Not whether it is in time: other tests keep the processors busy."""
    campaign = subprocess.run(
        [sys.executable, str(CAMPAIGN)],
        env={**os.environ, "COUNT": "28", "PARALLEL": "4"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = json.loads(campaign.stdout.splitlines()[-1])
    assert told["stops"] == 28
    for count in ("left", "marked", "growing", "faults"):
        assert told[count] == 0, campaign.stdout
