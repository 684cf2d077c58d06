"""A real Temporal server on this machine."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from cluster.program import Program

_TEMPORAL = Path(sys.executable).parent / "temporal"


class TemporalServer:
    """Keeps what it knows in the file `kept`, over all its lives, or in memory. `address` stays the
    same, too."""

    def __init__(self, said: Path, kept: Path | None) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self._kept = kept
        file = () if kept is None else ("--db-filename", kept)
        self.program = Program(
            [
                _TEMPORAL,
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

    async def make_namespace(self, name: str) -> None:
        """As an operator does, while it runs."""
        making = await asyncio.create_subprocess_exec(
            *(_TEMPORAL, "operator", "namespace", "create"),
            *("--namespace", name, "--address", self.address),
            stdout=asyncio.subprocess.DEVNULL,
        )
        assert await making.wait() == 0

    def forget(self) -> None:
        """Lose all that it knows, while it does not run."""
        assert self._kept is not None
        for part in self._kept.parent.glob(f"{self._kept.name}*"):
            part.unlink()


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
