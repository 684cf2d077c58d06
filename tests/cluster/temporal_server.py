"""A real Temporal server on this machine."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from cluster.program import Program


class TemporalServer:
    """Keeps what it knows in the file `kept`, over all its lives, or in memory. `address` stays the
    same, too."""

    def __init__(self, said: Path, kept: Path | None) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        file = () if kept is None else ("--db-filename", kept)
        self.program = Program(
            [
                Path(sys.executable).parent / "temporal",
                "server",
                "start-dev",
                "--headless",
                *("--ip", "127.0.0.1", "--port", str(port)),
                *("--log-level", "error"),
                *file,
            ],
            said,
            ready=r"Temporal Server:|Server:",
        )


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
