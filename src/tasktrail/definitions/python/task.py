"""A task that is defined by a function which builds its plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, Unpack, cast, overload

from tasktrail.definitions.definition import DefinitionKind
from tasktrail.definitions.inputs import resolve_inputs
from tasktrail.definitions.python.plan_assembly import PlanAssembly
from tasktrail.definitions.python.plan_builder import Plan
from tasktrail.definitions.python.signature import TypedInput, typed_inputs
from tasktrail.definitions.python.source_place import place_of, raise_problems
from tasktrail.definitions.python.task_options import TaskOptions, wrong_options
from tasktrail.definitions.python.title_template import as_template, filled
from tasktrail.definitions.python.user_code import user_code
from tasktrail.definitions.workspace import with_workspace
from tasktrail.errors import DefinitionError
from tasktrail.model.plan import (
    DefinitionSource,
    InputKind,
    InputSpec,
    JsonValue,
    Rerunnable,
    TaskPlan,
)
from tasktrail.python.step_function import name_of

_P = ParamSpec("_P")

RerunHook = Callable[[dict[str, JsonValue]], Mapping[str, JsonValue]]
"""From the inputs of a task to those of its rerun (M14); secrets are kept and not shown to it."""


class PythonTask(Generic[_P]):
    """A task defined in Python: a TaskDefinition. Calling it calls the function it was made of."""

    def __init__(
        self,
        function: Callable[_P, None],
        build: Callable[[Plan, dict[str, Any]], None],
        typed: tuple[TypedInput, ...],
        options: TaskOptions,
        *,
        plain: bool = False,
    ) -> None:
        self.plain = plain
        """Whether it was made of a function that is no definition."""
        self.function = function
        self._build = build
        self._typed = typed
        self._options = options
        self._hook: RerunHook | None = None
        self._place = place_of(function)
        problems = [self._place.problem(*wrong) for wrong in wrong_options(options, typed)]
        raise_problems(f"the task `{function.__qualname__}`", problems)

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Call the function itself, as its tests may want to."""
        self.function(*args, **kwargs)

    def rerun(self, hook: RerunHook) -> RerunHook:
        """Decorates the function that makes the inputs of a rerun from those of the task (M14)."""
        self._hook = hook
        return hook

    @property
    def name(self) -> str:
        """The name in the catalog."""
        return self._options.get("name") or _default_name(self.function)

    @property
    def title(self) -> str:
        """The title as runbooks write it: `Deploy {{ inputs.version }}`."""
        return as_template(self._options.get("title") or self.name)

    @property
    def description(self) -> str:
        """What it does, for people who choose; may be empty."""
        return self._options.get("description") or inspect.getdoc(self.function) or ""

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The inputs in the order of the parameters."""
        return tuple(one.spec for one in self._typed)

    @property
    def rerunnable(self) -> Rerunnable:
        """Whether its tasks may be run again (M13, M15)."""
        return Rerunnable(self._options.get("rerunnable", "failed"))

    @property
    def support(self) -> bool:
        """Whether support members may run it (M7)."""
        return self._options.get("support", False)

    @property
    def projects(self) -> tuple[str, ...]:
        """None: projects are named with a submission."""
        return ()

    @property
    def source(self) -> DefinitionSource:
        """The function, found without a root: see `load_python` for definitions with one."""
        return DefinitionSource(target=name_of(self.function))

    @property
    def kind(self) -> DefinitionKind:
        """What it is written in."""
        return "python"

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do.

        Raises:
            InvalidInputError: the inputs do not fit, or the function raised UserError.
            DefinitionError: the function raised anything else, or built no valid plan.
        """
        return self.plan_from(self.source, inputs)

    def plan_from(self, source: DefinitionSource, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """As `plan`, for a definition that was loaded from `source`."""
        values = resolve_inputs(self.inputs, inputs)
        plan = self._begun_plan(values)
        with user_code(f"making the plan of `{self.name}`"):
            self._build(
                plan, {one.spec.name: one.argument(values[one.spec.name]) for one in self._typed}
            )
        return self._assembled(plan, source)

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The inputs of a task that repeats one that had `inputs` (M14).

        Raises:
            InvalidInputError: the hook returned inputs that do not fit.
            DefinitionError: the hook failed.
        """
        if self._hook is None:
            return dict(inputs)
        secret = set(self._secrets())
        shown = {name: value for name, value in inputs.items() if name not in secret}
        with user_code(f"the rerun hook of `{self.name}`"):
            made = cast(object, self._hook(shown))
            if not isinstance(made, Mapping):
                raise TypeError(f"it returned {type(made).__name__}, not the inputs")
        kept = {name: value for name, value in inputs.items() if name in secret}
        return resolve_inputs(self.inputs, {**cast("Mapping[str, object]", made), **kept})

    def _begun_plan(self, values: Mapping[str, JsonValue]) -> Plan:
        options = self._options
        return Plan(
            title=filled(options.get("title") or self.name, values),
            timeout=options.get("timeout"),
            env=dict(options.get("env", {})),
            locks=[filled(lock, values) for lock in options.get("locks", ())],
            projects=[filled(project, values) for project in options.get("projects", ())],
            resources=list(options.get("resources", ())),
            place=self._place,
        )

    def _assembled(self, plan: Plan, source: DefinitionSource) -> TaskPlan:
        assembly = PlanAssembly(plan, source.root)
        grace = self._options.get("grace")
        assembled = TaskPlan(
            definition=self.name,
            title=plan.title,
            jobs=assembly.jobs(),
            source=source,
            timeout=assembly.duration(plan.timeout, "timeout"),
            grace=assembly.duration(grace, "grace", zero=True),
            env=assembly.environment(),
            locks=tuple(plan.locks),
            fail_fast=self._options.get("fail_fast", False),
            rerunnable=self.rerunnable,
            rerun_hook=self._hook is not None,
            support=self.support,
            projects=tuple(plan.projects),
            resources=tuple(plan.resources),
            secret_inputs=self._secrets(),
        )
        raise_problems(f"the plan of `{self.name}`", assembly.problems)
        return with_workspace(assembled)

    def _secrets(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.inputs if spec.kind is InputKind.SECRET)


@overload
def task(function: Callable[_P, None], /) -> PythonTask[_P]: ...
@overload
def task(
    **options: Unpack[TaskOptions],
) -> Callable[[Callable[_P, None]], PythonTask[_P]]: ...


def task(function: Callable[..., None] | None = None, /, **options: Unpack[TaskOptions]) -> Any:
    """Makes a task of a function that builds its plan; the typed parameters become the inputs.

    Raises:
        DefinitionError: with everything that is wrong with the signature or the options.
    """

    def decorate(decorated: Callable[..., None]) -> PythonTask[...]:
        return _task_of(decorated, options)

    return decorate if function is None else decorate(function)


def _task_of(function: Callable[..., None], options: TaskOptions) -> PythonTask[...]:
    _require_plain(function)
    typed, takes_plan = typed_inputs(function, given=_is_plan)
    if len(takes_plan) != 1:
        problem = place_of(function).problem(
            f"`{function.__qualname__}` must take the plan in one parameter, not {len(takes_plan)}",
            hint=f"def {function.__name__}(plan: tasktrail.Plan, ...) -> None",
        )
        raise_problems(f"the task `{function.__qualname__}`", [problem])

    def build(plan: Plan, arguments: dict[str, Any]) -> None:
        function(**{takes_plan[0]: plan, **arguments})

    return PythonTask(function, build, typed, options)


def _require_plain(function: object) -> None:
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        raise DefinitionError(
            f"{function!r} cannot define a task: a plain function is needed",
            hint="steps may be async functions, but the plan is built at once",
        )


def _default_name(function: Callable[..., Any]) -> str:
    """`deploy_app` is listed as `deploy-app`."""
    return function.__name__.strip("_").replace("_", "-").lower()


def _is_plan(annotation: object) -> bool:
    return annotation is Plan
