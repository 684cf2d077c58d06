"""A copy of an SQLite database as it stands at one moment, made while it is written to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tasktrail.errors import StoreUnavailableError

_DAMAGED = "the copy of the records is damaged"


def copy_database(source: Path, target: Path) -> int:
    """Copy `source` to the new file `target`, durably; returns the number of tasks in the copy.

    One read transaction sees the whole of it, so that writers go on meanwhile and nothing of what
    they commit is there in part.

    Raises:
        StoreUnavailableError: it cannot be read or written, or what was read is damaged.
    """
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target, isolation_level=None)) as writing,
        ):
            writing.execute("PRAGMA synchronous=FULL")
            reading.backup(writing)
            found = writing.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreUnavailableError(f"{_DAMAGED}: {found}")
            return writing.execute("SELECT count(*) FROM tasks").fetchone()[0]
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailableError(f"the records cannot be copied: {error}") from error
