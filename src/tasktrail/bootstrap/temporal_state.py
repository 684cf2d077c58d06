"""Temporal as `tasktrail doctor` finds it."""

from __future__ import annotations

from datetime import timedelta

from tasktrail.actions.shared_installation import KeyFor, SharedInstallation
from tasktrail.bootstrap.control import check_installed
from tasktrail.bootstrap.parts import Driven, Parts
from tasktrail.config import TemporalServer
from tasktrail.engine.examination import TemporalState
from tasktrail.errors import RefusedError

_PATIENCE = timedelta(seconds=3)
"""How long an answer is waited for by who only wants to know whether there is one."""


async def temporal_state(parts: Parts, driven: Driven) -> TemporalState:
    """How things stand with the cluster. Where nobody works with it here, it is asked."""
    if driven.cluster is not None:
        problem = driven.cluster.problem
        if problem is None:
            return TemporalState("workers carry the jobs out")
        hint = "accepted tasks wait until it answers; see docs/temporal.md"
        return TemporalState(problem, hint)
    server, own = parts.config.temporal, driven.own
    assert server is not None, "it is checked with the settings"
    assert own is not None, "it is read with the database"
    try:
        await _ask(server, own)
    except RefusedError as refusal:
        return TemporalState(refusal.message, refusal.hint or "see docs/temporal.md")
    return TemporalState(f"answers at {server.address}; no control process runs here")


async def _ask(server: TemporalServer, own: SharedInstallation) -> None:
    """
    Raises:
        RefusedError: the cluster is not there, or cannot be used by these settings.
    """
    check_installed()

    from tasktrail.engine.temporal.connection import connect

    await connect(server, own.key(KeyFor.PAYLOADS), _PATIENCE)
