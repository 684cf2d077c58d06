"""What the server writes into its log while something is asked."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from tasktrail.config import LogFormat, LogLevel
from tasktrail.structured_log import set_up_log

_OF_CLIENTS = ("httpx2", "httpcore2")
"""Loggers of what asks in the tests, which is no part of the server."""


@contextmanager
def written(form: LogFormat) -> Generator[None]:
    """Until the end of the block everything is written to stderr, as `tasktrail up` does it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_log(form, LogLevel.DEBUG)
    for name in _OF_CLIENTS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name in _OF_CLIENTS:
            logging.getLogger(name).setLevel(logging.NOTSET)
