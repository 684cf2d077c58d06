"""Answers about definitions and the installation, as far as readers rely on them."""

from __future__ import annotations

from tasktrail.local.shape import Shape
from tasktrail.model.plan import DEFAULT_POOL


class InputShape(Shape, frozen=True, kw_only=True, rename="camel"):
    """One typed input of a definition."""

    name: str
    kind: str = "string"
    required: bool = True
    default: object = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    description: str | None = None


class PlannedStep(Shape, frozen=True, kw_only=True, rename="camel"):
    """A step of a definition."""

    name: str


class PlannedJob(Shape, frozen=True, kw_only=True, rename="camel"):
    """A job of a definition."""

    name: str
    title: str = ""
    after: tuple[str, ...] = ()
    pool: str = DEFAULT_POOL
    steps: tuple[PlannedStep, ...] = ()


class Definition(Shape, frozen=True, kw_only=True, rename="camel"):
    """What a kind of task does. `problems` are the reasons why it cannot be used."""

    name: str
    title: str | None = None
    kind: str = ""
    description: str | None = None
    inputs: tuple[InputShape, ...] = ()
    rerunnable: str | None = None
    support: bool = False
    file: str | None = None
    problems: tuple[str, ...] | None = None
    jobs: tuple[PlannedJob, ...] = ()


class DefinitionList(Shape, frozen=True, kw_only=True, rename="camel"):
    """The catalog."""

    items: tuple[Definition, ...]
    total_count: int = 0


class Fact(Shape, frozen=True, kw_only=True, rename="camel"):
    """One thing that `doctor` looked at."""

    name: str
    value: object = ""
    ok: bool = True
    hint: str | None = None
