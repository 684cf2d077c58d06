"""Every behaviour, by the same code on each engine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from conformance.behaviour import Behaviour
from conformance.behaviours import cancels, losing_workers, reached, spawns, values
from conformance.embedded import embedded_installation
from conformance.playing import Played, play
from conformance.suite import chosen
from conformance.temporal import on_server
from contract.postgresql_server import postgresql_server

OF_MANY_PROCESSES = (reached, losing_workers, cancels, spawns, values)
"""What goes from process to process in a cluster. `make conformance` plays all of it."""


def report(played: Sequence[Played], subtests: pytest.Subtests) -> None:
    """Let each behaviour be a test of its own."""
    assert played
    for one in played:
        with subtests.test(one.behaviour.name):
            if one.error is not None:
                raise one.error


async def test_the_embedded_engine_has_every_behaviour(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    async with embedded_installation(tmp_path / "installation") as installation:
        report(await play(installation, chosen(), tmp_path / "sites"), subtests)


@pytest.mark.postgresql
@pytest.mark.timeout(240)
async def test_the_temporal_engine_has_those_that_go_from_process_to_process(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    with postgresql_server(session) as server:
        async with on_server(tmp_path / "installation", server) as installation:
            played = await play(installation, of_many_processes(), tmp_path / "sites")
    report(played, subtests)


def of_many_processes() -> list[Behaviour]:
    modules = {module.__name__ for module in OF_MANY_PROCESSES}
    return [one for one in chosen() if one.play.__module__ in modules]
