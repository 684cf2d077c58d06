"""The server that the shop is released to: a directory, and a program that keeps it running."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path


class ShopDeployment:
    """Where the releases go, and where the shop answers."""

    def __init__(self, path: Path, examples: Path) -> None:
        self.path = path
        self._program = examples / "service.py"

    def create(self) -> None:
        """Set the server up, without any release yet."""
        self.path.mkdir()
        shutil.copy(self._program, self.path)

    def keeper(self) -> list[str]:
        """The command that keeps the shop running."""
        return [sys.executable, str(self.path / "service.py"), "keep"]

    def version(self) -> str:
        """The version that answers a request right now."""
        with urllib.request.urlopen(f"{self._url()}/health", timeout=5) as answer:  # noqa: S310 - loopback
            return str(json.load(answer)["version"])

    def _url(self) -> str:
        command = [sys.executable, str(self.path / "service.py"), "status"]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        return str(json.loads(answer.stdout)["url"])
