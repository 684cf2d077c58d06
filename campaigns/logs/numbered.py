"""What writes numbered lines: a program for commands, and a function for Python steps.

It needs nothing but the standard library, so that it starts at once. After each line that the
system has taken it says so in a file that outlives it: its process id and the count of lines, 8
bytes each.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import time

SECRET = "s3cr3t-of-the-campaign"
MASK = "********"
KINDS = ("fast", "paced", "streams", "long", "secret", "python")

_TOLD = struct.Struct("<QQ")
_PACE = 0.0005


def text_of(kind: str, number: int, secret: str = SECRET) -> str:
    """The text of a line, which begins with its number."""
    if kind == "long":
        return f"{number} {'x' * (100_000 + number % 7 * 30_000)}"
    if kind == "secret":
        return f"{number} the token is {secret}, and it begins with {secret[:5]}"
    return f"{number} a line like many others"


def stream_of(kind: str, number: int) -> int:
    """The descriptor that a line goes to."""
    return 1 + number % 2 if kind == "streams" else 1


def told(path: str) -> tuple[int, int]:
    """The process that writes, and how many lines it had flushed when it last said so."""
    with open(path, "rb") as file:  # noqa: PTH123 - no imports that a step would wait for
        pid, count = _TOLD.unpack(file.read())
    return pid, count


def write(kind: str, path: str) -> None:
    """Write until somebody kills this process."""
    with open(path, "w+b") as file:  # noqa: PTH123 - as above
        file.write(_TOLD.pack(os.getpid(), 0))
        file.flush()
        shared = mmap.mmap(file.fileno(), _TOLD.size)
    number = 0
    while True:
        line = memoryview(text_of(kind, number).encode() + b"\n")
        while line:
            line = line[os.write(stream_of(kind, number), line) :]
        number += 1
        _TOLD.pack_into(shared, 0, os.getpid(), number)
        if kind in ("paced", "python"):
            time.sleep(_PACE)


if __name__ == "__main__":
    write(*sys.argv[1:])
