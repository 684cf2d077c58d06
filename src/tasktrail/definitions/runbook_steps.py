"""The steps of a runbook's job."""

from __future__ import annotations

import signal
from dataclasses import replace

from tasktrail.definitions.environment import read_environment
from tasktrail.definitions.references import ReferenceScope, checked_text
from tasktrail.definitions.retry_policy import read_retry
from tasktrail.definitions.roll_back import (
    ROLL_BACK_HINT,
    ROLL_BACK_PROBLEM,
    starts_with_roll_back,
)
from tasktrail.definitions.section import Section
from tasktrail.definitions.step_action import ACTION_KEYS, read_action
from tasktrail.definitions.step_limits import read_limits
from tasktrail.definitions.step_names import name_steps
from tasktrail.definitions.suggestion import suggestion
from tasktrail.definitions.yaml_tree import MapNode, Node, ScalarNode
from tasktrail.model.plan import DEFAULT_STOP_SIGNAL, StepPlan, When
from tasktrail.model.template import Text, slug

KEYS = (
    "name",
    "when",
    "timeout",
    "grace",
    "stop_signal",
    "retry",
    "retry_safe",
    "allow_failure",
    "env",
    "working_directory",
    "limits",
    "system",
    *(key for kind, keys in ACTION_KEYS.items() for key in (kind, *keys)),
)
"""The keys of a step, each described in docs/runbook-reference.md."""

_MISPLACED = {
    "if": "use `when: on_success`, `on_failure` or `always`",
    "command": "did you mean `run`?",
    "script": "did you mean `run`?",
    "cwd": "did you mean `working_directory`?",
    "locks": "locks belong to the task or to a job",
    "after": "steps run one after another; `after` is for jobs",
    "memory": "memory belongs below `limits`",
    "continue_on_error": "did you mean `allow_failure`?",
}


def read_steps(job: Section, scope: ReferenceScope, root: str) -> tuple[StepPlan, ...]:
    """The steps below `steps`; a step that is a single text is a command.

    `scope` is that of the job, `root` the directory of the runbook.
    """
    nodes = job.items("steps")
    sections = [
        section
        for index, node in enumerate(nodes)
        if (section := _as_section(job, node, index)) is not None
    ]
    if not nodes and not isinstance(job.get("steps"), ScalarNode | MapNode):
        job.note("a job needs steps", job.place_of("steps"), key="steps")
    steps: list[StepPlan] = []
    earlier: set[str] = set()
    step_scope = replace(scope, steps=earlier)
    for section, name in zip(sections, name_steps(sections), strict=True):
        steps.append(_read_step(section, name, step_scope, root))
        earlier.add(slug(name))
    if starts_with_roll_back(steps):
        first = sections[0]
        first.note(ROLL_BACK_PROBLEM, first.place_of("when"), key="when", hint=ROLL_BACK_HINT)
    return tuple(steps)


def _as_section(job: Section, node: Node, index: int) -> Section | None:
    path = f"{job.path_of('steps')}[{index}]"
    if isinstance(node, MapNode):
        return Section(node, job.report, path)
    if isinstance(node, ScalarNode) and node.value is not None:
        key = ScalarNode("run", "run", node.place)
        return Section(MapNode({"run": (key, node)}, node.place, 2), job.report, path)
    job.report.add("a step must be a mapping or a command", node.place, field=path)
    return None


def _read_step(step: Section, name: str, scope: ReferenceScope, root: str) -> StepPlan:
    step.allow_only(KEYS, _MISPLACED)
    return StepPlan(
        name=name,
        action=read_action(step, scope, root),
        when=step.choice("when", When.ON_SUCCESS),
        timeout=step.duration("timeout"),
        grace=step.duration("grace", zero=True),
        stop_signal=_read_signal(step),
        retry=read_retry(step),
        retry_safe=step.flag("retry_safe"),
        allow_failure=step.flag("allow_failure"),
        env=read_environment(step, scope),
        working_directory=_read_directory(step, scope),
        limits=read_limits(step),
        system=step.flag("system"),
    )


def _read_signal(step: Section) -> str:
    scalar = step.scalar("stop_signal")
    if scalar is None:
        return DEFAULT_STOP_SIGNAL
    known = [name.name for name in signal.Signals]
    if scalar.text not in known:
        step.note(
            f"`{scalar.text[:60]}` is not a signal",
            scalar.place,
            key="stop_signal",
            hint=suggestion(scalar.text, known) or "signals are written like SIGTERM and SIGINT",
        )
        return DEFAULT_STOP_SIGNAL
    return scalar.text


def _read_directory(step: Section, scope: ReferenceScope) -> Text | None:
    scalar = step.scalar("working_directory")
    if scalar is None:
        return None
    if not scalar.text.strip():
        step.note("`working_directory` is empty", scalar.place, key="working_directory")
    return checked_text(step, "working_directory", scalar, scope)
