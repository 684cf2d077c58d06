"""Kills engines while they send finished logs to S3, and looks where each log is then."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from stage import EngineEndedError, Stage, lines_of

from s3_server import S3Server
from tasktrail.errors import ConnectionLostError
from tasktrail.failpoints import Failpoint
from tasktrail.local.client import Client
from tasktrail.local.request import Checkup, LogSelection, Pruning, WatchSelection
from tasktrail.local.shape import Task, TaskChanged
from tasktrail.logs.segment import index_key
from tasktrail.model.status import Status

BUCKET = "campaign"
_LINES = {"few": 3, "some": 20_000, "much": 300_000}
"""How many lines the tasks write, by kind; those of the last are sent in parts."""
_MUCH = """
import hashlib
for number in range(1, 300_001):
    print(hashlib.sha256(b"%d" % number).hexdigest())
"""
_WEIGHTS = (12, 6, 1)
_AT_ONCE = 5
_LONGEST = 0.8
"""Seconds from the submission to the kill, at most."""
_AT_FAILPOINTS = 0.5
"""The share of engines that die at a failpoint."""
_FAILPOINTS = (
    Failpoint.LOG_SHIPPING,
    Failpoint.LOG_UPLOADED,
    Failpoint.LOG_VERIFIED,
    Failpoint.LOG_PLACE_RECORDED,
    Failpoint.LOG_LOCAL_REMOVED,
)
_PATIENCE = 60.0


@dataclass
class Sending:
    """What the kills have come to. Everything from `nowhere` on has to be 0."""

    kills: int = 0
    logs: int = 0
    """Logs that are in the store at the end."""
    waiting: int = 0
    """Logs that a kill has left in the data directory alone, all kills together."""
    both: int = 0
    """Logs that a kill has left in both places."""
    nowhere: int = 0
    other: int = 0
    """Logs with other lines than were written, and what else a verification finds."""
    orphans: int = 0
    """Objects that no record names at the end, or that stay when all logs are removed."""
    unsent: int = 0
    """Logs that were still here at the end."""
    told: list[str] = field(default_factory=list[str])

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.nowhere or self.other or self.orphans or self.unsent)

    def complain(self, counter: str, what: str, times: int = 1) -> None:
        """Count something that is wrong, and say what it is."""
        if times:
            setattr(self, counter, getattr(self, counter) + times)
            self.told.append(f"uploads: {what}")


class Uploads:
    """Logs on their way to `server`."""

    def __init__(self, stage: Stage, server: S3Server, rng: random.Random) -> None:
        self._stage = stage
        self._server = server
        self._rng = rng
        self._score = Sending()
        self._kinds: dict[int, str] = {}
        """Of the tasks that were accepted."""
        self._seen: set[str] = set()
        """Every log that was anywhere at any kill, by its path."""
        (stage.here / "much.py").write_text(_MUCH)
        much = f"{sys.executable} -IS {stage.here}/much.py"
        for kind, lines in _LINES.items():
            command = much if kind == "much" else f"seq {lines}"
            stage.runbook(kind, f"jobs: {{main: {{steps: [{{name: Write, run: {command}}}]}}}}")

    async def kill_often(self, times: int, advance: Callable[[], None]) -> Sending:
        """Kill so many times, then have all sent, judged, and removed."""
        for _ in range(times):
            await self._kill_once()
            self._look()
            advance()
        engine = self._stage.start()
        async with self._stage.client(engine) as client:
            ended = [await self._ended(client, task_id) for task_id in self._kinds]
            await self._until_sent()
            self._look()
            for task in ended:
                await self._judge(client, task)
            await self._judge_objects(client, ended)
        await engine.stop()
        return self._score

    async def _kill_once(self) -> None:
        engine = self._stage.start(self._failpoint())
        # It may die of itself before everything is submitted.
        with suppress(ConnectionLostError, EngineEndedError):
            async with self._stage.client(engine) as client:
                for kind in self._rng.choices(list(_LINES), _WEIGHTS, k=_AT_ONCE):
                    self._kinds[await self._stage.submit(client, kind, {})] = kind
                await engine.wait_ended(self._rng.uniform(0, _LONGEST))
        await engine.kill()
        self._score.kills += 1

    def _failpoint(self) -> str:
        if self._rng.random() < _AT_FAILPOINTS:
            return f"{self._rng.choice(_FAILPOINTS)}:{self._rng.randint(1, 6)}"
        return ""

    def _look(self) -> None:
        """Where the logs are while no engine is there: each in a place, once it was in one."""
        here = {name.path for name in self._stage.logs.names()}
        there = {key.split("/", 2)[2] for key in self._server.keys(BUCKET) if key.endswith(".log")}
        self._seen |= here | there
        self._score.waiting += len(here - there)
        self._score.both += len(here & there)
        for path in self._seen - here - there:
            self._score.complain("nowhere", f"{path} is nowhere")
        self._seen = here | there

    async def _ended(self, client: Client, task_id: int) -> Task:
        async with asyncio.timeout(_PATIENCE):
            async for item in client.watch(WatchSelection(id=task_id)):
                if isinstance(item, TaskChanged) and item.task.status.final:
                    return item.task
        raise AssertionError(f"task {task_id} has not ended")

    async def _until_sent(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while list(self._stage.logs.names()):  # noqa: ASYNC110 - the store is a process
                    await asyncio.sleep(0.05)

    async def _judge(self, client: Client, task: Task) -> None:
        """Its lines are those that were written, or the first of them if its engine was lost."""
        written = _lines_of(self._kinds[task.id])
        texts = [line.text async for line in lines_of(client, task.id)]
        well = texts == written
        if task.status is not Status.DONE:
            *whole, torn = texts or [""]
            well = whole == written[: len(whole)] and written[len(whole)].startswith(torn)
        self._score.complain("other", f"task {task.id} is read with other lines", not well)

    async def _judge_objects(self, client: Client, ended: list[Task]) -> None:
        here = len(list(self._stage.logs.names()))
        self._score.complain("unsent", f"{here} logs are still here", here)
        recorded: set[str] = set()
        for task in ended:
            for log in (await client.log_names(LogSelection(id=task.id))).logs:
                if log.place is not None and log.place.key is not None:
                    recorded |= {f"logs/{log.place.key}", index_key(f"logs/{log.place.key}")}
        keys = self._server.keys(BUCKET)
        self._score.logs = sum(key.endswith(".log") for key in keys)
        for key in set(keys) - recorded:
            self._score.complain("orphans", f"no record names {key}")
        for fact in await client.doctor(Checkup(check=True)):
            self._score.complain("other", f"the doctor says {fact}", not fact["ok"])
        await client.prune_logs(Pruning(older_than=0))
        for key in self._server.keys(BUCKET):
            self._score.complain("orphans", f"{key} stays")


def _lines_of(kind: str) -> list[str]:
    numbers = range(1, _LINES[kind] + 1)
    if kind == "much":
        return [hashlib.sha256(b"%d" % number).hexdigest() for number in numbers]
    return [str(number) for number in numbers]
