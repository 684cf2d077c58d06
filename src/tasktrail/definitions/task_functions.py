"""The tasks that a Python file of a catalog declares, found without running it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

from tasktrail.definitions.problem_report import Place, ProblemReport
from tasktrail.definitions.yaml_tree import LARGEST_FILE

_DECORATOR = "task"


def task_functions(path: Path) -> tuple[str, ...]:
    """The names of the functions that are decorated with `task` at the top level of the file.

    Raises:
        DefinitionError: it cannot be read, or is not Python.
    """
    report = ProblemReport(str(path))
    if not path.stem.isidentifier():
        report.add("the name of the file cannot be imported", hint="use letters, digits and `_`")
    try:
        with path.open("rb") as file:
            tree = ast.parse(file.read(LARGEST_FILE), filename=str(path))
    except SyntaxError as error:
        report.add(f"is not Python: {error.msg}", _place(error))
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        report.add(f"cannot be read: {error}")
    else:
        report.raise_if_any()
        return tuple(node.name for node in tree.body if _is_task(node))
    raise report.error()


def _is_task(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and any(
        _is_decorator(decorator) for decorator in node.decorator_list
    )


def _is_decorator(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _is_decorator(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr == _DECORATOR
    return isinstance(node, ast.Name) and node.id == _DECORATOR


def _place(error: SyntaxError) -> Place | None:
    return None if error.lineno is None else Place(error.lineno, max(error.offset or 1, 1))
