"""Values of a definition as a plan stores them: literals stay literal, placeholders become
templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from math import isfinite
from pathlib import PurePath
from typing import cast

from tasktrail.definitions.inputs import input_text
from tasktrail.definitions.names import variable_name_problem
from tasktrail.definitions.python.placeholders import Output, Secret
from tasktrail.definitions.python.plan_builder import Job, Step
from tasktrail.model.graph import ancestors
from tasktrail.model.plan import Argument
from tasktrail.model.template import Template, Text, slug

_KEY = re.compile(r"\w+")


class PlanValueError(ValueError):
    """A value that cannot be in a plan; the text says why."""


class ValueWriter:
    """Writes values for the plan; knows the final names of the steps."""

    def __init__(self, jobs: list[Job], step_names: Mapping[Step, str]) -> None:
        self._needs = {job.name: tuple(need.name for need in job.settings.needs) for job in jobs}
        self._plan_jobs = jobs
        self._step_names = step_names
        self._handed_on: dict[tuple[Job, str], Step] = {}

    def environment(self, env: object, user: Step | Job | None) -> dict[str, Text]:
        """The variables that have a value.

        Raises:
            PlanValueError: a name or value cannot be one of an environment variable.
        """
        if not isinstance(env, Mapping):
            raise PlanValueError("`env` must map names of variables to values")
        written: dict[str, Text] = {}
        for name, value in cast("Mapping[object, object]", env).items():
            problem = variable_name_problem(str(name))
            if problem is not None:
                raise PlanValueError(f"the environment variable `{name}`: {problem}")
            if value is not None:
                written[str(name)] = self.text(value, user, f"the environment variable `{name}`")
        return written

    def text(self, value: object, user: Step | Job | None, what: str) -> Text:
        """`value` where a text is needed.

        Raises:
            PlanValueError: it cannot be one.
        """
        argument = self.argument(value, user, what)
        return argument if isinstance(argument, Template) else input_text(argument)

    def argument(self, value: object, user: Step | Job | None, what: str) -> Argument:
        """`value` where it is given to a function or task.

        Raises:
            PlanValueError: it can be neither stored nor referred to.
        """
        match value:
            case Secret():
                return value.template()
            case Output():
                return self._reference(value, user, what)
            case Enum():
                return self.argument(value.value, user, what)
            case PurePath():
                return str(value)
            case float() if not isfinite(value):
                raise PlanValueError(f"{what} must be a finite number")
            case str() | int() | float() | None:
                return value
            case _:
                kind = type(value).__name__
                raise PlanValueError(
                    f"{what} cannot be a {kind}: give a text, number, boolean, secret or output"
                )

    def _reference(self, output: Output, user: Step | Job | None, what: str) -> Template:
        step, job = output.step, output.step.job
        if not _KEY.fullmatch(output.key):
            raise PlanValueError(f"`{output.key}` is no name of an output (letters, digits, _)")
        if job not in self._plan_jobs:
            raise PlanValueError(f"{what} is an output of a step of another plan")
        if user is None:
            raise PlanValueError(f"{what} is of the whole task, which cannot use outputs")
        using_job = user.job if isinstance(user, Step) else user
        if using_job is job:
            _require_earlier(step, user, what)
            return Template(f"{{{{ steps.{slug(self._step_names[step])}.outputs.{output.key} }}}}")
        if job.name not in ancestors(self._needs, using_job.name):
            raise PlanValueError(
                f"{what} is an output of job `{job.name}`, which job `{using_job.name}` does not "
                "need: add it to `after`"
            )
        if self._handed_on.setdefault((job, output.key), step) is not step:
            raise PlanValueError(
                f"{what} is the output `{output.key}` of a step of job `{job.name}`, and another "
                "step's output of that name is used as well: a job has one output of a name"
            )
        return Template(f"{{{{ jobs.{slug(job.name)}.outputs.{output.key} }}}}")


def _require_earlier(step: Step, user: Step | Job, what: str) -> None:
    if not isinstance(user, Step):
        raise PlanValueError(f"{what} is of the whole job, which cannot use its own outputs")
    if step.job.steps.index(step) >= step.job.steps.index(user):
        raise PlanValueError(f"{what} is an output of a step that does not run before")
