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
        return self.path / "tasktrail.db"

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


def own_data_directory(path: Path) -> DataDirectory:
    """Make the directory if there is none, and own it until it is released or this process dies.

    Raises:
        DataDirectoryInUseError: another process owns it.
        DataDirectoryError: it cannot be made or written.
    """
    path = path.absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(lock, path)
        return DataDirectory(path, _identity(path), lock)
    except BaseException as error:
        os.close(lock)
        if isinstance(error, OSError):
            raise _unusable(path, error) from error
        raise


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
