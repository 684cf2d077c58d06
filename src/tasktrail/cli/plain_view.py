"""A followed task as lines in order of time: for pipes, files and CI logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Self

from rich.text import Text

from tasktrail.cli.log_printer import LogPrinter
from tasktrail.cli.output import stop_writing
from tasktrail.cli.safe_text import plain
from tasktrail.cli.status_style import COLOURS, SYMBOLS
from tasktrail.cli.times import duration_text, moment_text
from tasktrail.local.log_shape import LogLines, OpenText, WatchedItem
from tasktrail.local.shape import Job, Step, Task, TaskChanged
from tasktrail.model.plan import DEFAULT_POOL
from tasktrail.model.status import Status

_QUIET = frozenset({Status.PENDING, Status.QUEUED, Status.IN_PROGRESS, Status.SKIPPED})
"""Statuses of steps that are not worth a line."""
_MOST_NAMED = 3


class PlainView:
    """Writes one line for each change of status, and log lines as `task logs` does: by the block,
    since there may be millions, and with the beginnings of those that take a while."""

    def __init__(
        self, write: Callable[[Text], None], logs: LogPrinter, note: Callable[[str], None]
    ) -> None:
        self._write = write
        self._logs = logs
        self._note = note
        self._seen: dict[str, Status] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            self._logs.end()
        except BrokenPipeError:
            stop_writing()

    async def show(self, item: WatchedItem) -> None:
        """Write what is new."""
        match item:
            case LogLines():
                self._logs.lines(item)
            case OpenText():
                self._logs.open_text(item)
            case TaskChanged():
                for line in self._changes(item.task):
                    self._logs.end()
                    self._write(line)

    def say(self, text: str) -> None:
        """Tell it on stderr, so that it does not mix with what was asked for."""
        self._note(text)

    def _changes(self, task: Task) -> Iterator[Text]:
        over = task.status.final
        if not over:
            yield from self._task_line(task)
        for job in task.jobs:
            if not job.status.final:
                yield from self._job_line(job)
            for step in job.steps:
                yield from self._step_line(job, step)
            if job.status.final:
                yield from self._job_line(job)
        if over:
            yield from self._task_line(task)

    def _task_line(self, task: Task) -> Iterator[Text]:
        if self._is_new("task", task.status):
            title = f"  {plain(task.title)}" if len(self._seen) == 1 else ""
            span = _span(task)
            yield _status_line(f"task {task.id}", task.status, span + title)
            if _worth_a_reason(task) and (said := ", ".join(waits(task))):
                yield Text(f"  waits for {said}")

    def _job_line(self, job: Job) -> Iterator[Text]:
        # What has not begun is said once, by the task.
        is_new = self._is_new(f"job {job.name}", job.status)
        if is_new and job.status not in (Status.PENDING, Status.QUEUED):
            yield _status_line(f"job {plain(job.name)}", job.status, _span(job))

    def _step_line(self, job: Job, step: Step) -> Iterator[Text]:
        key = f"step {job.name}/{step.id}/{len(step.attempts)}"
        if self._is_new(key, step.status) and step.status not in _QUIET:
            yield _status_line(
                f"{plain(job.name)}/{plain(step.name)}", step.status, _span(step) + step_note(step)
            )

    def _is_new(self, key: str, status: Status) -> bool:
        is_new = self._seen.get(key) is not status
        self._seen[key] = status
        return is_new


def _worth_a_reason(task: Task) -> bool:
    """Whether it may wait for long. That is not yet known of what is queued for any machine."""
    if task.status is Status.QUEUED:
        return any(job.pool != DEFAULT_POOL for job in task.jobs)
    return task.status is Status.PENDING


def step_note(step: Step) -> str:
    """What there is to know about the last attempt at a step: exit code, message, next try.

    A step that failed without an attempt says why its job could not start.
    """
    if not step.attempts:
        return f"  {plain(step.message)}" if step.message else ""
    last = step.attempts[-1]
    parts: list[str] = []
    message = step.message or last.message
    if message and step.status is not Status.DONE:
        parts.append(plain(message))
    elif last.exit_code:
        parts.append(f"exit code {last.exit_code}")
    elif last.signal:
        parts.append(f"ended by {plain(last.signal)}")
    if step.status is Status.BACKED_OFF and last.retry_at:
        parts.append(f"next try at {moment_text(last.retry_at, datetime.now(UTC))}")
    return "".join(f"  {part}" for part in parts)


def waits(task: Task) -> Iterator[str]:
    """Each thing that a task waits for, in words; last the pools of the jobs that are queued."""
    for wait in task.waiting_on:
        if wait.kind == "time" and wait.until is not None:
            yield f"the time {moment_text(wait.until, datetime.now(UTC))}"
            continue
        words = [wait.kind, plain(wait.name)] if wait.name else [wait.kind]
        text = " ".join(words).replace("_", " ")
        if wait.task_id is not None:
            text += f", held by task {wait.task_id}"
        if wait.position is not None:
            text += f" (position {wait.position})"
        if wait.until is not None:
            text += f" until {moment_text(wait.until, datetime.now(UTC))}"
        yield text
    queued = [job for job in task.jobs if job.status is Status.QUEUED]
    for pool in dict.fromkeys(job.pool for job in queued):
        names = [plain(job.name) for job in queued if job.pool == pool]
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        yield f"{place_in(pool)} ({', '.join(names[:_MOST_NAMED])}{more})"


def place_in(pool: str) -> str:
    """What a queued job waits for: a slot of this machine, which is every pool, or of a worker."""
    return f"a place in the pool {plain(pool)}"


def _status_line(name: str, status: Status, rest: str) -> Text:
    line = Text()
    line.append(f"{SYMBOLS[status]} {name}: {status.label}", COLOURS[status])
    line.append(rest)
    return line


def _span(part: Task | Job | Step) -> str:
    if part.started_at is None or part.ended_at is None:
        return ""
    return f" ({duration_text((part.ended_at - part.started_at).total_seconds())})"
