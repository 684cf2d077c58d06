"""A function that is no definition, as a task: one job with one step that calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tasktrail.definitions.python.plan_builder import Plan
from tasktrail.definitions.python.signature import typed_inputs
from tasktrail.definitions.python.task import PythonTask
from tasktrail.python.step_function import is_context


def function_task(function: Callable[..., Any]) -> PythonTask[...]:
    """A task that calls `function` with its inputs, which are the function's parameters.

    Raises:
        DefinitionError: a parameter cannot be an input.
    """
    typed, _ = typed_inputs(function, given=is_context)

    def build(plan: Plan, arguments: dict[str, Any]) -> None:
        plan.job(function.__name__).call(function, **arguments)

    return PythonTask(function, build, typed, {}, plain=True)
