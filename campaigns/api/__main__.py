"""Throws generated requests at a real server as everybody, and holds its answers against its own
OpenAPI document.

    make fuzz-api COUNT=20000 SEED=1 ROLES="owner member nobody"

Every operation is asked as each of the roles, with ids of things that exist and with others, with
requests that fit the document and with ones that do not. A fault is a 5xx, and a status, a content
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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from integration.api.api_bench import ROLES, api_bench
from integration.api.fuzzing import Fault, Fuzzer, things_that_exist

EVERYBODY = (*ROLES, "nobody")
_BATCH = 40
"""Requests to one operation as one role, before it is another's turn."""


async def main() -> int:
    """Ask as often as was asked for; the exit code."""
    count = int(os.environ.get("COUNT") or 20_000)
    seed = int(os.environ.get("SEED") or 1)
    roles = (os.environ.get("ROLES") or " ".join(EVERYBODY)).split()
    with tempfile.TemporaryDirectory() as directory:
        async with api_bench(Path(directory), far_ids=True) as bench:
            known = await things_that_exist(bench)
            document = await bench.get("/v1/openapi.json", None)
            keys = {role: bench.keys.get(role) for role in roles}
            fuzzer = Fuzzer(bench.server.url, document, keys)
            began = time.monotonic()
            faults = await asyncio.to_thread(ask, fuzzer, known, count, seed)
            fuzzer.close()
    return tell(fuzzer, faults, time.monotonic() - began)


def ask(
    fuzzer: Fuzzer, known: Mapping[str, Sequence[dict[str, Any]]], count: int, seed: int
) -> list[Fault]:
    """Round after round, until there were `count` requests."""

    def rounds() -> Iterator[Fault]:
        number = seed
        while fuzzer.count < count:
            left = count - fuzzer.count
            each = min(_BATCH, math.ceil(left / fuzzer.operations))
            yield from fuzzer.run(each, known, number)
            number += 1

    return list(rounds())


def tell(fuzzer: Fuzzer, faults: list[Fault], seconds: float) -> int:
    """Print what came of it; the exit code."""
    console = Console(width=110, highlight=False)
    console.print(f"{fuzzer.count:,} requests in {seconds:.0f} s to {fuzzer.operations} operations")
    for status, found in sorted(fuzzer.statuses.items()):
        console.print(f"  {status}: {found:,}")
    for fault, times in Counter(map(str, faults)).most_common():
        console.print(f"FAULT ({times} times) {fault}", markup=False)
    console.print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
