"""Whether a worker will be able to call a function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection
from typing import Any

from tasktrail.python.step_function import context_parameter


def unimportable(function: Callable[..., Any]) -> str | None:
    """Why a worker could not find `function` by its name, or None when it can."""
    if not inspect.isroutine(function):
        return f"`{function!r}` is not a function"
    module, name = function.__module__, function.__qualname__
    if "<lambda>" in name:
        return "a lambda cannot be called by a step: define a function in the module"
    if "<locals>" in name:
        return f"`{name}` is defined inside a function: define it in the module"
    if module == "__main__":
        return f"`{name}` is in a script that was started: put it into a module"
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is not function:
        return f"`{module}:{name}` names something else than this function"
    return None


def uncallable(function: Callable[..., Any], given: Collection[str]) -> str | None:
    """Why `function` cannot be called with arguments of these names, or None when it can."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return None  # some built-in functions do not tell
    context = context_parameter(function)
    names = {*given, context} if context is not None else set(given)
    if context is not None and context in given:
        return f"`{function.__qualname__}` is given its parameter `{context}` by the worker"
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError as error:
        return f"`{function.__qualname__}{signature}` cannot be called so: {error}"
    return None
