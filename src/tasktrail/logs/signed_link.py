"""Links by which somebody may download one log, for some time, without any other right.

A store of logs signs addresses of its own; these are for logs that are files here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.logs.place import LogName
from tasktrail.model.instant import Instant, after

KEY_SIZE = 32
LONGEST_LIFE = 7 * 86400.0
"""Seconds that a link may be good for."""

_TOKEN = re.compile(
    r"([1-9]\d{0,18})-([1-9]\d{0,18})-([1-9]\d{0,8})\.([1-9]\d{0,18})\.([\w-]{43})", re.ASCII
)
_PURPOSE = b"tasktrail log link 1:"
"""Nothing else that is signed with the key can pass for a link."""


class LinkSigner:
    """Makes and checks tokens of links. Who does not have `key` cannot make one."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_SIZE:
            raise ValueError(f"the key has less than {KEY_SIZE} bytes")
        self._key = key

    def sign(self, name: LogName, now: Instant, lifetime: float) -> str:
        """A token for one log, good for `lifetime` seconds; safe in an address as it is.

        Raises:
            ValueError: that is not a positive time, or longer than `LONGEST_LIFE`.
        """
        if not 0 < lifetime <= LONGEST_LIFE:
            raise ValueError(f"a link is good for up to {LONGEST_LIFE:.0f} seconds")
        content = f"{name.task_id}-{name.step_id}-{name.attempt}.{after(now, lifetime)}"
        return f"{content}.{self._signature(content)}"

    def check(self, token: str, now: Instant) -> LogName:
        """The log that `token` is for.

        Raises:
            NotFoundError: it was not made with this key.
            NotAllowedError: its time is over.
        """
        content, _, signature = token.rpartition(".")
        parsed = _TOKEN.fullmatch(token)
        # Compared in any case, and in a time that tells nothing of where they differ.
        ours = self._signature(content if parsed else "")
        if not hmac.compare_digest(ours.encode(), signature.encode(errors="replace")) or not parsed:
            raise NotFoundError("this link leads nowhere")
        task_id, step_id, attempt, expires = map(int, parsed.groups()[:4])
        if now >= expires:
            raise NotAllowedError("this link has expired", hint="ask for a new one")
        return LogName(task_id, step_id, attempt)

    def _signature(self, content: str) -> str:
        digest = hmac.digest(self._key, _PURPOSE + content.encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def link_key(directory: Path) -> bytes:
    """The key of an owned data directory, made when there is none; nobody else can read it.

    Raises:
        OSError: it cannot be read or made.
    """
    path = directory / "link.key"
    with suppress(FileNotFoundError):
        key = path.read_bytes()
        if len(key) == KEY_SIZE:
            return key
    key = secrets.token_bytes(KEY_SIZE)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, key)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)
    return key
