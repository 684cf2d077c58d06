"""The fuzzing of the REST API, in short: `make fuzz-api` is the long one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_a_short_campaign_asks_as_often_as_it_is_told_and_finds_nothing() -> None:
    wanted = {"COUNT": "30", "SEED": "3", "ROLES": "reader nobody"}
    search = os.pathsep.join([str(ROOT / "tests"), *sys.path])
    campaign = subprocess.run(
        [sys.executable, str(ROOT / "campaigns" / "api")],
        env={**os.environ, **wanted, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert campaign.returncode == 0, campaign.stdout + campaign.stderr
    assert int(campaign.stdout.split()[0].replace(",", "")) >= 30
    assert "0 faults" in campaign.stdout
