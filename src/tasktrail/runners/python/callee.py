"""The function that a step calls, found by its name, and its arguments."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasktrail.errors import UserError
from tasktrail.python.context import Context
from tasktrail.python.step_function import annotations_of, is_context

_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


class NotCallableError(Exception):
    """The function cannot be imported or called: what the author of the step got wrong."""


class Callee:
    """A function with what its annotations ask for. Arguments that were templates are texts."""

    def __init__(self, target: str) -> None:
        self.function = _found(target)
        annotations = annotations_of(self.function)
        self._context = next((n for n, found in annotations.items() if is_context(found)), None)
        self._converters = {
            name: _CONVERTERS[annotation]
            for name, annotation in annotations.items()
            if isinstance(annotation, type) and annotation in _CONVERTERS
        }

    def arguments(self, given: Mapping[str, object], context: Context) -> dict[str, object]:
        """What the function is called with: texts as its int, float, bool or Path.

        Raises:
            UserError: a text is none.
        """
        arguments = dict(given)
        for name, converter in self._converters.items():
            value = arguments.get(name)
            if isinstance(value, str):
                arguments[name] = _converted(name, value, converter)
        if self._context is not None:
            arguments[self._context] = context
        return arguments


def _found(target: str) -> Callable[..., Any]:
    module, _, qualname = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        if not hasattr(found, part):
            raise NotCallableError(f"module '{module}' has no function '{qualname}'")
        found = getattr(found, part)
    if not callable(found):
        raise NotCallableError(f"'{target}' is not a function, but {type(found).__name__}")
    return found


def _converted(name: str, text: str, converter: Callable[[str], object]) -> object:
    try:
        return converter(text)
    except ValueError:
        raise UserError(
            f"argument '{name}' is no {converter.__name__.strip('_')}: {text!r}"
        ) from None


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(text)


_CONVERTERS: Mapping[type, Callable[[str], object]] = {
    int: int,
    float: float,
    bool: _boolean,
    Path: Path,
}
