"""A world with an engine, and the few things that tests do with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import psutil

from tasktrail.bootstrap import World, open_world
from tasktrail.local.log_shape import LogLines, WatchedItem, read_watched
from tasktrail.local.shape import (
    Accepted,
    History,
    Job,
    Step,
    Task,
    TaskChanged,
)
from tasktrail.local.shape import read as read_answer
from tasktrail.runners.command_spec import MARKER_VARIABLE

BY = {"author": "user", "user": {"id": 7, "name": "Ada"}}
"""Who does everything."""


class Bench:
    """Writes runbooks, submits them, and waits for what becomes of them."""

    def __init__(self, directory: Path, world: World) -> None:
        self.directory = directory
        self.world = world
        self._runbooks = 0

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook that others may spawn by its file name."""
        (self.directory / f"{name}.yml").write_text(f"name: {name}\n{text}")
        return f"{name}.yml"

    async def submit(
        self,
        text: str,
        *,
        inputs: Mapping[str, str] | None = None,
        forced: bool = False,
        not_before: str | None = None,
    ) -> int:
        """Submit a task of the runbook `text` (without its name); its id."""
        self._runbooks += 1
        target = self.runbook(f"book-{self._runbooks}", text)
        return await self.submit_target(target, inputs=inputs, forced=forced, not_before=not_before)

    async def submit_target(
        self,
        target: str,
        *,
        inputs: Mapping[str, str] | None = None,
        forced: bool = False,
        not_before: str | None = None,
    ) -> int:
        """Submit a task of a file that is there already; its id."""
        return await self._accepted(
            "submit",
            target=target,
            root=str(self.directory),
            inputs=dict(inputs or {}),
            forced=forced,
            notBefore=not_before,
        )

    async def cancel(self, task_id: int, *, force: bool = False) -> None:
        """Ask for a cancel."""
        await self._accepted("cancel", id=task_id, force=force)

    async def rerun(self, task_id: int, *, force: bool = False) -> int:
        """Run a task again; the new id."""
        return await self._accepted("rerun", id=task_id, force=force)

    async def task(self, task_id: int, *, system: bool = True) -> Task:
        """A task as it stands."""
        return read_answer(await self.answer(task_id, system=system), Task)

    async def answer(self, task_id: int, *, system: bool = True) -> dict[str, Any]:
        """A task as it stands, with all that its JSON says."""
        shown = await self.world.operations.call("task", {"id": task_id, "system": system})
        return cast("dict[str, Any]", shown)

    async def history(self, task_id: int) -> History:
        """The whole history of a task."""
        shown = await self.world.operations.call("history", {"id": task_id, "system": True})
        return read_answer(shown, History)

    async def until(self, task_id: int, reached: Callable[[Task], bool]) -> Task:
        """The first state seen of a task that is as wanted."""
        wanted = {"id": task_id, "system": True}
        async with aclosing(self.watch(wanted)) as items:
            async for item in items:
                if isinstance(item, TaskChanged) and reached(item.task):
                    return item.task
        raise AssertionError(f"task {task_id} ended without that: {await self.task(task_id)}")

    async def until_status(self, task_id: int, status: str) -> Task:
        """A task once it has that status."""
        return await self.until(task_id, lambda task: task.status == status)

    async def until_line(self, task_id: int, text: str) -> None:
        """Return once a step of the task has written that line."""
        wanted = {"id": task_id, "system": True, "logs": True}
        async with aclosing(self.watch(wanted)) as items:
            async for item in items:
                if isinstance(item, LogLines) and text in item.text.split("\n"):
                    return
        raise AssertionError(f"task {task_id} ended without writing {text!r}")

    async def watch(self, wanted: dict[str, Any]) -> AsyncGenerator[WatchedItem]:
        """What a watcher is told of a task."""
        stream = self.world.operations.stream("watch", wanted)
        async with aclosing(cast("AsyncGenerator[object]", stream)) as items:
            async for item in items:
                yield read_watched(item)

    async def ended(self, task_id: int) -> Task:
        """A task once it has ended."""
        return await self.until(task_id, lambda task: task.status.final)

    async def outcome(self, text: str, **options: Any) -> Task:
        """Submit a runbook and wait for its end."""
        return await self.ended(await self.submit(text, **options))

    async def log(self, task_id: int) -> list[str]:
        """What the steps of a task wrote, line by line."""
        lines = self.world.operations.stream("logs", {"id": task_id, "system": True})
        blocks = [block async for one in lines if isinstance(block := read_watched(one), LogLines)]
        return [text for block in blocks for text in block.text.split("\n")]

    def lines(self, name: str) -> list[str]:
        """The lines of a file that steps append to."""
        path = self.directory / name
        return path.read_text().splitlines() if path.exists() else []

    def workspaces(self) -> list[Path]:
        """Workspaces that are there."""
        return list((self.directory / "data" / "workspaces").glob("*"))

    def processes(self) -> list[psutil.Process]:
        """Every living process of a step of this data directory."""
        return step_processes(self.directory / "data")

    async def _accepted(self, operation: str, **arguments: Any) -> int:
        answer = await self.world.operations.call(operation, {**BY, **arguments})
        return read_answer(answer, Accepted).task_id


@asynccontextmanager
async def bench_of(
    directory: Path, *, slots: int = 8, engine: bool = True, settings: str = ""
) -> AsyncGenerator[Bench]:
    """A world on `directory / "data"`."""
    data = directory / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "config.toml").write_text(f"slots = {slots}\n{settings}")
    async with open_world(data, engine=engine) as world:
        yield Bench(directory, world)


def job_of(task: Task, name: str = "main") -> Job:
    """A job of a task by name."""
    return next(job for job in task.jobs if job.name == name)


def step_of(task: Task, name: str, job: str = "main") -> Step:
    """A step of a task by name."""
    return next(step for step in job_of(task, job).steps if step.name == name)


def step_processes(data: Path) -> list[psutil.Process]:
    """Every living process of an attempt of that data directory, idle Python workers left out."""
    identity = (data / "identity").read_text().split()[0]
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            marker = process.environ().get(MARKER_VARIABLE, "")
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if alive and marker.startswith(f"{identity}:") and ":python-" not in marker:
            found.append(process)
    return found
