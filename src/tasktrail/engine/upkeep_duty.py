"""Upkeep that one of several processes does for all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from tasktrail.errors import StoreUnavailableError

if TYPE_CHECKING:
    from tasktrail.store.held_lock import HeldLock

BETWEEN_LOOKS = 2.0
"""Seconds after which somebody else takes over from one that has died."""

_log = logging.getLogger(__name__)


async def take_duty(
    lock: HeldLock, work: Callable[[], Iterable[Coroutine[Any, Any, object]]]
) -> None:
    """Do `work` for as long as this process holds `lock`, again and again."""
    try:
        while True:
            try:
                on_duty = await asyncio.to_thread(lock.take)
            except StoreUnavailableError:
                on_duty = False
            if on_duty:
                _log.info("this process does the upkeep of the database")
                await _on_duty(lock, work())
            await asyncio.sleep(BETWEEN_LOOKS)
    finally:
        await asyncio.to_thread(lock.close)


async def _on_duty(lock: HeldLock, work: Iterable[Coroutine[Any, Any, object]]) -> None:
    parts = [asyncio.ensure_future(part) for part in work]
    try:
        while await asyncio.to_thread(lock.held):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(BETWEEN_LOOKS)
    finally:
        for part in parts:
            part.cancel()
        await asyncio.wait(parts)
