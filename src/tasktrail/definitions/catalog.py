"""The definitions that can be run by name: the files of some directories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tasktrail.definitions.definition import PythonLoader, TaskDefinition
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.errors import DefinitionError, NotFoundError, Problem, RefusedError

YAML_SUFFIXES = (".yml", ".yaml")
"""Files that hold a runbook or a pipeline."""

PYTHON_ENDING = "_tasks.py"
"""Python files of a catalog end so; other Python files are left alone."""


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file whose definitions cannot be used."""

    path: Path
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a catalog holds, by name, and the files that hold something wrong."""

    definitions: tuple[TaskDefinition, ...]
    broken: tuple[BrokenFile, ...]


_Stamps = tuple[tuple[str, int, int], ...]
"""Name, modification time and size of files."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What one file gave when it, and what it may import from its directory, had these stamps."""

    stamps: _Stamps
    definitions: tuple[TaskDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()


class Catalog:
    """The definitions in `directories` (not in directories below them).

    A file is read when it is first looked for, and again when it has changed; a Python file also
    when another one beside it has. A name that two files claim belongs to neither.
    """

    def __init__(self, directories: Sequence[Path], load_python: PythonLoader) -> None:
        self._directories = tuple(directories)
        self._load_python = load_python
        self._shelves: dict[Path, _Shelf] = {}

    def names(self) -> tuple[str, ...]:
        """The names that can be run, sorted."""
        return tuple(definition.name for definition in self.list().definitions)

    def list(self) -> Listing:
        """All that can be run, and all that is broken."""
        self._refresh()
        claims = self._claims()
        broken = [
            BrokenFile(path, shelf.problems)
            for path, shelf in self._shelves.items()
            if shelf.problems
        ]
        broken += [_disputed(name, paths) for name, paths in _twice(claims)]
        good = [claim[0][1] for claim in claims.values() if len(claim) == 1]
        return Listing(tuple(sorted(good, key=lambda found: found.name)), tuple(broken))

    def get(self, name: str) -> TaskDefinition:
        """The definition of that name.

        Raises:
            NotFoundError: there is none.
            DefinitionError: two files claim the name, or the file called so is broken.
        """
        self._refresh()
        claims = self._claims()
        claim = claims.get(name, [])
        if len(claim) == 1:
            return claim[0][1]
        if claim:
            raise DefinitionError(
                f"`{name}` cannot be run",
                problems=_disputed(name, [path for path, _ in claim]).problems,
            )
        self._raise_if_broken(name)
        raise NotFoundError(
            f"there is no definition `{name[:100]}`",
            hint=suggestion_or_listing(name, sorted(claims), "there is") or "the catalog is empty",
        )

    def _refresh(self) -> None:
        shelves: dict[Path, _Shelf] = {}
        for directory in self._directories:
            files = _files_in(directory.absolute())
            modules = _stamps_of(path for path in files if path.suffix == ".py")
            for path in filter(_is_listed, files):
                stamps = modules if path.suffix == ".py" else _stamps_of([path])
                known = self._shelves.get(path)
                fresh = known is not None and known.stamps == stamps
                shelves[path] = known if known is not None and fresh else self._read(path, stamps)
        self._shelves = shelves

    def _read(self, path: Path, stamps: _Stamps) -> _Shelf:
        try:
            return _Shelf(stamps, self._definitions_in(path))
        except RefusedError as error:
            problems = error.problems or (Problem(error.message, file=str(path), hint=error.hint),)
            return _Shelf(stamps, problems=problems)

    def _definitions_in(self, path: Path) -> tuple[TaskDefinition, ...]:
        # What reads files is loaded with the first one: most commands only look at tasks.
        if path.suffix in YAML_SUFFIXES:
            from tasktrail.definitions.definition_file import read_definition_file

            return (read_definition_file(path),)
        from tasktrail.definitions.task_functions import task_functions

        names = task_functions(path)
        return tuple(self._load_python(f"{path.stem}:{name}", path.parent) for name in names)

    def _claims(self) -> dict[str, list[tuple[Path, TaskDefinition]]]:
        claims: dict[str, list[tuple[Path, TaskDefinition]]] = {}
        for path, shelf in self._shelves.items():
            for definition in shelf.definitions:
                claims.setdefault(definition.name, []).append((path, definition))
        return claims

    def _raise_if_broken(self, name: str) -> None:
        for path, shelf in self._shelves.items():
            if path.stem == name and shelf.problems:
                # Where the files of an installation are is not for everybody who may run them; its
                # problems hold it for those who see these.
                raise DefinitionError(f"{path.name} is broken", problems=shelf.problems)


def _files_in(directory: Path) -> list[Path]:
    try:
        paths = sorted(directory.iterdir())
    except OSError:
        return []
    return [path for path in paths if not path.name.startswith(".") and path.is_file()]


def _is_listed(path: Path) -> bool:
    return path.suffix in YAML_SUFFIXES or path.name.endswith(PYTHON_ENDING)


def _stamps_of(paths: Iterable[Path]) -> _Stamps:
    stamps: list[tuple[str, int, int]] = []
    for path in paths:
        with suppress(OSError):  # removed meanwhile
            status = path.stat()
            stamps.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(stamps)


def _twice(
    claims: dict[str, list[tuple[Path, TaskDefinition]]],
) -> Iterator[tuple[str, list[Path]]]:
    for name, claim in claims.items():
        if len(claim) > 1:
            yield name, [path for path, _ in claim]


def _disputed(name: str, paths: list[Path]) -> BrokenFile:
    # Where the files are is said by what is for those who see it (see `_raise_if_broken`).
    message = f"the name `{name}` is used by {len(paths)} files"
    problems = tuple(Problem(message, field="name", file=str(path)) for path in paths)
    return BrokenFile(paths[-1], problems)
