"""Tasktrail: every operation permitted, recorded, executed, observable, repeatable.

What is named here is the public interface for operations written in Python, described in
docs/python-reference.md. Names are imported when they are first used: a worker that only calls a
step does not load what only definitions need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasktrail.definitions.python.load import load_python
    from tasktrail.definitions.python.placeholders import Output, Secret
    from tasktrail.definitions.python.plan_builder import Job, Plan, Step
    from tasktrail.definitions.python.signature import Input
    from tasktrail.definitions.python.step_options import Limits, Retry
    from tasktrail.definitions.python.task import PythonTask, task
    from tasktrail.errors import UserError
    from tasktrail.model.plan import Resource
    from tasktrail.python.context import Context, StepStopped

__all__ = [
    "Context",
    "Input",
    "Job",
    "Limits",
    "Output",
    "Plan",
    "PythonTask",
    "Resource",
    "Retry",
    "Secret",
    "Step",
    "StepStopped",
    "UserError",
    "load_python",
    "task",
]

_HOMES = {
    "Context": "tasktrail.python.context",
    "Input": "tasktrail.definitions.python.signature",
    "Job": "tasktrail.definitions.python.plan_builder",
    "Limits": "tasktrail.definitions.python.step_options",
    "Output": "tasktrail.definitions.python.placeholders",
    "Plan": "tasktrail.definitions.python.plan_builder",
    "PythonTask": "tasktrail.definitions.python.task",
    "Resource": "tasktrail.model.plan",
    "Retry": "tasktrail.definitions.python.step_options",
    "Secret": "tasktrail.definitions.python.placeholders",
    "Step": "tasktrail.definitions.python.plan_builder",
    "StepStopped": "tasktrail.python.context",
    "UserError": "tasktrail.errors",
    "load_python": "tasktrail.definitions.python.load",
    "task": "tasktrail.definitions.python.task",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tasktrail' has no attribute '{name}'")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
