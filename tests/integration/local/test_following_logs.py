"""`tasktrail task logs --follow` beside an engine that is cut off for a while."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tasktrail.bootstrap import machine, world
from tasktrail.cli import session
from tasktrail.cli.actor import whoami
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.output import OutputFormat
from tasktrail.cli.session import Hosting, Session, open_session
from tasktrail.cli.task_logs import _logs
from tasktrail.errors import StoreUnavailableError
from tasktrail.local.log_shape import LogLines
from tasktrail.local.request import LogBeginning, LogSelection, Submission
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind
from tasktrail.model.instant import Instant, after

BOOK = """
name: gated
jobs:
  main:
    steps:
      - {{name: Before, run: seq 1 4}}
      - {{name: Wait, run: 'seq 5 8; until test -e {gate}; do sleep 0.01; done; echo 9'}}
      - {{name: After, run: echo 10}}
"""
RETRIED = """
name: retried
jobs:
  main:
    steps:
      - name: Try
        run: |
          echo "a of $TASKTRAIL_ATTEMPT"; echo "b of $TASKTRAIL_ATTEMPT"
          test "$TASKTRAIL_ATTEMPT" = 2
        retry: {attempts: 2, backoff: 10ms, on: [user]}
"""
SLOW = -3600.0
"""Seconds by which the clock of the engine differs from that of who follows."""


@dataclass
class Beside:
    """An engine of this process with a task that waits at its gate, and who follows it."""

    data: Path
    owner: Session
    hosting: Hosting
    task_id: int
    gate: Path
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, _line: str) -> None:
        self.news.set()

    def selection(self, **wanted: Any) -> LogSelection:
        return LogSelection(id=self.task_id, **wanted)

    async def following(self, wanted: LogSelection) -> asyncio.Future[ExitCode]:
        """The command, once it follows the logs."""
        running = _logs(self.data, wanted, OutputFormat.JSON, timestamps=False)
        following = asyncio.ensure_future(running)
        while not self.hosting.world.installation.bulletin.watched:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
        return following

    async def until_written(self, line: int) -> None:
        """Return once the step that waits has written so many lines."""
        wanted = self.selection(step="Wait", first=-1)
        while True:
            begins = await self.owner.client.log_beginnings(wanted)
            if begins and begins[0].line == line:
                return
            await asyncio.sleep(0.01)

    def lose_records(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing can be read any more."""

        async def refuse(_query: object) -> None:
            raise StoreUnavailableError("the database is away")

        store = self.hosting.world.installation.decisions.store
        monkeypatch.setattr(store, "read", refuse)


def slow_clock() -> Instant:
    return after(machine.clock(), SLOW)


@pytest.fixture
async def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Beside]:
    monkeypatch.setattr(world, "clock", slow_clock)
    data, gate, book = (tmp_path / name for name in ("data", "gate", "gated.yml"))
    book.write_text(BOOK.format(gate=gate))
    async with open_session(data, engine=True) as owner:
        assert owner.hosting is not None
        wanted = Submission(
            target=str(book), root=str(tmp_path), author=AuthorKind.USER, user=whoami()
        )
        made = Beside(data, owner, owner.hosting, await owner.client.submit(wanted), gate)
        await made.until_written(4)
        monkeypatch.setattr(session, "note", made.say)
        yield made


def texts(out: str) -> list[str]:
    return [json.loads(line)["text"] for line in out.splitlines()]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [({"tail": 2}, "7 8 9 10"), ({"tail": 6}, "3 4 5 6 7 8 9 10"), ({"first": -1}, "4 8 9 10")],
)
async def test_each_line_behind_the_first_is_given_once_though_the_clock_of_the_engine_is_slow(
    beside: Beside,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wanted: dict[str, int],
    given: str,
) -> None:
    following = await beside.following(beside.selection(**wanted, follow=True))
    with monkeypatch.context() as away:
        beside.lose_records(away)
        beside.gate.touch()
        await asyncio.wait_for(beside.news.wait(), 20)
    assert await asyncio.wait_for(following, 20) is ExitCode.WELL
    # Logs that were there are read side by side.
    assert sorted(texts(capsys.readouterr().out), key=int) == given.split()


async def test_the_last_lines_are_given_though_the_connection_was_lost_before_the_first(
    beside: Beside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    streams = beside.hosting.world.operations._streams
    real, asked = streams["logs"], list[JsonObject]()

    async def away_at_first(arguments: JsonObject) -> AsyncIterator[object]:
        asked.append(arguments)
        if len(asked) == 1:
            raise StoreUnavailableError("the database is away")
        async for item in real(arguments):
            yield item

    monkeypatch.setitem(streams, "logs", away_at_first)
    following = await beside.following(beside.selection(tail=2, follow=True))
    beside.gate.touch()
    assert await asyncio.wait_for(following, 20) is ExitCode.WELL
    assert texts(capsys.readouterr().out) == ["7", "8", "9", "10"]
    assert len(asked) == 2


async def test_what_began_later_than_the_named_beginnings_is_given_whole(beside: Beside) -> None:
    """Also an attempt after one that is named, of a task that has ended meanwhile."""
    book = beside.data / "retried.yml"
    book.write_text(RETRIED)
    wanted = Submission(
        target=str(book), root=str(beside.data), author=AuthorKind.USER, user=whoami()
    )
    task_id = await beside.owner.client.submit(wanted)
    selection = LogSelection(id=task_id, follow=True)
    items = [item async for item in beside.owner.client.logs(selection)]
    step_id = next(item.step_id for item in items)
    begins = (LogBeginning(step_id=step_id, attempt=1, line=2),)
    later = LogSelection(id=task_id, follow=True, begins=begins)
    items = [item async for item in beside.owner.client.logs(later)]
    assert [line.text for item in items if isinstance(item, LogLines) for line in item.lines()] == [
        "b of 1",
        "a of 2",
        "b of 2",
    ]
