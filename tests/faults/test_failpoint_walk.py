"""A kill at every failpoint there is harms nothing (issue 4, "Faults")."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.engine_life import LOG_LINES, Journal
from faults.lives import Lives
from faults.verdict import verdict_on
from faults.workloads import STORING, WORKLOADS
from integration.engine.engine_bench import bench_of
from s3_server import S3Server
from tasktrail.failpoints import Failpoint
from tasktrail.local.log_shape import LogNames
from tasktrail.local.shape import read
from tasktrail.logs.reader import LogReader
from tasktrail.logs.recovery import recover


@dataclass(frozen=True)
class Station:
    """In which workload a failpoint is reached, which time, and what has killed a life before."""

    workload: str = "commands"
    hit: int = 1
    before: str = ""


_MIDWAY = Station(before="job.claimed:2")
_STUBBORN_LEFT = Station("stop", before="process.signalled")

WALK: dict[Failpoint, tuple[Station, ...]] = {
    Failpoint.DIRECTORY_LOCKED: (Station(),),
    Failpoint.DIRECTORY_IDENTITY_DRAFTED: (Station(),),
    Failpoint.MIGRATION_BEGINS: (Station(),),
    Failpoint.MIGRATED: (Station(),),
    Failpoint.COMMIT_BEGUN: (Station(hit=3), Station(hit=9)),
    Failpoint.COMMIT_FLUSHED: (Station(hit=2), Station(hit=4), Station(hit=7), Station(hit=15)),
    Failpoint.COMMITTED: (Station(hit=2), Station(hit=4), Station(hit=7), Station(hit=15)),
    Failpoint.STORE_CLOSING: (Station(),),
    Failpoint.DECISION_DURABLE: (Station(hit=1), Station(hit=5), Station(hit=12)),
    Failpoint.JOB_CLAIMED: (Station(),),
    Failpoint.STEP_ENDED: (Station(), Station(hit=4), Station(hit=6)),
    Failpoint.STEP_LOG_CLOSED: (Station(hit=2), Station(hit=5)),
    Failpoint.STEP_REPORTED: (Station(hit=2), Station(hit=4)),
    Failpoint.SPAWN_WISHED: (Station("spawn"),),
    Failpoint.SPAWN_SUBMITTED: (Station("spawn"),),
    Failpoint.PROCESS_STARTED: (Station(), Station("python"), Station("stop")),
    Failpoint.PROCESS_TRACKED: (Station(), Station(hit=4)),
    Failpoint.PROCESS_EXITED: (Station(), Station(hit=3)),
    Failpoint.PROCESS_SIGNALLED: (Station("stop"),),
    Failpoint.PROCESS_KILLED: (Station("stop"),),
    Failpoint.OUTPUTS_READ: (Station(),),
    Failpoint.PYTHON_ORDERED: (Station("python"), Station("python", hit=2)),
    Failpoint.PYTHON_ENDED: (Station("python"),),
    Failpoint.WORKSPACE_MADE: (Station(), Station("spawn", hit=2)),
    Failpoint.WORKSPACE_REMOVED: (Station(), Station("stop")),
    Failpoint.LOG_READ: (Station(), Station("stop")),
    Failpoint.LOG_OPENED: (Station(),),
    Failpoint.LOG_WRITTEN: (Station(), Station("stop")),
    Failpoint.LOG_SEALED: (Station(), Station("log")),
    Failpoint.LOG_COMPACTED: (Station("log"),),
    Failpoint.LOG_REPLACED: (Station("log"),),
    Failpoint.LOG_SYNCED: (Station(), Station("log")),
    Failpoint.LOG_SHIPPING: (Station("ship"), Station("ship", hit=2)),
    Failpoint.LOG_UPLOADED: (Station("ship"), Station("ship", hit=2)),
    Failpoint.LOG_VERIFIED: (Station("ship"), Station("ship", hit=2)),
    Failpoint.LOG_PLACE_RECORDED: (Station("ship"), Station("ship", hit=2)),
    Failpoint.LOG_LOCAL_REMOVED: (Station("ship"), Station("ship", hit=2)),
    Failpoint.LOG_PRUNE_RECORDED: (Station("prune"),),
    Failpoint.LOG_ERASED: (Station("prune"), Station("prune", hit=2)),
    Failpoint.SWEEP_KILLED: (_STUBBORN_LEFT,),
    Failpoint.SWEPT: (_STUBBORN_LEFT,),
    Failpoint.RECOVERY_LOGS_CLOSED: (_STUBBORN_LEFT, _MIDWAY),
    Failpoint.RECOVERY_SETTLED: (_STUBBORN_LEFT, _MIDWAY),
    Failpoint.RECOVERY_WORKSPACES_REMOVED: (_MIDWAY,),
    Failpoint.RECOVERED: (_STUBBORN_LEFT,),
}

ELSEWHERE = {one for one in Failpoint if one.startswith(("move.", "live."))}
"""Those that `test_killed_move` and `test_killed_intake` walk through."""

ON_THE_WAY = (
    (Failpoint.LOG_SHIPPING, 2),
    (Failpoint.LOG_UPLOADED, 1),
    (Failpoint.LOG_VERIFIED, 2),
    (Failpoint.LOG_PLACE_RECORDED, 1),
    (Failpoint.LOG_LOCAL_REMOVED, 1),
)
"""Where a kill comes between a log and its store, and which time."""

STATIONS = [(failpoint, station) for failpoint, some in WALK.items() for station in some]


def test_the_walk_leaves_no_failpoint_out() -> None:
    assert set(WALK) | ELSEWHERE == set(Failpoint)


@pytest.mark.parametrize(
    ("failpoint", "station"),
    [pytest.param(*one, id=f"{one[0]}:{one[1].hit} {one[1].workload}") for one in STATIONS],
)
async def test_a_kill_there_loses_nothing_doubles_nothing_and_leaves_nothing(
    lives: Lives, tmp_path: Path, failpoint: Failpoint, station: Station
) -> None:
    if station.before:
        assert lives.live(tmp_path, station.workload, station.before) == -signal.SIGKILL
        _leave_a_workspace(tmp_path)
    killed = lives.live(tmp_path, station.workload, f"{failpoint}:{station.hit}")
    assert killed == -signal.SIGKILL, said(tmp_path)
    if station.workload == "log":
        assert_log_is_whole(tmp_path / "step.log")
        return

    assert lives.live(tmp_path, station.workload) == 0, said(tmp_path)

    accepted = Journal(tmp_path / "accepted").ids
    assert accepted.keys() == {deed.name for deed in WORKLOADS[station.workload]}
    if station.workload in STORING:
        assert_logs_have_moved(tmp_path, pruned=station.workload == "prune")
    if station.workload != "prune":
        # Its tasks are more than those that were asked for.
        assert (await verdict_on(tmp_path, accepted.values())).wrong == []


@pytest.mark.parametrize(("failpoint", "hit"), ON_THE_WAY)
async def test_a_kill_on_the_way_to_s3_leaves_each_log_in_a_place_and_nothing_else(
    s3: S3Server, lives: Lives, tmp_path: Path, failpoint: Failpoint, hit: int
) -> None:
    bucket = f"{failpoint.replace('_', '.')}.{hit}"
    s3.make_bucket(bucket)
    (tmp_path / "store").write_text(s3.settings(bucket))
    assert lives.live(tmp_path, "ship", f"{failpoint}:{hit}") == -signal.SIGKILL, said(tmp_path)
    here = {path.name for path in (tmp_path / "data" / "logs").rglob("*.log")}
    there = {key.rpartition("/")[2] for key in s3.keys(bucket)}
    # Which were written before the kill is not for sure, but for those that had come so far.
    assert len(here | there) >= hit

    assert lives.live(tmp_path, "ship") == 0, said(tmp_path)
    assert list((tmp_path / "data" / "logs").rglob("*.log*")) == []
    at_the_end = {key.rpartition("/")[2] for key in s3.keys(bucket)}
    assert at_the_end >= here | there
    verdict = await verdict_on(tmp_path, Journal(tmp_path / "accepted").ids.values())
    assert verdict.wrong == []
    assert await read_anew(tmp_path, at_the_end) == len(at_the_end)


async def test_without_a_kill_everything_is_well(lives: Lives, tmp_path: Path) -> None:
    for workload in WORKLOADS:
        here = tmp_path / workload
        here.mkdir()
        assert lives.live(here, workload) == 0, said(here)
        verdict = await verdict_on(here, Journal(here / "accepted").ids.values())
        assert verdict.wrong == []


async def read_anew(here: Path, names: set[str]) -> int:
    """How many logs the product reads from the store, each whole, by a task that names it."""
    [task_id] = Journal(here / "accepted").ids.values()
    async with bench_of(here, engine=False, settings=(here / "store").read_text()) as bench:
        answer = await bench.world.operations.call("logNames", {"id": task_id})
        logs = read(answer, LogNames).logs
        places = {log.place.key.rpartition("/")[2] for log in logs if log.place and log.place.key}
        assert places == names  # no object that no record names
        assert set(await bench.log(task_id)) <= {"hello"}
        return len(places)


def _leave_a_workspace(here: Path) -> None:
    """As a kill does between the end of a task and the removal of what it leaves."""
    (here / "data" / "workspaces" / "999999-1" / "work").mkdir(parents=True)


def assert_log_is_whole(path: Path) -> None:
    recover(path)
    with LogReader(path) as reader:
        texts = [line.text for line in reader.lines(1)]
    assert texts == [f"line {number}".encode() for number in range(LOG_LINES)]


def assert_logs_have_moved(here: Path, *, pruned: bool) -> None:
    """All of them are in the archive, whole, or nowhere; none is in the data directory."""
    assert list((here / "data" / "logs").rglob("*.log*")) == []
    archived = list((here / "archive").rglob("*.log"))
    # A step that was started and killed before it spoke has left no log.
    assert pruned == (archived == [])
    for path in archived:
        with LogReader(path) as reader:
            assert reader.sealed
            assert [line.text for line in reader.lines()][:1] == [b"hello"]


def said(here: Path) -> str:
    """What the lives have said, for a test that fails."""
    return (here / "said").read_text()
