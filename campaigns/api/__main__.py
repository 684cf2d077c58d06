"""Throws generated requests at real servers as everybody, and holds their answers against their own
OpenAPI document.

    make fuzz-api COUNT=20000 SEED=1 ROLES="owner member nobody worker"

Every operation is asked as each of the roles, with ids of things that exist and with others, with
requests that fit the document and with ones that do not. A worker asks a server that has jobs for
workers; everybody else one that carries them out itself. A fault is a 5xx, and a status, a content
type or a shape that the document does not have. Prints what was answered, and leaves with 1 when
there was a fault; the same seed asks the same again.
"""

from __future__ import annotations

import asyncio
import math
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn

from integration.api.api_bench import ROLES, api_bench
from integration.api.fuzzing import Fault, Fuzzer, things_that_exist
from integration.worker.control_bench import control_bench
from integration.worker.fuzzed_work import work_that_exists

WORKER = "worker"
EVERYBODY = (*ROLES, "nobody", WORKER)
_BATCH = 40
"""Requests to one operation as one role, before it is another's turn."""

Known = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Target:
    """A server, and how to find out what there is to ask it for."""

    fuzzer: Fuzzer
    known: Callable[[], Awaitable[Known]]


async def main() -> int:
    """Ask as often as was asked for; the exit code."""
    count = int(os.environ.get("COUNT") or 20_000)
    seed = int(os.environ.get("SEED") or 1)
    roles = (os.environ.get("ROLES") or " ".join(EVERYBODY)).split()
    with tempfile.TemporaryDirectory() as directory:
        async with targets(Path(directory), roles) as asked:
            began = time.monotonic()
            faults = await ask(asked, count, seed)
            return tell([target.fuzzer for target in asked], faults, time.monotonic() - began)


@asynccontextmanager
async def targets(directory: Path, roles: Sequence[str]) -> AsyncGenerator[list[Target]]:
    """What is asked as these roles."""
    people = [role for role in roles if role != WORKER]
    async with AsyncExitStack() as stack:
        asked: list[Target] = []
        if people:
            asked.append(await stack.enter_async_context(for_people(directory / "people", people)))
        if WORKER in roles:
            asked.append(await stack.enter_async_context(for_workers(directory / "worker")))
        yield asked


@asynccontextmanager
async def for_people(directory: Path, roles: Sequence[str]) -> AsyncGenerator[Target]:
    """A server for everybody but workers."""
    async with api_bench(directory, far_ids=True) as bench:
        things = await things_that_exist(bench)

        async def known() -> Known:
            return things

        keys = {role: bench.keys.get(role) for role in roles}
        fuzzer = Fuzzer(bench.server.url, await document_of(bench.server.url), keys)
        yield Target(fuzzer, known)
        fuzzer.close()


@asynccontextmanager
async def for_workers(directory: Path) -> AsyncGenerator[Target]:
    """A server that has jobs for workers."""
    directory.mkdir()
    async with control_bench(directory) as control:
        url = control.server.url
        fuzzer = Fuzzer(url, await document_of(url), {WORKER: control.key})
        yield Target(fuzzer, lambda: work_that_exists(control))
        fuzzer.close()


async def document_of(url: str) -> dict[str, Any]:
    """What a server says that it answers."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{url}/v1/openapi.json")).raise_for_status().json()


async def ask(asked: Sequence[Target], count: int, seed: int) -> list[Fault]:
    """Round after round, until there were `count` requests."""
    faults: list[Fault] = []
    columns = (MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*Progress.get_default_columns()[:2], *columns, console=console) as progress:
        bar = progress.add_task("requests", total=count)
        number = seed
        while (left := count - sum(target.fuzzer.count for target in asked)) > 0:
            each = min(_BATCH, math.ceil(left / sum(one.fuzzer.operations for one in asked)))
            for target in asked:
                known = await target.known()
                # What goes wrong is told at once: the rest takes long.
                for fault in await asyncio.to_thread(run, target.fuzzer, each, known, number):
                    progress.console.print(f"FAULT {fault}", markup=False, soft_wrap=True)
                    faults.append(fault)
                progress.update(bar, completed=sum(target.fuzzer.count for target in asked))
            number += 1
    return faults


def run(fuzzer: Fuzzer, each: int, known: Known, number: int) -> list[Fault]:
    """One round."""
    return list(fuzzer.run(each, known, number))


def tell(fuzzers: Sequence[Fuzzer], faults: list[Fault], seconds: float) -> int:
    """Print what came of it; the exit code."""
    console = Console(width=110, highlight=False)
    count = sum(fuzzer.count for fuzzer in fuzzers)
    pairs = sum(fuzzer.operations for fuzzer in fuzzers)
    statuses = sum((Counter(fuzzer.statuses) for fuzzer in fuzzers), Counter[int]())
    console.print(f"{count:,} requests in {seconds:.0f} s to {pairs} pairs of operation and role")
    for status, found in sorted(statuses.items()):
        console.print(f"  {status}: {found:,}")
    for fault, times in Counter(map(str, faults)).most_common():
        console.print(f"FAULT ({times} times) {fault}", markup=False)
    console.print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
