"""Everything about one task, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from tasktrail.cli.plain_view import place_in, waits
from tasktrail.cli.safe_text import plain, plain_lines
from tasktrail.cli.status_style import COLOURS, SYMBOLS, badge
from tasktrail.cli.times import duration_text, exact_text, moment_text, span_text
from tasktrail.local.shape import Attempt, Job, Process, Receipt, Step, Task
from tasktrail.model.status import Status

_KEY_WIDTH = 11


def task_page(task: Task, now: datetime) -> Text:
    """Header, facts, what it waits for, error, jobs and steps with their attempts."""
    lines = [*_header(task, now), *_facts(task)]
    if errors := list(error_lines(task)):
        lines += [Text(), *(Text(line, "red") for line in errors), *_telling_lines(task)]
    if task.jobs:
        lines += [Text(), *(line for job in task.jobs for line in _job_lines(job, now))]
    return Text("\n").join(lines)


def error_lines(task: Task) -> Iterator[str]:
    """Why a task failed, and what a user can do about an error of the system (M19)."""
    error = task.error
    if error is None:
        return
    place = "/".join(plain(name) for name in (error.job_name, error.step_name) if name)
    where = f" in {place}" if place else ""
    yield f"{error.kind} error{where}: {plain_lines(error.message)}"
    # The message about a step that is hidden from the reader says it already.
    if error.contact_support and "contact support" not in error.message:
        reference = f" with the reference {plain(error.reference)}" if error.reference else ""
        yield (
            "This is an error of the system, not of your operation. "
            f"If it comes again, please contact support{reference}."
        )
    if error.detail:
        yield plain_lines(error.detail)


def _telling_lines(task: Task) -> Iterator[Text]:
    """The lines of the log that explain the failure, with their numbers."""
    lines = task.error.lines if task.error else ()
    width = len(str(lines[-1].line)) if lines else 0
    for line in lines:
        text = Text(f"  {line.line:>{width}} ", "dim")
        yield text.append(plain(line.text), "red" if line.severity == "error" else "default")


def _header(task: Task, now: datetime) -> Iterator[Text]:
    line = Text(f"{SYMBOLS[task.status]} ", COLOURS[task.status])
    line.append(plain(task.title or task.name), "bold")
    yield line
    state = Text(f"task {task.id}, ")
    state.append(task.status.label, COLOURS[task.status])
    if span := span_text(task.started_at, task.ended_at, now):
        state.append(f", {'took' if task.status.final else 'for'} {span}")
    if not task.status.final and not task.immediate:
        state.append(f", {task.progress:.0f} %")
    yield state


def _facts(task: Task) -> Iterator[Text]:
    for key, value in _fact_pairs(task):
        if value:
            line = Text(f"{key:<{_KEY_WIDTH}}", "dim")
            line.append(value)
            yield line


def _fact_pairs(task: Task) -> Iterator[tuple[str, str]]:
    yield "operation", plain(task.name)
    yield "created", exact_text(task.created_at) + _by(task)
    yield "started", exact_text(task.started_at)
    yield "ended", exact_text(task.ended_at)
    if not task.immediate and task.timeout is not None:
        yield "timeout", duration_text(task.timeout)
    yield "projects", ", ".join(plain(each.title or str(each.id)) for each in task.projects)
    yield "resources", ", ".join(f"{plain(r.kind)} {plain(str(r.id))}" for r in task.resources)
    yield "inputs", "  ".join(f"{plain(k)}={plain(str(v))}" for k, v in task.inputs.items())
    yield "kind", ", ".join(_kinds(task))
    yield "rerun of", _tasks([task.repeated_task_id])
    yield "reruns", _tasks(task.rerun_task_ids)
    yield "origin", _tasks([task.origin_task_id])
    yield "spawned", _tasks(task.spawned_task_ids)
    if task.rerunnable and not task.immediate:
        yield "rerunnable", plain(task.rerunnable)
    if not task.status.final:
        yield "waits for", "; ".join(waits(task))


def _by(task: Task) -> str:
    if task.author is None:
        return ""
    role = plain(task.author.role or task.author.kind)
    return f" by {plain(task.author.name)}" + (f" ({role})" if role else "")


def _kinds(task: Task) -> Iterator[str]:
    if task.immediate:
        yield "immediate"
    if task.silent:
        yield "silent"
    if task.forced:
        yield "forced (user errors are warnings)"


def _tasks(ids: tuple[int, ...] | list[int | None]) -> str:
    return ", ".join(f"task {each}" for each in ids if each is not None)


def _job_lines(job: Job, now: datetime) -> Iterator[Text]:
    line = _part_line(job, now)
    if job.status is Status.QUEUED:
        line.append(f"  for {place_in(job.pool)}", "dim")
    if job.after:
        line.append(f"  after {', '.join(map(plain, job.after))}", "dim")
    yield line
    for step in job.steps:
        yield Text("  ").append_text(_part_line(step, now)).append(_step_words(step))
        if step.message and not step.attempts:
            yield Text(f"      {plain(step.message)}", "dim")
        for attempt in step.attempts:
            for words in _attempt_words(attempt, of=len(step.attempts), now=now):
                yield Text(f"      {words}", "dim")


def _part_line(part: Job | Step, now: datetime) -> Text:
    line = Text(f"{SYMBOLS[part.status]} ", COLOURS[part.status])
    line.append(plain(part.name), "bold" if isinstance(part, Job) else "")
    line.append(f"  {part.status.label}", COLOURS[part.status])
    if part.started_at is not None:
        line.append(f"  {span_text(part.started_at, part.ended_at, now)}")
        line.append(f"  from {moment_text(part.started_at, now)}", "dim")
    if part.is_system:
        line.append("  (system)", "dim")
    return line


def _step_words(step: Step) -> str:
    lines = "line" if step.log_lines == 1 else "lines"
    words = f"  {step.log_lines} log {lines}" if step.log_lines else ""
    return words if step.exit_code is None else f"  exit code {step.exit_code}{words}"


def _attempt_words(attempt: Attempt, *, of: int, now: datetime) -> Iterator[str]:
    """One attempt at a step; a single one is told only as far as the step does not tell it."""
    parts = [plain(attempt.message)] if attempt.message else []
    if attempt.signal:
        parts.append(f"ended by {plain(attempt.signal)}")
    if attempt.retry_at and of == attempt.number:
        parts.append(f"next try at {moment_text(attempt.retry_at, now)}")
    if of > 1:
        span = span_text(attempt.started_at, attempt.ended_at, now)
        told = attempt.exit_code is None or bool(parts)
        code = "" if told else f", exit code {attempt.exit_code}"
        parts.insert(0, f"attempt {attempt.number}: {badge(attempt.status)} {span}{code}")
    if parts:
        yield ", ".join(parts)
    if attempt.receipt is not None:
        yield from _receipt_words(attempt.receipt)


def _receipt_words(receipt: Receipt) -> Iterator[str]:
    """What was stopped, when something was (M9): never only that it is over."""
    if receipt.stop_signal:
        yield f"sent {plain(receipt.stop_signal)} to {_processes(receipt.signalled) or 'nothing'}"
    if receipt.left_behind:
        yield f"left running by the step: {_processes(receipt.left_behind)}"
    if receipt.killed:
        yield f"had to be killed: {_processes(receipt.killed)}"
    if receipt.survived:
        yield f"SURVIVED: {_processes(receipt.survived)}"
    if (receipt.stop_signal or receipt.left_behind) and receipt.proof:
        yield f"nothing is left: {plain(receipt.proof)}"


def _processes(processes: tuple[Process, ...]) -> str:
    return ", ".join(f"{plain(each.name)} (pid {each.pid})" for each in processes)
