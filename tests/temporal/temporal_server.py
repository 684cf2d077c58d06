"""A real Temporal server for a test session; sessions that run side by side have one each."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_LONGEST_START = 60.0


@contextmanager
def temporal_server(directory: Path) -> Generator[str]:
    """Gives the address of a server that keeps what it knows in `directory`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        *(Path(sys.executable).parent / "temporal", "server", "start-dev", "--headless"),
        *("--ip", "127.0.0.1", "--port", str(port), "--log-level", "error"),
        *("--db-filename", directory / "temporal.db"),
    ]
    with (directory / "said").open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        _await_ready(process, port, directory / "said")
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _await_ready(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    give_up = time.monotonic() + _LONGEST_START
    while "Server:" not in said.read_text(errors="replace"):
        assert process.poll() is None, said.read_text(errors="replace")
        assert time.monotonic() < give_up, f"no Temporal server at port {port}"
        time.sleep(0.02)  # a file that grows tells nobody
