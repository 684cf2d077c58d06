"""What is recorded of workflows: everything that they do, in as few tasks as show it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from temporal.temporal_bench import TemporalBench

Scenario = Callable[[TemporalBench], Awaitable[int]]
"""Plays a task to its end; its id."""

_GRAPH = """
jobs:
  a: {steps: [{run: 'true'}]}
  b: {after: a, steps: [{run: 'true'}]}
  c: {after: a, steps: [{run: 'false'}]}
  d: {after: [b, c], when: always, steps: [{run: 'true'}]}
"""


async def _plain(bench: TemporalBench) -> int:
    return (await bench.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")).id


async def _graph(bench: TemporalBench) -> int:
    return (await bench.outcome(_GRAPH)).id


async def _wide(bench: TemporalBench) -> int:
    jobs = "".join(f"  j{number}: {{steps: [{{run: 'true'}}]}}\n" for number in range(25))
    return (await bench.outcome(f"jobs:\n{jobs}")).id


async def _retry(bench: TemporalBench) -> int:
    step = "{run: break once, retry: {attempts: 2, backoff: 1s}}"
    return (await bench.outcome(f"jobs: {{main: {{steps: [{step}]}}}}\n")).id


async def _later(bench: TemporalBench) -> int:
    due = datetime.now(UTC) + timedelta(seconds=1)
    task_id = await bench.submit(
        "jobs: {main: {steps: [{run: 'true'}]}}\n", not_before=due.isoformat()
    )
    return (await bench.ended(task_id)).id


async def _canceled(bench: TemporalBench) -> int:
    task_id = await bench.submit(
        "jobs: {main: {steps: [{run: wait}, {run: 'true', when: always}]}}\n"
    )
    await bench.worker.held.wait()
    await bench.cancel(task_id)
    return (await bench.ended(task_id)).id


async def _never_taken(bench: TemporalBench) -> int:
    task_id = await bench.submit("jobs: {a: {pool: nobody, steps: [{run: 'true'}]}}\n")
    await bench.until_looked_at(task_id)
    await bench.cancel(task_id)
    return task_id


async def _limit(bench: TemporalBench) -> int:
    return (await bench.outcome("timeout: 1s\njobs: {main: {steps: [{run: wait}]}}\n")).id


async def _lost(bench: TemporalBench) -> int:
    return (
        await bench.outcome("jobs: {main: {steps: [{run: leave once, retry_safe: true}]}}\n")
    ).id


async def _broken(bench: TemporalBench) -> int:
    bench.worker.breaks = 2
    return (await bench.outcome("jobs: {main: {steps: [{run: 'true'}]}}\n")).id


async def _locks(bench: TemporalBench) -> int:
    book = "locks: [one]\njobs: {main: {steps: [{run: hold}]}}\n"
    await bench.submit(book)
    await bench.worker.held.wait()
    second = await bench.submit(book)
    await bench.until_looked_at(second)
    bench.worker.release.set()
    return (await bench.ended(second)).id


async def _anew(bench: TemporalBench) -> int:
    """A workflow finds a worker that it has given nothing, and that is lost."""
    task_id = await bench.submit("jobs: {main: {steps: [{run: freeze once, retry_safe: true}]}}\n")
    await bench.until(task_id, lambda task: task.started_at is not None)
    await bench.lose_workflow(task_id)
    await bench.start_workflow(task_id)
    return (await bench.ended(task_id)).id


SCENARIOS: dict[str, Scenario] = {
    "plain": _plain,
    "graph": _graph,
    "wide": _wide,
    "retry": _retry,
    "later": _later,
    "canceled": _canceled,
    "never_taken": _never_taken,
    "limit": _limit,
    "lost": _lost,
    "broken": _broken,
    "locks": _locks,
    "anew": _anew,
}


async def play(bench: TemporalBench, scenario: Scenario) -> int:
    """Play a task until its workflow has ended; its id."""
    async with asyncio.timeout(60):
        task_id = await scenario(bench)
        await bench.workflow_ended(task_id)
    return task_id
