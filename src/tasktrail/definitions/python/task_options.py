"""The options of a task as the decorator takes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, TypedDict

from tasktrail.definitions.names import definition_name_problem
from tasktrail.definitions.python.signature import TypedInput
from tasktrail.definitions.python.step_options import Duration, EnvValue
from tasktrail.definitions.python.title_template import check_text
from tasktrail.definitions.suggestion import suggestion
from tasktrail.model.plan import InputKind, Rerunnable, Resource


class TaskOptions(TypedDict, total=False):
    """What a task can be told. `{name}` in title, locks and projects stands for an input."""

    name: str
    """In the catalog; default: the function's name, with `-` for `_`."""
    title: str
    """Default: the name."""
    description: str
    """Default: the function's docstring."""
    timeout: Duration
    """Hard; default 1 h."""
    grace: Duration
    """Between stop signal and SIGKILL, for steps that do not say; default 10 s."""
    env: Mapping[str, EnvValue]
    locks: Collection[str]
    """Exclusive across all tasks."""
    fail_fast: bool
    """The first failed job stops those beside it."""
    rerunnable: Literal["failed", "always", "never"]
    """Whether it may be run again (M13, M15); default "failed"."""
    support: bool
    """Support members may run it (M7)."""
    projects: Collection[str]
    resources: Collection[Resource]


def wrong_options(options: TaskOptions, typed: Collection[TypedInput]) -> Iterator[tuple[str, str]]:
    """What is wrong, and a hint (which may be empty), for each option."""
    known = list(TaskOptions.__annotations__)
    for option in options:
        if option not in known:
            near = suggestion(option, known) or f"it has {', '.join(known)}"
            yield f"a task has no option `{option}`", near
    problem = definition_name_problem(options["name"]) if "name" in options else None
    if problem is not None:
        yield f"the name `{options.get('name')}` {problem}", ""
    for option in ("locks", "projects"):
        if isinstance(options.get(option), str):
            yield f"`{option}` is a list", f'{option}=["{options.get(option)}"]'
    rerunnable = options.get("rerunnable", "failed")
    if rerunnable not in {known.value for known in Rerunnable}:
        yield f"`rerunnable` must be failed, always or never, not {rerunnable!r}", ""
    inputs = [one.spec.name for one in typed]
    secrets = [one.spec.name for one in typed if one.spec.kind is InputKind.SECRET]
    for text in _texts(options):
        wrong = check_text(text, inputs, secrets)
        if wrong is not None:
            yield wrong, ""


def _texts(options: TaskOptions) -> tuple[str, ...]:
    """The texts that may name inputs."""
    lists = (options.get("locks", ()), options.get("projects", ()))
    return (options.get("title", ""), *(text for texts in lists for text in texts))
