"""Workflows that an older version began go on with this one."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from tasktrail.engine.temporal.calls import LOOK, TASK_WORKFLOW, TaskCall
from tasktrail.engine.temporal.workflow import TaskWorkflow
from temporal.replaying import RECORDED, replay
from temporal.scenarios import SCENARIOS

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def history_of(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_what_was_recorded_is_done_again_step_by_step(path: Path) -> None:
    await replay(history_of(path), RECORDED)


def test_everything_that_workflows_do_was_recorded() -> None:
    assert {path.stem.rpartition("-")[0] for path in HISTORIES} == set(SCENARIOS)


@workflow.defn(name=TASK_WORKFLOW)
class _OtherWorkflow:
    """Does something else than the one that was recorded."""

    @workflow.signal(name=LOOK)
    def look(self) -> None:
        """Nothing."""

    @workflow.run
    async def run(self, call: TaskCall) -> None:
        """Wait, where the other one looks."""
        await workflow.sleep(1)


async def test_a_workflow_that_does_something_else_is_found_out() -> None:
    with pytest.raises(NondeterminismError):
        await replay(history_of(HISTORIES[0]), RECORDED, _OtherWorkflow)


def test_the_workflow_is_known_by_the_name_that_running_ones_have() -> None:
    assert TaskWorkflow.__name__ == TASK_WORKFLOW == "TaskWorkflow"
