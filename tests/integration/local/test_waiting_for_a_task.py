"""`tasktrail task wait` beside an engine whose records are away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tasktrail.cli import session
from tasktrail.cli.actor import whoami
from tasktrail.cli.exit_codes import ExitCode
from tasktrail.cli.output import OutputFormat
from tasktrail.cli.session import Hosting, open_session
from tasktrail.cli.task_control import _wait
from tasktrail.errors import EndUnknownError, StoreUnavailableError
from tasktrail.local.request import Submission
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind

GATED = "name: gated\njobs: {{main: {{steps: ['until test -e {gate}; do sleep 0.01; done']}}}}"


@dataclass
class Beside:
    """An engine of this process with a task that waits for its gate, and somebody who waits for the
    task by the socket."""

    data: Path
    hosting: Hosting
    task_id: int
    gate: Path
    said: list[str] = field(default_factory=list[str])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, line: str) -> None:
        self.said.append(line)
        self.news.set()

    async def waiting(self) -> asyncio.Future[ExitCode]:
        """The command, once it follows the task."""
        waiting = asyncio.ensure_future(_wait(self.data, self.task_id, OutputFormat.JSON))
        while not self.hosting.world.installation.bulletin.watched:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.01)
        return waiting

    def lose_records(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing can be read any more."""

        async def refuse(_query: object) -> None:
            raise StoreUnavailableError("the database is away")

        store = self.hosting.world.installation.decisions.store
        monkeypatch.setattr(store, "read", refuse)


@pytest.fixture
async def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Beside]:
    data, gate, book = (tmp_path / name for name in ("data", "gate", "gated.yml"))
    book.write_text(GATED.format(gate=gate))
    async with open_session(data, engine=True) as owner:
        assert owner.hosting is not None
        wanted = Submission(
            target=str(book), root=str(tmp_path), author=AuthorKind.USER, user=whoami()
        )
        made = Beside(data, owner.hosting, await owner.client.submit(wanted), gate)
        monkeypatch.setattr(session, "note", made.say)
        yield made


async def test_who_waits_sits_out_that_the_records_are_away(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = await beside.waiting()
    with monkeypatch.context() as away:
        beside.lose_records(away)
        beside.gate.touch()
        await asyncio.wait_for(beside.news.wait(), 20)
    assert await asyncio.wait_for(waiting, 20) is ExitCode.WELL
    assert beside.said == [
        "Connection lost: the database is away. Trying again for 5 s.",
        "Connected again.",
    ]


async def test_records_that_stay_away_say_nothing_of_the_end(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_PATIENCE", 0.2)
    waiting = await beside.waiting()
    with monkeypatch.context() as away:
        beside.lose_records(away)
        beside.gate.touch()
        with pytest.raises(EndUnknownError, match="the database is away") as told:
            await asyncio.wait_for(waiting, 20)
    assert told.value.task_id == beside.task_id


async def test_records_that_are_away_just_as_the_task_has_ended_are_asked_again(
    beside: Beside, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = beside.hosting.world.operations._calls
    ask, asked = calls["task"], list[JsonObject]()

    async def away_at_the_second_time(arguments: JsonObject) -> object:
        asked.append(arguments)
        if len(asked) == 2:
            raise StoreUnavailableError("the database is away")
        return await ask(arguments)

    monkeypatch.setitem(calls, "task", away_at_the_second_time)
    waiting = await beside.waiting()
    beside.gate.touch()
    assert await asyncio.wait_for(waiting, 20) is ExitCode.WELL
    assert len(asked) == 3
    assert '"status": "done"' in capsys.readouterr().out
