"""`tasktrail doctor` where no control process runs: it asks Temporal itself."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

from cluster.temporal_server import free_port
from tasktrail.bootstrap import open_world
from temporal.temporal_bench import settings


async def engine_fact(directory: Path, database: str, temporal: str, more: str = "") -> Any:
    """What the doctor says of the engine."""
    text = settings(database, temporal, directory / "logs") + more
    (directory / "config.toml").write_text(text)
    async with open_world(directory, engine=False) as world, asyncio.timeout(20):
        facts = await world.installation.examine(False)
    return next(fact for fact in facts if fact["name"] == "engine")


async def test_a_cluster_that_answers_is_well(tmp_path: Path, database: str, temporal: str) -> None:
    assert await engine_fact(tmp_path, database, temporal) == {
        "name": "engine",
        "value": f"Temporal; answers at {temporal}; no control process runs here",
        "ok": True,
        "hint": None,
    }


async def test_a_namespace_that_is_not_there_is_named_with_how_to_make_it(
    tmp_path: Path, database: str, temporal: str
) -> None:
    fact = await engine_fact(tmp_path, database, temporal, 'namespace = "ours"\n')
    assert not fact["ok"]
    assert f"the namespace ours at {temporal} cannot be used" in fact["value"]
    assert fact["hint"] == "make it: temporal operator namespace create --namespace ours"


async def test_an_address_at_which_nobody_listens_is_named(tmp_path: Path, database: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    fact = await engine_fact(tmp_path, database, address)
    assert not fact["ok"]
    assert f"no Temporal server answers at {address}" in fact["value"]
    assert "does it speak TLS" in fact["hint"]


async def test_who_never_answers_is_not_waited_for_long(tmp_path: Path, database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        fact = await engine_fact(tmp_path, database, address)
    assert not fact["ok"]
    assert f"no Temporal server answers at {address}" in fact["value"]


async def test_settings_that_cannot_be_used_are_told(
    tmp_path: Path, database: str, temporal: str
) -> None:
    fact = await engine_fact(tmp_path, database, temporal, 'tls_ca = "/nowhere.pem"\n')
    assert (fact["ok"], fact["value"]) == (
        False,
        "Temporal; /nowhere.pem cannot be read: No such file or directory",
    )
