"""From what the function of a task declared to the plan that is stored; finds all problems."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import ParamSpec, TypeVar, cast

from tasktrail.definitions.names import job_name_problem, pool_name_problem, step_name_problem
from tasktrail.definitions.python.callable_check import uncallable, unimportable
from tasktrail.definitions.python.plan_builder import (
    Call,
    Command,
    Job,
    Plan,
    Spawn,
    Step,
    default_name,
)
from tasktrail.definitions.python.plan_values import ValueWriter
from tasktrail.definitions.python.source_place import SourcePlace
from tasktrail.definitions.python.step_options import (
    ArgumentValue,
    retry_policy,
    seconds,
    step_limits,
    stop_signal_name,
    unknown_options,
    when_of,
)
from tasktrail.definitions.retry_policy import SPAWN_HINT, SPAWN_PROBLEM
from tasktrail.definitions.roll_back import (
    ROLL_BACK_HINT,
    ROLL_BACK_PROBLEM,
    starts_with_roll_back,
)
from tasktrail.definitions.step_limits import SPAWN_HINT as LIMITS_HINT
from tasktrail.definitions.step_limits import SPAWN_PROBLEM as LIMITS_PROBLEM
from tasktrail.definitions.workspace import RESERVED_STEP_NAMES
from tasktrail.errors import Problem
from tasktrail.model.plan import (
    DEFAULT_STOP_SIGNAL,
    Action,
    Argument,
    CommandAction,
    JobPlan,
    PythonAction,
    RetryPolicy,
    SpawnAction,
    StepPlan,
    When,
)
from tasktrail.model.template import Text, slug
from tasktrail.python.step_function import name_of

_P = ParamSpec("_P")
_T = TypeVar("_T")

_RESERVED = frozenset(map(slug, RESERVED_STEP_NAMES))
_SCRIPT_HINT = (
    "values get into a script as environment variables: "
    "command('deploy \"$VERSION\"', env={'VERSION': version})"
)
_AFTER_HINT = (
    'give what `plan.job` returned: check = plan.job("check"), then plan.job("deploy", after=check)'
)


class PlanAssembly:
    """Assembles the parts of one plan; what it returns counts only while `problems` is empty."""

    def __init__(self, plan: Plan, root: str | None) -> None:
        self.problems: list[Problem] = []
        self._plan = plan
        self._root = root
        self._names = {step: name for job in plan.jobs for step, name in _step_names(job)}
        self._values = ValueWriter(plan.jobs, self._names)

    def jobs(self) -> tuple[JobPlan, ...]:
        """The jobs with their steps."""
        if not self._plan.jobs:
            self._note(self._plan.place, "the plan has no job", hint='plan.job("build") adds one')
        self._check_unique("job", [(job.name, job.place) for job in self._plan.jobs])
        return tuple(self._job(job) for job in self._plan.jobs)

    def environment(self) -> dict[str, Text]:
        """The environment of the whole task."""
        place = self._plan.place
        return self._try(place, self._values.environment, self._plan.env, None) or {}

    def duration(self, value: float | str | None, name: str, *, zero: bool = False) -> float | None:
        """A duration of the whole task; None where none is given."""
        return self._try(self._plan.place, seconds, value, name, zero=zero)

    def _job(self, job: Job) -> JobPlan:
        settings, place = job.settings, job.place
        self._check_name(place, "job", job.name, job_name_problem)
        if not job.steps:
            self._note(place, f"job `{job.name}` has no steps")
        self._check_needs(job)
        self._check_name(place, "pool", settings.pool, pool_name_problem)
        self._check_unique("step", [(self._names[step], step.place) for step in job.steps])
        assembled = JobPlan(
            name=job.name,
            title=settings.title,
            after=tuple(dict.fromkeys(need.name for need in settings.needs)),
            when=self._try(place, when_of, settings.when) or When.ON_SUCCESS,
            timeout=self._try(place, seconds, settings.timeout, "timeout"),
            env=self._try(place, self._values.environment, settings.env, job) or {},
            locks=settings.locks,
            pool=settings.pool,
            system=settings.system,
            steps=tuple(self._step(step) for step in job.steps),
        )
        if starts_with_roll_back(assembled.steps):
            self._note(job.steps[0].place, ROLL_BACK_PROBLEM, hint=ROLL_BACK_HINT)
        return assembled

    def _check_needs(self, job: Job) -> None:
        for need in job.settings.after:
            if not isinstance(need, Job):
                message = f"job `{job.name}`: `after` must be a job or jobs, not {need!r}"
                self._note(job.place, message, hint=_AFTER_HINT)
            elif need not in self._plan.jobs:
                self._note(job.place, f"job `{job.name}` needs a job of another plan")

    def _step(self, step: Step) -> StepPlan:
        chosen, place = step.chosen, step.place
        for message, hint in unknown_options(chosen):
            self._note(place, message, hint=hint)
        if "name" in chosen:
            self._check_name(place, "step", chosen["name"], step_name_problem)
        if "retry" in chosen and isinstance(step.work, Spawn):
            self._note(place, SPAWN_PROBLEM, hint=SPAWN_HINT)
        if chosen.get("limits") is not None and isinstance(step.work, Spawn):
            self._note(place, LIMITS_PROBLEM, hint=LIMITS_HINT)
        stop_signal = chosen.get("stop_signal", DEFAULT_STOP_SIGNAL)
        return StepPlan(
            name=self._names[step],
            action=self._action(step),
            when=self._try(place, when_of, chosen.get("when", "on_success")) or When.ON_SUCCESS,
            timeout=self._try(place, seconds, chosen.get("timeout"), "timeout"),
            grace=self._try(place, seconds, chosen.get("grace"), "grace", zero=True),
            stop_signal=self._try(place, stop_signal_name, stop_signal) or DEFAULT_STOP_SIGNAL,
            retry=self._try(place, retry_policy, chosen.get("retry", 1)) or RetryPolicy(),
            retry_safe=chosen.get("retry_safe", False),
            allow_failure=chosen.get("allow_failure", False),
            env=self._try(place, self._values.environment, chosen.get("env", {}), step) or {},
            working_directory=self._working_directory(step),
            limits=self._try(place, step_limits, chosen.get("limits")),
            system=chosen.get("system", False),
        )

    def _working_directory(self, step: Step) -> Text | None:
        directory = step.chosen.get("working_directory")
        if directory is None:
            return None
        return self._try(step.place, self._values.text, directory, step, "the working directory")

    def _action(self, step: Step) -> Action:
        match step.work:
            case Command():
                return self._command(step, step.work)
            case Call():
                return self._call(step, step.work)
            case Spawn():
                return self._spawn(step, step.work)

    def _command(self, step: Step, work: Command) -> CommandAction:
        run = cast(object, work.run)
        if not isinstance(run, str):
            self._note(step.place, f"a script is a text, not {run!r}", hint=_SCRIPT_HINT)
        elif not run.strip():
            self._note(step.place, f"the script of step `{self._names[step]}` is empty")
        return CommandAction(run=work.run, shell=work.shell)

    def _call(self, step: Step, work: Call) -> PythonAction:
        wrong = unimportable(work.function) or uncallable(work.function, work.arguments.keys())
        if wrong is not None:
            self._note(step.place, wrong)
            return PythonAction(function="")
        arguments = self._arguments(step, work.arguments, "argument")
        return PythonAction(function=name_of(work.function), root=self._root, arguments=arguments)

    def _spawn(self, step: Step, work: Spawn) -> SpawnAction:
        inputs = self._arguments(step, work.inputs, "input")
        if isinstance(work.target, str):
            return SpawnAction(target=work.target, root=self._root, inputs=inputs, wait=work.wait)
        source = work.target.source
        root = source.root or self._root
        return SpawnAction(target=source.target, root=root, inputs=inputs, wait=work.wait)

    def _arguments(
        self, step: Step, given: Mapping[str, ArgumentValue], kind: str
    ) -> dict[str, Argument]:
        written: dict[str, Argument] = {}
        for name, value in given.items():
            what = f"the {kind} `{name}`"
            written[name] = self._try(step.place, self._values.argument, value, step, what)
        return written

    def _check_name(
        self, place: SourcePlace, kind: str, name: str, problem_of: Callable[[str], str | None]
    ) -> None:
        problem = problem_of(name)
        if problem is not None:
            self._note(place, f"the {kind} name `{name[:60]}` {problem}")
        elif kind == "step" and slug(name) in _RESERVED:
            self._note(place, f"the step name `{name}` is the system's own")

    def _check_unique(self, kind: str, named: Collection[tuple[str, SourcePlace]]) -> None:
        """Two names that are the same in references (`Run tests`, `run_tests`) are one."""
        seen: dict[str, SourcePlace] = {}
        for name, place in named:
            if (first := seen.setdefault(slug(name), place)) is not place:
                self._note(place, f"there is a {kind} `{name}` already, in line {first.line}")

    def _try(
        self, place: SourcePlace, make: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T | None:
        try:
            return make(*args, **kwargs)
        except ValueError as error:
            self._note(place, str(error))
            return None

    def _note(self, place: SourcePlace, message: str, *, hint: str | None = None) -> None:
        self.problems.append(place.problem(message, hint=hint))


def _step_names(job: Job) -> list[tuple[Step, str]]:
    """The steps with their names; a default name that is taken gets a number."""
    taken = {*_RESERVED} | {
        slug(step.chosen["name"]) for step in job.steps if "name" in step.chosen
    }
    named: list[tuple[Step, str]] = []
    for step in job.steps:
        name = step.chosen.get("name") or _free(default_name(step.work), taken)
        taken.add(slug(name))
        named.append((step, name))
    return named


def _free(name: str, taken: Collection[str]) -> str:
    number = 1
    while slug(found := name if number == 1 else f"{name} {number}") in taken:
        number += 1
    return found
