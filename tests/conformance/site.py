"""What a behaviour has of an installation: the public operations, and the files of its steps."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import psutil

from conformance.death import Death
from conformance.installation import Installation, Place
from tasktrail.local.client import Client
from tasktrail.local.log_shape import LogLines, WatchedItem
from tasktrail.local.request import (
    LogSelection,
    Person,
    Recording,
    Submission,
    TaskDeed,
    TaskFilter,
    TaskSelection,
    WatchSelection,
)
from tasktrail.local.shape import (
    History,
    Job,
    Receipt,
    Step,
    Task,
    TaskChanged,
    TaskList,
    read,
)
from tasktrail.model.author import AuthorKind

_ADA = Person(id=7, name="Ada")
"""Who does everything, where no key says so."""

_VARIABLE = "CONFORMANCE"


class Site:
    """Writes runbooks, submits them, and waits for what becomes of them.

    Many behaviours share an installation. So the texts of runbooks and modules say MINE for a name
    that nobody else has, HERE for the directory `here`, which is this behaviour's own, and PLACE
    for the option of a job that has it carried out where the behaviour needs that.
    """

    def __init__(
        self,
        installation: Installation,
        place: Place,
        mine: str,
        here: Path,
        death: Death,
    ) -> None:
        self.here = here
        self.mine = mine
        self._death = death
        self._installation = installation
        self._place = place
        self._runbooks = 0
        here.mkdir(parents=True)

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook into the catalog; the name there, which texts call `MINE-name`."""
        full = f"{self.mine}-{name}"
        mark = f"{_VARIABLE}: {self.here}"
        marked = text.replace("\nenv: {", f"\nenv: {{{mark}, ")
        if marked == text:
            marked = f"env: {{{mark}}}\n{text}"
        self._write(f"{full}.yml", f"name: {full}\n{marked}")
        return full

    def module(self, name: str, text: str) -> None:
        """Write a Python module that runbooks call `MINE_name`."""
        self._write(f"{self.mine}_{name}.py", text)

    async def submit(self, text: str, **options: Any) -> int:
        """Submit a task of the runbook `text` (without its name), see `submit_named`; its id."""
        self._runbooks += 1
        return await self.submit_named(self.runbook(f"book-{self._runbooks}", text), **options)

    async def submit_named(
        self,
        name: str,
        *,
        inputs: Mapping[str, str] | None = None,
        forced: bool = False,
        not_before: str | None = None,
        projects: tuple[str, ...] = (),
    ) -> int:
        """Submit a task of the catalog; its id."""
        return await self._client().submit(
            Submission(
                author=AuthorKind.USER,
                user=_ADA,
                target=name,
                root=str(self.here),
                inputs=dict(inputs or {}),
                forced=forced,
                not_before=not_before,
                projects=projects,
            )
        )

    async def record(self, title: str, *, silent: bool = False) -> int:
        """Record an immediate task; its id."""
        wanted = Recording(
            author=AuthorKind.USER, user=_ADA, name=f"{self.mine}.note", title=title, silent=silent
        )
        return await self._client().record(wanted)

    async def cancel(self, task_id: int, *, force: bool = False) -> None:
        """Ask for a cancel."""
        await self._client().cancel(
            TaskDeed(author=AuthorKind.USER, user=_ADA, id=task_id, force=force)
        )

    async def rerun(self, task_id: int, *, force: bool = False) -> int:
        """Run a task again; the new id."""
        return await self._client().rerun(
            TaskDeed(author=AuthorKind.USER, user=_ADA, id=task_id, force=force)
        )

    async def task(self, task_id: int, *, system: bool = True) -> Task:
        """A task as it stands."""
        return read(await self.answer(task_id, system=system), Task)

    async def answer(self, task_id: int, *, system: bool = True) -> dict[str, Any]:
        """A task as it stands, with all that its JSON says."""
        wanted = TaskSelection(id=task_id, system=system)
        return await self._client(system=system).task(wanted)

    async def history(self, task_id: int) -> History:
        """The whole history of a task."""
        wanted = TaskSelection(id=task_id, system=True)
        return read(await self._client(system=True).history(wanted), History)

    async def listed(self, *, silent: bool = False) -> tuple[Task, ...]:
        """The immediate tasks that this behaviour has recorded, as a list shows them."""
        wanted = TaskFilter(names=(f"{self.mine}.note",), silent=silent)
        return read(await self._client().tasks(wanted), TaskList).items

    async def until(self, task_id: int, reached: Callable[[Task], bool]) -> Task:
        """The first state seen of a task that is as wanted."""
        async with aclosing(self._watch(task_id)) as items:
            async for item in items:
                if isinstance(item, TaskChanged) and reached(item.task):
                    return item.task
        raise AssertionError(f"task {task_id} ended without that: {await self.task(task_id)}")

    async def until_status(self, task_id: int, status: str) -> Task:
        """A task once it has that status, which lasts."""
        return await self.until(task_id, lambda task: task.status == status)

    async def until_line(self, task_id: int, text: str) -> None:
        """Return once a step of the task has written that line."""
        async with aclosing(self._watch(task_id, logs=True)) as items:
            async for item in items:
                if isinstance(item, LogLines) and text in item.text.split("\n"):
                    return
        raise AssertionError(f"task {task_id} ended without writing {text!r}")

    async def ended(self, task_id: int) -> Task:
        """A task once it has ended."""
        return await self.until(task_id, lambda task: task.status.final)

    async def outcome(self, text: str, **options: Any) -> Task:
        """Submit a runbook and wait for its end."""
        return await self.ended(await self.submit(text, **options))

    async def log(self, task_id: int, **selection: Any) -> list[str]:
        """What the steps of a task wrote, line by line."""
        wanted = LogSelection(id=task_id, system=True, **selection)
        blocks = [block async for block in self._client(system=True).logs(wanted)]
        texts = [block.text for block in blocks if isinstance(block, LogLines)]
        return [line for text in texts for line in text.split("\n")]

    def lines(self, name: str) -> list[str]:
        """The lines of a file in `here` that steps append to."""
        path = self.here / name
        return path.read_text().splitlines() if path.exists() else []

    def touch(self, name: str) -> None:
        """Make a file in `here` that steps wait for."""
        (self.here / name).touch()

    def processes(self) -> list[psutil.Process]:
        """Every living process of the command steps of this behaviour."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get(_VARIABLE) == str(self.here)
                alive = process.status() != psutil.STATUS_ZOMBIE
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if ours and alive:
                found.append(process)
        return found

    async def lose_worker(self) -> None:
        """Have what carries out the jobs killed with SIGKILL; return when it works again.

        It stays away for `DOWN` seconds.
        """
        await self._death.wait(self.here.name)

    async def before_the_loss(self) -> None:
        """Return when all others are ready to lose it, for what must not begin early."""
        await self._death.others_wait(self.here.name)

    def _watch(self, task_id: int, *, logs: bool = False) -> AsyncGenerator[WatchedItem]:
        wanted = WatchSelection(id=task_id, system=True, logs=logs)
        watched = self._client(system=True).watch(wanted)
        return cast("AsyncGenerator[WatchedItem]", watched)

    def _client(self, *, system: bool = False) -> Client:
        return self._installation.client(self._place, system=system)

    def _write(self, name: str, text: str) -> None:
        options = self._installation.job_options(self._place)
        filled = text.replace("HERE", str(self.here)).replace("MINE", self.mine)
        path = self._installation.catalog / name
        path.write_text(filled.replace("PLACE", options))


def job_of(task: Task, name: str = "main") -> Job:
    """A job of a task by name."""
    return next(job for job in task.jobs if job.name == name)


def step_of(task: Task, name: str, job: str = "main") -> Step:
    """A step of a task by name."""
    return next(step for step in job_of(task, job).steps if step.name == name)


def receipt_of(task: Task, step: str, job: str = "main") -> Receipt:
    """How the processes of the last attempt at a step ended."""
    receipt = step_of(task, step, job).attempts[-1].receipt
    assert receipt is not None
    return receipt
