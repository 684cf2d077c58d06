"""One started process and everything that it started in turn."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Sequence

from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.instant import Instant
from tasktrail.model.receipt import LimitKind, TerminationReceipt
from tasktrail.runners.children import CHILDREN
from tasktrail.runners.command_spec import ExitStatus, killed_by
from tasktrail.runners.containment import Enclosure
from tasktrail.runners.pipe_drain import PipeDrain
from tasktrail.runners.termination import terminate

_DRAIN_SECONDS = 1.0
_STOLEN = ExitStatus(code=255)
"""Somebody else in this OS process waited for our child, and with it took its exit code."""


class ProcessTree:
    """A live process tree; made by `Supervisor.start`.

    Whoever started it calls `finish` or `stop` in the end: until then the leader stays a zombie, so
    that its pid, which is the number of its group and session too, means nobody else.
    """

    def __init__(
        self,
        leader: subprocess.Popen[bytes],
        enclosure: Enclosure,
        drains: Sequence[PipeDrain],
        clock: Callable[[], Instant],
        on_gone: Callable[[ProcessTree], None],
    ) -> None:
        self.pid = leader.pid
        self._leader = leader
        self._enclosure = enclosure
        self._drains = drains
        self._clock = clock
        self._on_gone = on_gone
        self._loop = asyncio.get_running_loop()
        self._exited: asyncio.Future[ExitStatus] = self._loop.create_future()
        self._pidfd = os.pidfd_open(leader.pid)
        self._loop.add_reader(self._pidfd, self._note_exit)
        self._concluded = False

    @property
    def exited(self) -> bool:
        """Whether the leader has ended."""
        return self._exited.done()

    @property
    def ending(self) -> asyncio.Future[ExitStatus]:
        """Done when the leader has ended; for `asyncio.wait`, which leaves it as it is."""
        return self._exited

    @property
    def enforced(self) -> frozenset[LimitKind]:
        """What the tree as a whole cannot use more of than its limits allow."""
        return self._enclosure.enforced

    async def wait(self) -> ExitStatus:
        """Return how the leader ended, once it has. May be canceled, may be called often."""
        return await asyncio.shield(self._exited)

    async def finish(self, *, grace: float = 2.0) -> TerminationReceipt:
        """After the leader ended by itself: stop what it left behind, read the output to its end.

        What is left gets SIGTERM and, after `grace` seconds, SIGKILL. Returns when the tree is
        gone.
        """
        await self.wait()
        left_behind = self._enclosure.left_behind()
        if left_behind:
            receipt = await terminate(
                self._enclosure,
                stop_signal="SIGTERM",
                grace=grace,
                forced=self._loop.create_future(),
                clock=self._clock,
                left_behind=left_behind,
            )
        else:
            receipt = TerminationReceipt(
                means=self._enclosure.means,
                proof=self._enclosure.proof,
                limits_hit=self._enclosure.limits_hit,
                ended_at=self._clock(),
            )
        await self._conclude()
        return receipt

    async def stop(
        self, *, stop_signal: str, grace: float, forced: Awaitable[None] | None = None
    ) -> TerminationReceipt:
        """Stop the whole tree: `stop_signal` to all of it, `grace` seconds, SIGKILL, proof.

        As soon as `forced` (such as `StopOrder.wait_forced()`) returns, the grace is over. Returns
        when the tree is gone, or with its survivors in the receipt.
        """
        force = asyncio.ensure_future(forced if forced is not None else self._loop.create_future())
        # A coroutine that would return at once needs one turn of the loop to do so.
        await asyncio.sleep(0)
        try:
            receipt = await terminate(
                self._enclosure,
                stop_signal=stop_signal,
                grace=grace,
                forced=force,
                clock=self._clock,
            )
        finally:
            force.cancel()
        await self._conclude()
        return receipt

    async def _conclude(self) -> None:
        for drain in self._drains:
            await drain.finish(_DRAIN_SECONDS)
        self._concluded = True
        self._note_exit()
        if self._exited.done():
            self._let_go()

    def _note_exit(self) -> None:
        """The pidfd became readable: keep how the leader ended, and leave the zombie."""
        if self._exited.done():
            return
        try:
            ended = os.waitid(os.P_PIDFD, self._pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            self._settle(_STOLEN)
            return
        if ended is not None:
            killed = ended.si_code in {os.CLD_KILLED, os.CLD_DUMPED}
            self._settle(killed_by(ended.si_status) if killed else ExitStatus(code=ended.si_status))

    def _settle(self, status: ExitStatus) -> None:
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        reach(Failpoint.PROCESS_EXITED)
        self._exited.set_result(status)
        if self._concluded:
            self._let_go()  # it survived its stop, and has ended now after all

    def _let_go(self) -> None:
        """Reap the leader and give everything back. Once; a second call changes nothing."""
        if self._leader.returncode is not None:
            return
        self._leader.wait()
        CHILDREN.forget(self.pid)
        self._enclosure.release()
        CHILDREN.reap_orphans()
        self._on_gone(self)
