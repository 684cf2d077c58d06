"""The inputs of a task, read from the signature of a function."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from tasktrail.definitions.inputs import InputValueError, convert
from tasktrail.definitions.names import input_name_problem
from tasktrail.definitions.python.placeholders import Secret
from tasktrail.definitions.python.source_place import (
    SourcePlace,
    parameter_places,
    place_of,
    raise_problems,
)
from tasktrail.errors import Problem
from tasktrail.model.plan import InputKind, InputSpec, JsonValue
from tasktrail.python.step_function import annotations_of

_HINT = (
    "an input is a str, int, float, bool, Literal of texts, Enum of texts or tasktrail.Secret, "
    "or one of these `| None = None`"
)
_SIMPLE = {
    str: InputKind.STRING,
    int: InputKind.INTEGER,
    float: InputKind.NUMBER,
    bool: InputKind.BOOLEAN,
    Secret: InputKind.SECRET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """More about an input: `version: Annotated[str, Input(pattern=r"[0-9.]+")]`.

    The pattern (a regular expression) has to match the whole value.
    """

    description: str = ""
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class TypedInput:
    """An input and the Python type that its value is given as."""

    spec: InputSpec
    enum: type[Enum] | None = None

    def argument(self, value: JsonValue) -> object:
        """What the function gets for the resolved `value`; a placeholder for a secret."""
        if value is None:
            return None
        if self.spec.kind is InputKind.SECRET:
            return Secret(self.spec.name)
        if self.enum is not None:
            return self.enum(value)
        return float(value) if self.spec.kind is InputKind.NUMBER else value


def typed_inputs(
    function: Callable[..., Any], *, given: Callable[[object], bool]
) -> tuple[tuple[TypedInput, ...], tuple[str, ...]]:
    """The inputs that `function` declares, and the parameters that are `given` to it by us.

    `given` tells by the annotation.

    Raises:
        DefinitionError: with every parameter that cannot be an input.
    """
    return _SignatureReader(function).read(given)


class _SignatureReader:
    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._places = parameter_places(function)
        self._problems: list[Problem] = []
        self._variables: dict[str, str] = {}
        self._annotations: Mapping[str, object] = annotations_of(function)

    def read(
        self, given: Callable[[object], bool]
    ) -> tuple[tuple[TypedInput, ...], tuple[str, ...]]:
        inputs: list[TypedInput] = []
        ours: list[str] = []
        for parameter in inspect.signature(self._function).parameters.values():
            annotation = self._annotations.get(parameter.name, parameter.empty)
            if given(annotation):
                ours.append(parameter.name)
            elif (found := self._input(parameter, annotation)) is not None:
                inputs.append(found)
        raise_problems(f"the signature of `{self._function.__qualname__}`", self._problems)
        return tuple(inputs), tuple(ours)

    def _input(self, parameter: inspect.Parameter, annotation: object) -> TypedInput | None:
        wrong = _unusable(parameter, annotation) or self._same_variable(parameter.name)
        if wrong is not None:
            return self._reject(parameter, wrong)
        more = Input()
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
            more = _more(extras)
        annotation, optional = _without_none(annotation)
        kind, choices, enum = _kind(annotation)
        if kind is None:
            return self._reject(parameter, f"cannot be an input: it is annotated {annotation!r}")
        if more.pattern is not None and not _is_pattern(more.pattern):
            return self._reject(parameter, f"has a pattern that is wrong: {more.pattern}")
        spec = InputSpec(
            name=parameter.name,
            kind=kind,
            required=parameter.default is parameter.empty,
            choices=choices,
            pattern=more.pattern,
            description=more.description,
        )
        return self._with_default(parameter, TypedInput(spec, enum), optional=optional)

    def _same_variable(self, name: str) -> str | None:
        """Inputs reach commands as INPUT_NAME, in capitals."""
        other = self._variables.setdefault(name.upper(), name)
        return None if other == name else f"differs from `{other}` only in case"

    def _with_default(
        self, parameter: inspect.Parameter, found: TypedInput, *, optional: bool
    ) -> TypedInput | None:
        default: object = parameter.default
        if default is parameter.empty:
            if optional:
                return self._reject(parameter, "may be None, so give it a default: `= None`")
            return found
        if default is None:
            return (
                found if optional else self._reject(parameter, "has the default None: add | None")
            )
        if found.spec.kind is InputKind.SECRET:
            return self._reject(parameter, "is secret: it cannot have a default but None")
        try:
            value = convert(found.spec, default.value if isinstance(default, Enum) else default)
        except InputValueError as error:
            return self._reject(parameter, f"has a default that is wrong: it {error}")
        return TypedInput(_replaced(found.spec, value), found.enum)

    def _reject(self, parameter: inspect.Parameter, message: str) -> None:
        place: SourcePlace = self._places.get(parameter.name, place_of(self._function))
        self._problems.append(
            place.problem(
                f"parameter `{parameter.name}` {message}", field=parameter.name, hint=_HINT
            )
        )


def _unusable(parameter: inspect.Parameter, annotation: object) -> str | None:
    if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
        return "takes any number of values, but inputs have names"
    if parameter.kind is parameter.POSITIONAL_ONLY:
        return "is positional only, but inputs are given by name"
    problem = input_name_problem(parameter.name)
    if problem is not None:
        return f"has a name that cannot be that of an input: it {problem}"
    if annotation is parameter.empty:
        return "has no annotation"
    if isinstance(annotation, str):
        return f"has an annotation that cannot be evaluated: {annotation}"
    return None


def _more(extras: list[object]) -> Input:
    more = Input()
    for extra in extras:
        if isinstance(extra, str):
            more = Input(description=extra, pattern=more.pattern)
        elif isinstance(extra, Input):
            more = Input(
                description=extra.description or more.description,
                pattern=extra.pattern or more.pattern,
            )
    return more


def _without_none(annotation: object) -> tuple[object, bool]:
    """The one other member of `X | None`, and whether there was a None."""
    if get_origin(annotation) not in {Union, types.UnionType}:
        return annotation, False
    members = [member for member in get_args(annotation) if member is not types.NoneType]
    if len(members) != 1 or len(members) == len(get_args(annotation)):
        return annotation, False
    return members[0], True


def _kind(annotation: object) -> tuple[InputKind | None, tuple[str, ...], type[Enum] | None]:
    if isinstance(annotation, type) and annotation in _SIMPLE:
        return _SIMPLE[annotation], (), None
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        return _choice(choices), tuple(map(str, choices)), None
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        choices = tuple(member.value for member in annotation)
        return _choice(choices), tuple(map(str, choices)), annotation
    return None, (), None


def _choice(choices: tuple[object, ...]) -> InputKind | None:
    texts = bool(choices) and all(isinstance(choice, str) for choice in choices)
    return InputKind.CHOICE if texts else None


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _replaced(spec: InputSpec, default: JsonValue) -> InputSpec:
    return InputSpec(
        name=spec.name,
        kind=spec.kind,
        required=False,
        default=default,
        choices=spec.choices,
        pattern=spec.pattern,
        description=spec.description,
    )
