"""The engine of an owned data directory."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import AsyncExitStack

from tasktrail.bootstrap.machine import new_reference
from tasktrail.bootstrap.parts import Parts
from tasktrail.engine.embedded import EmbeddedEngine
from tasktrail.engine.recovery import remove_workspaces
from tasktrail.engine.spawn_runner import SpawnRunner
from tasktrail.engine.workshop import Workshop
from tasktrail.model.plan import (
    Action,
    CommandAction,
    PythonAction,
    SpawnAction,
    SystemAction,
)
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.environment import base_environment
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import StepRunner
from tasktrail.runners.system import SystemRunner
from tasktrail.store.task_views import live_task_ids

_COLLECTED_AFTER = 10_000
"""Objects after which an engine has the collector look for cycles; Python's own number is 700.

Nearly all that an engine makes for a task goes without the collector.
"""


async def start_engine(stack: AsyncExitStack, parts: Parts) -> EmbeddedEngine:
    """An engine that follows the decisions; what died with the last one is not settled yet."""
    config, decisions = parts.config, parts.decisions
    runners: dict[type[Action], StepRunner] = {}
    workshop = _workshop(stack, parts, runners)
    engine = EmbeddedEngine(
        decisions, parts.library, parts.bulletin, workshop, slots=config.slot_count
    )
    runners[SpawnAction] = SpawnRunner(engine)
    # What is loaded by now stays: it is not to be looked at again and again.
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER)

    async def stop() -> None:
        await engine.stop(patience=config.stop_patience)

    stack.push_async_callback(stop)
    decisions.subscribe(engine.follow)
    decisions.start_at(engine.reserve)
    live = frozenset(await decisions.store.read(live_task_ids))
    await asyncio.to_thread(remove_workspaces, parts.directory.workspaces, live)
    return engine


def _workshop(
    stack: AsyncExitStack, parts: Parts, runners: dict[type[Action], StepRunner]
) -> Workshop:
    """What jobs are carried out with; `runners` is filled."""
    directory, config, processes = parts.directory, parts.config, parts.processes
    commands = CommandRunner(processes.supervisor, new_reference)
    python = PythonRunner(
        processes.supervisor, processes.life, new_reference, most_idle=config.slot_count
    )
    stack.push_async_callback(python.aclose)
    system = SystemRunner(commands, caches=directory.caches, new_reference=new_reference)
    runners[CommandAction] = commands
    runners[PythonAction] = python
    runners[SystemAction] = system
    return Workshop(
        runners=runners,
        system=system,
        logs=parts.logs.place,
        hub=parts.logs.hub,
        workspaces=directory.workspaces,
        life=processes.life,
        base_environment=base_environment(os.environ),
        clock=parts.decisions.clock,
        new_reference=new_reference,
        log_cap=config.log_cap,
    )
