"""The stop sequence of a process tree: signal, grace, SIGKILL, proof (statuses.md, "Time")."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.instant import Instant
from tasktrail.model.receipt import ProcessNote, TerminationReceipt
from tasktrail.runners.children import CHILDREN
from tasktrail.runners.containment import Enclosure
from tasktrail.runners.os_process import OsProcess, send

_KILL_SECONDS = 5.0
"""How long SIGKILL may take before what it did not end is noted as survived. A process in an
uninterruptible system call (a dead network file system) lives on for as long as that takes."""
_KILL_ROUND = 0.25


async def terminate(
    enclosure: Enclosure,
    *,
    stop_signal: str,
    grace: float,
    forced: asyncio.Future[None],
    clock: Callable[[], Instant],
    left_behind: Sequence[OsProcess] = (),
) -> TerminationReceipt:
    """Stop everything in `enclosure` and say how that went.

    First the stop signal, then up to `grace` seconds for all of it to end, cut short at any moment
    by `forced`, then SIGKILL.
    """
    asked_at = clock()
    signalled: tuple[ProcessNote, ...] = ()
    killed: tuple[ProcessNote, ...] = ()
    gone = False
    if not forced.done():
        signalled = _signal(enclosure.members(), signal.Signals[stop_signal])
        reach(Failpoint.PROCESS_SIGNALLED)
        gone = await _empty_within(enclosure, grace, forced)
    if not gone:
        killed = await _kill(enclosure)
    survived = () if gone else enclosure.members()
    return TerminationReceipt(
        means=enclosure.means,
        stop_signal=stop_signal if signalled else None,
        signalled=signalled,
        killed=killed,
        survived=_notes(survived),
        left_behind=_notes(left_behind),
        limits_hit=enclosure.limits_hit,
        proof=None if survived else enclosure.proof,
        asked_at=asked_at,
        ended_at=clock(),
    )


def _signal(members: Sequence[OsProcess], stop_signal: signal.Signals) -> tuple[ProcessNote, ...]:
    reached = [member for member in members if send(member, stop_signal)]
    for member in reached:
        # A stopped process would take note of the signal only after the grace.
        send(member, signal.SIGCONT)
    return _notes(reached)


async def _kill(enclosure: Enclosure) -> tuple[ProcessNote, ...]:
    """SIGKILL until nothing is left or the time for it is over; returns what it was sent to."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _KILL_SECONDS
    killed: dict[int, ProcessNote] = {}
    while loop.time() < deadline:
        killed.update((member.pid, member.note) for member in enclosure.members())
        enclosure.kill()
        reach(Failpoint.PROCESS_KILLED)
        CHILDREN.reap_orphans()
        if await _empty_within(enclosure, _KILL_ROUND):
            break
    return tuple(killed.values())


async def _empty_within(
    enclosure: Enclosure, seconds: float, *cut_short: asyncio.Future[None]
) -> bool:
    empty = asyncio.ensure_future(enclosure.wait_empty())
    waited_for = (empty, *cut_short)
    try:
        await asyncio.wait(waited_for, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if empty.done():
            empty.result()
        return empty.done()
    finally:
        empty.cancel()


def _notes(members: Sequence[OsProcess]) -> tuple[ProcessNote, ...]:
    return tuple(member.note for member in members)
