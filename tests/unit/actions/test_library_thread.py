"""Definitions load beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tasktrail.actions.library_thread import LibraryThread
from tasktrail.errors import DefinitionError, NotFoundError


async def test_the_loop_goes_on_while_a_definition_loads() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def load() -> str:
        begun.set()
        go_on.wait()
        return "loaded"

    loading = asyncio.ensure_future(LibraryThread(None).call(load))
    await asyncio.to_thread(begun.wait)
    assert not loading.done()
    go_on.set()
    assert await loading == "loaded"


async def test_what_never_ends_is_given_up_and_the_next_call_is_answered() -> None:
    thread, never = LibraryThread(limit=0.05), threading.Event()
    with pytest.raises(DefinitionError, match=r"did not load within 0\.05 s"):
        await thread.call(never.wait)
    assert await thread.call(str, 7) == "7"
    never.set()


async def test_what_is_raised_reaches_the_caller() -> None:
    def refuse() -> None:
        raise NotFoundError("there is no such thing")

    with pytest.raises(NotFoundError, match="no such thing"):
        await LibraryThread(None).call(refuse)


async def test_a_call_that_nobody_waits_for_any_more_is_not_begun() -> None:
    thread, go_on, begun = LibraryThread(None), threading.Event(), threading.Event()
    first = asyncio.ensure_future(thread.call(go_on.wait))
    given_up = asyncio.ensure_future(thread.call(begun.set))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])
    go_on.set()
    await first
    await thread.call(str)
    assert not begun.is_set()
