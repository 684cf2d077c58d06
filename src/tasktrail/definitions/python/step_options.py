"""The options of a step as a definition gives them, turned into those of a StepPlan."""

from __future__ import annotations

import signal
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from typing import Literal, TypedDict

from tasktrail.definitions.duration import parse_duration
from tasktrail.definitions.python.placeholders import Output, Secret
from tasktrail.definitions.step_limits import (
    LEAST_CPU,
    MOST_CPU,
    MOST_PROCESSES,
    SIZE_HINT,
    parse_memory,
)
from tasktrail.definitions.suggestion import suggestion
from tasktrail.model.plan import RetryOn, RetryPolicy, StepLimits, When

MOST_ATTEMPTS = 100
STEEPEST_FACTOR = 10

Duration = float | str
"""Seconds, or a text such as `90s`, `5m`, `1h30m`."""

WhenName = Literal["on_success", "on_failure", "always"]
RetryKind = Literal["system", "user"]

EnvValue = str | int | float | bool | Secret | Output | None
"""A value of an environment variable; None leaves the variable out. A text is always literal."""

ArgumentValue = str | int | float | bool | PurePath | Enum | Secret | Output | None
"""A value given to a function or to a spawned task. A text is always literal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a step is tried, and for how long it backs off between the tries.

    The wait before attempt n+1 is `backoff * factor ** (n - 1)`, at most `max_backoff`. `on` says
    which errors are tried again: those of the system, and with "user" also the step's own.
    """

    attempts: int
    backoff: Duration = 2.0
    factor: float = 2.0
    max_backoff: Duration = 60.0
    on: Collection[RetryKind] = ("system",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What all processes of a step may use together; what is None is not limited.

    `memory` is a size with a unit (`512MB`, `1.5GiB`), `processes` a number, `cpu` a number of
    processors (0.5 is half of one).
    """

    memory: str | None = None
    processes: int | None = None
    cpu: float | None = None


class StepOptions(TypedDict, total=False):
    """What every kind of step can be told."""

    name: str
    """How the step is called; unique in its job."""
    when: WhenName
    """On which course of events it runs; default "on_success"."""
    timeout: Duration | None
    """Hard: at the limit the step is stopped."""
    grace: Duration | None
    """Between the stop signal and SIGKILL."""
    stop_signal: str
    """Default "SIGTERM"."""
    retry: int | Retry
    """A number of attempts (for system errors), or the whole policy."""
    retry_safe: bool
    """It may be started again when its worker died in the middle of it."""
    allow_failure: bool
    """Its user error is a warning."""
    env: Mapping[str, EnvValue]
    working_directory: str | PurePath | Output | None
    """Relative to the job's workspace."""
    limits: Limits | None
    """What its processes may use together."""
    system: bool
    """Hidden from the normal graph (M19)."""


def unknown_options(options: StepOptions) -> list[tuple[str, str]]:
    """What is wrong and a hint for every option that no step has."""
    known = list(StepOptions.__annotations__)
    return [
        (f"a step has no option `{name}`", suggestion(name, known) or f"it has {', '.join(known)}")
        for name in options
        if name not in known
    ]


def seconds(value: object, name: str, *, zero: bool = False) -> float | None:
    """`value` in seconds.

    Raises:
        ValueError: it is no duration above zero (or zero, where that is allowed).
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"`{name}` must be a number of seconds or a text such as '5m'")  # noqa: TRY004 - all problems are of one kind here
    try:
        found = parse_duration(value if isinstance(value, str) else f"{value:f}")
    except ValueError as error:
        raise ValueError(f"`{name}` {error}: {value!r}") from None
    if found == 0 and not zero:
        raise ValueError(f"`{name}` must be more than zero")
    return found


def retry_policy(retry: object) -> RetryPolicy:
    """The policy that `retry` stands for.

    Raises:
        ValueError: it makes no sense.
    """
    given = Retry(attempts=retry) if isinstance(retry, int) else retry
    if not isinstance(given, Retry):
        raise ValueError("`retry` must be a number of attempts or a tasktrail.Retry")  # noqa: TRY004 - likewise
    if isinstance(given.attempts, bool) or not 1 <= given.attempts <= MOST_ATTEMPTS:
        raise ValueError(f"`retry` must be 1 to {MOST_ATTEMPTS} attempts")
    if not 1 <= given.factor <= STEEPEST_FACTOR:
        raise ValueError(f"the `factor` of a retry must be 1 to {STEEPEST_FACTOR}")
    kinds = (given.on,) if isinstance(given.on, str) else tuple(given.on)
    return RetryPolicy(
        attempts=given.attempts,
        backoff=seconds(given.backoff, "backoff", zero=True) or 0.0,
        factor=float(given.factor),
        max_backoff=seconds(given.max_backoff, "max_backoff", zero=True) or 0.0,
        on=tuple(RetryOn(kind) for kind in kinds),
    )


def step_limits(limits: object) -> StepLimits | None:
    """What `limits` stands for.

    Raises:
        ValueError: it makes no sense.
    """
    if limits is None:
        return None
    if not isinstance(limits, Limits):
        raise ValueError("`limits` must be a tasktrail.Limits")  # noqa: TRY004 - likewise
    if limits == Limits():
        raise ValueError("`limits` needs a memory, processes or cpu limit")
    return StepLimits(
        memory=None if limits.memory is None else _bytes(limits.memory),
        processes=_whole(limits.processes),
        cpu=_processors(limits.cpu),
    )


def stop_signal_name(name: str) -> str:
    """`name` as the system has it.

    Raises:
        ValueError: there is no such signal.
    """
    if name not in signal.Signals.__members__:
        near = suggestion(name, list(signal.Signals.__members__))
        raise ValueError(f"there is no signal `{name}`{f'; {near}' if near else ''}")
    return name


def when_of(value: str) -> When:
    """The `when` that is so called.

    Raises:
        ValueError: none is.
    """
    if value not in {known.value for known in When}:
        raise ValueError(f"`when` must be on_success, on_failure or always, not {value!r}")
    return When(value)


def _bytes(memory: object) -> int:
    if not isinstance(memory, str):
        raise ValueError(f"the `memory` limit is a text with a unit: {SIZE_HINT}")  # noqa: TRY004 - likewise
    try:
        return parse_memory(memory)
    except ValueError as error:
        raise ValueError(f"the `memory` limit {error}: {memory!r}; {SIZE_HINT}") from None


def _whole(processes: object) -> int | None:
    if processes is None:
        return None
    given = processes if isinstance(processes, int) and not isinstance(processes, bool) else 0
    if not 1 <= given <= MOST_PROCESSES:
        raise ValueError(f"the `processes` limit must be a whole number from 1 to {MOST_PROCESSES}")
    return given


def _processors(cpu: object) -> float | None:
    if cpu is None:
        return None
    given = cpu if isinstance(cpu, int | float) and not isinstance(cpu, bool) else 0
    if not LEAST_CPU <= given <= MOST_CPU:
        raise ValueError(f"the `cpu` limit must be a number from {LEAST_CPU:g} to {MOST_CPU:g}")
    return float(given)
