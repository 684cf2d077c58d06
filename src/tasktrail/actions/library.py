"""Where definitions come from: the catalog of this installation, files, and Python functions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tasktrail.definitions.catalog import Catalog, Listing
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.target import load
from tasktrail.errors import NotFoundError
from tasktrail.model.plan import DefinitionSource, JsonValue, Limits, TaskPlan


class Library:
    """Finds definitions by what names them."""

    def __init__(self, catalog: Catalog, limits: Limits | None = None) -> None:
        self._catalog = catalog
        self._limits = limits or Limits()

    def plan(self, definition: TaskDefinition, values: Mapping[str, JsonValue]) -> TaskPlan:
        """What a task with these inputs will do, with the limits of this installation.

        Raises:
            InvalidInputError: the values make no valid plan.
            DefinitionError: the definition itself makes no valid plan.
        """
        return definition.plan(values).within(self._limits)

    def listing(self) -> Listing:
        """All of the catalog, broken files included."""
        return self._catalog.list()

    def load(self, target: str, root: Path) -> TaskDefinition:
        """The definition that `target` names; files and imports are found from `root`.

        Raises:
            NotFoundError: nothing is named so.
            DefinitionError: it is wrong.
        """
        return load(target, root, self._catalog)

    def load_spawned(self, target: str, root: str | None) -> TaskDefinition:
        """What a spawn step names: a file beside the spawning one, or a name of the catalog.

        A bare name that the catalog does not have may be a file `NAME.yml` beside it.

        Raises:
            NotFoundError: nothing is named so.
            DefinitionError: it is wrong.
        """
        base = Path(root or "/")
        try:
            return self.load(target, base)
        except NotFoundError:
            for suffix in (".yml", ".yaml"):
                if root is not None and (base / f"{target}{suffix}").is_file():
                    return self.load(f"{target}{suffix}", base)
            raise

    def load_source(self, source: DefinitionSource | None) -> TaskDefinition:
        """A definition from where it was loaded before.

        Raises:
            NotFoundError: it is not there any more.
            DefinitionError: it is wrong by now.
        """
        if source is None:
            raise NotFoundError("it is not recorded where the definition came from")
        return self.load(source.target, Path(source.root or "/"))
