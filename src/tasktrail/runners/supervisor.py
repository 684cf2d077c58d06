"""Starts and holds every OS process of an engine life."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from errno import ENOENT
from pathlib import Path
from typing import Literal

from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.instant import Instant
from tasktrail.runners.cgroup import Cgroups
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.children import CHILDREN
from tasktrail.runners.command_spec import MARKER_VARIABLE, CommandSpec, ExitStatus
from tasktrail.runners.containment import Containment, Enclosure
from tasktrail.runners.marker_scan import MarkerScan
from tasktrail.runners.marker_tag import tagged
from tasktrail.runners.pipe_drain import PipeDrain
from tasktrail.runners.process_tree import ProcessTree
from tasktrail.runners.spawn_error import SpawnError, spawn_error
from tasktrail.runners.step_call import OutputSink, Stream
from tasktrail.runners.sweep import SweepReceipt, sweep

__all__ = [
    "CommandSpec",
    "ExitStatus",
    "ProcessTree",
    "SpawnError",
    "Supervisor",
    "SweepReceipt",
    "sweep",
]

_REAP_SECONDS = 1.0


class Supervisor:
    """Starts process trees and keeps what they are held by; used from one event loop.

    `life` is `<data directory>:<life>`, the start of the marker of each of its trees. `cgroup_base`
    is the cgroup below which it makes its own; None does without, "detect" looks for one.
    """

    def __init__(
        self,
        *,
        life: str,
        clock: Callable[[], Instant],
        cgroup_base: Path | Literal["detect"] | None = "detect",
    ) -> None:
        self._clock = clock
        self._trees: set[ProcessTree] = set()
        self._reaping: asyncio.TimerHandle | None = None
        CHILDREN.adopt_orphans()
        base = find_cgroup_base() if cgroup_base == "detect" else cgroup_base
        self._containment: Containment = _containment(base, life)

    async def start(self, spec: CommandSpec, output: OutputSink) -> ProcessTree:
        """Start the command in a session of its own; its output goes to `output` from now on.

        Raises:
            SpawnError: it cannot be started.
        """
        enclosure = self._containment.enclose(spec.marker, spec.limits)
        drains: list[PipeDrain] = []
        try:
            if spec.capture:
                for stream in (Stream.STDOUT, Stream.STDERR):
                    drains.append(PipeDrain(stream, output))  # noqa: PERF401 - the first is closed when the second fails
            tree = self._spawn(spec, enclosure, drains)
        except (OSError, ValueError) as refusal:
            for drain in drains:
                drain.close()
            enclosure.release()
            raise spawn_error(refusal, command=spec.argv[0], cwd=str(spec.cwd)) from refusal
        finally:
            for drain in drains:
                drain.close_write_end()
        self._trees.add(tree)
        reach(Failpoint.PROCESS_TRACKED)
        self._reap_later()
        return tree

    async def aclose(self) -> None:
        """Kill everything of this life that is left, and give back what it was held by."""
        await asyncio.gather(*(_kill(tree) for tree in tuple(self._trees)))
        if self._reaping is not None:
            self._reaping.cancel()
        CHILDREN.reap_orphans()
        self._containment.close()

    def _spawn(
        self, spec: CommandSpec, enclosure: Enclosure, drains: Sequence[PipeDrain]
    ) -> ProcessTree:
        environment = {**spec.env, MARKER_VARIABLE: spec.marker}
        argv = enclosure.enter(_resolved(spec.argv, environment))
        outputs = [drain.write_end for drain in drains] or [subprocess.DEVNULL, subprocess.DEVNULL]
        with CHILDREN.starting(), tagged(spec.marker):
            # vfork inside: the loop stands still for the time of one exec, some 0.6 ms.
            leader = subprocess.Popen(
                argv,
                env=environment,
                cwd=str(spec.cwd),
                stdin=subprocess.DEVNULL,
                stdout=outputs[0],
                stderr=outputs[1],
                start_new_session=True,
                pass_fds=spec.pass_fds,
            )
            reach(Failpoint.PROCESS_STARTED)
            CHILDREN.register(leader.pid)
        enclosure.lead(leader.pid)
        try:
            return ProcessTree(leader, enclosure, drains, self._clock, self._forget)
        except OSError:  # no file handle left for the pidfd
            enclosure.kill()
            leader.wait()
            CHILDREN.forget(leader.pid)
            raise

    def _forget(self, tree: ProcessTree) -> None:
        self._trees.discard(tree)

    def _reap_later(self) -> None:
        """While there are trees, their orphans that ended are reaped once a second."""
        if self._reaping is None:
            loop = asyncio.get_running_loop()
            self._reaping = loop.call_later(_REAP_SECONDS, self._reap)

    def _reap(self) -> None:
        self._reaping = None
        CHILDREN.reap_orphans()
        if self._trees:
            self._reap_later()


def _containment(base: Path | None, life: str) -> Containment:
    if base is None:
        return MarkerScan()
    try:
        return Cgroups(base, life)
    except OSError:
        return MarkerScan()


def _resolved(argv: tuple[str, ...], environment: dict[str, str]) -> tuple[str, ...]:
    """`argv` with its command looked up, so that a missing one is told whoever executes it.

    Raises:
        FileNotFoundError: there is no such command.
    """
    found = shutil.which(argv[0], path=environment.get("PATH"))
    if found is None:
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), argv[0])
    return (found, *argv[1:])


async def _kill(tree: ProcessTree) -> None:
    at_once = asyncio.get_running_loop().create_future()
    at_once.set_result(None)
    await tree.stop(stop_signal="SIGKILL", grace=0, forced=at_once)
