"""The key of a worker, in a file that nobody else reads."""

from __future__ import annotations

from pathlib import Path

from tasktrail.errors import InvalidInputError

_LONGEST = 1000
_HINT = "`tasktrail worker-key create --pool NAME` makes a key; it begins with tw_"


def read_key_file(path: Path) -> str:
    """The key in the file.

    Raises:
        InvalidInputError: it cannot be read, others can read it, or it holds no key. The key itself
            is never told.
    """
    try:
        with path.open(encoding="ascii") as file:
            text = file.read(_LONGEST)
        others = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"the key file {path} cannot be read: {error}") from error
    if others:
        raise InvalidInputError(f"others can read the key file {path}", hint=f"chmod go= {path}")
    return checked_key(text)


def checked_key(text: str) -> str:
    """`text` without the blanks around it that a file brings along.

    Raises:
        InvalidInputError: it is no key of a worker.
    """
    key = text.strip()
    if not key.isascii() or not key.isprintable() or not key.startswith("tw_"):
        raise InvalidInputError("this is no key of a worker", hint=_HINT)
    return key
