"""A move to PostgreSQL that is killed has moved everything or nothing, and can be done again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail
from faults.lives import Lives
from faults.workloads import WORKLOADS
from tasktrail.config import read_config
from tasktrail.failpoints import Failpoint
from tasktrail.store.moving import look_at

pytestmark = pytest.mark.postgresql

SAY = "jobs: {main: {steps: [{name: Say, run: echo hello}]}}"


@pytest.mark.parametrize(
    ("failpoint", "hit"),
    [
        (Failpoint.MOVE_TABLE_COPIED, 1),
        (Failpoint.MOVE_TABLE_COPIED, 15),
        (Failpoint.MOVE_RECORDED, 1),
        (Failpoint.MOVE_DURABLE, 1),
    ],
)
def test_a_kill_there_leaves_all_or_nothing_and_the_next_try_ends_it(
    lives: Lives, tmp_path: Path, empty_url: str, failpoint: Failpoint, hit: int
) -> None:
    data, said = tmp_path / "data", tmp_path / "said"
    (tmp_path / "target").write_text(empty_url)
    assert lives.live(tmp_path, "commands") == 0, said.read_text()

    killed = lives.live(tmp_path, "move", f"{failpoint}:{hit}")

    assert killed == -signal.SIGKILL, said.read_text()
    assert bool(look_at(empty_url)) == (failpoint is Failpoint.MOVE_DURABLE)
    assert read_config(data).database is None
    assert lives.live(tmp_path, "move") == 0, said.read_text()
    assert read_config(data).database == empty_url
    tasktrail = Tasktrail(tmp_path)
    assert tasktrail("doctor", "--check").code == 0
    moves = len(WORKLOADS["commands"]) + 1
    assert tasktrail("run", tasktrail.runbook("say", SAY)).code == 0
    listed = tasktrail.json("task", "list")
    assert [task["id"] for task in listed["items"]] == list(range(moves + 1, 0, -1))
    assert tasktrail("doctor", "--check").code == 0
    again = tasktrail("migrate-to", empty_url)
    assert again.code == 0, again.err
    assert "rows are there already" in again.err
    assert tasktrail.json("task", "list") == listed
