"""What the workflow of a task asks of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from temporalio import activity

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.work.lost_log import settle_log
from tasktrail.engine.temporal.calls import LOOK, LookCall, workflow_id
from tasktrail.errors import NotFoundError
from tasktrail.logs.log_intake import LogIntake
from tasktrail.model.due import due_of
from tasktrail.model.happening import ClaimGivenUp, Happening, WorkerLost
from tasktrail.model.instant import Instant
from tasktrail.model.orders import GivenJob, Orders, orders_of
from tasktrail.model.state import TaskState
from tasktrail.model.step import LogSummary
from tasktrail.store.states import load_state


class Looking:
    """Lets happen what is due or was lost, and says what is to be done then.

    `told` is told of every task that was looked at: something about it may have changed of which
    nobody heard. Looking twice is harmless.
    """

    def __init__(
        self,
        decisions: Decisions,
        logs: LogIntake,
        installation: str,
        new_reference: Callable[[], str],
        told: Callable[[int], None],
    ) -> None:
        self._decisions = decisions
        self._logs = logs
        self._installation = installation
        self._new_reference = new_reference
        self._told = told

    @activity.defn(name=LOOK)
    async def look(self, call: LookCall) -> Orders:
        """The orders for a task.

        Raises:
            StoreUnavailableError: they cannot be given yet.
            ValueError: the task is that of another installation.
        """
        self._check_ours(call)
        try:
            return await self._orders(call)
        except NotFoundError:
            # Its records are gone: nothing is left to be done for it.
            return Orders([], [one.job_id for one in call.given], None, ended=True)
        finally:
            self._told(call.task_id)

    async def _orders(self, call: LookCall) -> Orders:
        decisions = self._decisions
        state = await decisions.store.read(lambda one: load_state(one, call.task_id))
        gone = [job for job in call.over if not state.jobs[job.job_id].status.final]
        if gone:
            state = await decisions.make(lambda ledger: _give_up(ledger, call.task_id, gone))
        lost = [job for job in gone if state.jobs[job.job_id].claim == job.claim]
        if lost or any(_due(state, decisions.clock())):
            closed = {job.job_id: await settle_log(self._logs, state, job.job_id) for job in lost}
            state = await decisions.make(lambda ledger: self._let_happen(ledger, call, closed))
        return orders_of(state, call.given, call.room, decisions.clock())

    def _let_happen(
        self, ledger: Ledger, call: LookCall, closed: dict[int, LogSummary | None]
    ) -> TaskState:
        """What nobody else says: that workers are gone, and that times have come."""
        state = ledger.state(call.task_id)
        for job in call.over:
            if job.job_id in closed and state.jobs[job.job_id].claim == job.claim:
                log = closed[job.job_id]
                lost = WorkerLost(job.job_id, self._new_reference(), log=log)
                ledger.happen(call.task_id, lost)
        for happening in list(_due(state, ledger.now)):
            ledger.happen(call.task_id, happening)
        return ledger.state(call.task_id)

    def _check_ours(self, call: LookCall) -> None:
        found = activity.info().workflow_id
        if found != workflow_id(self._installation, call.task_id):
            raise ValueError(f"the workflow {found} is not of this installation")


def _give_up(ledger: Ledger, task_id: int, gone: list[GivenJob]) -> TaskState:
    """Have nobody take a job by a claim that is over: a worker may be gone whose request for it is
    not, and nobody would ever notice. Whether it has come before is what the state says then."""
    for job in gone:
        ledger.happen(task_id, ClaimGivenUp(job.job_id, job.claim))
    return ledger.state(task_id)


def _due(state: TaskState, now: Instant) -> Iterator[Happening]:
    return (due.happening for due in due_of(state, now) if due.seconds <= 0)
