"""Definitions drawn by a random source: everything that a plan can say, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tasktrail.definitions.definition import DefinitionKind
from tasktrail.model.plan import (
    Action,
    CommandAction,
    DefinitionSource,
    InputSpec,
    JobPlan,
    JsonValue,
    PythonAction,
    Rerunnable,
    RetryOn,
    RetryPolicy,
    SpawnAction,
    StepPlan,
    SystemAction,
    SystemWork,
    TaskPlan,
    When,
)

LOCKS = ("a", "b", "c")

_WHEN = (*(When.ON_SUCCESS,) * 6, When.ON_FAILURE, When.ALWAYS)
_RETRY_ON = ((RetryOn.SYSTEM,), (RetryOn.USER,), (RetryOn.SYSTEM, RetryOn.USER))


@dataclass(frozen=True)
class RandomDefinition:
    """A definition whose plan is always the same."""

    name: str
    steps: TaskPlan
    title: str = "A random task"
    description: str = ""
    inputs: tuple[InputSpec, ...] = ()
    kind: DefinitionKind = "runbook"
    support: bool = False
    projects: tuple[str, ...] = ()

    @property
    def rerunnable(self) -> Rerunnable:
        """See `TaskDefinition`."""
        return self.steps.rerunnable

    @property
    def source(self) -> DefinitionSource:
        """See `TaskDefinition`."""
        return DefinitionSource(target=self.name)

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """See `TaskDefinition`."""
        return self.steps

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """See `TaskDefinition`."""
        return inputs


def random_definitions(chance: Random) -> dict[str, RandomDefinition]:
    """A catalog. A definition spawns later ones only, but for a rare one that spawns itself."""
    names = [f"d{number}" for number in range(chance.randint(1, 6))]
    draw = _Draw(chance)
    return {
        name: RandomDefinition(name, draw.plan(name, names[number + 1 :]))
        for number, name in enumerate(names)
    }


class _Draw:
    def __init__(self, chance: Random) -> None:
        self._chance = chance
        # What a schedule is about: locks for all, or hardly any retry, ...
        self._locky = chance.choice((0.0, 0.15, 0.6))
        self._retries = chance.choice((0.1, 0.5))
        self._spawny = chance.choice((0.0, 0.1, 0.3))
        self._wide = chance.choice((2, 4, 8))

    def plan(self, name: str, spawnable: list[str]) -> TaskPlan:
        chance = self._chance
        targets = [*spawnable, *([name] if chance.random() < 0.02 else [])]
        jobs: list[JobPlan] = []
        for number in range(chance.randint(1, self._wide)):
            jobs.append(self._job(f"j{number}", [job.name for job in jobs], targets))
        return TaskPlan(
            definition=name,
            title="A random task",
            jobs=tuple(jobs),
            source=DefinitionSource(target=name),
            timeout=chance.choice((None, None, 5.0, 30.0)),
            grace=chance.choice((None, 1.0)),
            locks=self._locks(),
            fail_fast=chance.random() < 0.2,
            rerunnable=chance.choice(tuple(Rerunnable)),
            rerun_hook=chance.random() < 0.2,
        )

    def _locks(self) -> tuple[str, ...]:
        if self._chance.random() >= self._locky:
            return ()
        return tuple(sorted(self._chance.sample(LOCKS, self._chance.randint(1, len(LOCKS)))))

    def _job(self, name: str, earlier: list[str], targets: list[str]) -> JobPlan:
        chance = self._chance
        needs = chance.sample(earlier, min(len(earlier), chance.choice((0, 1, 1, 2))))
        inner = [self._step(f"s{number}", targets) for number in range(chance.randint(1, 3))]
        frame = chance.random() < 0.4
        return JobPlan(
            name=name,
            steps=(_PREPARE, *inner, _REMOVE) if frame else tuple(inner),
            after=tuple(sorted(needs)),
            when=chance.choice(_WHEN),
            timeout=chance.choice((None, None, None, 3.0, 20.0)),
            locks=self._locks(),
            system=chance.random() < 0.1,
        )

    def _step(self, name: str, targets: list[str]) -> StepPlan:
        chance = self._chance
        return StepPlan(
            name=name,
            action=self._action(targets),
            when=chance.choice(_WHEN),
            timeout=chance.choice((None, None, None, 0.5, 10.0)),
            grace=chance.choice((None, 0.2)),
            retry=self._retry(),
            retry_safe=chance.random() < 0.3,
            allow_failure=chance.random() < 0.15,
            system=chance.random() < 0.1,
        )

    def _action(self, targets: list[str]) -> Action:
        chance = self._chance
        if targets and chance.random() < self._spawny:
            # Nothing is named "nowhere".
            target = chance.choice(targets) if chance.random() < 0.95 else "nowhere"
            if chance.random() < 0.3:
                return PythonAction(function="spawns", arguments={"target": target})
            return SpawnAction(target=target, wait=chance.random() < 0.8)
        if chance.random() < 0.3:
            return PythonAction(function="works")
        return CommandAction(run="work")

    def _retry(self) -> RetryPolicy:
        chance = self._chance
        if chance.random() >= self._retries:
            return RetryPolicy()
        return RetryPolicy(
            attempts=chance.randint(2, 4),
            backoff=chance.choice((0.0, 0.1, 2.0)),
            on=chance.choice(_RETRY_ON),
        )


_PREPARE = StepPlan(
    name="prepare",
    action=SystemAction(work=SystemWork.PREPARE_WORKSPACE),
    when=When.ALWAYS,
    system=True,
)
_REMOVE = StepPlan(
    name="remove",
    action=SystemAction(work=SystemWork.REMOVE_WORKSPACE),
    when=When.ALWAYS,
    system=True,
)
