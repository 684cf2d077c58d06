"""Where the definitions of an installation come from."""

from __future__ import annotations

from contextlib import AsyncExitStack

from tasktrail.actions.definition_host import DefinitionHost
from tasktrail.actions.hosted_python import HostedPython
from tasktrail.actions.library import Library
from tasktrail.bootstrap.processes import Processes
from tasktrail.config import Config
from tasktrail.data_directory import DataDirectory
from tasktrail.definitions.catalog import Catalog


def open_library(
    stack: AsyncExitStack, directory: DataDirectory, config: Config, processes: Processes
) -> Library:
    """The catalog that the settings name, files and Python functions."""
    host = DefinitionHost(processes.supervisor, processes.life, limit=config.loading_limit)
    stack.push_async_callback(host.aclose)
    python = HostedPython(host)
    catalog = Catalog([directory.path / one for one in config.definitions], python.load)
    return Library(catalog, python.load, config.limits, python)
