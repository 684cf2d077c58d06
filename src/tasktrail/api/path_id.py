"""Ids as they stand in paths and queries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from tasktrail.actions.task_query import LARGEST_ID

TaskId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a task.")]
StepId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a step.")]
