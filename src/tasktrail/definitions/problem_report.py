"""What is wrong with one file, gathered so that its author sees all of it at once."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.errors import DefinitionError, Problem

_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; both count from 1."""

    line: int
    column: int


class ProblemReport:
    """Gathers the problems of one file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []

    def add(
        self,
        message: str,
        place: Place | None = None,
        *,
        field: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note one problem; `field` is the path of keys that leads to it."""
        self._problems.append(
            Problem(
                message,
                field=field,
                file=self._file,
                line=place and place.line,
                column=place and place.column,
                hint=hint,
            )
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was noted, each once, in the order of the file; not more than people can read."""
        found = sorted(dict.fromkeys(self._problems), key=_position)
        more = len(found) - _MOST_SHOWN
        if more > 0:
            found[_MOST_SHOWN:] = [Problem(f"and {more} more problems", file=self._file)]
        return tuple(found)

    def error(self) -> DefinitionError:
        """All that was noted as one error."""
        count = len(dict.fromkeys(self._problems))
        return DefinitionError(
            f"{self._file} has {'a problem' if count == 1 else f'{count} problems'}",
            problems=self.problems,
        )

    def raise_if_any(self) -> None:
        """Go on only with a clean file.

        Raises:
            DefinitionError: something was noted.
        """
        if self._problems:
            raise self.error()


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.line or 0, problem.column or 0)
