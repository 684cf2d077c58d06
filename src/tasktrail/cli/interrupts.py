"""Signals as calls, while something must not just be broken off."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Generator, Iterable


@contextlib.contextmanager
def on_signals(signals: Iterable[signal.Signals], act: Callable[[int], None]) -> Generator[None]:
    """Inside, each of `signals` calls `act` with how many have come so far, from 1."""
    loop = asyncio.get_running_loop()
    caught = list(signals)
    before = {each: signal.getsignal(each) for each in caught}
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        act(count)

    for each in caught:
        loop.add_signal_handler(each, step)
    try:
        yield
    finally:
        for each in caught:
            loop.remove_signal_handler(each)
            signal.signal(each, before[each])
