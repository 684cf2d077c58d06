"""A real implementation of S3 (moto), in a process of its own on this machine."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

_PATIENCE = 60.0

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
"""What its users need in their environment; it accepts any."""


class S3Server:
    """Serves S3 at a port of its own, from `start` to `stop`; what it held is gone after that."""

    def __init__(self, directory: Path) -> None:
        self._said = directory / "said"
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def options(self) -> dict[str, str]:
        """The settings of a store in it."""
        return {"endpoint": self.endpoint, "region": "us-east-1"}

    def settings(self, bucket: str) -> str:
        """The settings of an installation whose finished logs go to `bucket`."""
        options = "".join(f'{name} = "{value}"\n' for name, value in self.options.items())
        return f'log_store = "s3://{bucket}/logs"\n[log_store_options]\n{options}'

    def start(self) -> None:
        """Serve; returns when it answers."""
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self._port)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.02)  # nothing tells when a foreign server listens
            else:
                return
        raise AssertionError(self._said.read_text())

    def stop(self) -> None:
        """Serve no more; it cannot be reached from now on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def make_bucket(self, name: str) -> None:
        """Make a bucket, which objects need."""
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")
        urllib.request.urlopen(request).close()

    def keys(self, bucket: str) -> list[str]:
        """What is in a bucket."""
        with urllib.request.urlopen(f"{self.endpoint}/{bucket}?list-type=2") as answer:
            return re.findall(r"<Key>([^<]*)</Key>", answer.read().decode())

    def requests(self, method: str) -> int:
        """How many requests of `method` it has answered so far."""
        return self._said.read_text().count(f'"{method} /')
