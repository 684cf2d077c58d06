"""What a backup answers, in the camelCase JSON of the REST contract."""

from __future__ import annotations

from typing import Any

import msgspec

from tasktrail.errors import ConnectionLostError
from tasktrail.local.shape import Shape


class BackupProgress(Shape, frozen=True, kw_only=True, tag="progress", rename="camel"):
    """Bytes of logs that are copied, of how many."""

    copied: int
    total: int


class BackupMade(Shape, frozen=True, kw_only=True, tag="made", rename="camel"):
    """What is in the backup, and the task that says so."""

    directory: str
    tasks: int
    logs: int
    log_bytes: int
    task_id: int


BackupItem = BackupProgress | BackupMade


def read_backup_item(answer: object) -> BackupItem:
    """`answer` as an item of the stream `backup`.

    Raises:
        ConnectionLostError: it is something else.
    """
    shapes: Any = BackupItem
    try:
        return msgspec.convert(answer, shapes)
    except msgspec.ValidationError as error:
        raise ConnectionLostError(f"the engine gave an answer of another form: {error}") from error
