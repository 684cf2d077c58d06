"""What the workflow of a task asks of the store."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.ledger import Ledger
from tasktrail.engine.temporal.calls import LOOK, LookCall, workflow_id
from tasktrail.errors import NotFoundError
from tasktrail.model.due import due_of
from tasktrail.model.happening import Happening, WorkerLost
from tasktrail.model.instant import Instant
from tasktrail.model.orders import GivenJob, Orders, orders_of
from tasktrail.model.state import TaskState
from tasktrail.store.states import load_state


class Looking:
    """Lets happen what is due or was lost, and says what is to be done then.

    `told` is told of every task that was looked at: something about it may have changed of which
    nobody heard. Looking twice is harmless.
    """

    def __init__(
        self,
        decisions: Decisions,
        installation: str,
        new_reference: Callable[[], str],
        told: Callable[[int], None],
    ) -> None:
        self._decisions = decisions
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
        if self._happenings(state, call.over, decisions.clock()):
            state = await decisions.make(lambda ledger: self._let_happen(ledger, call))
        return orders_of(state, call.given, call.room, decisions.clock())

    def _let_happen(self, ledger: Ledger, call: LookCall) -> TaskState:
        state = ledger.state(call.task_id)
        for happening in self._happenings(state, call.over, ledger.now):
            ledger.happen(call.task_id, happening)
        return ledger.state(call.task_id)

    def _happenings(self, state: TaskState, over: list[GivenJob], now: Instant) -> list[Happening]:
        """What nobody else says: that a worker is gone, and that a time has come."""
        lost: list[Happening] = [
            WorkerLost(one.job_id, self._new_reference())
            for one in over
            if state.jobs[one.job_id].claim == one.claim
        ]
        return [*lost, *(due.happening for due in due_of(state, now) if due.seconds <= 0)]

    def _check_ours(self, call: LookCall) -> None:
        found = activity.info().workflow_id
        if found != workflow_id(self._installation, call.task_id):
            raise ValueError(f"the workflow {found} is not of this installation")
