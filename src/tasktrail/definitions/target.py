"""What can be run: a file, a Python function, or a name of the catalog."""

from __future__ import annotations

from pathlib import Path

from tasktrail.definitions.catalog import YAML_SUFFIXES, Catalog
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.definition_file import read_definition_file
from tasktrail.definitions.suggestion import suggestion
from tasktrail.errors import DefinitionError, NotFoundError, Problem


def load(target: str, root: Path, catalog: Catalog) -> TaskDefinition:
    """The definition that `target` names.

    A runbook or pipeline file (it ends in .yml or .yaml, or holds a `/`) is relative to `root`;
    `module:function` is imported with `root` first on the import path; anything else is a name in
    `catalog`.

    Raises:
        NotFoundError: there is no such file, module, function or name.
        DefinitionError: the definition is wrong, with all of its problems.
    """
    if target.endswith(YAML_SUFFIXES):
        return _load_file(target, root)
    if ":" in target:
        from tasktrail.definitions.python.load import load_python

        return load_python(target, root)
    if "/" in target:
        return _load_file(target, root)
    return catalog.get(target)


def check(target: str, root: Path, catalog: Catalog) -> tuple[Problem, ...]:
    """All that is wrong with the definition that `target` names.

    Raises:
        NotFoundError: nothing is named so.
    """
    try:
        load(target, root, catalog)
    except DefinitionError as error:
        return error.problems or (Problem(error.message, hint=error.hint),)
    return ()


def _load_file(target: str, root: Path) -> TaskDefinition:
    path = root / target
    if "\0" in target or not path.exists():
        raise NotFoundError(f"there is no file {path}", hint=_similar_file(path))
    return read_definition_file(path)


def _similar_file(path: Path) -> str | None:
    try:
        names = [other.name for other in path.parent.iterdir() if other.suffix in YAML_SUFFIXES]
    except (OSError, ValueError):
        return None
    return suggestion(path.name, names)
