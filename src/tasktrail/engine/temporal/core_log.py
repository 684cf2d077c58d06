"""What the core of the SDK logs, which is no Python, in the log of this program."""

from __future__ import annotations

import logging
from functools import cache

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

_SAID_BY_US = "temporalio.worker._worker"
"""Tells of the end of a worker with a traceback of the SDK; `Polling` says why in one line."""


@cache
def logged_runtime() -> Runtime:
    """The runtime of all connections of this process. By itself the core writes to the terminal, in
    a form of its own and in colors, also where that is a file of JSON."""
    logging.getLogger(_SAID_BY_US).setLevel(logging.CRITICAL)
    forwarding = LogForwardingConfig(
        logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
    )
    levels = TelemetryFilter(core_level="WARN", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(levels, forwarding)))
