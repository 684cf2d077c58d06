"""How a function that a step calls is named, and what its annotations ask for."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import FunctionType
from typing import Any

from tasktrail.python.context import Context

AnyFunction = Callable[..., Any]


def name_of(function: AnyFunction) -> str:
    """`module:qualname`, as a plan names it."""
    return f"{function.__module__}:{function.__qualname__}"


def annotations_of(function: AnyFunction) -> dict[str, object]:
    """The parameter annotations, those written as text evaluated.

    A text that names something which only a type checker imports stays a text, so that a function
    with such annotations can be called all the same.
    """
    scope = function.__globals__ if isinstance(function, FunctionType) else {}
    found: dict[str, object] = getattr(function, "__annotations__", {})
    return {
        name: _evaluated(annotation, scope) if isinstance(annotation, str) else annotation
        for name, annotation in found.items()
        if name != "return"
    }


def is_context(annotation: object) -> bool:
    """Whether a parameter so annotated is given the step's Context."""
    if isinstance(annotation, str):
        return annotation.rpartition(".")[2] == Context.__name__
    return annotation is Context


def context_parameter(function: AnyFunction) -> str | None:
    """The name of the parameter that takes the step's Context, if there is one."""
    return next((n for n, found in annotations_of(function).items() if is_context(found)), None)


def _evaluated(annotation: str, scope: dict[str, Any]) -> object:
    try:
        return eval(annotation, scope, vars(builtins))  # noqa: S307 - the user's own source text
    except Exception:  # noqa: BLE001 - whatever an unfinished annotation does, the text remains
        return annotation
