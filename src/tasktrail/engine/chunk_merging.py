"""Makes few chunks of many while a log still grows, so that it is read with few requests."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.place import LogName
from tasktrail.logs.stores import LogStores
from tasktrail.model.live_log import Chunk, LiveLog
from tasktrail.store.live_logs import chunks_from, crowded_logs, replace_chunks
from tasktrail.store.store import Store

MANY = 256
"""Chunks of a log from which on they are merged."""

_LARGE = 2 * 1024 * 1024
"""Bytes that a merged chunk has at least, unless the log is at its end."""
_FEWEST = 16
"""Chunks that are worth being merged."""
_READ_AT_ONCE = 16
_LISTED_AT_ONCE = 64


class ChunkMerging:
    """Puts consecutive chunks into the store as one, and then lets that stand for them.

    Who reads them has them for as long as the log is not kept elsewhere: they are removed with all
    others. `prefix` says what the keys of the chunks of a log begin with.
    """

    def __init__(self, store: Store, stores: LogStores, prefix: Callable[[LogName], str]) -> None:
        self._store = store
        self._stores = stores
        self._prefix = prefix

    async def merge_all(self, *, many: int = MANY) -> int:
        """Merge the chunks of all open logs that have more than `many`; how many were merged.

        Raises:
            LogStoreError: a store cannot be reached.
            StoreUnavailableError: the records cannot be read or written.
        """
        merged = 0
        for log in await self._store.read(lambda connection: crowded_logs(connection, many)):
            key = log.step_id, log.attempt
            chunks = await self._store.read(lambda one, key=key: chunks_from(one, key, 0))
            for some in _mergeable(chunks):
                if await self._merge(log, some):
                    merged += len(some)
        return merged

    async def _merge(self, log: LiveLog, chunks: list[Chunk]) -> bool:
        store = self._stores.at(log.store)
        name = LogName(log.task_id, log.step_id, log.attempt)
        content = await asyncio.to_thread(lambda: b"".join(read_chunks(store, chunks)))
        start = chunks[0].start
        key = f"{self._prefix(name)}/{start:016}-{secrets.token_hex(6)}"
        one = Chunk(start, len(content), key)
        await store.put(key, content)
        replaced = await self._store.write(
            lambda transaction: replace_chunks(
                transaction.connection, (log.step_id, log.attempt), chunks, one
            )
        )
        if not replaced:
            await store.remove(key)
        return replaced


def read_chunks(store: ObjectStore, chunks: Sequence[Chunk]) -> Iterator[bytes]:
    """The content of chunks, in their order; waits for the network, for some at once.

    Raises:
        LogStoreError: one cannot be read.
    """

    def read(chunk: Chunk) -> bytes:
        return store.read(chunk.key, 0, chunk.length)

    with ThreadPoolExecutor(_READ_AT_ONCE, thread_name_prefix="chunk-joiner") as readers:
        for start in range(0, len(chunks), _LISTED_AT_ONCE):
            some = chunks[start : start + _LISTED_AT_ONCE]
            yield from readers.map(read, some)


def _mergeable(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Runs of consecutive chunks that are small, each worth being one."""
    run: list[Chunk] = []
    for chunk in chunks:
        run.append(chunk)
        if chunk.end - run[0].start >= _LARGE:
            if len(run) >= _FEWEST:
                yield run
            run = []
    if len(run) >= _FEWEST:
        yield run
