"""The same thing made at the same time, by writers that do not see each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from store_bench import START, Bench
from world_of_actions import ActionBench

from tasktrail.actions.submit import Order, submit
from tasktrail.model.happening import JobClaimed
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.store import Store
from tasktrail.store.tables import tasks

AT_ONCE = 8


@pytest.fixture
async def others(
    database: str, store: Store, open_store: Callable[[], Store]
) -> AsyncIterator[list[Store]]:
    """Stores on one database: on SQLite, which one process owns, there is only one."""
    opened = [open_store() for _ in range(2)] if database == "postgresql" else []
    yield [store, *opened]
    for one in opened:
        await one.aclose()


async def test_one_step_and_key_give_one_task_however_many_submit_it_at_once(
    actions: ActionBench, others: list[Store], tmp_path: Path
) -> None:
    actions.runbook("child", "jobs: {job: {steps: [true]}}")
    definition = await actions.library.load("child", actions.directory)
    origin = await actions.submit("child")
    step_id = next(iter((await actions.bench.state(origin)).steps))
    benches = [
        replace(actions, decisions=type(actions.decisions)(store, actions.bench.tick))
        for store in others
    ]
    for key in ("one", "two", "three"):
        order = Order(
            definition=definition,
            projects=("shop", key),
            origin=Origin(task_id=origin, step_id=step_id, key=key),
        )
        ids = await asyncio.gather(
            *(
                submit(bench.decisions, bench.library, bench.actor(), order)
                for bench in benches
                for _ in range(AT_ONCE)
            )
        )
        assert len(set(ids)) == 1, key
    count = await actions.bench.read(lambda c: c.execute(select(func.count(tasks.c.id))).scalar())
    assert count == 4


async def test_organizations_and_projects_are_made_once(others: list[Store]) -> None:
    for round_ in range(3):

        async def make(store: Store, name: str = f"org {round_}") -> tuple[int, tuple[int, ...]]:
            organization_id = await store.write(
                lambda transaction: ensure_organization(transaction.connection, name, START)
            )
            project_ids = await store.write(
                lambda transaction: ensure_projects(
                    transaction.connection, organization_id, ("b", "a"), START
                )
            )
            return organization_id, project_ids

        made = await asyncio.gather(*(make(store) for store in others for _ in range(AT_ONCE)))
        assert len(set(made)) == 1


async def test_only_one_worker_gets_a_job(bench: Bench, others: list[Store]) -> None:
    benches = [Bench(store, bench.organization_id) for store in others]
    for _ in range(3):
        task_id = await bench.submit()
        job_id = next(iter((await bench.state(task_id)).jobs))
        names = [f"worker {number}" for number in range(AT_ONCE * len(benches))]

        async def claim(
            number: int, name: str, task_id: int = task_id, job_id: int = job_id
        ) -> bool:
            mine = benches[number % len(benches)]
            changes = await mine.make(
                lambda ledger: ledger.happen(task_id, JobClaimed(job_id, name))
            )
            return bool(changes)

        got = await asyncio.gather(*(claim(*each) for each in enumerate(names)))
        assert got.count(True) == 1
        state = await bench.state(task_id)
        assert state.jobs[job_id].claim == names[got.index(True)]
        assert state.task.status is Status.IN_PROGRESS
        assert len(state.attempts) == 1
