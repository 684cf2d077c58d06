"""What a task will do: fixed at submission, stored with it, never changed afterwards.

Templates (`{{ steps.build.outputs.wheel }}`) may stand in `env`, `working_directory`, Python
`arguments` and spawn `inputs`: what they name is known only while the task runs, and a secret must
not be stored in a plan. Everything else is resolved when the plan is made. Durations are seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tasktrail.model.template import Template, Text

DEFAULT_TIMEOUT = 3600.0
DEFAULT_GRACE = 10.0
DEFAULT_STOP_SIGNAL = "SIGTERM"
DEFAULT_POOL = "default"

JsonValue = str | int | float | bool | None
"""A typed input value."""

Argument = JsonValue | Template
"""A value given to a function or a spawned task."""


class When(StrEnum):
    """On which course of events a job or step runs."""

    ON_SUCCESS = "on_success"
    ON_FAILURE = "on_failure"
    ALWAYS = "always"


class Rerunnable(StrEnum):
    """Whether a task may be run again (M13-M15)."""

    FAILED = "failed"
    ALWAYS = "always"
    NEVER = "never"


class RetryOn(StrEnum):
    """Which kinds of error a retry policy covers."""

    SYSTEM = "system"
    USER = "user"


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """How often a step is tried, and how long it backs off between the tries.

    The wait before attempt n+1 is `backoff * factor ** (n - 1)`, at most `max_backoff`.
    """

    attempts: int = 1
    backoff: float = 2.0
    factor: float = 2.0
    max_backoff: float = 60.0
    on: tuple[RetryOn, ...] = (RetryOn.SYSTEM,)

    def wait_after(self, attempt: int) -> float:
        """Seconds to wait after `attempt` (counted from 1) before the next one."""
        try:
            growth = self.factor ** (attempt - 1)
        except OverflowError:
            return self.max_backoff if self.backoff else 0.0
        return min(self.max_backoff, self.backoff * growth)


class CommandAction(Struct, frozen=True, kw_only=True, tag="command"):
    """Runs `run` with `shell` (a command to which the script is given with -c)."""

    run: str
    shell: str = "/bin/sh -e"


class PythonAction(Struct, frozen=True, kw_only=True, tag="python"):
    """Calls the function `module:qualname`.

    `root` is the directory put first on the import path, `arguments` are given by name. A function
    that takes a `tasktrail.Context` gets it in the parameter so annotated.
    """

    function: str
    root: str | None = None
    arguments: dict[str, Argument] = {}


class SpawnAction(Struct, frozen=True, kw_only=True, tag="spawn"):
    """Submits another task whose origin is this one (M17); with `wait` the step ends as it ends.

    `target` is a catalog name, or a runbook file relative to `root`.
    """

    target: str
    root: str | None = None
    inputs: dict[str, Argument] = {}
    wait: bool = True


class SystemWork(StrEnum):
    """What the system's own steps do."""

    PREPARE_WORKSPACE = "prepare_workspace"
    REMOVE_WORKSPACE = "remove_workspace"
    CLONE = "clone"
    CACHE_RESTORE = "cache_restore"
    CACHE_SAVE = "cache_save"


class SystemAction(Struct, frozen=True, kw_only=True, tag="system"):
    """Work that Tasktrail does itself."""

    work: SystemWork
    arguments: dict[str, JsonValue] = {}


Action = CommandAction | PythonAction | SpawnAction | SystemAction


class StepLimits(Struct, frozen=True, kw_only=True):
    """What all processes of a step may use together; None where it is not limited.

    `memory` is in bytes, `cpu` in processors (0.5 is half of one).
    """

    memory: int | None = None
    processes: int | None = None
    cpu: float | None = None


class StepPlan(Struct, frozen=True, kw_only=True):
    """One step of a job."""

    name: str
    action: Action
    when: When = When.ON_SUCCESS
    timeout: float | None = None
    grace: float | None = None
    stop_signal: str = DEFAULT_STOP_SIGNAL
    retry: RetryPolicy = RetryPolicy()
    retry_safe: bool = False
    allow_failure: bool = False
    env: dict[str, Text] = {}
    working_directory: Text | None = None
    limits: StepLimits | None = None
    system: bool = False


class JobPlan(Struct, frozen=True, kw_only=True):
    """One job: its steps run one after another in one workspace (M2).

    `pool` names the machines that may carry it out; on one machine that is every pool.
    """

    name: str
    steps: tuple[StepPlan, ...]
    title: str = ""
    after: tuple[str, ...] = ()
    when: When = When.ON_SUCCESS
    timeout: float | None = None
    env: dict[str, Text] = {}
    locks: tuple[str, ...] = ()
    pool: str = DEFAULT_POOL
    system: bool = False


class Resource(Struct, frozen=True):
    """A thing of the platform that a task is about, such as kind "cluster", id 7."""

    kind: str
    id: int | str


class InputKind(StrEnum):
    """Types of inputs."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 - the name of a type


class InputSpec(Struct, frozen=True, kw_only=True):
    """One typed input of a definition. `default` is None when the input is required."""

    name: str
    kind: InputKind = InputKind.STRING
    required: bool = True
    default: JsonValue = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    description: str = ""


class DefinitionSource(Struct, frozen=True, kw_only=True):
    """Where a definition was loaded from, so that a rerun hook or a reader can find it again.

    `target` is what names it (an absolute file path, `module:function`, or a catalog name), `root`
    the directory that Python imports of it start from.
    """

    target: str
    root: str | None = None


class Limits(Struct, frozen=True, kw_only=True):
    """Seconds that a task is given where its definition does not say; always finite (M9)."""

    timeout: float = DEFAULT_TIMEOUT
    grace: float = DEFAULT_GRACE


class TaskPlan(Struct, frozen=True, kw_only=True):
    """What one task will do. `secret_inputs` names the inputs whose values are secret.

    `timeout` and `grace` are None where the definition leaves them to the installation; when a task
    is submitted they are set.
    """

    definition: str
    title: str
    jobs: tuple[JobPlan, ...]
    source: DefinitionSource | None = None
    timeout: float | None = None
    grace: float | None = None
    env: dict[str, Text] = {}
    locks: tuple[str, ...] = ()
    fail_fast: bool = False
    rerunnable: Rerunnable = Rerunnable.FAILED
    rerun_hook: bool = False
    support: bool = False
    projects: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    secret_inputs: tuple[str, ...] = ()

    @property
    def time_limit(self) -> float:
        """Seconds after its first start at which the task is stopped: always finite (M9)."""
        return DEFAULT_TIMEOUT if self.timeout is None else self.timeout

    @property
    def stop_grace(self) -> float:
        """Seconds between a stop signal and SIGKILL, for steps that do not say their own."""
        return DEFAULT_GRACE if self.grace is None else self.grace

    def within(self, limits: Limits) -> TaskPlan:
        """The plan with the limits that it leaves open filled in."""
        return replace(
            self,
            timeout=limits.timeout if self.timeout is None else self.timeout,
            grace=limits.grace if self.grace is None else self.grace,
        )

    def job(self, name: str) -> JobPlan:
        """The job of that name.

        Raises:
            KeyError: there is none.
        """
        for job in self.jobs:
            if job.name == name:
                return job
        raise KeyError(name)

    def steps(self) -> Iterator[StepPlan]:
        """All steps, job by job."""
        for job in self.jobs:
            yield from job.steps
