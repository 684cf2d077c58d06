"""Directories with all that they hold."""

from __future__ import annotations

import shutil
from pathlib import Path


def remove_tree(directory: Path) -> None:
    """Remove a directory with all that it holds, read-only directories included.

    Raises:
        OSError: something of it cannot be removed.
    """

    def make_writable(_function: object, path: str, error: object) -> None:
        if isinstance(error, tuple) and isinstance(error[1], FileNotFoundError):
            return
        target = Path(path)
        target.parent.chmod(0o700)
        if target.is_dir() and not target.is_symlink():
            target.chmod(0o700)
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    if directory.exists():
        shutil.rmtree(directory, onerror=make_writable)
