"""The socket file of a data directory, `engine.sock`.

An address of AF_UNIX holds about 100 bytes, a path may hold 4096. A directory whose path is too
long is addressed through `/proc/self/fd/N` of an open descriptor of it, so the socket is always in
the data directory and nowhere else.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Generator
from pathlib import Path

NAME = "engine.sock"
_LONGEST_ADDRESS = 100
_CONNECT_TIMEOUT = 5.0
_BACKLOG = 64


def listen(directory: Path) -> socket.socket:
    """A listening socket at `directory`, which only the user of this process can open.

    A file that an earlier owner left is replaced: only who owns the data directory may call this.

    Raises:
        OSError: the file cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        remove(directory)
        with _address(directory) as address:
            listener.bind(address)
        # Nobody can connect before listen(), so the mode is never wider than this to anyone.
        (directory / NAME).chmod(0o600)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def connect(directory: Path) -> socket.socket | None:
    """A connection to whoever listens at `directory`; None when nobody does.

    Raises:
        OSError: the file is there but may not be opened.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_CONNECT_TIMEOUT)
    try:
        with _address(directory) as address:
            connection.connect(address)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError:
        connection.close()
        raise
    connection.settimeout(0)
    return connection


def remove(directory: Path) -> None:
    """Remove the socket file, if it is there."""
    (directory / NAME).unlink(missing_ok=True)


def peer_uid(connection: socket.socket) -> int | None:
    """The user id of the process at the other end; None where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _pid, uid, _gid = struct.unpack("3i", credentials)
    return int(uid)


@contextlib.contextmanager
def _address(directory: Path) -> Generator[str]:
    path = str(directory / NAME)
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield path
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)
