"""Values for the inputs of a definition: converted, completed and checked, all at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.plan import InputKind, InputSpec, JsonValue

LONGEST_VALUE = 100_000
"""Bytes of UTF-8 in one value: it must fit one environment variable (128 KiB on Linux)."""

SHORTEST_SECRET = 4
"""Bytes of UTF-8 in the longest line of a secret: anything shorter could not be masked in a log."""

LONGEST_SECRET = 32_768
"""Bytes of UTF-8 in a secret, which is looked for in many forms."""

LONGEST_MATCHED_VALUE = 500
"""Characters of a value that is checked against a pattern, to bound the time of the match."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class InputValueError(ValueError):
    """A value does not fit its input; the text says why and never holds a secret."""


def resolve_inputs(specs: Sequence[InputSpec], given: Mapping[str, object]) -> dict[str, JsonValue]:
    """Typed values for all of `specs`, in their order, from `given` and the defaults.

    A given value is either typed (from JSON or Python) or a text as a command line has it. A None
    is the same as a value that was not given.

    Raises:
        InvalidInputError: with one problem per input that is unknown, missing or wrong.
    """
    values: dict[str, JsonValue] = {}
    problems = _unknown(specs, given)
    for spec in specs:
        value = given.get(spec.name)
        if value is None and spec.required:
            problems.append(_missing(spec))
            continue
        try:
            values[spec.name] = spec.default if value is None else convert(spec, value)
        except InputValueError as error:
            problems.append(Problem(f"input `{spec.name}` {error}", field=spec.name))
    if problems:
        count = "an input is" if len(problems) == 1 else f"{len(problems)} inputs are"
        raise InvalidInputError(f"{count} wrong", problems=tuple(problems))
    return values


def convert(spec: InputSpec, value: object) -> JsonValue:
    """`value` as the type of `spec`, checked against its choices and pattern.

    Booleans may be written true/false, yes/no or 1/0 in any case; numbers in decimal notation.

    Raises:
        InputValueError: it does not fit.
    """
    match spec.kind:
        case InputKind.INTEGER:
            return _integer(value)
        case InputKind.NUMBER:
            return _number(value)
        case InputKind.BOOLEAN:
            return _boolean(value)
        case InputKind.CHOICE:
            return _choice(spec, value)
        case InputKind.STRING | InputKind.SECRET:
            return _text(spec, value)


def input_text(value: JsonValue) -> str:
    """How a value stands in an environment variable or a template.

    Booleans are `true` and `false`; an optional input without a value is an empty text.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _unknown(specs: Sequence[InputSpec], given: Mapping[str, object]) -> list[Problem]:
    known = [spec.name for spec in specs]
    return [
        Problem(
            f"there is no input `{_short(name)}`",
            field=name,
            hint=suggestion_or_listing(name, known, "it takes") or "it takes no inputs",
        )
        for name in given
        if name not in known
    ]


def _missing(spec: InputSpec) -> Problem:
    return Problem(
        f"input `{spec.name}` is missing ({spec.kind.value})",
        field=spec.name,
        hint=spec.description or None,
    )


def _integer(value: object) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputValueError(f"must be an integer, not {_shown(value)}")
    if not _SMALLEST <= value <= _LARGEST:
        raise InputValueError("must be an integer of 64 bits")
    return value


def _number(value: object) -> int | float:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return _integer(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _integer(value)
    if not isinstance(value, float) or not math.isfinite(value):
        raise InputValueError(f"must be a finite number, not {_shown(value)}")
    return value


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _BOOLEANS:
        return _BOOLEANS[value.strip().lower()]
    raise InputValueError(f"must be true or false (or yes/no, 1/0), not {_shown(value)}")


def _choice(spec: InputSpec, value: object) -> str:
    if isinstance(value, str) and value in spec.choices:
        return value
    raise InputValueError(f"must be one of {', '.join(spec.choices)}, not {_shown(value)}")


def _text(spec: InputSpec, value: object) -> str:
    if not isinstance(value, str):
        raise InputValueError(f"must be a string, not {type(value).__name__}")
    _require_storable(value)
    if spec.kind is InputKind.SECRET and value:
        _require_maskable(value)
    if spec.pattern is not None:
        _require_match(spec, spec.pattern, value)
    return value


def _require_storable(value: str) -> None:
    """What an environment variable, a database and JSON can all hold."""
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise InputValueError("is not valid UTF-8") from None
    if "\0" in value:
        raise InputValueError("holds a NUL character")
    if size > LONGEST_VALUE:
        raise InputValueError(f"is longer than {LONGEST_VALUE} bytes")


def _require_maskable(value: str) -> None:
    lines = (line.strip() for line in value.splitlines())
    if max((len(line.encode()) for line in lines), default=0) < SHORTEST_SECRET:
        raise InputValueError(
            f"is too short for a secret: without {SHORTEST_SECRET} characters in a line that are "
            "not white space it could not be masked in logs"
        )
    if len(value.encode()) > LONGEST_SECRET:
        raise InputValueError(f"is longer than {LONGEST_SECRET} bytes, the most for a secret")


def _require_match(spec: InputSpec, pattern: str, value: str) -> None:
    if len(value) > LONGEST_MATCHED_VALUE:
        raise InputValueError(f"is longer than {LONGEST_MATCHED_VALUE} characters")
    if re.fullmatch(pattern, value) is None:
        shown = "" if spec.kind is InputKind.SECRET else f", and {_shown(value)} does not"
        raise InputValueError(f"must match the pattern {pattern}{shown}")


def _shown(value: object) -> str:
    if isinstance(value, bool | int | float):
        return _short(repr(value)) if abs(value) < 10**30 else "a huge number"
    return f"'{_short(value)}'" if isinstance(value, str) else f"a {type(value).__name__}"


def _short(text: str) -> str:
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:61])
    return clean if len(text) <= 60 else f"{clean[:60]}..."
