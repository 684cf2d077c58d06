"""Where definitions come from: the catalog of this installation, files, and Python functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tasktrail.actions.hosted_python import HostedDefinition, HostedPython
from tasktrail.actions.library_thread import LibraryThread
from tasktrail.definitions.catalog import Catalog, Listing
from tasktrail.definitions.definition import PythonLoader, TaskDefinition
from tasktrail.definitions.known_runbooks import KnownRunbooks
from tasktrail.definitions.target import load, names_file, names_function
from tasktrail.errors import NotFoundError
from tasktrail.model.plan import DefinitionSource, JsonValue, Limits, TaskPlan

T = TypeVar("T")

_READING_LIMIT = 60.0
"""Seconds after which a file that cannot be read to its end is given up."""


class Library:
    """Finds definitions by what names them, and makes plans of them. The event loop stays free.

    What is in Python is loaded by `load_python`, and has a thread of its own to wait in, so that a
    file does not wait for the code of others.
    """

    def __init__(
        self,
        catalog: Catalog,
        load_python: PythonLoader,
        limits: Limits | None = None,
        hosted: HostedPython | None = None,
    ) -> None:
        """`hosted` is asked directly, without a thread, about what is named `module:function`."""
        self._catalog = catalog
        self._load_python = load_python
        self._hosted = hosted
        self._limits = limits or Limits()
        self._known = KnownRunbooks()
        self._files = LibraryThread(_READING_LIMIT)
        self._python = LibraryThread(None)

    async def listing(self) -> Listing:
        """All of the catalog, broken files included."""
        return await self._python.call(self._catalog.list)

    async def names(self) -> frozenset[str]:
        """The names in the catalog, those of broken files included: they are there to be mended."""
        found = await self.listing()
        return frozenset(
            [definition.name for definition in found.definitions]
            + [broken.path.stem for broken in found.broken]
        )

    async def named(self, name: str) -> TaskDefinition:
        """The definition of that name in the catalog; no file and no function is looked for.

        Raises:
            NotFoundError: there is none.
            DefinitionError: it is wrong.
        """
        return await self._python.call(self._catalog.get, name)

    async def load(self, target: str, root: Path) -> TaskDefinition:
        """The definition that `target` names; files and imports are found from `root`.

        Raises:
            NotFoundError: nothing is named so.
            DefinitionError: it is wrong.
        """
        if self._hosted is not None and names_function(target):
            return await self._hosted.found(target, root)
        thread = self._files if names_file(target) else self._python
        return await thread.call(load, target, root, self._catalog, self._load_python, self._known)

    async def load_spawned(self, target: str, root: str | None) -> TaskDefinition:
        """What a spawn step names: a file beside the spawning one, or a name of the catalog.

        A bare name that the catalog does not have may be a file `NAME.yml` beside it.

        Raises:
            NotFoundError: nothing is named so.
            DefinitionError: it is wrong.
        """
        base = Path(root or "/")
        try:
            return await self.load(target, base)
        except NotFoundError:
            for suffix in (".yml", ".yaml"):
                if root is not None and (base / f"{target}{suffix}").is_file():
                    return await self.load(f"{target}{suffix}", base)
            raise

    async def load_source(self, source: DefinitionSource | None) -> TaskDefinition:
        """A definition from where it was loaded before.

        Raises:
            NotFoundError: it is not there any more.
            DefinitionError: it is wrong by now.
        """
        if source is None:
            raise NotFoundError("it is not recorded where the definition came from")
        return await self.load(source.target, Path(source.root or "/"))

    async def plan(self, definition: TaskDefinition, values: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do, with the limits of this installation.

        Raises:
            InvalidInputError: the values make no valid plan.
            DefinitionError: the definition itself makes no valid plan.
        """
        if self._hosted is not None and isinstance(definition, HostedDefinition):
            plan = await self._hosted.planned(definition, values)
        else:
            plan = await self._thread_of(definition).call(definition.plan, values)
        return plan.within(self._limits)

    async def ask(self, definition: TaskDefinition, question: Callable[[TaskDefinition], T]) -> T:
        """The answer to a question about a definition that may run its code."""
        return await self._thread_of(definition).call(question, definition)

    async def rerun_inputs(
        self, definition: TaskDefinition, inputs: Mapping[str, JsonValue]
    ) -> Mapping[str, JsonValue]:
        """The inputs of a task that repeats one that had `inputs` (the rerun hook, M14)."""
        return await self._thread_of(definition).call(definition.rerun_inputs, inputs)

    def _thread_of(self, definition: TaskDefinition) -> LibraryThread:
        return self._python if definition.kind == "python" else self._files
