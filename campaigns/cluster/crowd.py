"""Those who submit and cancel tasks, and write down what was accepted before anything else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random

from kinds import KINDS, Kind
from score import Score
from stage import Stage

from tasktrail.errors import RefusedError, StoreUnavailableError, TasktrailError
from tasktrail.local.request import Person, Submission, TaskDeed, TaskFilter
from tasktrail.local.shape import TaskList, read
from tasktrail.model.author import AuthorKind
from tasktrail.model.status import FINAL, Status

_ADA = Person(id=7, name="Ada")
_LIVE = tuple(status for status in Status if status not in FINAL)
_AT_ONCE = 6
_MOST_UNFINISHED = 60
"""With so many tasks to carry out no more are submitted: a queue that only grows shows little."""


class Crowd:
    """Submits `count` tasks, some of which it cancels. An answer that was lost counts as none."""

    def __init__(self, stage: Stage, rng: random.Random, score: Score, count: int) -> None:
        self.accepted: dict[int, Kind] = {}
        self._stage = stage
        self._rng = rng
        self._score = score
        self._count = count
        self._cancels: set[asyncio.Task[None]] = set()
        self._journal = os.open(stage.directory / "accepted", os.O_WRONLY | os.O_CREAT, 0o600)

    async def submit_all(self) -> None:
        """Return when all were accepted."""
        await asyncio.gather(*(self._submit_some() for _ in range(_AT_ONCE)))
        await asyncio.gather(*self._cancels)

    async def until_idle(self, seconds: float) -> None:
        """Return when every task has ended; complain when that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                while await self._live():  # noqa: ASYNC110 - nobody tells that all have ended
                    await asyncio.sleep(0.5)
        except TimeoutError:
            self._score.complain(f"{await self._live()} tasks had not ended after {seconds:g} s")

    async def _submit_some(self) -> None:
        while self._score.accepted < self._count:
            if await self._live() > _MOST_UNFINISHED:
                await asyncio.sleep(0.3)
                continue
            kind = self._rng.choices(KINDS, [kind.weight for kind in KINDS])[0]
            await self._submit(kind)

    async def _submit(self, kind: Kind) -> None:
        wanted = Submission(author=AuthorKind.USER, user=_ADA, target=kind.name, root="/")
        try:
            task_id = await self._stage.client.submit(wanted)
        except (StoreUnavailableError, RefusedError):
            self._score.refused += 1
            return
        except TasktrailError:
            return  # the answer was lost, in all tries: the task may be there or not
        os.write(self._journal, f"{task_id} {kind.name}\n".encode())
        if task_id in self.accepted:
            self._score.complain(f"two submissions got the id {task_id}")
        self.accepted[task_id] = kind
        self._score.accepted += 1
        if kind.canceled:
            cancel = asyncio.create_task(self._cancel(task_id))
            self._cancels.add(cancel)

    async def _cancel(self, task_id: int) -> None:
        await asyncio.sleep(self._rng.uniform(0, 2))
        deed = TaskDeed(
            author=AuthorKind.USER, user=_ADA, id=task_id, force=self._rng.random() < 0.2
        )
        # Whether it comes through does not matter: it is one more thing that happens.
        with contextlib.suppress(TasktrailError):
            await self._stage.client.cancel(deed)

    async def _live(self) -> int:
        """How many tasks have not ended; as many as there may be where nobody answers."""
        try:
            wanted = TaskFilter(statuses=_LIVE, page_size=1, silent=True)
            return read(await self._stage.client.tasks(wanted), TaskList).total_count
        except TasktrailError:
            return _MOST_UNFINISHED + 1
