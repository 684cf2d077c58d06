"""A control process that dies between a decision and telling of it: `python -m temporal.mortal`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from integration.engine.engine_bench import Bench
from tasktrail.failpoints import Failpoint, arm
from temporal.temporal_bench import control


async def die_while_submitting(directory: Path, database: str, temporal: str) -> None:
    """Accept a task, and be gone before anybody is told."""
    async with control(directory, database, temporal) as world:
        bench = Bench(directory, world)
        arm(Failpoint.DECISION_DURABLE)
        await bench.submit("jobs: {main: {steps: [{run: 'true'}]}}\n")


if __name__ == "__main__":
    asyncio.run(die_while_submitting(Path(sys.argv[1]), *sys.argv[2:]))
