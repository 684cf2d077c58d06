"""What a killed engine leaves is found and ended by the next one."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from process_trees import NASTY, lives

from tasktrail.runners.sweep import sweep

OWNER = """
    import asyncio, os, sys, time
    from pathlib import Path
    from tasktrail.runners.supervisor import CommandSpec, Supervisor

    class Printer:
        def write(self, stream, chunk):
            os.write(1, chunk)

    async def main(life, base, directory, script):
        supervisor = Supervisor(
            life=life, clock=lambda: 0, cgroup_base=Path(base) if base else None
        )
        env = {"PATH": os.environ["PATH"], "FIFO": f"{directory}/fifo"}
        spec = CommandSpec(
            argv=("/bin/sh", "-c", script), env=env, cwd=Path("/"), marker=f"{life}:1"
        )
        await (await supervisor.start(spec, Printer())).wait()

    asyncio.run(main(*sys.argv[1:]))
"""

SWEEPER = """
    import asyncio, sys
    from tasktrail.runners.sweep import sweep

    receipt = asyncio.run(sweep(sys.argv[1]))
    print(*(note.pid for note in receipt.killed))
    assert not receipt.survived
"""


@pytest.mark.parametrize("kind", ["double fork with setsid", "everything lost", "stopped"])
def test_the_next_life_finds_what_a_killed_owner_left(
    kind: str, directory: str, cgroup_base: Path | None, tmp_path: Path
) -> None:
    leader, escapee = _leave(kind, f"{directory}:1", cgroup_base, tmp_path)
    assert lives(escapee)
    swept = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SWEEPER), f"{directory}:"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert {leader, escapee} <= set(map(int, swept.stdout.split()))
    assert not lives(leader)
    assert not lives(escapee)
    if cgroup_base is not None:
        assert list(cgroup_base.glob(f"*{directory}*")) == []


async def test_what_another_data_directory_runs_is_left_alone(
    directory: str, cgroup_base: Path | None, tmp_path: Path
) -> None:
    leader, escapee = _leave("everything lost", f"{directory}:1", cgroup_base, tmp_path)
    receipt = await sweep(f"{directory[:-1]}:")
    assert receipt.killed == ()
    assert lives(leader)
    assert lives(escapee)
    receipt = await sweep(f"{directory}:")
    assert {note.pid for note in receipt.killed} >= {leader, escapee}


async def test_nothing_left_is_nothing_swept(directory: str) -> None:
    receipt = await sweep(f"{directory}:")
    assert (receipt.killed, receipt.survived) == ((), ())


def _leave(kind: str, life: str, base: Path | None, tmp_path: Path) -> tuple[int, int]:
    """Have an owner start a nasty tree, kill the owner; returns leader and escapee."""
    subprocess.run(["mkfifo", str(tmp_path / "fifo")], check=True)
    script = f'{NASTY[kind]}\nread pid <"$FIFO"; echo $$ $pid; exec sleep 1000'
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(OWNER), life, str(base or ""), tmp_path, script],
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        leader, escapee = map(int, owner.stdout.readline().split())
        owner.kill()
    return leader, escapee
