"""Whether the references in a template can be resolved where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tasktrail.definitions.section import Section
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.definitions.yaml_tree import ScalarNode
from tasktrail.model.graph import ancestors
from tasktrail.model.plan import InputKind, InputSpec
from tasktrail.model.template import Text, references, slug, text_of, well_formed

_SHAPES = "inputs.NAME, steps.NAME.outputs.KEY, jobs.NAME.outputs.KEY and task.id can be used"
_MISTAKEN_IN_COMMAND = re.compile(r"\{\{-?\s*([A-Za-z_]\w*\.\w[^{}]*)\}\}")
_WIDE_GAP = re.compile(r"\{\{[^{}]*\s{50}")
"""So much space in a reference is a mistake, and takes long to look through."""


@dataclass(frozen=True, slots=True)
class ReferenceScope:
    """What may be named at one place of a definition.

    All names are slugs: `steps` are the earlier steps of the same job, `needs` has for every job
    the ones that it needs directly. With `at_plan` the text is resolved when the plan is made:
    then only inputs have values, and a secret would be stored.
    """

    inputs: Mapping[str, InputSpec]
    job: str = ""
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    steps: Collection[str] = ()
    at_plan: bool = False

    def jobs(self) -> set[str]:
        """The jobs that have ended when this place is reached."""
        return ancestors(self.needs, self.job)


def checked_text(section: Section, key: str, scalar: ScalarNode, scope: ReferenceScope) -> Text:
    """`scalar` as a literal or a template; each reference that `scope` has not is noted."""
    if _WIDE_GAP.search(scalar.text):
        section.note(f"`{key}` has a reference with too much space", scalar.place, key=key)
        return scalar.text
    found = references(scalar.text)
    if scalar.text.count("{{") != len(found):
        section.note(
            f"`{key}` has a `{{{{` without a reference and `}}}}` after it",
            scalar.place,
            key=key,
            hint=f"{_SHAPES} between {{{{ and }}}}",
        )
    for reference in found:
        wrong = _wrong(reference, scope)
        if wrong is not None:
            message, hint = wrong
            section.note(f"`{{{{ {reference} }}}}` {message}", scalar.place, key=key, hint=hint)
    return text_of(scalar.text)


def check_command(section: Section, key: str, scalar: ScalarNode) -> None:
    """Note references in a command: commands are no templates, so that no value can become code.

    Braces that are no reference, such as `docker ps --format '{{.Names}}'`, are left alone.
    """
    for found in _MISTAKEN_IN_COMMAND.findall(scalar.text):
        reference = found.rstrip("- \t\n")
        section.note(
            f"`{{{{ {reference} }}}}` is not replaced in a command",
            scalar.place,
            key=key,
            hint=_variable_hint(reference),
        )


def _variable_hint(reference: str) -> str:
    kind, _, name = reference.partition(".")
    if kind == "inputs" and name.isidentifier():
        return f'inputs reach commands as environment variables: write "$INPUT_{name.upper()}"'
    return f'set a variable in `env`, such as `VALUE: "{{{{ {reference} }}}}"`, and write "$VALUE"'


def _wrong(reference: str, scope: ReferenceScope) -> tuple[str, str | None] | None:
    if not well_formed(reference):
        return ("is not a reference", _slug_hint(reference) or _SHAPES)
    kind, _, rest = reference.partition(".")
    name = rest.partition(".")[0]
    if kind == "inputs":
        return _wrong_input(name, scope)
    if scope.at_plan:
        return ("is not known yet when the task is submitted", "only inputs can be used here")
    if kind == "steps" and name not in scope.steps:
        return _absent("names no earlier step of this job", name, scope.steps)
    if kind == "jobs" and name not in (jobs := scope.jobs()):
        return _absent("names no job that has to end before", name, jobs)
    return None


def _wrong_input(name: str, scope: ReferenceScope) -> tuple[str, str | None] | None:
    spec = scope.inputs.get(name)
    if spec is None:
        return _absent("names an input that does not exist", name, scope.inputs)
    if spec.kind is InputKind.SECRET and scope.at_plan:
        return ("is secret, and this text is shown and stored", "use an input that is not secret")
    return None


def _absent(message: str, name: str, known: Collection[str]) -> tuple[str, str | None]:
    return (message, suggestion_or_listing(name, sorted(known), "known here"))


def _slug_hint(reference: str) -> str | None:
    """For `steps.Build wheel.outputs.x`: names are written as slugs."""
    match = re.fullmatch(r"(steps|jobs)\.(.+)\.outputs\.(\w+)", reference)
    if match is None:
        return None
    kind, name, key = match.groups()
    return f"write {{{{ {kind}.{slug(name)}.outputs.{key} }}}}"
