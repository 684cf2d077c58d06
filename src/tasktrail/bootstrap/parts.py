"""What an installation is made of before anything drives its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.library import Library
from tasktrail.bootstrap.logs import Logs
from tasktrail.bootstrap.processes import Processes
from tasktrail.config import Config
from tasktrail.data_directory import DataDirectory

if TYPE_CHECKING:
    from tasktrail.actions.elsewhere import Elsewhere
    from tasktrail.actions.shared_installation import SharedInstallation
    from tasktrail.engine.embedded import EmbeddedEngine
    from tasktrail.engine.log_shipping import LogShipping
    from tasktrail.engine.temporal.cluster import Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An owned data directory, and what works on it."""

    directory: DataDirectory
    config: Config
    decisions: Decisions
    bulletin: Bulletin
    logs: Logs
    processes: Processes
    library: Library


@dataclass(frozen=True, slots=True)
class Driven:
    """What drives the tasks of an installation, where anything does: `engine` here.

    `elsewhere` is the way to the other processes on the same database, where there may be some, and
    `own` what all of them know. `cluster` is what gives jobs to workers, where any are.
    """

    engine: EmbeddedEngine | None = None
    shipping: LogShipping | None = None
    elsewhere: Elsewhere | None = None
    own: SharedInstallation | None = None
    cluster: Cluster | None = None
