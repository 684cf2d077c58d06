"""Kills an engine, or the steps whose lines it reads, and looks what is left of the lines.

What must be there is known from outside of the engine: from the lines that followers were given
before the kill, from the file as the kill left it, and from what the step itself had flushed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path

from engines import Engine
from numbered import KINDS, MASK, stream_of, text_of, told
from stage import Stage, inputs_of, lines_of, task_of

from tasktrail.errors import ConnectionLostError
from tasktrail.local.client import Client
from tasktrail.local.shape import LogLine, Step
from tasktrail.logs.reader import LogReader

_AT_ONCE = 2
"""Tasks that write when somebody is killed."""
_LONGEST = 0.6
"""Seconds that they write, at most."""
_BETWEEN = 0.02
"""Seconds between the kill of an engine and that of a step, at most."""
_PATIENCE = 60.0
_PIPE = 1024 * 1024 + 256 * 1024
"""Bytes that were flushed and not written to the log at most: a pipe, and what was just read."""
_OWN = {"stdout": 1, "stderr": 2}


class Victim(StrEnum):
    """Who is killed."""

    ENGINE = "engine"
    STEP = "step"
    BOTH = "both"


@dataclass
class Score:
    """What the kills of one kind of victim have come to. Everything from `lost` on has to be 0."""

    victim: Victim
    kills: int = 0
    flushed: int = 0
    """Lines that the steps had flushed for certain."""
    served: int = 0
    """Lines that followers had been given."""
    kept: int = 0
    """Lines that are in the logs, whole."""
    unread: int = 0
    """Bytes that were flushed and never read by the engine, of the log with the most."""
    lost: int = 0
    """Lines that had been served, were in the file, or had to be read from a step that was killed,
    and are not there."""
    gaps: int = 0
    other: int = 0
    """Lines with another text than was written, or served."""
    unclosed: int = 0
    told: list[str] = field(default_factory=list[str])

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.gaps or self.other or self.unclosed)


@dataclass
class _Writing:
    """A task that writes, and what a follower was given of it."""

    id: int
    kind: str
    served: list[LogLine] = field(default_factory=list[LogLine])
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, client: Client) -> None:
        """Until the task ends, or the engine."""
        with contextlib.suppress(ConnectionLostError):
            async for line in lines_of(client, self.id, follow=True):
                self.served.append(line)
                self.begun.set()


async def kill_often(
    stage: Stage, times: int, rng: random.Random, advance: Callable[[], None]
) -> list[Score]:
    """Kill so many times; each engine looks at what the one before has left."""
    scores = {victim: Score(victim) for victim in Victim}
    engine = stage.start()
    for number in range(times):
        victim = list(Victim)[number % len(Victim)]
        engine = await _kill_once(stage, engine, scores[victim], rng)
        advance()
    await engine.stop()
    return list(scores.values())


async def _kill_once(stage: Stage, engine: Engine, score: Score, rng: random.Random) -> Engine:
    """Have steps write, kill, and judge; the engine that is there then."""
    async with stage.client(engine) as client:
        kinds = rng.sample(KINDS, _AT_ONCE)
        writings = [
            _Writing(await stage.submit(client, kind, inputs_of(kind)), kind) for kind in kinds
        ]
        followers = [asyncio.create_task(one.follow(client)) for one in writings]
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*(one.begun.wait() for one in writings))
        await asyncio.sleep(rng.uniform(0, _LONGEST))
        await _kill(stage, engine, score.victim, writings, rng)
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*followers)
    await engine.kill()
    score.kills += 1
    left = [_left_of(path) for one in writings for path in _files(stage, one)]
    engine = stage.start()
    async with stage.client(engine) as client:
        for writing, lines_left in zip(writings, left, strict=True):
            await _judge(stage, client, score, writing, lines_left)
    return engine


async def _kill(
    stage: Stage, engine: Engine, victim: Victim, writings: list[_Writing], rng: random.Random
) -> None:
    async def kill_steps() -> None:
        for writing in writings:
            os.kill(told(stage.told_by(writing.id))[0], signal.SIGKILL)

    async def kill_engine() -> None:
        await engine.kill()

    deeds = {
        Victim.ENGINE: [kill_engine],
        Victim.STEP: [kill_steps],
        Victim.BOTH: rng.sample([kill_engine, kill_steps], 2),
    }[victim]
    for deed in deeds:
        # A step may be gone already: the kill of an engine ends its pipes.
        with contextlib.suppress(ProcessLookupError):
            await deed()
        if len(deeds) > 1:
            await asyncio.sleep(rng.uniform(0, _BETWEEN))


def _files(stage: Stage, writing: _Writing) -> list[Path]:
    return sorted(stage.logs.task_directory(writing.id).glob("*.log"))


def _left_of(path: Path) -> int:
    """How many lines are in a file as a kill left it."""
    with LogReader(path) as reader:
        return reader.line_count


async def _judge(
    stage: Stage, client: Client, score: Score, writing: _Writing, lines_left: int
) -> None:
    lines = [line async for line in lines_of(client, writing.id)]
    task = await task_of(client, writing.id)
    step = next(step for job in task.jobs for step in job.steps if step.name == "Write")
    complain = _complaints(score, writing)
    if not task.status.final:
        complain("unclosed", f"is {task.status}")
    _judge_file(stage, writing, lines, step, complain)
    if [line.line for line in lines] != list(range(1, len(lines) + 1)):
        complain("gaps", "line numbers with gaps")
    by_number = {line.line: line.text for line in lines}
    for line in writing.served:
        found = by_number.get(line.line)
        if found != line.text:
            complain("lost" if found is None else "other", f"line {line.line} was served")
    if len(lines) < lines_left:
        complain("lost", f"{lines_left} lines were in the file, {len(lines)} are there")
    kept, torn = _judge_texts(writing, lines, complain)
    _, flushed = told(stage.told_by(writing.id))
    score.flushed += flushed
    score.served += len(writing.served)
    score.kept += kept
    if kept < flushed:
        unread = sum(len(text_of(writing.kind, n)) + 1 for n in range(kept, flushed)) - torn
        score.unread = max(score.unread, unread)
        if score.victim is Victim.STEP or unread > _PIPE:
            complain("lost", f"{flushed} lines were flushed, {kept} are there")


def _complaints(score: Score, writing: _Writing) -> Callable[[str, str], None]:
    def complain(counter: str, what: str) -> None:
        setattr(score, counter, getattr(score, counter) + 1)
        score.told.append(f"{score.victim}, {writing.kind}, task {writing.id}: {what}")

    return complain


def _judge_file(
    stage: Stage,
    writing: _Writing,
    lines: list[LogLine],
    step: Step,
    complain: Callable[[str, str], None],
) -> None:
    [path] = _files(stage, writing)
    with LogReader(path) as reader:
        if not reader.sealed or reader.line_count != len(lines) or step.log_lines != len(lines):
            complain("unclosed", f"{path} is not what the record says, or is not closed")


def _judge_texts(
    writing: _Writing, lines: list[LogLine], complain: Callable[[str, str], None]
) -> tuple[int, int]:
    """Compare the lines of the step with what it wrote; how many of them are whole, and bytes of
    those with which the kill has come between."""
    kept = torn = 0
    numbers = {stream: _numbers(writing.kind, stream) for stream in _OWN.values()}
    own = [line for line in lines if line.level in _OWN]
    last = {line.level: line.line for line in own}
    for line in own:
        number = next(numbers[_OWN[line.level]])
        expected = text_of(writing.kind, number, MASK).replace(f"with {MASK[:5]}", "with s3cr3")
        if line.text == expected:
            kept += 1
        elif line.line == last[line.level] and expected.startswith(line.text):
            torn += len(line.text)
        else:
            complain("other", f"line {line.line} is {line.text[:60]!r}, not {expected[:60]!r}")
            break
    return kept, torn


def _numbers(kind: str, stream: int) -> Iterator[int]:
    """The numbers of the lines that go to a stream."""
    return (number for number in count() if stream_of(kind, number) == stream)
