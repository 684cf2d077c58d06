"""Records workflows for later versions to replay: `make record-histories`.

What is there is kept: tasks that an older version began go on with the newer one. Names carry the
number of the recording.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any, cast

from contract.postgresql_server import postgresql_server
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.store.settings import Setting, keep_setting
from temporal.replaying import RECORDED
from temporal.scenarios import SCENARIOS, play
from temporal.temporal_bench import temporal_bench
from temporal.temporal_server import temporal_server

_PROCESS = re.compile(r"\d+@")
"""How the name of a process at a machine begins."""


def main(target: Path) -> None:
    """Record every scenario into `target`."""
    recording = 1 + max((int(path.stem.rpartition("-")[2]) for path in target.glob("*")), default=0)
    with (
        tempfile.TemporaryDirectory(prefix="record-") as directory,
        temporal_server(Path(directory)) as temporal,
        postgresql_server(uuid.uuid4().hex[:12]) as server,
    ):
        database = server.make("record")
        asyncio.run(_record(Path(directory), database, temporal, target, recording))


async def _record(
    directory: Path, database: str, temporal: str, target: Path, recording: int
) -> None:
    await _become_recorded(database)
    for name, scenario in SCENARIOS.items():
        async with temporal_bench(directory / name, database, temporal) as bench:
            task_id = await play(bench, scenario)
            history = await bench.workflow_history(task_id)
        path = target / f"{name}-{recording}.json"
        recorded = _without_machine(history.to_json_dict())
        path.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")


def _without_machine(part: Any) -> Any:
    """Leave out what says where it was recorded: nothing of it is replayed."""
    if isinstance(part, list):
        return [_without_machine(one) for one in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return "recorded" if _PROCESS.match(str(part)) else part
    found = cast("dict[str, Any]", part)
    return {name: _without_machine(one) for name, one in found.items() if name != "stackTrace"}


async def _become_recorded(database: str) -> None:
    """Make the database that of the installation whose key the replay knows."""
    store = PostgresqlStore(database)
    for setting, value in (
        (Setting.INSTALLATION, RECORDED.name),
        (Setting.SECRET, RECORDED.secret.hex()),
    ):
        await store.write(
            lambda one, setting=setting, value=value: keep_setting(one.connection, setting, value)
        )
    await store.aclose()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
