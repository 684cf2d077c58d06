"""The inputs that a runbook declares."""

from __future__ import annotations

import re
import warnings

from msgspec.structs import replace

from tasktrail.definitions.inputs import InputValueError, convert
from tasktrail.definitions.names import input_name_problem
from tasktrail.definitions.section import Section
from tasktrail.definitions.suggestion import suggestion
from tasktrail.definitions.yaml_tree import MapNode, Node, ScalarNode
from tasktrail.model.plan import InputKind, InputSpec, JsonValue

KEYS = ("type", "default", "required", "pattern", "choices", "description")
"""The keys of an input, each described in docs/runbook-reference.md."""

_WRITTEN_AS_TEXT = (InputKind.STRING, InputKind.CHOICE)
_WITH_PATTERN = (InputKind.STRING, InputKind.SECRET)
_LONGEST_PATTERN = 500

_ATOM = r"(?:\\.|\[[^\]]*\]|[^\\\[\]()|*+?{}])"
_REPEATED_REPEATS = re.compile(rf"\((?:\?:)?(?:{_ATOM}[*+?]\??)+\)(?:[*+]|\{{\d+,\d*\}})")
"""A repeated group in which everything is repeated, such as `(a+)+`: exponential time."""


def read_inputs(runbook: Section) -> tuple[InputSpec, ...]:
    """The inputs below `inputs`, in the order of the file."""
    section = runbook.section("inputs")
    if section is None:
        return ()
    specs: dict[str, InputSpec] = {}
    variables: dict[str, str] = {}
    for key, value in section.entries():
        _check_name(section, key, variables)
        specs[key.text] = _read_input(section, key, value)
    return tuple(specs.values())


def _check_name(section: Section, key: ScalarNode, variables: dict[str, str]) -> None:
    problem = input_name_problem(key.text)
    if problem is not None:
        section.note(f"the input `{key.text[:60]}` {problem}", key.place, key=key.text)
    variable = f"INPUT_{key.text.upper()}"
    other = variables.setdefault(variable, key.text)
    if other != key.text:
        section.note(
            f"the inputs `{other}` and `{key.text}` differ only in case",
            key.place,
            key=key.text,
            hint=f"both would be the variable {variable}",
        )


def _read_input(owner: Section, key: ScalarNode, value: Node) -> InputSpec:
    if isinstance(value, MapNode):
        section = Section(value, owner.report, owner.path_of(key.text))
        return _read_fields(section, key)
    if isinstance(value, ScalarNode):
        kind = InputKind.STRING
        if value.value is not None:
            kind = owner.choice_of("type", value, InputKind.STRING)
        return InputSpec(name=key.text, kind=kind)
    owner.note(f"`{key.text}` must be a mapping or a type", value.place, key=key.text)
    return InputSpec(name=key.text)


def _read_fields(section: Section, key: ScalarNode) -> InputSpec:
    section.allow_only(KEYS, {"options": "did you mean `choices`?"})
    kind = section.choice("type", InputKind.CHOICE if section.has("choices") else InputKind.STRING)
    bare = InputSpec(
        name=key.text,
        kind=kind,
        required=section.flag("required", default=not section.has("default")),
        choices=_read_choices(section, kind),
        pattern=_read_pattern(section, kind),
        description=section.text("description"),
    )
    return replace(bare, default=_read_default(section, bare))


def _read_choices(section: Section, kind: InputKind) -> tuple[str, ...]:
    choices = section.scalars("choices")
    if kind is not InputKind.CHOICE:
        if section.has("choices"):
            section.note("`choices` are for the type choice", section.place_of("choices"))
        return ()
    if not choices:
        section.note("an input of the type choice needs `choices`", section.place_of("choices"))
    texts = [choice.text for choice in choices]
    for index, choice in enumerate(choices):
        if choice.text in texts[:index]:
            section.note(f"`{choice.text}` is a choice already", choice.place, key="choices")
    return tuple(dict.fromkeys(texts))


def _read_pattern(section: Section, kind: InputKind) -> str | None:
    scalar = section.scalar("pattern")
    if scalar is None:
        return None
    if kind not in _WITH_PATTERN:
        section.note("`pattern` is for the types string and secret", scalar.place, key="pattern")
        return None
    problem = _pattern_problem(scalar.text)
    if problem is not None:
        section.note(f"`pattern` {problem}", scalar.place, key="pattern")
        return None
    return scalar.text


def _pattern_problem(pattern: str) -> str | None:
    if len(pattern) > _LONGEST_PATTERN:
        return f"is longer than {_LONGEST_PATTERN} characters"
    if _REPEATED_REPEATS.search(pattern):
        return "repeats a group of repeats, which can take forever to match"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"is not a regular expression: {error}"
    return None


def _read_default(section: Section, spec: InputSpec) -> JsonValue:
    scalar = section.scalar("default")
    if scalar is None:
        return None
    if spec.kind is InputKind.SECRET:
        section.note(
            "a secret has no default: what a file holds is not secret",
            scalar.place,
            key="default",
            hint="write `required: false` if it may be left out",
        )
        return None
    if spec.required:
        section.note("an input with a default is not required", scalar.place, key="default")
    try:
        return convert(spec, scalar.text if spec.kind in _WRITTEN_AS_TEXT else scalar.value)
    except InputValueError as error:
        hint = suggestion(scalar.text, spec.choices)
        section.note(f"`default` {error}", scalar.place, key="default", hint=hint)
        return None
