from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from tasktrail.cli.lasting import end_unknown, lasting
from tasktrail.cli.session import EngineAt, Session
from tasktrail.errors import (
    ConnectionLostError,
    EndUnknownError,
    NotFoundError,
    NotSignedInError,
    StoreUnavailableError,
)
from tasktrail.local.client import Client
from tasktrail.local.log_shape import LogItem, LogLines, LogRun, OpenText
from tasktrail.local.outage import Outage

NOBODY = cast("Client", None)
FAR = EngineAt.ELSEWHERE


def lines(first: int, *texts: str, step_id: int = 1) -> LogLines:
    runs = tuple(LogRun(count=1, level="stdout") for _ in texts)
    return LogLines(
        job="j", step="s", step_id=step_id, line=first, text="\n".join(texts), runs=runs
    )


def begun(text: str) -> OpenText:
    return OpenText(job="j", step="s", step_id=1, text=text)


async def given(*streams: list[LogItem], said: list[str] | None = None) -> list[LogItem]:
    """What is given of streams, each of which is cut off but the last."""
    left = list(streams)

    async def follow() -> AsyncIterator[LogItem]:
        for item in left.pop(0):
            yield item
        if left:
            raise ConnectionLostError("the engine went away")

    outage = Outage(30, ([] if said is None else said).append)
    session = Session(NOBODY, FAR, outage=outage)
    return [item async for item in lasting(session, follow)]


async def test_every_line_is_given_once_however_often_it_comes() -> None:
    first = [lines(1, "a", "b"), lines(1, "x", step_id=2)]
    again: list[LogItem] = [lines(1, "a", "b", "c"), lines(1, "x", step_id=2), lines(4, "d")]
    items = await given([*first], again)
    assert items == [*first, lines(3, "c"), lines(4, "d")]
    assert all(sum(run.count for run in item.runs) for item in items if isinstance(item, LogLines))


async def test_the_beginning_of_a_line_is_given_once() -> None:
    items = await given(
        [lines(1, "a"), begun("Pass")], [lines(1, "a"), begun("Password: ")], [lines(1, "a")]
    )
    assert items == [lines(1, "a"), begun("Pass"), begun("word: ")]


async def test_a_line_that_was_begun_comes_whole() -> None:
    items = await given([begun("a")], [lines(1, "all"), begun("b")])
    assert items == [begun("a"), lines(1, "all"), begun("b")]


async def test_an_outage_is_told_once_and_so_is_its_end() -> None:
    said: list[str] = []
    await given([], [], [lines(1, "a")], said=said)
    assert said == [
        "Connection lost: the engine went away. Trying again for 30 s.",
        "Connected again.",
    ]


async def test_an_outage_that_lasts_is_what_it_began_with() -> None:
    errors = iter([ConnectionLostError("first")])

    async def follow() -> AsyncIterator[LogItem]:
        raise next(errors, StoreUnavailableError("later"))
        yield

    with pytest.raises(ConnectionLostError, match="first"):
        async for _ in lasting(Session(NOBODY, FAR, outage=Outage(0.05)), follow):
            pass


def test_what_keeps_from_following_is_no_refusal_of_the_task() -> None:
    with (
        pytest.raises(EndUnknownError, match=r"revoked(?s:.)*'tasktrail task wait 7'") as told,
        end_unknown(Session(NOBODY, FAR), 7),
    ):
        raise NotSignedInError("revoked")
    assert told.value.task_id == 7


def test_what_the_request_itself_was_refused_for_stays_a_refusal() -> None:
    refusals = (NotFoundError,)
    with pytest.raises(NotFoundError), end_unknown(Session(NOBODY, FAR), 7, but=refusals):
        raise NotFoundError("there is no such step")


def test_an_engine_in_this_process_has_the_last_word_itself() -> None:
    with pytest.raises(StoreUnavailableError), end_unknown(Session(NOBODY, EngineAt.HERE), 7):
        raise StoreUnavailableError("the disk is full")
