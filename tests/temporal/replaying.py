"""Replays what was recorded of workflows with the code of today."""

from __future__ import annotations

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from tasktrail.actions.shared_installation import KeyFor, SharedInstallation
from tasktrail.engine.temporal.payloads import data_converter
from tasktrail.engine.temporal.workflow import TaskWorkflow

RECORDED = SharedInstallation("recorded", bytes(32))
"""The installation whose workflows are in `histories`."""


def converter(own: SharedInstallation) -> DataConverter:
    """Reads and writes the payloads of an installation."""
    return data_converter(own.key(KeyFor.PAYLOADS))


async def replay(
    history: WorkflowHistory, own: SharedInstallation, workflow: type = TaskWorkflow
) -> None:
    """Let `workflow` come to the same decisions as the one that was recorded.

    Raises whatever is different.
    """
    replayer = Replayer(
        workflows=[workflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=converter(own),
    )
    await replayer.replay_workflow(history)
