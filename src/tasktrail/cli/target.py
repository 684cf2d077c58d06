"""What TARGET means when another process has to find it."""

from __future__ import annotations

from pathlib import Path

_FILE_SUFFIXES = frozenset({".yml", ".yaml"})


def absolute_target(target: str) -> str:
    """A target that names a file, as an absolute path; any other one as it is."""
    path = Path(target).expanduser()
    if path.suffix in _FILE_SUFFIXES or path.is_file():
        return str(path.absolute())
    return target
