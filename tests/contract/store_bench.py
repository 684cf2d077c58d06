"""Tasks put into a real store by hand, through the ledger that the actions use."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection

from tasktrail.actions.ledger import Ledger
from tasktrail.model.author import Author, AuthorKind, Role
from tasktrail.model.event import Event
from tasktrail.model.happening import Happening, JobClaimed, StepEnded
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Outcome, Succeeded
from tasktrail.model.plan import CommandAction, JobPlan, Rerunnable, StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin, Submission, new_record
from tasktrail.store.organizations import ensure_organization, ensure_projects
from tasktrail.store.states import read_state
from tasktrail.store.store import Store
from tasktrail.store.task_history import Untold, history_page
from tasktrail.store.task_views import TaskView, view_task
from tasktrail.store.transaction import Transaction

T = TypeVar("T")

ANN = Author(kind=AuthorKind.USER, name="Ann", id=7, role=Role.ADMIN)
START = Instant(1_000_000_000)


def one_job(
    *, locks: tuple[str, ...] = (), title: str = "A test", name: str = "build", steps: int = 1
) -> TaskPlan:
    """A plan of one job."""
    return TaskPlan(
        definition=name,
        title=title,
        jobs=(
            JobPlan(
                name="job",
                steps=tuple(
                    StepPlan(name=f"step {number}", action=CommandAction(run="true"))
                    for number in range(1, steps + 1)
                ),
            ),
        ),
        locks=locks,
        rerunnable=Rerunnable.ALWAYS,
    )


class Gate:
    """Holds the writer back, so that what is written meanwhile comes in one group."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._opened = threading.Event()
        self._entered = threading.Event()

    async def close(self) -> asyncio.Task[bool]:
        def hold(_: Transaction) -> bool:
            self._entered.set()
            return self._opened.wait(30)

        holding = asyncio.create_task(self._store.write(hold))
        await asyncio.to_thread(self._entered.wait)
        return holding

    def open(self) -> None:
        self._opened.set()


class Bench:
    """One organization in a store, and a clock that goes on by a second with every write."""

    def __init__(self, store: Store, organization_id: int) -> None:
        self.store = store
        self.organization_id = organization_id
        self.now = START

    @classmethod
    async def of(cls, store: Store) -> Bench:
        organization_id = await store.write(
            lambda transaction: ensure_organization(transaction.connection, "acme", START)
        )
        return cls(store, organization_id)

    def tick(self) -> Instant:
        self.now = Instant(self.now + 1_000_000)
        return self.now

    async def make(self, work: Callable[[Ledger], T]) -> T:
        now = self.tick()
        return await self.store.write(lambda transaction: work(Ledger(transaction, now)))

    def submission(
        self, plan: TaskPlan | None = None, *, origin: Origin | None = None, author: Author = ANN
    ) -> Submission:
        return Submission(
            organization_id=self.organization_id,
            author=author,
            plan=plan or one_job(),
            origin=origin,
        )

    async def submit(
        self,
        plan: TaskPlan | None = None,
        *,
        origin: Origin | None = None,
        author: Author = ANN,
        projects: tuple[str, ...] = (),
    ) -> int:
        wanted = self.submission(plan, origin=origin, author=author)

        def enter(ledger: Ledger) -> int:
            connection = ledger.transaction.connection
            ids = ensure_projects(connection, self.organization_id, projects, ledger.now)
            return ledger.enter(replace(wanted, project_ids=ids))

        return await self.make(enter)

    async def record(
        self, title: str, *, silent: bool = False, name: str = "note", author: Author = ANN
    ) -> int:
        now = self.tick()

        def enter(transaction: Transaction) -> int:
            state, changes = new_record(
                task_id=transaction.ids.task(),
                organization_id=self.organization_id,
                author=author,
                definition=name,
                title=title,
                silent=silent,
                now=now,
            )
            transaction.create(state, changes)
            return state.task.id

        return await self.store.write(enter)

    async def happen(self, task_id: int, happening: Happening) -> None:
        await self.make(lambda ledger: ledger.happen(task_id, happening))

    async def claim(self, task_id: int, claim: str = "mine") -> StepEnded:
        """Take the first queued job; what its worker would report as a success."""
        job = next(
            job for job in (await self.state(task_id)).jobs.values() if job.status is Status.QUEUED
        )
        await self.happen(task_id, JobClaimed(job.id, claim))
        return await self.report(task_id, claim)

    async def report(
        self, task_id: int, claim: str = "mine", outcome: Outcome | None = None
    ) -> StepEnded:
        state = await self.state(task_id)
        step = next(step for step in state.steps.values() if step.status is Status.IN_PROGRESS)
        return StepEnded(
            job_id=step.job_id,
            claim=claim,
            step_id=step.id,
            attempt=step.attempts,
            outcome=outcome or Succeeded(),
        )

    async def play(self, task_id: int, outcome: Outcome | None = None) -> None:
        """Let a task of one job and one step run to its end."""
        await self.claim(task_id)
        await self.happen(task_id, await self.report(task_id, outcome=outcome))

    async def read(self, query: Callable[[Connection], T]) -> T:
        return await self.store.read(query)

    async def state(self, task_id: int) -> TaskState:
        """The task as it is stored."""
        return await self.read(lambda connection: read_state(connection, task_id))

    async def kept(self, task_id: int) -> TaskState:
        """The task as a transaction sees it."""
        return await self.store.write(lambda transaction: transaction.state(task_id))

    async def status(self, task_id: int) -> Status:
        return (await self.state(task_id)).task.status

    async def view(self, task_id: int) -> TaskView:
        return await self.read(lambda connection: view_task(connection, task_id))

    async def history(self, task_id: int) -> list[tuple[int, Event]]:
        everything = Untold()
        return (await self.read(lambda one: history_page(one, task_id, everything, 0, None)))[0]
