"""Trees held by process group, session, descent and marker, where there is no cgroup to use."""

from __future__ import annotations

import asyncio
import os
import signal

from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind, Means
from tasktrail.runners.children import CHILDREN
from tasktrail.runners.marker_tag import read_tag, tag_of
from tasktrail.runners.os_process import OsProcess, look_at, marker_of, send
from tasktrail.runners.process_table import PROCESS_TABLE, Look
from tasktrail.runners.shell_entry import memory_bound, prefixed

_FIRST_WAIT = 0.01
_LONGEST_WAIT = 0.1
_STABLE = 2
"""As many scans in a row must find nothing: one alone can miss a child whose pid wrapped around."""
_MOST_ROUNDS = 50


class MarkerScan:
    """Makes enclosures that need nothing but /proc."""

    def enclose(self, marker: str, limits: StepLimits | None = None) -> ScannedTree:
        """An enclosure for the tree with that marker.

        Of its limits it knows only the one of memory, and that for each process by itself.
        """
        return ScannedTree(marker, memory_bound(limits))

    def close(self) -> None:
        """Nothing is shared."""


class ScannedTree:
    """Finds the processes of one tree in the process table."""

    def __init__(self, marker: str, entry: str = "") -> None:
        self._marker = marker
        self._entry = entry
        self._tag = tag_of(marker)
        self._leader = 0
        self._since = 0

    @property
    def means(self) -> tuple[Means, ...]:
        """Group (with session) and marker, and adoption where the system has it."""
        if CHILDREN.adopts:
            return (Means.PROCESS_GROUP, Means.SUBREAPER, Means.MARKER)
        return (Means.PROCESS_GROUP, Means.MARKER)

    @property
    def proof(self) -> str:
        """What was searched without finding anything."""
        return "no process of the group, the session, the descendants or the marker"

    @property
    def enforced(self) -> frozenset[LimitKind]:
        """None: a limit of each process is none of all."""
        return frozenset()

    @property
    def limits_hit(self) -> tuple[LimitKind, ...]:
        """None that is known of."""
        return ()

    def enter(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """Group and marker are there from the first moment."""
        return prefixed(argv, self._entry)

    def lead(self, pid: int) -> None:
        """Session and process group have the leader's number."""
        self._leader = pid

    def left_behind(self) -> tuple[OsProcess, ...]:
        """What still lives after the leader's end.

        What the leader left without a parent has come to us: without an orphan there is nothing.
        """
        if CHILDREN.adopts and not any(orphan.alive for orphan in CHILDREN.orphans()):
            return ()
        return self.members()

    def members(self) -> tuple[OsProcess, ...]:
        """One scan of the process table."""
        return self._members_in(PROCESS_TABLE.fresh())

    def kill(self) -> None:
        """Stop what is found until nothing new turns up, then kill it: stopped, nothing forks."""
        stopped: dict[tuple[int, int], OsProcess] = {}
        for _ in range(_MOST_ROUNDS):
            fresh = [
                member for member in self.members() if (member.pid, member.started) not in stopped
            ]
            if not fresh:
                break
            for member in fresh:
                send(member, signal.SIGSTOP)
                stopped[member.pid, member.started] = member
        for member in stopped.values():
            send(member, signal.SIGKILL)

    async def wait_empty(self) -> None:
        """Look, ever more slowly, until two looks in a row, taken from now on, find nothing."""
        wait, empty, number = _FIRST_WAIT, 0, PROCESS_TABLE.number
        while True:
            CHILDREN.reap_orphans()
            look = PROCESS_TABLE.recent()
            if look.number != number:
                empty = 0 if self._members_in(look) else empty + 1
            number = look.number
            if empty == _STABLE:
                return
            if empty:
                await asyncio.sleep(look.age)
            else:
                await asyncio.sleep(wait)
                wait = min(_LONGEST_WAIT, wait * 1.5)

    def release(self) -> None:
        """Nothing was taken."""

    def _members_in(self, look: Look) -> tuple[OsProcess, ...]:
        others, since = {0, os.getsid(0)}, self._leader_started()
        # What is older than the leader is not looked at closely, which is most of what there is.
        table = {
            found.pid: found
            for found in look.processes
            if found.started >= since and found.session not in others
        }
        roots = {found.pid for found in table.values() if self._claims(found)}
        return tuple(found for found in _with_descendants(table, roots) if found.alive)

    def _leader_started(self) -> int:
        """When the leader started; it can be looked at for as long as it is not reaped."""
        if not self._since and (leader := look_at(self._leader)) is not None:
            self._since = leader.started
        return self._since

    def _claims(self, found: OsProcess) -> bool:
        return (
            self._leader in {found.pid, found.group, found.session}
            or read_tag(found.pid) == self._tag
            or marker_of(found.pid) == self._marker
        )


def _with_descendants(table: dict[int, OsProcess], roots: set[int]) -> list[OsProcess]:
    offspring: dict[int, list[int]] = {}
    for found in table.values():
        offspring.setdefault(found.parent, []).append(found.pid)
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in seen:
            seen.add(pid)
            waiting.extend(offspring.get(pid, ()))
    return [table[pid] for pid in sorted(seen)]
