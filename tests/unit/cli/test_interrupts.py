from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from tasktrail.cli.interrupts import ENDING_SIGNALS, on_signals, unwinding_on_signals


class Calls:
    """What the signals have called, in order."""

    def __init__(self) -> None:
        self._called: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    def named(self, name: str) -> Callable[[int], None]:
        return lambda count: self._called.put_nowait((name, count))

    async def after(self, sent: signal.Signals) -> tuple[str, int]:
        """Who was called, and with what, by this signal."""
        os.kill(os.getpid(), sent)
        return await asyncio.wait_for(self._called.get(), 5)


@pytest.mark.parametrize("sent", ENDING_SIGNALS)
async def test_the_innermost_catcher_is_called_and_after_it_the_outer_one_again(
    sent: signal.Signals,
) -> None:
    before, calls = signal.getsignal(sent), Calls()
    with on_signals([sent], calls.named("outer")):
        assert await calls.after(sent) == ("outer", 1)
        with on_signals([sent], calls.named("inner")):
            assert await calls.after(sent) == ("inner", 1)
            assert await calls.after(sent) == ("inner", 2)
        assert await calls.after(sent) == ("outer", 2)
    assert signal.getsignal(sent) is before


async def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        calls = Calls()
        with on_signals(ENDING_SIGNALS, calls.named("any")):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            os.kill(os.getpid(), signal.SIGHUP)
            assert await calls.after(signal.SIGTERM) == ("any", 1)
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_a_signal_closes_what_was_opened() -> None:
    opened, closed = asyncio.Event(), asyncio.Event()

    async def session() -> None:
        with unwinding_on_signals():
            try:
                opened.set()
                await asyncio.Event().wait()
            finally:
                closed.set()

    working = asyncio.create_task(session())
    await opened.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(asyncio.CancelledError):
        await working
    assert closed.is_set()
