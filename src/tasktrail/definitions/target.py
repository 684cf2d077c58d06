"""What can be run: a file, a Python function, or a name of the catalog."""

from __future__ import annotations

from pathlib import Path

from tasktrail.definitions.catalog import YAML_SUFFIXES, Catalog
from tasktrail.definitions.definition import PythonLoader, TaskDefinition
from tasktrail.definitions.known_runbooks import KnownRunbooks
from tasktrail.definitions.suggestion import suggestion
from tasktrail.errors import DefinitionError, NotFoundError, Problem


def load(
    target: str,
    root: Path,
    catalog: Catalog,
    load_python: PythonLoader,
    known: KnownRunbooks | None = None,
) -> TaskDefinition:
    """The definition that `target` names.

    A runbook or pipeline file is relative to `root`, and need not be read if it is in `known`;
    `module:function` is loaded by `load_python`
    with `root` first on the import path; anything else is a name in `catalog`.

    Raises:
        NotFoundError: there is no such file, module, function or name.
        DefinitionError: the definition is wrong, with all of its problems.
    """
    if names_file(target):
        return _load_file(target, root, known or KnownRunbooks())
    if names_function(target):
        return load_python(target, root)
    return catalog.get(target)


def names_file(target: str) -> bool:
    """Whether `target` names a runbook or pipeline file: it ends in .yml or .yaml, or has a `/`.

    A `/` before a `:` is one in the name of a module.
    """
    return target.endswith(YAML_SUFFIXES) or ("/" in target and ":" not in target)


def names_function(target: str) -> bool:
    """Whether `target` names a Python function: `module:function`."""
    return ":" in target and not names_file(target)


def check(
    target: str, root: Path, catalog: Catalog, load_python: PythonLoader
) -> tuple[Problem, ...]:
    """All that is wrong with the definition that `target` names.

    Raises:
        NotFoundError: nothing is named so.
    """
    try:
        load(target, root, catalog, load_python)
    except DefinitionError as error:
        return error.problems or (Problem(error.message, hint=error.hint),)
    return ()


def _load_file(target: str, root: Path, known: KnownRunbooks) -> TaskDefinition:
    path = root / target
    if "\0" in target or not path.exists():
        raise NotFoundError(f"there is no file {path}", hint=_similar_file(path))
    return known.read(path)


def _similar_file(path: Path) -> str | None:
    try:
        names = [other.name for other in path.parent.iterdir() if other.suffix in YAML_SUFFIXES]
    except (OSError, ValueError):
        return None
    return suggestion(path.name, names)
