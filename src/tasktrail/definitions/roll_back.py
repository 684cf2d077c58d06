"""Roll-back steps come after a step that can fail; the first one of a job would never run."""

from __future__ import annotations

from collections.abc import Sequence

from tasktrail.model.plan import StepPlan, When

ROLL_BACK_PROBLEM = (
    "the first step of a job cannot be `when: on_failure`: no step before it can fail"
)
ROLL_BACK_HINT = (
    "to roll back what other jobs did, let the job say `when: on_failure`, and not its steps"
)


def starts_with_roll_back(steps: Sequence[StepPlan]) -> bool:
    """Whether the first step of a job waits for a failure that cannot have happened."""
    return bool(steps) and steps[0].when is When.ON_FAILURE
