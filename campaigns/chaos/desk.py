"""Where tasks are submitted, and what was accepted is written down before anything else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncGenerator
from importlib.metadata import version
from pathlib import Path

from kinds import KINDS, Kind, write_runbooks
from score import Score

from tasktrail.errors import (
    ConnectionLostError,
    RefusedError,
    StoreUnavailableError,
    TasktrailError,
)
from tasktrail.local.client import Client
from tasktrail.local.request import Person, Submission, TaskDeed, TaskFilter
from tasktrail.local.shape import TaskList, read
from tasktrail.local.socket_transport import SocketTransport
from tasktrail.model.author import AuthorKind
from tasktrail.model.status import FINAL, Status

_BY = Person(id=7, name="Ada")
_LIVE = tuple(status for status in Status if status not in FINAL)


class Desk:
    """Submits tasks to whichever engine is there.

    An answer that was lost with its engine counts as none: the task may be there or not.
    """

    def __init__(self, here: Path, rng: random.Random, score: Score) -> None:
        self.here = here
        self.accepted: dict[int, Kind] = {}
        self.score = score
        self._rng = rng
        self._cancels: set[asyncio.Task[None]] = set()
        here.mkdir(parents=True, exist_ok=True)
        write_runbooks(here)
        self._journal = os.open(here / "accepted", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.here / "data"

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncGenerator[Client]:
        """A connection to the engine, as soon as there is one."""
        while True:
            try:
                transport = await SocketTransport.open(self.data, version=version("tasktrail"))
            except (ConnectionLostError, OSError):
                transport = None
            if transport is not None:
                break
            await asyncio.sleep(0.05)
        with contextlib.closing(transport):
            yield Client(transport)

    async def submit(self, client: Client, kind: Kind | None = None) -> bool:
        """Submit one task; whether it was accepted.

        Raises:
            ConnectionLostError: the engine went away before it answered.
        """
        kind = kind or self._rng.choices(KINDS, [kind.weight for kind in KINDS])[0]
        wanted = Submission(
            author=AuthorKind.USER, user=_BY, target=f"{kind.name}.yml", root=str(self.here)
        )
        try:
            task_id = await client.submit(wanted)
        except ConnectionLostError:
            raise
        except (StoreUnavailableError, RefusedError):
            self.score.refused += 1
            return False
        except TasktrailError as error:
            self.score.complain(f"a submission got the answer: {error}")
            return False
        os.write(self._journal, f"{task_id} {kind.name}\n".encode())
        await asyncio.to_thread(os.fsync, self._journal)
        if task_id in self.accepted:
            self.score.complain(f"two submissions got the id {task_id}")
        self.accepted[task_id] = kind
        self.score.accepted += 1
        if kind.canceled:
            self._cancel_soon(task_id)
        return True

    async def until_idle(self, seconds: float) -> None:
        """Return when every task has ended; complain when that takes longer."""
        try:
            await asyncio.wait_for(self._until_idle(), seconds)
        except TimeoutError:
            self.score.complain(f"not everything had ended after {seconds:g} s")

    async def statuses(self) -> dict[int, Status]:
        """The status of every task."""
        found: dict[int, Status] = {}
        async with self.client() as client:
            page: int | None = 1
            while page is not None:
                wanted = TaskFilter(page=page, page_size=100, silent=True)
                listed = read(await client.tasks(wanted), TaskList)
                found.update((task.id, task.status) for task in listed.items)
                page = listed.next_page
        return found

    async def _until_idle(self) -> None:
        while True:
            with contextlib.suppress(ConnectionLostError):
                async with self.client() as client:
                    while await self._live(client):  # noqa: ASYNC110 - no engine tells when it is idle
                        await asyncio.sleep(0.2)
                    return

    async def _live(self, client: Client) -> int:
        wanted = TaskFilter(statuses=_LIVE, page_size=1, silent=True)
        return read(await client.tasks(wanted), TaskList).total_count

    def _cancel_soon(self, task_id: int) -> None:
        cancel = asyncio.get_running_loop().create_task(self._cancel(task_id))
        self._cancels.add(cancel)
        cancel.add_done_callback(self._cancels.discard)

    async def _cancel(self, task_id: int) -> None:
        await asyncio.sleep(self._rng.uniform(0, 1))
        forced = self._rng.random() < 0.2
        deed = TaskDeed(author=AuthorKind.USER, user=_BY, id=task_id, force=forced)
        # Whether it comes through does not matter: it is one more thing that happens.
        with contextlib.suppress(TasktrailError):
            async with self.client() as client:
                await client.cancel(deed)
