"""The log of the program itself: lines for people or JSON for machines, each with its subjects."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from tasktrail.config import LogFormat, LogLevel
from tasktrail.log_context import log_subjects

_FOREIGN = ("uvicorn", "asyncio", "alembic", "sqlalchemy")
"""Loggers whose information is for those who develop them."""


def set_up_log(form: LogFormat, level: LogLevel) -> None:
    """Write the log of this program to stderr from now on."""
    output = logging.StreamHandler()
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_DESCRIBING, processors=_rendering(form)
        )
    )
    root = logging.getLogger()
    for present in root.handlers[:]:
        root.removeHandler(present)
    root.addHandler(output)
    root.setLevel(level.upper())
    for name in _FOREIGN:
        logging.getLogger(name).setLevel(logging.WARNING)


_Entry = MutableMapping[str, Any]


def _with_subjects(_logger: object, _method: str, entry: _Entry) -> _Entry:
    entry.update(log_subjects())
    return entry


def _with_fields(_logger: object, _method: str, entry: _Entry) -> _Entry:
    """What a record brings as `extra={"fields": {...}}`."""
    record: logging.LogRecord = entry["_record"]
    entry.update(getattr(record, "fields", {}))
    return entry


_DESCRIBING: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_subjects,
    _with_fields,
]


def _rendering(form: LogFormat) -> list[structlog.typing.Processor]:
    last: structlog.typing.Processor
    if form is LogFormat.JSON:
        last = structlog.processors.JSONRenderer()
        errors = [structlog.processors.format_exc_info]
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        errors = []
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *errors, last]
