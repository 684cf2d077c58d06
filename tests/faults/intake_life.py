"""A process that takes in the log of a worker, up to the object that is kept of it."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from contract.live_bench import Process, process, running
from contract.store_bench import Bench
from tasktrail.config import Config, read_config
from tasktrail.logs.place import LogName
from tasktrail.runners.file_tree import remove_tree
from tasktrail.store.sqlite import SqliteStore

WORKER_LOG, ACKNOWLEDGED = "worker.log", "acknowledged"
_PIECE = 200
_LONG = 1e6
"""Seconds: the clock of each life begins anew."""


async def take_in(here: Path) -> None:
    """Send the file `worker.log` in pieces, close it, let the attempt end, and clean up after it.

    What is acknowledged is written to a file at once, as a worker would note it.
    """
    content = (here / WORKER_LOG).read_bytes()
    remove_tree(here / "joining")  # as every process does at its start
    async with opened(here) as (one, name):
        known = await one.intake.append(name, 0, b"")
        while known < len(content):
            known = await one.intake.append(name, known, content[known : known + _PIECE])
            _note(here / ACKNOWLEDGED, known)
        await one.intake.settle(name)
        await one.upkeep.settle_all(linger=-_LONG)


@asynccontextmanager
async def opened(here: Path) -> AsyncGenerator[tuple[Process, LogName]]:
    """A process on `here`, and the log of the only attempt there."""
    settings = _settings(here)
    assert settings.log_store is not None
    store = SqliteStore(here / "live.db")
    try:
        bench = await Bench.of(store)
        known = here / "name"
        if not known.exists():
            known.write_bytes(msgspec.json.encode(await running(bench)))
        name = LogName(*msgspec.json.decode(known.read_bytes()))
        async with process(bench, settings.log_store, settings.log_store_options, here) as one:
            yield one, name
    finally:
        await store.aclose()


def _settings(here: Path) -> Config:
    """The store that a test has chosen, or else a directory."""
    path = here / "config.toml"
    if not path.exists():
        path.write_text(f'log_store = "{here}/archive"\n')
    return read_config(here)


def _note(path: Path, known: int) -> None:
    draft = path.with_suffix(".new")
    with draft.open("w") as file:
        file.write(str(known))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
