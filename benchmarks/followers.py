"""P7: from the writing of a line to its arrival at 1, 100 and 1,000 followers over HTTP.

A step writes the time into its log, ten times a second. The followers are in another process than
the server, on the same machine, and take their share of it. The limit is a server that does nothing
but write the same line to all connections.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import median

import psutil

from benchmarks.follower_crowd import Crowd
from benchmarks.measure import json_line, machine, number, percentile, table
from benchmarks.memory import proportional_mib
from benchmarks.served import Served, served, submit
from benchmarks.terms import from_environment
from benchmarks.turn import scratch

FOLLOWERS = (1, 100, 1000)
OURS, LIMIT = "Tasktrail", "bare fan-out"

Figures = dict[str, float]


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=from_environment("ROUNDS", 5))
    parser.add_argument("--seconds", type=float, default=from_environment("SECONDS", 10))
    asked = parser.parse_args()
    found: dict[tuple[str, int], list[Figures]] = {}
    for _ in range(asked.rounds):
        for count in FOLLOWERS:
            found.setdefault((LIMIT, count), []).append(_limit(count, asked.seconds))
            found.setdefault((OURS, count), []).append(_ours(count, asked.seconds))
    medians = {
        who: {name: median(one[name] for one in rounds) for name in rounds[0]}
        for who, rounds in found.items()
    }
    print(f"P7  a line every 100 ms, for {asked.seconds:g} s; {machine()}")
    print(_table(medians))
    most = FOLLOWERS[-1]
    print(
        json_line(
            "P7",
            ratio_limit=round(medians[LIMIT, most]["p99"] / medians[OURS, most]["p99"], 3),
            ratio_best_peer=None,
            rounds=asked.rounds,
            **{
                f"followers_{count}": {
                    name: round(value, 2) for name, value in medians[OURS, count].items()
                }
                for count in FOLLOWERS
            },
        )
    )


def _ours(count: int, seconds: float) -> Figures:
    with scratch() as directory, served("ours", str(directory)) as server:
        until = directory / "until"
        task_id = submit(server, "followed", until=str(until))
        try:
            return asyncio.run(_follow(server, f"/v1/tasks/{task_id}/stream", count, seconds))
        finally:
            until.touch()


def _limit(count: int, seconds: float) -> Figures:
    with served("fan-out") as server:
        return asyncio.run(_follow(server, "/", count, seconds))


async def _follow(server: Served, path: str, count: int, seconds: float) -> Figures:
    process = psutil.Process(server.process)
    crowd = Crowd(server.figures["port"], path, server.figures["keys"], count)
    await crowd.enter()
    await asyncio.sleep(1)
    before, since = sum(process.cpu_times()[:2]), time.time_ns()
    await asyncio.sleep(seconds)
    used = sum(process.cpu_times()[:2]) - before
    passed = (time.time_ns() - since) / 1e9
    memory = proportional_mib([server.process])
    await asyncio.sleep(0.5)
    delays = crowd.delays(since)
    crowd.leave()
    return {
        "p50": percentile(delays, 50),
        "p99": percentile(delays, 99),
        "cpu": 100 * used / passed,
        "mebibytes": memory,
    }


def _table(medians: dict[tuple[str, int], Figures]) -> str:
    rows = [
        [
            who,
            f"{count:,}",
            *(number(found[name]) for name in ("p50", "p99", "cpu", "mebibytes")),
            "",
        ]
        for (who, count), found in medians.items()
    ]
    return table(["", "followers", "p50, ms", "p99, ms", "CPU, %", "MiB", ""], rows)


if __name__ == "__main__":
    main()
