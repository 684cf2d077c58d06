"""The workflow of one task: thin and deterministic. The store decides, this only carries out.

A change of what it does, or in which order, breaks the tasks that run meanwhile: such a change
needs `workflow.patched`. The recorded histories in the tests are replayed to find that out.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from tasktrail.engine.temporal.calls import (
    CARRY_OUT_JOB,
    HEARTBEAT_TIMEOUT,
    LOOK,
    TASK_WORKFLOW,
    JobAnswer,
    JobCall,
    LookCall,
    TaskCall,
    pool_queue,
)
from tasktrail.model.orders import MOST_GIVEN, GivenJob, Orders, ReadyJob

_STILL_BEGINS = 4
"""A history that is so many times too long begins no more jobs until none runs."""

_NO_LIMIT = timedelta(days=3650)
_ONE_LOOK = timedelta(seconds=30)
_AGAIN = RetryPolicy(initial_interval=timedelta(seconds=0.1), maximum_interval=timedelta(seconds=5))
_ONCE = RetryPolicy(maximum_attempts=1)

_FIRST_REST = 0.5
_LONGEST_REST = 60.0
"""Seconds before a job is given away again, to whose workers something happened more than once."""


@workflow.defn(name=TASK_WORKFLOW)
class TaskWorkflow:
    """Gives the ready jobs of a task to workers until it has ended."""

    def __init__(self) -> None:
        self._asked = False
        self._ended = False
        """Whether a worker was told that the task has ended, with its last report."""
        self._given: dict[int, GivenJob] = {}
        self._work: dict[int, asyncio.Task[None]] = {}
        """What carries out the given jobs."""
        self._stopped: set[int] = set()
        self._over: list[GivenJob] = []
        """What was given to workers and came back, one way or another, since the last look."""
        self._strange: set[str] = set()
        """Claims of workers that were given their jobs by an earlier workflow."""
        self._losses: Counter[int] = Counter()
        self._alarm: asyncio.TimerHandle | None = None

    @workflow.signal(name=LOOK)
    def look(self) -> None:
        """Something was decided about the task."""
        self._asked = True

    @workflow.run
    async def run(self, call: TaskCall) -> None:
        """Carry out what the store decides, until nothing is left to do."""
        self._over.extend(call.over)
        if call.orders is None:
            self._asked = True
        else:
            self._obey(call, call.orders)
        while True:
            await workflow.wait_condition(lambda: self._asked)
            self._asked = False
            if self._ended and not self._given:
                return
            if not self._given and self._history_length > call.longest_history:
                # The next one looks first: whatever was signalled meanwhile is seen then.
                workflow.continue_as_new(replace(call, over=self._over, orders=None))
            orders = await self._look(call)
            self._obey(call, orders)
            if orders.ended and not self._given:
                return

    def _obey(self, call: TaskCall, orders: Orders) -> None:
        for job_id in orders.stop:
            self._stop(job_id)
        for ready in orders.begin:
            self._begin(call, ready)
        for strange in orders.strange:
            self._outwait(strange)
        self._set_alarm(orders.due)

    @property
    def _history_length(self) -> int:
        return workflow.info().get_current_history_length()

    async def _look(self, call: TaskCall) -> Orders:
        over, self._over = self._over, []
        full = self._history_length > _STILL_BEGINS * call.longest_history
        room = 0 if full else MOST_GIVEN - len(self._given)
        return await workflow.execute_local_activity(
            LOOK,
            LookCall(call.task_id, list(self._given.values()), over, room),
            result_type=Orders,
            start_to_close_timeout=_ONE_LOOK,
            retry_policy=_AGAIN,
        )

    def _begin(self, call: TaskCall, ready: ReadyJob) -> None:
        given = GivenJob(ready.job_id, workflow.uuid4().hex)
        self._given[ready.job_id] = given
        self._work[ready.job_id] = asyncio.create_task(self._carry_out(call, ready, given))

    def _stop(self, job_id: int) -> None:
        # The order may be older than the end of the job.
        if job_id in self._work and job_id not in self._stopped:
            self._stopped.add(job_id)
            self._work[job_id].cancel()

    async def _carry_out(self, call: TaskCall, ready: ReadyJob, given: GivenJob) -> None:
        """Whatever comes of it, the store is asked how the job stands."""
        try:
            await self._rest(ready.job_id)
            answer = await workflow.execute_activity(
                CARRY_OUT_JOB,
                JobCall(call.task_id, given.job_id, given.claim),
                result_type=JobAnswer,
                task_queue=pool_queue(call.installation, ready.pool),
                start_to_close_timeout=_NO_LIMIT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=_ONCE,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
            if answer is not None and answer.task_ended:
                self._ended = True
            del self._losses[ready.job_id]
        except (ActivityError, asyncio.CancelledError):
            self._losses[ready.job_id] += 1
        self._over.append(given)
        del self._given[given.job_id], self._work[given.job_id]
        self._stopped.discard(given.job_id)
        self._asked = True

    async def _rest(self, job_id: int) -> None:
        losses = self._losses[job_id]
        if losses > 1:
            await asyncio.sleep(min(_LONGEST_REST, _FIRST_REST * 2 ** (losses - 2)))

    def _outwait(self, strange: GivenJob) -> None:
        """An earlier workflow is gone, and with it whoever would notice the end of a worker. That
        worker is cut off, and stops, unless it is gone, too: after as long as one may be silent,
        nobody has the job."""
        if strange.claim not in self._strange:
            self._strange.add(strange.claim)
            patience = HEARTBEAT_TIMEOUT.total_seconds()
            asyncio.get_running_loop().call_later(patience, self._take_for_over, strange)

    def _take_for_over(self, strange: GivenJob) -> None:
        self._over.append(strange)
        self._asked = True

    def _set_alarm(self, due: float | None) -> None:
        """Look again in `due` seconds at the latest. An alarm that comes too early is left alone:
        it costs a look, and less than to set another one."""
        if due is None:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + due
        if self._alarm is not None:
            if self._alarm.when() <= at:
                return
            self._alarm.cancel()
        self._alarm = loop.call_later(max(due, 0.001), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._asked = True
