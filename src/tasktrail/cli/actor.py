"""Who sits at the command line."""

from __future__ import annotations

import os
import pwd

from tasktrail.local.request import Person


def whoami() -> Person:
    """The user of the operating system that runs this command."""
    uid = os.getuid()
    try:
        return Person(id=uid, name=pwd.getpwuid(uid).pw_name)
    except KeyError:
        # A container may run as an id without an entry.
        return Person(id=uid, name=os.environ.get("USER") or f"uid {uid}")
