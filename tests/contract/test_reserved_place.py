"""A place that is kept for a task, while the database has the transaction done again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_bench import Bench, Gate

from tasktrail.actions.ledger import Ledger
from tasktrail.bootstrap import clock, new_reference
from tasktrail.engine.reserved_place import ReservedPlace
from tasktrail.engine.workshop import Workshop
from tasktrail.logs.hub import LogHub
from tasktrail.logs.place import LogPlace
from tasktrail.model.author import Author, AuthorKind
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.supervisor import Supervisor
from tasktrail.runners.system import SystemRunner
from tasktrail.store.transaction import Transaction

OPERATOR = Author(kind=AuthorKind.USER, name="ann")
"""Somebody at the machine itself, whose rights nobody takes."""

TROUBLE = {
    "sqlite": "UPDATE tasks SET status = 'lost'",
    "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$",
}
"""After what a transaction is done again: on SQLite if it shares its commit with others."""


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    supervisor = Supervisor(life="a life", clock=clock, cgroup_base=None)
    commands = CommandRunner(supervisor, new_reference)
    yield Workshop(
        runners={},
        system=SystemRunner(commands, caches=tmp_path, new_reference=new_reference),
        logs=LogPlace(tmp_path / "logs"),
        hub=LogHub(),
        workspaces=tmp_path / "workspaces",
        life="a life",
        base_environment={},
        clock=clock,
        new_reference=new_reference,
        log_cap=1_000_000,
    )
    await supervisor.aclose()


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_transaction_that_is_done_again_leaves_no_workspace_behind(
    bench: Bench, database: str, workshop: Workshop, *, accepted: bool
) -> None:
    """The second time another task comes of it, or (somebody else was quicker) none."""
    place = ReservedPlace(workshop, lambda _: None)
    entered: list[int] = []
    tries = 0

    def accept(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        ledger = Ledger(transaction, bench.now)
        if tries == 1 or accepted:
            entered.append(ledger.enter(bench.submission(author=OPERATOR)))
        place.claim(ledger, entered[-1])
        if tries == 1:
            assert place.assignment is not None
            assert [*workshop.workspaces.iterdir()]
            transaction.connection.exec_driver_sql(TROUBLE[database])

    gate = Gate(bench.store)
    holding = await gate.close()
    other = asyncio.create_task(bench.submit())
    await asyncio.sleep(0)
    accepting = asyncio.create_task(bench.store.write(accept))
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(holding, other, accepting)

    assert tries == 2
    job = place.assignment.job if place.assignment is not None else None
    place.used = job is not None
    place.settle()
    assert accepted == (job is not None)
    names = [workspace.name for workspace in workshop.workspaces.iterdir()]
    assert names == ([f"{job.task_id}-{job.id}"] if job is not None else [])
