"""How far somebody has followed a task: enough to go on there, also after a restart.

It says of every log which line is next, so that nothing comes twice and nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LogKey = tuple[int, int]
"""The id of a step, and the number of an attempt at it."""

_TEXT = re.compile(r"1\.([0-9a-f]{0,32})\.([0-9x,-]*)\.([0-9x,:]*)(\.end)?")
_RUN = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18}))?x([0-9]{1,9})")
_OPEN = re.compile(r"([0-9]{1,18})x([0-9]{1,9}):([0-9]{1,18})")


@dataclass(slots=True)
class TaskPosition:
    """A place in the stream of a task.

    Attributes:
        state: the digest of the state that was shown last; empty before the first.
        whole: of which steps how many attempts, counted from the first, were read to their end.
        next_lines: the next line of each log that was begun and is not whole yet.
        over: whether the end was told.
    """

    state: str = ""
    whole: dict[int, int] = field(default_factory=dict[int, int])
    next_lines: dict[LogKey, int] = field(default_factory=dict[LogKey, int])
    over: bool = False

    def copy(self) -> TaskPosition:
        """The same place, to go on from."""
        return TaskPosition(self.state, dict(self.whole), dict(self.next_lines), self.over)

    def next_line(self, log: LogKey) -> int | None:
        """The next line of a log, 1 if it was not begun; None when it is whole."""
        step_id, attempt = log
        if attempt <= self.whole.get(step_id, 0):
            return None
        return self.next_lines.get(log, 1)

    def reach(self, log: LogKey, next_line: int) -> None:
        """All lines of a log before `next_line` were read."""
        self.next_lines[log] = next_line

    def finish(self, log: LogKey) -> None:
        """A log was read to its end; those of earlier attempts were before."""
        step_id, attempt = log
        self.whole[step_id] = max(attempt, self.whole.get(step_id, 0))
        self.next_lines.pop(log, None)

    def text(self, steps: Sequence[int]) -> str:
        """The place as the id of an event. `steps` are the ids of all steps, ascending: of
        neighbours only the first and the last are named."""
        whole = ",".join(_runs(self.whole, steps))
        begun = ",".join(
            f"{step}x{attempt}:{line}" for (step, attempt), line in self.next_lines.items()
        )
        return f"1.{self.state}.{whole}.{begun}{'.end' if self.over else ''}"


def read_position(text: str, steps: Sequence[int]) -> TaskPosition:
    """The place that an id of an event names; the beginning, if it names none."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return TaskPosition()
    position = TaskPosition(found[1], over=found[4] is not None)
    for run in _RUN.finditer(found[2]):
        first, last = int(run[1]), int(run[2] or run[1])
        position.whole.update((step, int(run[3])) for step in steps if first <= step <= last)
    known = frozenset(steps)
    for begun in _OPEN.finditer(found[3]):
        if int(begun[1]) in known:
            position.reach((int(begun[1]), int(begun[2])), int(begun[3]))
    return position


def _runs(whole: dict[int, int], steps: Sequence[int]) -> Iterator[str]:
    first = last = count = 0
    for step in (*steps, 0):
        attempts = whole.get(step, 0)
        if count and attempts != count:
            yield f"{first}x{count}" if first == last else f"{first}-{last}x{count}"
            count = 0
        if attempts and not count:
            first, count = step, attempts
        last = step
