"""What the doctor asks of the database, on both of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from store_bench import Bench, one_job

from tasktrail.store.soundness import Holdings, damage, holdings
from tasktrail.store.sqlite import SqliteStore


async def test_a_new_database_is_whole_and_holds_nothing(bench: Bench) -> None:
    assert await bench.read(damage) is None
    assert await bench.read(holdings) == Holdings(
        tasks=0, live_tasks=0, held_locks=0, awaited_locks=0
    )


async def test_tasks_and_locks_are_counted_by_whether_they_live_and_are_held(bench: Bench) -> None:
    await bench.play(await bench.submit())
    for _ in range(3):
        await bench.submit(one_job(locks=("a", "b")))
    assert await bench.read(holdings) == Holdings(
        tasks=4, live_tasks=3, held_locks=2, awaited_locks=4
    )


async def test_damage_of_an_sqlite_file_is_described(tmp_path: Path) -> None:
    path = tmp_path / "tasktrail.db"
    await SqliteStore(path).aclose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_events_task_id'")
    connection.close()
    store = SqliteStore(path)
    assert "never used" in str(await store.read(damage))
    await store.aclose()
