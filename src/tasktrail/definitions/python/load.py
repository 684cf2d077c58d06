"""Loading a definition that is written in Python."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tasktrail.definitions.definition import DefinitionKind
from tasktrail.definitions.python.function_task import function_task
from tasktrail.definitions.python.task import PythonTask
from tasktrail.definitions.python.user_code import user_code
from tasktrail.definitions.python.user_modules import UserModules, modules_of
from tasktrail.definitions.suggestion import suggestion
from tasktrail.errors import DefinitionError, NotFoundError
from tasktrail.model.plan import DefinitionSource, InputSpec, JsonValue, Rerunnable, TaskPlan

_TARGET = re.compile(r"(?P<module>\w+(\.\w+)*):(?P<name>\w+(\.\w+)*)")


def load_python(target: str, root: Path) -> LoadedTask:
    """The definition `module:function`, imported with `root` first on the path.

    A function that is not decorated becomes a task of one step that calls it. Files that have
    changed since an earlier load are imported again.

    Raises:
        NotFoundError: there is no such module or function.
        DefinitionError: it is not a definition, or a wrong one, or importing it failed.
    """
    if _TARGET.fullmatch(target) is None:
        raise DefinitionError(f"'{target}' does not name a function", hint=_target_hint(target))
    return LoadedTask(target, root.resolve())


class LoadedTask:
    """A Python task with the root it was loaded from. Plans are made by the current files.

    What it declares (name, inputs, ...) is that of the time it was loaded.
    """

    def __init__(self, target: str, root: Path) -> None:
        self._target = target
        self._root = root
        self._modules: UserModules = modules_of(root)
        with self._modules.active():
            self._loaded = _found(target, root)

    @property
    def name(self) -> str:
        """The name in the catalog."""
        return self._loaded.name

    @property
    def title(self) -> str:
        """The title as runbooks write it."""
        return self._loaded.title

    @property
    def description(self) -> str:
        """What it does, for people who choose; may be empty."""
        return self._loaded.description

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The inputs in the order of the parameters."""
        return self._loaded.inputs

    @property
    def rerunnable(self) -> Rerunnable:
        """Whether its tasks may be run again (M13, M15)."""
        return self._loaded.rerunnable

    @property
    def support(self) -> bool:
        """Whether support members may run it (M7)."""
        return self._loaded.support

    @property
    def projects(self) -> tuple[str, ...]:
        """None: projects are named with a submission."""
        return self._loaded.projects

    @property
    def source(self) -> DefinitionSource:
        """Target and root."""
        return DefinitionSource(target=self._target, root=str(self._root))

    @property
    def plain(self) -> bool:
        """Whether it is a function that is no definition."""
        return self._loaded.plain

    @property
    def kind(self) -> DefinitionKind:
        """What it is written in."""
        return "python"

    def plan(self, inputs: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do; raises as `PythonTask.plan` and `load_python`."""
        with self._modules.active():
            return _found(self._target, self._root).plan_from(self.source, inputs)

    def rerun_inputs(self, inputs: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """The inputs of a rerun; raises as `PythonTask.rerun_inputs` and `load_python`."""
        with self._modules.active():
            return _found(self._target, self._root).rerun_inputs(inputs)


def _found(target: str, root: Path) -> PythonTask[...]:
    module_name, _, name = target.partition(":")
    module = _imported(module_name, root)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            known = [known for known, value in vars(module).items() if callable(value)]
            raise NotFoundError(
                f"module `{module_name}` has no `{name}`", hint=suggestion(name, known)
            )
        found = getattr(found, part)
    if isinstance(found, PythonTask):
        return found
    if not inspect.isfunction(found):
        raise DefinitionError(
            f"`{target}` is neither a task nor a function, but {type(found).__name__}",
            hint="decorate a function with @tasktrail.task",
        )
    return function_task(found)


def _imported(name: str, root: Path) -> ModuleType:
    with user_code(f"importing `{name}`"):
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            raise NotFoundError(
                f"there is no module `{error.name}` in {root}", hint=_module_hint(root)
            ) from error
    _require_from_root(name, module, root)
    return module


def _require_from_root(name: str, module: ModuleType, root: Path) -> None:
    """A file of the root whose name an installed module has would be passed over silently."""
    first = root / name.partition(".")[0]
    own = first.with_suffix(".py").is_file() or (first / "__init__.py").is_file()
    if own and not Path(str(module.__file__)).resolve().is_relative_to(root):
        raise DefinitionError(
            f"`{first.name}` in {root} has the name of an installed module ({module.__file__})",
            hint="give the file another name",
        )


def _target_hint(target: str) -> str:
    path, _, name = target.partition(":")
    if path.endswith(".py"):
        return f"write {path.removesuffix('.py').replace('/', '.')}:{name or 'function'}"
    return "write module:function"


def _module_hint(root: Path) -> str | None:
    modules = sorted(file.stem for file in root.glob("*.py"))[:10]
    return f"modules there: {', '.join(modules)}" if modules else None
