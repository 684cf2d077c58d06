"""What the function of a task builds its plan with: Plan, Job and Step.

Nothing is checked while it is built, except what would be an error in any Python code: all problems
are found together when the plan is assembled, each with the line it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Unpack, cast

from tasktrail.definitions.python.placeholders import Output
from tasktrail.definitions.python.source_place import SourcePlace, caller
from tasktrail.definitions.python.step_options import (
    ArgumentValue,
    Duration,
    EnvValue,
    StepOptions,
    WhenName,
)
from tasktrail.model.plan import DEFAULT_POOL, Resource

if TYPE_CHECKING:
    from tasktrail.definitions.python.task import PythonTask

DEFAULT_SHELL = "/bin/sh -e"

MOST_PARTS = 50_000
"""Jobs and steps of one plan: a loop that never ends is stopped before it has taken all memory."""


@dataclass(frozen=True, slots=True)
class Command:
    """A step that runs a shell script."""

    run: str
    shell: str


@dataclass(frozen=True, slots=True)
class Call:
    """A step that calls a function."""

    function: Callable[..., Any]
    arguments: Mapping[str, ArgumentValue]


@dataclass(frozen=True, slots=True)
class Spawn:
    """A step that submits another task."""

    target: str | PythonTask[...]
    inputs: Mapping[str, ArgumentValue]
    wait: bool


class Step:
    """A step of a job, as returned by `job.command`, `job.call` and `job.spawn`."""

    def __init__(self, job: Job, work: Command | Call | Spawn, options: StepOptions) -> None:
        self.job = job
        self.work = work
        self.chosen: StepOptions = options
        self.place = caller()

    def options(self, **options: Unpack[StepOptions]) -> Step:
        """Set options of the step; returns the step.

        For calls, whose own keyword arguments are the function's:
        `job.call(publish, wheel=path).options(timeout="5m", retry=3)`.
        """
        self.chosen = {**self.chosen, **options}
        return self

    def output(self, key: str) -> Output:
        """The value that the step will hand on under `key`.

        It can be used by later steps of the job and by jobs that need the job.
        """
        return Output(self, key)


class Job:
    """A job of the plan: its steps run one after another in one workspace (M2)."""

    def __init__(self, plan: Plan, name: str, settings: JobSettings) -> None:
        self.plan = plan
        self.name = name
        self.settings = settings
        self.steps: list[Step] = []
        self.place = caller()

    def command(
        self, run: str, *, shell: str = DEFAULT_SHELL, **options: Unpack[StepOptions]
    ) -> Step:
        """Add a step that gives the script `run` to `shell`.

        Values get into the script as environment variables: `job.command('deploy "$VERSION"',
        env={"VERSION": version})`. A value that is pasted into the script can inject code.
        """
        return self._add(Command(run, shell), options)

    def call(self, function: Callable[..., Any], /, **arguments: ArgumentValue) -> Step:
        """Add a step that calls `function`, which a worker has to be able to import by its name.

        A parameter that is annotated `tasktrail.Context` gets the step's context. Options of the
        step are set with `.options(...)`.
        """
        return self._add(Call(function, arguments), {})

    def spawn(
        self,
        target: str | PythonTask[...],
        inputs: Mapping[str, ArgumentValue] | None = None,
        *,
        wait: bool = True,
        **options: Unpack[StepOptions],
    ) -> Step:
        """Add a step that submits another task (M17); with `wait` it ends as that task ends.

        `target` is a name in the catalog, a runbook file relative to the root, or a Python task.
        """
        return self._add(Spawn(target, inputs or {}, wait), options)

    def _add(self, work: Command | Call | Spawn, options: StepOptions) -> Step:
        _count_part(self.plan)
        step = Step(self, work, options)
        self.steps.append(step)
        return step


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSettings:
    """How a job was declared. `after` is what was given, be it jobs or not."""

    title: str
    after: tuple[object, ...]
    when: WhenName
    timeout: Duration | None
    env: Mapping[str, EnvValue]
    locks: tuple[str, ...]
    pool: str
    system: bool

    @property
    def needs(self) -> tuple[Job, ...]:
        """The jobs among what stands in `after`."""
        return tuple(need for need in self.after if isinstance(need, Job))


@dataclass(slots=True, kw_only=True)
class Plan:
    """The plan of one task. What the decorator said can be changed until the function returns."""

    title: str
    env: dict[str, EnvValue] = field(default_factory=dict[str, EnvValue])
    locks: list[str] = field(default_factory=list[str])
    projects: list[str] = field(default_factory=list[str])
    resources: list[Resource] = field(default_factory=list[Resource])
    timeout: Duration | None = None
    place: SourcePlace
    jobs: list[Job] = field(default_factory=list[Job])
    parts: int = field(default=0, init=False, repr=False)
    """The number of its jobs and steps."""

    def job(
        self,
        name: str,
        *,
        title: str = "",
        after: Job | Collection[Job] = (),
        when: WhenName = "on_success",
        timeout: Duration | None = None,
        env: Mapping[str, EnvValue] | None = None,
        locks: Collection[str] = (),
        pool: str = DEFAULT_POOL,
        system: bool = False,
    ) -> Job:
        """Add a job that starts when the jobs in `after` have ended.

        Jobs that do not need each other run at the same time. `when` says after which course of
        events it runs at all; `locks` are exclusive across all tasks; `pool` names the machines
        that may carry it out.
        """
        _count_part(self)
        settings = JobSettings(
            title=title,
            after=_one_or_many(after),
            when=when,
            timeout=timeout,
            env=env or {},
            locks=(locks,) if isinstance(locks, str) else tuple(locks),
            pool=pool,
            system=system,
        )
        job = Job(self, name, settings)
        self.jobs.append(job)
        return job


def default_name(work: Command | Call | Spawn) -> str:
    """How a step is called whose definition does not say."""
    match work:
        case Command():
            lines = [line.strip() for line in str(work.run).splitlines() if line.strip()]
            return _shortened(lines[0]) if lines else "command"
        case Call():
            return getattr(work.function, "__name__", "call")
        case Spawn():
            target = work.target if isinstance(work.target, str) else work.target.name
            return f"spawn {PurePath(target).stem}"


def _count_part(plan: Plan) -> None:
    plan.parts += 1
    if plan.parts > MOST_PARTS:
        raise ValueError(f"a plan has at most {MOST_PARTS:,} jobs and steps")


def _one_or_many(given: object) -> tuple[object, ...]:
    """A text is one thing, not its letters."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        return tuple(cast("Iterable[object]", given))
    return (given,)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
