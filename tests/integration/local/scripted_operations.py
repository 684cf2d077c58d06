"""Operations whose answers a test writes, to look at the transport alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from tasktrail.local.transport import JsonObject


class ScriptedOperations:
    """Answers `echo` and the given calls; streams `count`, `forever` and `endless_wait`."""

    def __init__(self, **answers: Callable[[JsonObject], object]) -> None:
        self._answers = answers
        self.produced = 0
        self.stream_closed = asyncio.Event()
        self.call_begun = asyncio.Event()
        self.call_may_end = asyncio.Event()

    async def call(self, operation: str, arguments: JsonObject, /) -> object:
        if operation == "echo":
            return arguments
        if operation == "slow":
            self.call_begun.set()
            await self.call_may_end.wait()
            return "ended"
        return self._answers[operation](arguments)

    async def stream(self, operation: str, arguments: JsonObject, /) -> AsyncIterator[object]:
        try:
            if operation == "endless_wait":
                yield 0
                await asyncio.Event().wait()
            while operation == "forever" or self.produced < int(str(arguments["until"])):
                self.produced += 1
                yield {"number": self.produced, "text": arguments.get("text", "")}
        finally:
            self.stream_closed.set()
