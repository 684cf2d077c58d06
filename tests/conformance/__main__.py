"""`make conformance`: every behaviour on every engine, as a table. ENGINES and BEHAVIOUR choose."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from rich.console import Console
from rich.table import Table

from conformance.engines import ENGINES, Engine
from conformance.playing import Played, play
from conformance.suite import chosen


def main() -> int:
    """Play, and print a table, then one line of JSON; 1 when something does not hold."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # and nothing stays behind
    names = os.environ.get("ENGINES", "").split() or list(ENGINES)
    console = Console(width=None if sys.stdout.isatty() else 110)
    played: dict[str, list[Played]] = {}
    seconds: dict[str, float] = {}
    for name in names:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="conformance-") as directory:
            played[name] = asyncio.run(_play(ENGINES[name], Path(directory)))
        seconds[name] = round(time.monotonic() - started, 1)
    failed = [(name, one) for name, all_of_it in played.items() for one in all_of_it if one.error]
    for name, one in failed:
        console.rule(f"{one.behaviour.name} on {name}")
        assert one.error is not None
        told = traceback.TracebackException.from_exception(one.error, capture_locals=True)
        print("".join(told.format()))
    console.print(_table(played))
    counts = {name: len(all_of_it) for name, all_of_it in played.items()}
    figures = {"behaviours": counts, "failed": len(failed), "seconds": seconds}
    print(json.dumps({"campaign": "conformance", **figures}))
    return 1 if failed else 0


async def _play(engine: Engine, directory: Path) -> list[Played]:
    async with engine(directory / "installation") as installation:
        return await play(installation, chosen(), directory / "sites")


def _table(played: dict[str, list[Played]]) -> Table:
    table = Table("behaviour", *played)
    for row in zip(*played.values(), strict=True):
        table.add_row(row[0].behaviour.name, *map(_said, row))
    return table


def _said(one: Played) -> str:
    return "FAILS" if one.error else f"holds ({one.seconds:.1f} s)"


if __name__ == "__main__":
    sys.exit(main())
