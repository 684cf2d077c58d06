"""The campaign that kills what writes, keeps and sends logs, in short: `make campaign-logs` is the
long one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGNS = Path(__file__).parents[2] / "campaigns"


def campaign(directory: Path, count: int, *paths: Path) -> subprocess.CompletedProcess[str]:
    search = [*paths, CAMPAIGNS.parent / "tests", CAMPAIGNS / "chaos"]
    environment = {
        "PYTHONPATH": os.pathsep.join([*map(str, search), *filter(None, sys.path)]),
        "COUNT": str(count),
        "UPLOADS": "1" if count > 1 else "0",
        "TMPDIR": str(directory),
    }
    return subprocess.run(
        [sys.executable, str(CAMPAIGNS / "logs")],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.mark.long
def test_a_few_kills_lose_no_line(tmp_path: Path) -> None:
    ended = campaign(tmp_path, 5)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])["well"]


def test_a_repair_that_cuts_off_too_much_is_found(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "import tasktrail.logs.recovery as recovery\n"
        "whole = recovery.recover\n"
        "def recover(path):\n"
        "    if path.exists():\n"
        "        os.truncate(path, path.stat().st_size * 9 // 10)\n"
        "    return whole(path)\n"
        "recovery.recover = recover\n"
    )
    ended = campaign(tmp_path, 1, tmp_path)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert re.search(r"engine, \w+, task \d+: (line|\d+ lines)", ended.stdout), ended.stdout
