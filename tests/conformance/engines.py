"""The engines that the suite is played on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from conformance.embedded import embedded_installation
from conformance.installation import Installation
from conformance.temporal_engine import temporal_installation

Engine = Callable[[Path], AbstractAsyncContextManager[Installation]]
"""Opens an installation in a directory, which it makes."""

ENGINES: dict[str, Engine] = {"embedded": embedded_installation, "temporal": temporal_installation}
"""All of them, by name."""
