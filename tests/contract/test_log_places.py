"""Where logs are, as the records say it, on both databases."""

from __future__ import annotations

from msgspec.structs import replace
from store_bench import Bench

from tasktrail.model.happening import StepEnded
from tasktrail.model.instant import Instant
from tasktrail.model.log_placement import LogPlacement
from tasktrail.model.outcome import Succeeded
from tasktrail.model.retention import KeptLog
from tasktrail.model.step import LogSummary
from tasktrail.store.log_places import (
    finished_attempts,
    kept_logs,
    note_erased,
    note_removed,
    note_stored,
    placement_of,
    placements,
    unerased,
)

LATER = Instant(9_000_000_000)


async def printed(bench: Bench, text_bytes: int = 5) -> tuple[int, int]:
    """A task that has ended and whose step printed so much; its id and that of the step."""
    task_id = await bench.submit()
    claimed = await bench.claim(task_id)
    ended = StepEnded(
        job_id=claimed.job_id,
        claim=claimed.claim,
        step_id=claimed.step_id,
        attempt=1,
        outcome=Succeeded(),
        log=LogSummary(bytes=text_bytes, lines=1),
    )
    await bench.happen(task_id, ended)
    return task_id, claimed.step_id


def stored(task_id: int, step_id: int) -> LogPlacement:
    return LogPlacement(
        task_id=task_id,
        step_id=step_id,
        attempt=1,
        store="s3://logs",
        key=f"x/{step_id}.log",
        size=3_000_000_000,
        digest="d" * 64,
        stored_at=LATER,
    )


async def store(bench: Bench, placement: LogPlacement) -> LogPlacement:
    return await bench.store.write(lambda tx: note_stored(tx.connection, placement))


async def remove(bench: Bench, *logs: KeptLog) -> int:
    """Remove them; the task that says so."""
    by = await bench.record("Remove old logs")
    await bench.store.write(lambda tx: note_removed(tx.connection, logs, at=LATER, by_task=by))
    return by


async def kept(bench: Bench) -> list[KeptLog]:
    return await bench.read(lambda c: list(kept_logs(c, bench.organization_id)))


async def test_nothing_is_known_of_a_log_that_is_where_it_was_written(bench: Bench) -> None:
    _, step_id = await printed(bench)
    assert await bench.read(lambda c: placement_of(c, step_id, 1)) is None


async def test_a_stored_log_is_found_and_storing_it_again_changes_nothing(bench: Bench) -> None:
    placement = stored(*await printed(bench))
    for _ in range(2):
        assert await store(bench, placement) == placement
    assert await bench.read(lambda c: placement_of(c, placement.step_id, 1)) == placement


async def test_many_logs_are_looked_up_at_once(bench: Bench) -> None:
    placement = stored(*await printed(bench))
    await store(bench, placement)
    keys = [(placement.step_id, 1), *((number, 7) for number in range(500))]
    found = await bench.read(lambda c: placements(c, keys))
    assert found == {(placement.step_id, 1): placement}


async def test_only_attempts_that_ended_are_finished(bench: Bench) -> None:
    ended, step_id = await printed(bench)
    running = await bench.submit()
    await bench.claim(running)
    assert await bench.read(lambda c: finished_attempts(c, ended)) == {(step_id, 1)}
    assert await bench.read(lambda c: finished_attempts(c, running)) == set()


async def test_kept_are_the_printed_logs_of_ended_tasks_newest_first(bench: Bench) -> None:
    first, second = await printed(bench), await printed(bench)
    await printed(bench, 0)
    await bench.claim(await bench.submit())
    await store(bench, stored(*first))
    logs = await kept(bench)
    assert [(log.task_id, log.step_id) for log in logs] == [second, first]
    assert [log.size for log in logs] == [0, 3_000_000_000]
    assert await bench.read(lambda c: list(kept_logs(c, bench.organization_id + 1))) == []


async def test_a_removed_log_is_kept_no_more_and_known_until_nothing_is_left(bench: Bench) -> None:
    here, away = await printed(bench), await printed(bench)
    await store(bench, stored(*away))
    by = await remove(bench, *await kept(bench))

    assert await kept(bench) == []
    left = await bench.read(lambda c: unerased(c, (0, 0), 10))
    assert [(one.step_id, one.removed_at, one.removed_by) for one in left] == [
        (here[1], LATER, by),
        (away[1], LATER, by),
    ]
    assert await bench.read(lambda c: unerased(c, (here[1], 1), 10)) == left[1:]
    assert await bench.read(lambda c: unerased(c, (0, 0), 1)) == left[:1]

    await bench.store.write(lambda tx: note_erased(tx.connection, [(here[1], 1)], LATER))
    assert await bench.read(lambda c: unerased(c, (0, 0), 10)) == left[1:]
    known = await bench.read(lambda c: placement_of(c, here[1], 1))
    assert known == replace(left[0], erased_at=LATER)


async def test_a_log_that_was_removed_while_it_was_sent_has_to_be_erased_again(
    bench: Bench,
) -> None:
    placement = stored(*await printed(bench))
    by = await remove(bench, *await kept(bench))
    await bench.store.write(lambda tx: note_erased(tx.connection, [(placement.step_id, 1)], LATER))
    known = await store(bench, placement)
    assert known == replace(placement, removed_at=LATER, removed_by=by)
    assert await bench.read(lambda c: unerased(c, (0, 0), 10)) == [known]
