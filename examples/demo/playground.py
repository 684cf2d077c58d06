"""The directory that all of the demo happens in."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import Self


class PlaygroundInUseError(Exception):
    """Another demo is running in the directory."""


class Playground:
    """An empty directory that this demo alone uses while it is entered; it stays afterwards."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = -1

    def __enter__(self) -> Self:
        """Raises PlaygroundInUseError."""
        self.directory.mkdir(exist_ok=True)
        self._lock = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise PlaygroundInUseError(f"A demo is running in {self.directory}.") from None
        self._empty()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def log(self, name: str) -> Path:
        """The file that takes what a background program prints."""
        return self.directory / f"{name}.log"

    def _empty(self) -> None:
        for path in self.directory.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
