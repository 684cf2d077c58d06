"""What all processes that work on one database know of it, and what nobody else does."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from enum import Enum

from tasktrail.store.settings import Setting, keep_setting, read_setting
from tasktrail.store.store import Connection

_SECRET_SIZE = 32


class KeyFor(Enum):
    """What a key is for: one can never stand for another."""

    PAYLOADS = b"tasktrail payloads 1"
    """What goes through Temporal is encrypted with it; workers are told it."""

    LINKS = b"tasktrail links 1"
    """Links to logs are signed with it."""


@dataclass(frozen=True, slots=True)
class SharedInstallation:
    """`name` tells it from every other one; keys are made of `secret`."""

    name: str
    secret: bytes = field(repr=False)

    def key(self, purpose: KeyFor) -> bytes:
        """A key of 32 bytes, the same in every process."""
        return hmac.digest(self.secret, purpose.value, "sha256")


def shared_installation(connection: Connection) -> SharedInstallation:
    """The installation of a database, which becomes one when it is none yet."""
    name = read_setting(connection, Setting.INSTALLATION)
    secret = read_setting(connection, Setting.SECRET)
    if name is None or secret is None:
        name, secret = secrets.token_hex(8), secrets.token_hex(_SECRET_SIZE)
        keep_setting(connection, Setting.INSTALLATION, name)
        keep_setting(connection, Setting.SECRET, secret)
    return SharedInstallation(name, bytes.fromhex(secret))
