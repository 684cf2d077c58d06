"""Following what outlasts a connection: a task goes on while whoever follows it is cut off."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from msgspec.structs import replace

from tasktrail.cli.session import EngineAt, Session
from tasktrail.errors import (
    ConnectionLostError,
    EndUnknownError,
    RefusedError,
    StoreUnavailableError,
    TasktrailError,
)
from tasktrail.local.log_shape import LogLines, LogRun, OpenText, WatchedItem
from tasktrail.local.outage import MAY_PASS

_T = TypeVar("_T", bound=WatchedItem)


@contextmanager
def end_unknown(
    session: Session, task_id: int, *, but: tuple[type[TasktrailError], ...] = ()
) -> Generator[None]:
    """Whatever keeps us from following a task that was accepted says nothing about its end, `but`
    for what these errors say of the request.

    An engine in this process is gone with it: then its own words stand.

    Raises:
        EndUnknownError: in place of a refusal.
    """
    try:
        yield
    except (RefusedError, StoreUnavailableError, ConnectionLostError) as error:
        if session.engine is EngineAt.HERE or isinstance(error, but):
            raise
        raise EndUnknownError(
            f"{error}\nHow task {task_id} ends is not known here: it goes on, or is settled at the "
            f"next start. 'tasktrail task wait {task_id}' waits for its end.",
            task_id,
        ) from error


async def lasting(session: Session, follow: Callable[[], AsyncIterator[_T]]) -> AsyncGenerator[_T]:
    """The items of a stream that is opened again where its connection was lost, each line once.

    What is followed here ends with this process.
    """
    told = _Told()
    while True:
        try:
            async for item in follow():
                session.outage.over()
                if (new := told.new(item)) is not None:
                    yield cast("_T", new)
        except MAY_PASS as error:
            if session.engine is not EngineAt.ELSEWHERE:
                raise
            await session.outage.wait(error)
            told.again()
        else:
            return


class _Told:
    """Which lines were given already, by the step and the attempt that wrote them."""

    def __init__(self) -> None:
        self._next: dict[tuple[int, int], int] = {}
        self._begun: dict[tuple[int, int, str], int] = {}
        """Characters of a line that is not complete, by its output, too."""
        self._repeated: dict[tuple[int, int, str], int] = {}

    def new(self, item: WatchedItem) -> WatchedItem | None:
        """What of the item was not given yet."""
        if isinstance(item, LogLines):
            return self._new_lines(item)
        if isinstance(item, OpenText):
            return self._new_text(item)
        return item

    def again(self) -> None:
        """From now on everything comes once more."""
        self._repeated = dict(self._begun)

    def _new_lines(self, block: LogLines) -> LogLines | None:
        log = (block.step_id, block.attempt)
        first = self._next.get(log, block.line)
        texts = block.text.split("\n")
        known = max(0, first - block.line)
        if known >= len(texts):
            return None
        self._next[log] = block.line + len(texts)
        for run in block.runs:
            self._begun.pop((*log, run.level), None)
            self._repeated.pop((*log, run.level), None)
        if not known:
            return block
        runs = tuple(_without(block.runs, known))
        return replace(block, line=first, text="\n".join(texts[known:]), runs=runs)

    def _new_text(self, more: OpenText) -> OpenText | None:
        output = (more.step_id, more.attempt, more.level)
        known = self._repeated.pop(output, 0)
        text = more.text[known:]
        if known > len(more.text):
            self._repeated[output] = known - len(more.text)
        self._begun[output] = self._begun.get(output, 0) + len(text)
        return replace(more, text=text) if text else None


def _without(runs: tuple[LogRun, ...], lines: int) -> Iterator[LogRun]:
    """The runs behind the first `lines` lines."""
    for run in runs:
        if run.count > lines:
            yield replace(run, count=run.count - lines)
        lines = max(0, lines - run.count)
