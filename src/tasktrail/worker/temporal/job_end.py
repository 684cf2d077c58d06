"""Tells Temporal that a job has left this worker, however it ended: the store knows that."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from tasktrail.engine.persistence import FIRST_WAIT, LONGEST_WAIT
from tasktrail.engine.temporal.calls import JobAnswer
from tasktrail.worker.lease import LEASE, boot_time

ANSWER = timedelta(seconds=3)
"""For how long an answer of Temporal is waited for."""


class JobEnd:
    """Completes activities."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def left(self, token: bytes, *, task_ended: bool = False) -> None:
        """The job of the activity with this token has left the worker, and the whole task has ended
        with it if so the store has said.

        It is said for as long as it is of use: silence is found out, too.
        """
        handle = self._client.get_async_activity_handle(task_token=token)
        answer = [JobAnswer(task_ended=True)] if task_ended else []
        wait, until = FIRST_WAIT, boot_time() + LEASE
        while boot_time() < until:
            try:
                await handle.complete(*answer, rpc_timeout=ANSWER)
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                return
