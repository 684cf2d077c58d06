"""A followed task on a terminal: log lines run by above, the graph of its jobs stands below."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from datetime import UTC, datetime
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from tasktrail.cli.graph_drawing import draw_graph
from tasktrail.cli.plain_view import step_note, waits
from tasktrail.cli.safe_text import cut, log_text, plain
from tasktrail.cli.status_style import COLOURS, SYMBOLS
from tasktrail.cli.times import span_text
from tasktrail.local.log_shape import LogLines, WatchedItem
from tasktrail.local.shape import Job, LogLine, Task, TaskChanged
from tasktrail.model.status import Status

_FRAME_SECONDS = 0.125
_MOST_WAITING_LINES = 500
"""Lines that may wait for the next frame; beyond, the reader waits for it."""
_LONGEST_NAME = 20
_BESIDE_GRAPH = 6
"""Lines of a frame besides the graph."""


class LiveView:
    """Redraws eight times a second at most, so that a flood of lines costs no more than a frame."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(
            console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._task: Task | None = None
        self._lines: deque[Text] = deque()
        self._note = ""
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._live.start()
        self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker
        self._draw()
        self._live.stop()

    async def show(self, item: WatchedItem) -> None:
        """Have it shown with the next frame; lines once they are complete."""
        if isinstance(item, TaskChanged):
            self._task = item.task
        elif isinstance(item, LogLines):
            for line in item.lines():
                await self._show_line(line)

    def say(self, text: str) -> None:
        """Show it below the graph, until something else is said."""
        self._note = text

    async def _show_line(self, line: LogLine) -> None:
        text = _log_line(line)
        text.truncate(self._console.width, overflow="ellipsis")
        self._lines.append(text)
        if len(self._lines) >= _MOST_WAITING_LINES:
            self._draw()
            await asyncio.sleep(0)

    async def _tick(self) -> None:
        while True:
            self._draw()
            await asyncio.sleep(_FRAME_SECONDS)

    def _draw(self) -> None:
        if self._lines:
            lines = Text("\n").join(self._lines)
            self._lines.clear()
            self._console.print(lines, no_wrap=True, overflow="ellipsis", crop=True)
        if self._task is not None:
            size = self._console.size
            frame = frame_of(self._task, self._note, datetime.now(UTC), size.width, size.height)
            self._live.update(frame, refresh=True)


def _log_line(line: LogLine) -> Text:
    """A log line behind the job and step that it is of, such as `[build/wheel] text`."""
    body = log_text(line.text)
    if line.level == "system":
        body.stylize("italic dim")
    prefix = Text(f"[{plain(line.job)}/{plain(line.step)}] ", style="dim", end="")
    return Text.assemble(prefix, body)


def frame_of(task: Task, say: str, now: datetime, width: int, height: int) -> Group:
    """What stands below the log lines: never wider than `width`, never as high as `height`."""
    lines = [_header(task, now, width), *_jobs(task, now, width, height - _BESIDE_GRAPH)]
    if task.status.final:
        lines += _ending(task)
    else:
        lines.append(_now(task))
        lines.append(_bar(task, width))
    if say:
        lines.append(Text(say, style="yellow"))
    for line in lines:
        line.no_wrap = True
        line.end = "\n"
        line.truncate(width, overflow="ellipsis")
    return Group(*lines)


def _header(task: Task, now: datetime, width: int) -> Text:
    right = f"task {task.id}, {task.status.label}"
    if span := span_text(task.started_at, task.ended_at, now):
        right += f", {span}"
    room = width - len(right) - 5
    line = Text(f"{SYMBOLS[task.status]} ", COLOURS[task.status])
    title = plain(task.title or task.name)
    if room >= 8:
        line.append(cut(title, room), "bold")
        line.append("  ")
    line.append(right, COLOURS[task.status])
    return line


def _jobs(task: Task, now: datetime, width: int, height: int) -> list[Text]:
    picture = draw_graph(task, width, now, ticking=True)
    lines = list(picture.split("\n"))
    if len(lines) <= height // 2 + 1:
        return lines
    return _job_list(task.jobs, now, max(1, height - 1))


def _job_list(jobs: tuple[Job, ...], now: datetime, most: int) -> list[Text]:
    name_width = min(_LONGEST_NAME, max((len(plain(job.name)) for job in jobs), default=0))
    lines = [_job_line(job, name_width, now) for job in jobs]
    if len(lines) <= most:
        return lines
    # What has ended makes room for what runs and what is to come.
    alive = [line for job, line in zip(jobs, lines, strict=True) if not job.status.final]
    shown = alive[: most - 1] if alive else lines[: most - 1]
    return [*shown, Text(f"  … and {len(jobs) - len(shown)} other jobs", "dim")]


def _job_line(job: Job, name_width: int, now: datetime) -> Text:
    name = cut(plain(job.name), name_width)
    line = Text(f"{SYMBOLS[job.status]} {name:<{name_width}}", COLOURS[job.status])
    line.append(f"  {job.status.label}  {span_text(job.started_at, job.ended_at, now)}")
    if job.started_at is None and job.after and not job.status.final:
        line.append(f"after {', '.join(map(plain, job.after))}", "dim")
    return line


def _now(task: Task) -> Text:
    busy: list[str] = []
    for job in task.jobs:
        for number, step in enumerate(job.steps, 1):
            if step.status in (Status.IN_PROGRESS, Status.CANCELING, Status.BACKED_OFF):
                place = f"{plain(job.name)}/{plain(step.name)} ({number} of {len(job.steps)})"
                more = f" backed off{step_note(step)}" if step.status is Status.BACKED_OFF else ""
                busy.append(place + more)
    if busy:
        return Text(f"now: {', '.join(busy)}", "dim")
    said = "; ".join(waits(task))
    return Text(f"waits for {said}" if said else "", "dim")


def _bar(task: Task, width: int) -> Text:
    percent = f" {task.progress:3.0f} %"
    room = max(1, min(60, width - len(percent)))
    full = int(room * min(100.0, max(0.0, task.progress)) / 100)
    line = Text("━" * full, "green")
    line.append("─" * (room - full), "dim")
    line.append(percent)
    return line


def _ending(task: Task) -> list[Text]:
    """Why it did not end well: the error, or the time limit that was reached."""
    if task.error is not None:
        return [Text(plain(task.error.message), "red")]
    return [
        Text(f"{plain(job.name)}/{plain(step.name)}:{step_note(step)}", "red")
        for job in task.jobs
        for step in job.steps
        if step.status is Status.TIMED_OUT
    ]
