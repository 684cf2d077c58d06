"""The names of a job's steps: given, or made from what the step does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasktrail.definitions.names import step_name_problem
from tasktrail.definitions.section import Section
from tasktrail.definitions.workspace import RESERVED_STEP_NAMES
from tasktrail.model.template import slug

_LONGEST_MADE_NAME = 60
_RESERVED = {slug(name) for name in RESERVED_STEP_NAMES}


def name_steps(steps: Sequence[Section]) -> list[str]:
    """A name for each step, unique in the job also as a slug (references use slugs).

    Given names that are taken, reserved or malformed are noted.
    """
    given = [_given_name(step) for step in steps]
    lines: dict[str, int] = {}
    for step, name in zip(steps, given, strict=True):
        if name is not None:
            _note_taken(step, name, lines)
            lines.setdefault(slug(name), step.place_of("name").line)
    free = FreeNames(lines)
    return [
        free.take(_made_name(step)) if name is None else name
        for step, name in zip(steps, given, strict=True)
    ]


class FreeNames:
    """Gives names that no other step of the job has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """`taken` are slugs that are given already."""
        self._taken = {*taken, *_RESERVED}
        self._numbers: dict[str, int] = {}

    def take(self, name: str) -> str:
        """`name`, or `name 2` and so on, from now on taken."""
        wanted = slug(name)
        free = name
        while slug(free) in self._taken:
            self._numbers[wanted] = self._numbers.get(wanted, 1) + 1
            free = f"{name} {self._numbers[wanted]}"
        self._taken.add(slug(free))
        return free


def shortened(command: str) -> str:
    """A name made from the first line of a command that is not a comment."""
    lines = (line.strip() for line in command.splitlines())
    name = next((line for line in lines if line and not line.startswith("#")), "step")
    return name if len(name) <= _LONGEST_MADE_NAME else f"{name[: _LONGEST_MADE_NAME - 3]}..."


def _made_name(step: Section) -> str:
    return shortened("\n".join(step.quiet_text(key) for key in ("run", "python", "spawn")))


def _given_name(step: Section) -> str | None:
    scalar = step.scalar("name")
    if scalar is None:
        return None
    problem = step_name_problem(scalar.text)
    if problem is not None:
        step.note(f"the step name `{scalar.text[:60]}` {problem}", scalar.place, key="name")
    return scalar.text


def _note_taken(step: Section, name: str, lines: dict[str, int]) -> None:
    place = step.place_of("name")
    if slug(name) in _RESERVED:
        step.note(f"the step name `{name}` is the system's own", place, key="name")
    elif slug(name) in lines:
        step.note(
            f"the step name `{name}` is taken, on line {lines[slug(name)]}",
            place,
            key="name",
            hint=f"both are called `{slug(name)}` in references",
        )
