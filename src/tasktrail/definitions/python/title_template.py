"""Texts of the decorator that name inputs: `Deploy {version}`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from string import Formatter

from tasktrail.definitions.inputs import input_text
from tasktrail.definitions.suggestion import suggestion
from tasktrail.model.plan import JsonValue


def check_text(text: str, inputs: Collection[str], secrets: Collection[str]) -> str | None:
    """What is wrong with `text`, or None."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        return f"`{text}`: {error} (a brace itself is written twice)"
    for _, name, format_spec, conversion in parts:
        if name is None:
            continue
        if name in secrets:
            return f"`{text}` would show the secret `{name}`"
        if name not in inputs:
            near = suggestion(name, inputs)
            return f"`{text}`: there is no input `{name}`{f'; {near}' if near else ''}"
        if format_spec or conversion:
            return f"`{text}`: write only the name of an input in braces"
    return None


def filled(text: str, inputs: Mapping[str, JsonValue]) -> str:
    """The checked `text` with the values of the inputs."""
    return "".join(
        literal + ("" if name is None else input_text(inputs[name]))
        for literal, name, _, _ in Formatter().parse(text)
    )


def as_template(text: str) -> str:
    """The checked `text` as runbooks write it: `Deploy {{ inputs.version }}`."""
    return "".join(
        literal + ("" if name is None else f"{{{{ inputs.{name} }}}}")
        for literal, name, _, _ in Formatter().parse(text)
    )
