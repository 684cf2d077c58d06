"""Templates: `{{ ... }}` in a text names a value; nothing is evaluated and nothing is quoted.

A reference is one of

    inputs.NAME                 an input of the task
    steps.NAME.outputs.KEY      an output of an earlier step of the same job
    jobs.NAME.outputs.KEY       an output of a job that this job needs
    task.id                     the id of the task

where NAME is a name as `slug` makes it. A template is a type of its own, so that a *value* that
happens to contain braces is never expanded a second time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

_REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_SHAPE = re.compile(r"inputs\.\w+|(steps|jobs)\.\w+\.outputs\.\w+|task\.id")


class Template(Struct, frozen=True, tag="template"):
    """A text with references that are resolved while the task runs."""

    text: str


Text = str | Template
"""A literal, or a text with references."""


class UnknownReferenceError(LookupError):
    """A template names a value that does not exist (yet)."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference

    def __str__(self) -> str:
        return f"'{{{{ {self.reference} }}}}' names a value that does not exist"


def slug(name: str) -> str:
    """How a job or step is named in references: `Run tests` becomes `run_tests`."""
    return re.sub(r"\W+", "_", name.strip().lower())


def references(text: str) -> tuple[str, ...]:
    """The references in `text`, in order, well-formed or not."""
    return tuple(_REFERENCE.findall(text))


def well_formed(reference: str) -> bool:
    """Whether `reference` has one of the documented shapes."""
    return _SHAPE.fullmatch(reference) is not None


def text_of(value: str) -> Text:
    """`value` as a template when it holds a reference, else as a literal."""
    return Template(value) if references(value) else value


def render(text: Text, values: Mapping[str, str]) -> str:
    """`text` with each reference replaced by its value, once.

    Raises:
        UnknownReferenceError: a reference is not in `values`.
    """
    if isinstance(text, str):
        return text

    def value(match: re.Match[str]) -> str:
        reference = match.group(1)
        if reference not in values:
            raise UnknownReferenceError(reference)
        return values[reference]

    return _REFERENCE.sub(value, text.text)
