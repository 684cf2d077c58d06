"""The embedded engine: everything in one process on one machine.

Nothing polls while idle: decisions say what is to be done, timers say when something is due. A job
is started only after the decision that allows it is durable.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.await_end import await_end
from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Decided
from tasktrail.actions.library import Library
from tasktrail.engine.claiming import Claiming
from tasktrail.engine.early_claims import EarlyClaims
from tasktrail.engine.job_execution import JobExecution
from tasktrail.engine.lane import Lane
from tasktrail.engine.live_tasks import LiveTasks
from tasktrail.engine.persistence import Persistence
from tasktrail.engine.persistent_decisions import PersistentDecisions
from tasktrail.engine.reserved_place import ReservedPlace
from tasktrail.engine.running_work import RunningWork
from tasktrail.engine.successor import Successor
from tasktrail.engine.timers import Timers
from tasktrail.engine.workshop import Workshop
from tasktrail.errors import StoreUnavailableError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.model.happening import Happening, OrderlyStop, StepEnded, WorkerLost
from tasktrail.model.job import Job
from tasktrail.model.status import Status
from tasktrail.model.step import LogSummary, Step

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """Gives ready jobs to `slots` workers at most, oldest job first.

    Jobs that only have to clean up because their task was stopped have as many places of their own:
    a stop does not wait behind all that is queued. A job that waits for a spawned task gives its
    place to others meanwhile, so that the two never wait for each other; when it goes on, its lane
    is one over its number until some job of it ends.
    """

    def __init__(
        self,
        decisions: Decisions,
        library: Library,
        bulletin: Bulletin,
        workshop: Workshop,
        *,
        slots: int,
    ) -> None:
        self._decisions = decisions
        self._bulletin = bulletin
        self._workshop = workshop
        self._work_lane = Lane(slots)
        self._clean_up_lane = Lane(slots)
        self._executions: dict[int, JobExecution] = {}
        self._lanes: dict[int, Lane] = {}
        """In which lane each of the jobs is carried out."""
        self._early = EarlyClaims(workshop, self._dispatch)
        self._again: dict[int, tuple[int, Lane, bool]] = {}
        """Jobs that were queued anew before their last execution had quite ended."""
        self._work = RunningWork()
        self._live = LiveTasks()
        self._taking = True
        self._leaving = False
        self._stop: OrderlyStop | None = None
        self._timers = Timers(decisions.clock, self._ring)
        self._persistence = Persistence()
        self._durably = PersistentDecisions(decisions, library, self._persistence)
        self._claiming = Claiming(workshop, self._durably, self._put_back)

    @property
    def live_tasks(self) -> frozenset[int]:
        """The tasks that this engine has to bring to their end."""
        return self._live.ids

    @property
    def running_jobs(self) -> int:
        """Jobs that are being carried out now."""
        return len(self._executions)

    def follow(self, decided: Decided) -> None:
        """Do what a durable decision asks for."""
        task = decided.task
        self._timers.follow(decided)
        stopping = task.cancel is not None or task.limit_reached_at is not None
        for job in decided.changes.jobs.values():
            if job.status is Status.QUEUED:
                self._offer(job, cleans_up=stopping or job.limit_reached_at is not None)
            elif job.claim is not None:
                self._follow_claim(job, job.claim)
        for order in decided.changes.stops:
            execution = self._executions.get(order.job_id)
            if execution is not None:
                execution.order_stop(order)
        self._live.follow(task)
        self._dispatch()

    def reserve(self) -> ReservedPlace | None:
        """Keep a place free for the first job of a task that is about to be accepted."""
        if not self._taking or not self._work_lane.open:
            return None
        return self._early.reserve(self._work_lane)

    async def idle(self) -> None:
        """Return once every task that was accepted has ended."""
        await self._live.all_ended()

    def told_to_stop(self, by: str) -> None:
        """Whoever runs this program tells it to stop, by that signal: `stop` follows."""
        self._stop = self._stop or OrderlyStop(self._decisions.clock(), by)

    async def stop(self, *, patience: float) -> None:
        """Take no more jobs, give what runs `patience` seconds to end, then stop it.

        What had to be stopped is settled like work that lost its worker: what is safe to repeat
        goes on when an engine starts again, the rest fails; but the record says that it was stopped
        so. What the store does not take by then is left to the next start.
        """
        self._taking = False
        self._stop = self._stop or OrderlyStop(self._decisions.clock())
        await self._early.places_settled()
        await self._work.some_time(patience)
        self._timers.close()
        self._claiming.close()
        self._persistence.leave()
        self._leaving = True
        for execution in list(self._executions.values()):
            execution.abandon(stop=self._stop)
        await self._work.end()

    async def await_end(self, task_id: int, *, job_id: int) -> Status:
        """See `SpawnedTasks`; the job that waits gives its place to others meanwhile."""
        lane = self._lanes[job_id]
        lane.give()
        self._dispatch()
        try:
            return await await_end(self._decisions.store, self._bulletin, task_id)
        finally:
            lane.take()

    async def cancel_spawned(self, origin_task_id: int, task_id: int, *, forced: bool) -> None:
        """See `SpawnedTasks`."""
        await self._durably.cancel_spawned(origin_task_id, task_id, forced=forced)

    def _offer(self, job: Job, *, cleans_up: bool) -> None:
        lane = self._clean_up_lane if cleans_up else self._work_lane
        self._line_up(job.task_id, job.id, lane, new=job.started_at is None)

    def _line_up(self, task_id: int, job_id: int, lane: Lane, *, new: bool) -> None:
        if job_id in self._executions:
            self._again[job_id] = task_id, lane, new
        else:
            lane.offer(task_id, job_id, new=new)

    def _put_back(self, task_id: int, job_id: int, lane: Lane, new: bool) -> None:
        self._line_up(task_id, job_id, lane, new=new)
        self._dispatch()

    def _dispatch(self) -> None:
        for lane in (self._clean_up_lane, self._work_lane):
            while self._taking and (turn := lane.next()) is not None:
                task_id, job_id, new = turn
                # One that runs already was offered twice.
                if job_id not in self._executions:
                    self._begin(task_id, job_id, lane, new=new)

    def _begin(self, task_id: int, job_id: int, lane: Lane, *, new: bool) -> None:
        lane.take()
        claim = self._workshop.new_reference()
        execution = self._execution(task_id, job_id, lane, claim)

        async def claimed() -> Assignment | None:
            return await self._claiming.claim(task_id, job_id, claim, lane, new=new)

        carrying_out = self._carry_out(execution, task_id, job_id, claim, claimed)
        self._work.begin(carrying_out, task=task_id, job=job_id)

    def _follow_claim(self, job: Job, claim: str) -> None:
        early = self._early.kept(claim)
        if early is not None:
            self._begin_early(early)
        elif self._early.kept_unasked(claim):
            self._return(job, claim)

    def _begin_early(self, early: ReservedPlace | Successor) -> None:
        assignment = early.assignment
        assert assignment is not None, "what was claimed is assigned"
        lane = self._work_lane
        if isinstance(early, Successor):
            lane = self._lanes.pop(early.predecessor)
        task_id, job_id, claim = assignment.task.id, assignment.job.id, early.claim_token
        execution = self._execution(task_id, job_id, lane, claim)
        if self._leaving:
            execution.abandon(stop=self._stop)

        async def claimed() -> Assignment:
            return assignment

        carrying_out = self._carry_out(execution, task_id, job_id, claim, claimed)
        self._work.begin(carrying_out, task=task_id, job=job_id)

    def _return(self, job: Job, claim: str) -> None:
        """Give back a job that came to be claimed though nobody was told of it."""
        reference = self._workshop.new_reference()
        lost = WorkerLost(job.id, reference, log=LogSummary(), begun=False)
        report = self._durably.report(job.task_id, claim, lost)
        self._work.begin(report, task=job.task_id, job=job.id)

    def _execution(self, task_id: int, job_id: int, lane: Lane, claim: str) -> JobExecution:
        execution = JobExecution(
            self._workshop,
            lambda ended: self._report(task_id, claim, ended),
            self._durably.spawn,
            self._persistence,
        )
        self._executions[job_id] = execution
        self._lanes[job_id] = lane
        return execution

    async def _carry_out(
        self,
        execution: JobExecution,
        task_id: int,
        job_id: int,
        claim: str,
        claiming: Callable[[], Awaitable[Assignment | None]],
    ) -> None:
        try:
            assignment = await claiming()
            reach(Failpoint.JOB_CLAIMED)
            if assignment is not None:
                await execution.carry_out(assignment)
        except StoreUnavailableError as error:
            _log.warning("job %s is left to the next start: %s", job_id, error)
        except Exception:  # noqa: BLE001 - it is logged, and settled as a lost worker
            # A defect of ours must not leave a job "in progress" that nobody works on.
            _log.exception("job %s of task %s could not be carried out", job_id, task_id)
            lost = WorkerLost(job_id, self._workshop.new_reference())
            await self._durably.report(task_id, claim, lost)
        finally:
            self._conclude(job_id)

    async def _report(self, task_id: int, claim: str, ended: StepEnded | WorkerLost) -> Step | None:
        # Its workspace is gone: nothing of the job is left to do.
        if isinstance(ended, StepEnded) and ended.removed is not None:
            successor = self._successor(ended.job_id)
            if successor is not None:
                return await self._durably.report_end(task_id, claim, ended, successor)
        return await self._durably.report(task_id, claim, ended)

    def _successor(self, job_id: int) -> Successor | None:
        """The job that may take over the place of `job_id`, if one waits for that."""
        lane = self._lanes[job_id]
        turn = lane.pass_on() if self._taking else None
        if turn is None or turn[1] in self._executions:
            return None
        return self._early.succeed(job_id, turn, lane)

    def _conclude(self, job_id: int) -> None:
        del self._executions[job_id]
        lane = self._lanes.pop(job_id, None)
        if lane is not None:  # else it has passed its place on
            lane.give()
        if job_id in self._again:
            task_id, wanted, new = self._again.pop(job_id)
            wanted.offer(task_id, job_id, new=new)
        self._dispatch()

    def _ring(self, task_id: int, happening: Happening) -> None:
        self._work.begin(self._durably.happen(task_id, happening), task=task_id)
