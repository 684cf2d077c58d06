"""The data directory: one process at a time owns it."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tasktrail.errors import DataDirectoryError, DataDirectoryInUseError
from tasktrail.failpoints import Failpoint, reach

DATABASE_FILE = "tasktrail.db"
"""The records, where they are in SQLite."""

_BEFORE_FIRST_USE = frozenset({"lock", "config.toml", "definitions", "identity.draft"})
"""What may lie in a directory that is to become a data directory."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """An owned data directory.

    `identity` tells it from every other one, also when it is moved; a copy gets one of its own.
    """

    path: Path
    identity: str
    lock: int

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / DATABASE_FILE

    @property
    def logs(self) -> Path:
        """Where logs are."""
        return self.path / "logs"

    @property
    def workspaces(self) -> Path:
        """Where jobs work."""
        return self.path / "workspaces"

    @property
    def caches(self) -> Path:
        """Where caches of pipelines are."""
        return self.path / "caches"

    def release(self) -> None:
        """Let others own it."""
        os.close(self.lock)


def own_data_directory(path: Path, *, records: bool = True) -> DataDirectory:
    """Make the directory if there is none, and own it until it is released or this process dies.
    Without `records` it holds none: it is that of a worker.

    Raises:
        DataDirectoryInUseError: another process owns it.
        DataDirectoryError: it cannot be made or written, others can write to it, or it holds
            something else.
    """
    path = path.absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_ours(path)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(lock, path)
        reach(Failpoint.DIRECTORY_LOCKED)
        return _prepared(path, lock, records=records)
    except BaseException as error:
        os.close(lock)
        if isinstance(error, OSError):
            raise _unusable(path, error) from error
        raise


def _check_ours(path: Path) -> None:
    """Accept a directory that only we can change, and that is empty or has been ours before."""
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise DataDirectoryError(
            f"the data directory {path} belongs to somebody else",
            hint="name a directory of your own with --data",
        )
    if found.st_mode & 0o022:
        raise DataDirectoryError(
            f"others can write to the data directory {path}",
            hint=f"take their right away: chmod go-w {path}",
        )
    strange = sorted(child.name for child in path.iterdir() if child.name not in _BEFORE_FIRST_USE)
    if strange and not (path / "identity").exists():
        raise DataDirectoryError(
            f"{path} is no data directory of Tasktrail: it holds {', '.join(strange[:3])}",
            hint="name an empty directory, or one that does not exist yet, with --data",
        )


def _prepared(path: Path, lock: int, *, records: bool) -> DataDirectory:
    """The directory with what nobody else may read: records hold secrets, logs may."""
    directory = DataDirectory(path, _identity(path), lock)
    for child in (directory.logs, directory.workspaces, directory.caches):
        child.mkdir(mode=0o700, exist_ok=True)
    if records:
        os.close(os.open(directory.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    elif directory.database.exists():
        raise DataDirectoryError(
            f"{path} is the data directory of an installation",
            hint="name another directory for the worker with --data",
        )
    return directory


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(lock, 32, 0).decode(errors="replace").strip()
        raise DataDirectoryInUseError(
            f"the data directory {path} is in use by process {owner or 'unknown'}",
            hint="wait for it, or name another directory with --data",
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _identity(path: Path) -> str:
    """What the file of that name says, if it says it of itself and is no copy.

    Two directories with one identity would take each other's processes for left over.
    """
    file = path / "identity"
    with suppress(FileNotFoundError, ValueError):
        identity, inode = file.read_text(encoding="ascii").split()
        if int(inode) == file.stat().st_ino:
            return identity
    identity = secrets.token_hex(8)
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="ascii") as new:
        new.write(f"{identity} {os.fstat(new.fileno()).st_ino}\n")
    reach(Failpoint.DIRECTORY_IDENTITY_DRAFTED)
    draft.replace(file)
    return identity


def _unusable(path: Path, error: OSError) -> DataDirectoryError:
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        reason, hint = "it cannot be written", "name a directory of your own with --data"
    elif error.errno == errno.ENOSPC:
        reason, hint = "the disk is full", "free some space"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        reason, hint = "there is a file in the way", "name a directory with --data"
    else:
        reason, hint = error.strerror or str(error), None
    return DataDirectoryError(f"the data directory {path} cannot be used: {reason}", hint=hint)
