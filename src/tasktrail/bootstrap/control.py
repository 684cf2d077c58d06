"""The control side of an installation whose tasks are carried out by workers elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.elsewhere import Elsewhere, Matter
from tasktrail.actions.shared_installation import (
    KeyFor,
    SharedInstallation,
    shared_installation,
)
from tasktrail.bootstrap.beside import begin_beside
from tasktrail.bootstrap.engine_kind import share
from tasktrail.bootstrap.machine import new_reference
from tasktrail.bootstrap.parts import Driven, Parts
from tasktrail.engine.shared_use import watch_shared_use
from tasktrail.errors import RefusedError
from tasktrail.store.outbox import call_for_all
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.settings import Setting, keep_setting, read_setting
from tasktrail.store.store import Connection
from tasktrail.store.telegraph import Telegraph

if TYPE_CHECKING:
    from temporalio.client import Client

    from tasktrail.engine.temporal.cluster import Cluster
    from tasktrail.engine.temporal.control_side import ControlSide
    from tasktrail.store.held_lock import HeldLock


async def drive_from_afar(
    stack: AsyncExitStack, parts: Parts, disowned: asyncio.Event, *, engine: bool
) -> Driven:
    """Share the database with others, and with `engine` see to it that workers carry out what is
    to be done; where the cluster does not answer that begins when it does. `disowned` is set once
    an embedded engine has the database.

    Raises:
        DataDirectoryInUseError: an embedded engine works on the database.
        InvalidInputError: the cluster answers, but not to these settings, or they cannot be used.
        RefusedError: what speaks to Temporal is not installed.
    """
    decisions = parts.decisions
    lock = await share(stack, parts.directory, parts.config, decisions.store)
    elsewhere = _elsewhere(stack, parts)
    own = await decisions.store.write(lambda one: shared_installation(one.connection))
    if not engine:
        return Driven(elsewhere=elsewhere, own=own)
    _keep_shared_use(stack, decisions, lock, disowned)
    cluster = await _begin_control(stack, parts, elsewhere, own)
    return Driven(elsewhere=elsewhere, own=own, cluster=cluster)


def check_installed() -> None:
    """
    Raises:
        RefusedError: what speaks to Temporal is not installed.
    """
    try:
        import_module("tasktrail.engine.temporal.connection")
    except ImportError as error:
        raise RefusedError(
            f"the Temporal engine needs more than is installed: {error}",
            hint="pip install 'tasktrail[temporal]'",
        ) from error


def _elsewhere(stack: AsyncExitStack, parts: Parts) -> Elsewhere:
    assert parts.config.database is not None, "it is checked with the settings"
    telegraph = Telegraph(parts.decisions.store, parts.config.database)
    stack.push_async_callback(telegraph.aclose)
    elsewhere = Elsewhere(telegraph.send)
    parts.decisions.subscribe(elsewhere.exchange_tasks(parts.bulletin))
    begin_beside(stack, telegraph.listen(elsewhere.heard, elsewhere.missed))
    return elsewhere


async def _begin_control(
    stack: AsyncExitStack,
    parts: Parts,
    elsewhere: Elsewhere,
    own: SharedInstallation,
) -> Cluster:
    """Run the workflows of tasks, as soon as the cluster answers; what was left to do until then
    is in the outbox."""
    server, decisions, intake = parts.config.temporal, parts.decisions, parts.logs.intake
    assert server is not None, "it is checked with the settings"
    assert intake is not None, "there is a log store, by the same check"
    check_installed()

    from tasktrail.engine.temporal.cluster import Cluster
    from tasktrail.engine.temporal.connection import connect
    from tasktrail.engine.temporal.control_side import ControlSide
    from tasktrail.engine.temporal.looking import Looking
    from tasktrail.engine.temporal.nudging import Nudging
    from tasktrail.engine.temporal.open_workflows import OpenWorkflows

    payload_key = own.key(KeyFor.PAYLOADS)

    def told(task_id: int) -> None:
        elsewhere.tell(Matter.TASK, f"{task_id}.")

    def begin(client: Client) -> ControlSide:
        looking = Looking(decisions, intake, own.name, new_reference, told)
        nudging = Nudging(client, own.name, decisions.store)
        workflows = OpenWorkflows(client, own.name, decisions.store)
        reconnect = partial(connect, server, payload_key)
        control = ControlSide(client, reconnect, own.name, looking, nudging, workflows)
        decisions.subscribe(control.follow)
        control.start()
        return control

    entered = partial(_call_into_new_namespace, decisions)
    cluster = Cluster(server, payload_key, entered, begin)
    stack.push_async_callback(cluster.stop)
    await cluster.reach()
    begin_beside(stack, cluster.watch())
    return cluster


def _keep_shared_use(
    stack: AsyncExitStack, decisions: Decisions, lock: HeldLock, disowned: asyncio.Event
) -> None:
    """Set `disowned` once an embedded engine owns the database, and look after what the database
    did not answer."""
    from tasktrail.actions.doubtful_tasks import DoubtfulTasks

    store = decisions.store
    assert isinstance(store, PostgresqlStore)
    doubtful = DoubtfulTasks(decisions)
    store.in_doubt = doubtful.add
    stack.push_async_callback(doubtful.aclose)

    async def taken_over() -> None:
        disowned.set()

    begin_beside(stack, watch_shared_use(lock, taken_over))


async def _call_into_new_namespace(decisions: Decisions, found: str) -> None:
    """Have every task looked at where there is a namespace that knows none of them: after a move,
    or where the cluster was set up anew."""

    def settle(connection: Connection) -> None:
        if read_setting(connection, Setting.NAMESPACE) != found:
            keep_setting(connection, Setting.NAMESPACE, found)
            call_for_all(connection)

    await decisions.store.write(lambda one: settle(one.connection))
