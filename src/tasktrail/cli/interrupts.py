"""Signals as calls, while something must not just be broken off."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Generator, Iterable, Mapping
from contextvars import ContextVar
from functools import partial
from types import MappingProxyType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, being told to end, and a terminal that was closed."""

_calls: ContextVar[Mapping[signal.Signals, Callable[[], None]]] = ContextVar(
    "calls", default=MappingProxyType({})
)
"""What each caught signal calls at this place, for whoever catches it for a while."""


@contextlib.contextmanager
def on_signals(
    signals: Iterable[signal.Signals], act: Callable[[int], None]
) -> Generator[list[signal.Signals]]:
    """Inside, each of `signals` calls `act` with how many have come so far, from 1; gives those
    that have come.

    May be nested: the inner one counts, and after it the outer one again. A SIGHUP that whoever
    started this process wants to be ignored (`nohup`) stays ignored.
    """
    loop = asyncio.get_running_loop()
    caught = [each for each in signals if not _ignored_on_purpose(each)]
    outer = _calls.get()
    before = {each: signal.getsignal(each) for each in caught}
    come: list[signal.Signals] = []

    def step(each: signal.Signals) -> None:
        come.append(each)
        act(len(come))

    calls = {each: partial(step, each) for each in caught}
    token = _calls.set({**outer, **calls})
    for each, call in calls.items():
        loop.add_signal_handler(each, call)
    try:
        yield come
    finally:
        _calls.reset(token)
        for each in caught:
            if each in outer:
                loop.add_signal_handler(each, outer[each])
            else:
                loop.remove_signal_handler(each)
                signal.signal(each, before[each])


@contextlib.contextmanager
def unwinding_on_signals() -> Generator[None]:
    """Inside, a signal that would end this process cancels the running asyncio task instead.

    So whatever was opened is closed: an engine that runs in this process stops its steps first.
    """
    unwound = asyncio.current_task()
    assert unwound is not None
    with on_signals(ENDING_SIGNALS, lambda _: _cancel(unwound)):
        yield


def _cancel(unwound: asyncio.Task[object]) -> None:
    unwound.cancel()


def _ignored_on_purpose(each: signal.Signals) -> bool:
    return each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN
