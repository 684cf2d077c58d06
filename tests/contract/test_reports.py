"""What workers report, on both databases."""

from __future__ import annotations

import pytest
from world_of_actions import ActionBench

from tasktrail.actions.assignment import end_step
from tasktrail.errors import StaleClaimError
from tasktrail.model.outcome import Failed

CHAIN = "jobs: {a: {steps: [one, two]}}\n"


async def test_the_same_report_again_changes_nothing_and_names_the_same_next_step(
    actions: ActionBench,
) -> None:
    task_id = await actions.submit(actions.runbook("chain", CHAIN))
    ended = await actions.bench.claim(task_id)
    first = await actions.decisions.make(lambda ledger: end_step(ledger, task_id, ended))
    history = await actions.history(task_id)
    again = await actions.decisions.make(lambda ledger: end_step(ledger, task_id, ended))
    assert first is not None
    assert again == first
    assert await actions.history(task_id) == history


async def test_another_report_about_an_attempt_that_has_ended_is_refused(
    actions: ActionBench,
) -> None:
    task_id = await actions.submit(actions.runbook("chain", CHAIN))
    ended = await actions.bench.claim(task_id)
    await actions.decisions.make(lambda ledger: end_step(ledger, task_id, ended))
    other = type(ended)(
        job_id=ended.job_id,
        claim=ended.claim,
        step_id=ended.step_id,
        attempt=ended.attempt,
        outcome=Failed(message="exit code 1"),
    )
    with pytest.raises(StaleClaimError):
        await actions.decisions.make(lambda ledger: end_step(ledger, task_id, other))
