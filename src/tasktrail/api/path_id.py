"""Ids as they stand in paths and queries."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from tasktrail.actions.task_query import LARGEST_ID

TaskId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a task.")]
StepId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a step.")]
OrganizationId = Annotated[
    int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of an organization.")
]
JobId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a job.")]
UserId = Annotated[
    int, Path(alias="userId", ge=1, le=LARGEST_ID, description="The id of a person.")
]
TeamId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a team.")]
ProjectId = Annotated[
    int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of a project.")
]
GrantId = Annotated[
    int, Path(alias="grantId", ge=1, le=LARGEST_ID, description="The id of a grant.")
]
KeyId = Annotated[int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of an API key.")]
WorkerKeyId = Annotated[
    int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of the key of a worker.")
]
SupportGrantId = Annotated[
    int, Path(alias="id", ge=1, le=LARGEST_ID, description="The id of support access.")
]
