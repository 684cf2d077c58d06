from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console
from rich.text import Text

from tasktrail.cli.live_view import LiveView, frame_of
from tasktrail.cli.log_printer import LogPrinter
from tasktrail.cli.plain_view import PlainView
from tasktrail.local.log_shape import LogLines, LogRun, OpenText, WatchedItem
from tasktrail.local.shape import Attempt, Job, Step, Task, TaskChanged, TaskError, Wait
from tasktrail.model.status import Status
from unit.cli.task_shapes import START, job, task

RUNNING = Status.IN_PROGRESS


def step(name: str, status: Status, **more: object) -> Step:
    return Step(id=1, name=name, status=status, **more)  # pyright: ignore[reportArgumentType]


def written(*texts: str, job: str = "b", step: str = "w") -> LogLines:
    text = "\n".join(texts)
    return LogLines(job=job, step=step, text=text, runs=(LogRun(count=len(texts)),))


def lines_of_frame(shown: Task, width: int, height: int, say: str = "") -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True)
    lines = console.render_lines(frame_of(shown, say, START + timedelta(seconds=75), width, height))
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def wide_task() -> Task:
    steps = (step("wheel", RUNNING), step("sign", Status.QUEUED))
    jobs = [job("clone"), job("build", "clone", status=RUNNING, steps=steps)]
    jobs += [job(f"part-{n}", "build", status=Status.PENDING, seconds=None) for n in range(12)]
    return task(*jobs, status=RUNNING, title="A rather long title of a release of the web shop")


@pytest.mark.parametrize("width", [24, 40, 80, 140])
@pytest.mark.parametrize("height", [8, 12, 24, 40])
def test_a_frame_never_exceeds_the_terminal(width: int, height: int) -> None:
    lines = lines_of_frame(wide_task(), width, height, say="Cancel asked for: " + "x" * 200)
    assert max(map(len, lines)) <= width
    assert len(lines) < height


def test_a_frame_tells_the_status_in_words_the_time_and_what_runs_now() -> None:
    text = "\n".join(lines_of_frame(wide_task(), 140, 40))
    assert "in progress, 1m 15s" in text
    assert "now: build/wheel (1 of 2)" in text
    assert "0 %" in text


def test_where_there_is_no_room_for_the_graph_what_is_to_come_is_listed() -> None:
    lines = lines_of_frame(wide_task(), 40, 14)
    assert any(line.startswith("● build ") and "in progress" in line for line in lines)
    assert any("other jobs" in line for line in lines)
    assert not any("clone" in line for line in lines)


def test_a_pending_task_says_what_it_waits_for() -> None:
    waiting = Task(
        id=3,
        name="x",
        status=Status.PENDING,
        waiting_on=(Wait(kind="lock", name="cluster:7", task_id=2, position=1),),
    )
    text = "\n".join(lines_of_frame(waiting, 80, 24))
    assert "waits for lock cluster:7, held by task 2 (position 1)" in text


async def shown_by_live_view(*items: WatchedItem, width: int = 60) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, height=24, force_terminal=True, markup=False, color_system=None
    )
    async with LiveView(console) as view:
        for item in items:
            await view.show(item)
    return out.getvalue()


async def test_every_log_line_is_shown_once_and_long_ones_are_cut_visibly() -> None:
    lines = written(*(f"line {n}" for n in range(1200)))
    long = written("y" * 500)
    out = await shown_by_live_view(TaskChanged(task=wide_task()), lines, long)
    for n in (0, 499, 500, 1199):
        assert out.count(f"[b/w] line {n}\n") + out.count(f"[b/w] line {n}\r\n") == 1
    assert "y" * 53 + "…" in out
    assert "y" * 55 not in out


async def test_an_escape_sequence_in_a_title_or_line_does_not_reach_the_terminal() -> None:
    evil = Task(id=1, name="x", title="a\x1b]0;evil\x07b\x1b[2J", status=RUNNING)
    out = await shown_by_live_view(
        TaskChanged(task=evil), written("\x1b]0;evil\x07text", job="j\x1b[2J", step="s")
    )
    assert "ab" in out
    assert "[j/s] text" in out
    assert "\x1b[2J" not in out
    assert "\x1b]0" not in out


async def plain_lines(*items: WatchedItem) -> list[str]:
    out = io.StringIO()
    logs = LogPrinter(out.write, colours=False, prefixed=True, timestamps=False)

    def write(line: Text) -> None:
        out.write(line.plain + "\n")

    async with PlainView(write, logs, lambda _: None) as view:
        for item in items:
            await view.show(item)
    return out.getvalue().splitlines()


async def test_without_a_terminal_changes_and_lines_come_in_order_of_time() -> None:
    done = step("wheel", Status.DONE, started_at=START, ended_at=START + timedelta(seconds=3))
    running = task(job("build", status=RUNNING, steps=(step("wheel", RUNNING),)), status=RUNNING)
    ended = Task(
        id=7,
        name="release",
        title="Release shop",
        status=Status.DONE,
        jobs=(job("build", steps=(done,)),),
        started_at=START,
        ended_at=START + timedelta(seconds=4),
    )
    assert await plain_lines(
        TaskChanged(task=task(job("build", status=Status.QUEUED), status=Status.QUEUED)),
        TaskChanged(task=running),
        written("made", "it", job="build", step="wheel"),
        TaskChanged(task=running),
        TaskChanged(task=ended),
    ) == [
        "○ task 7: queued  Release shop",
        "● task 7: in progress",
        "● job build: in progress",
        "[build/wheel] made",
        "[build/wheel] it",
        "✓ build/wheel: done (3.0s)",
        "✓ job build: done (2.0s)",
        "✓ task 7: done (4.0s)",
    ]


async def test_a_prompt_is_shown_at_once_and_a_change_begins_a_line_of_its_own() -> None:
    running = TaskChanged(task=task(job("b", status=RUNNING), status=RUNNING))
    prompt = OpenText(job="b", step="w", text="Sure? ")
    assert await plain_lines(prompt, written("Sure? yes")) == ["[b/w] Sure? yes"]
    assert await plain_lines(prompt, running, written("Sure? yes")) == [
        "[b/w] Sure? ",
        "● task 7: in progress  Release shop",
        "● job b: in progress",
        "[b/w] Sure? yes",
    ]
    assert await plain_lines(prompt) == ["[b/w] Sure? "]


async def test_a_step_that_is_tried_again_says_so_each_time() -> None:
    def backed_off(number: int) -> TaskChanged:
        attempts = tuple(
            Attempt(number=n + 1, status=Status.FAILED, exit_code=7, message="exit code 7")
            for n in range(number)
        )
        shown = step("check", Status.BACKED_OFF, attempts=attempts)
        return TaskChanged(task=task(job("health", status=RUNNING, steps=(shown,)), status=RUNNING))

    lines = await plain_lines(backed_off(1), backed_off(2))
    assert [line for line in lines if "check" in line] == [
        "↻ health/check: backed off  exit code 7",
        "↻ health/check: backed off  exit code 7",
    ]


async def test_the_time_limit_that_was_reached_stands_below_a_timed_out_task() -> None:
    hanging = step(
        "hang",
        Status.TIMED_OUT,
        message="the limit of 1 s was reached",
        attempts=(Attempt(number=1, status=Status.TIMED_OUT),),
    )
    shown = task(job("a", status=Status.TIMED_OUT, steps=(hanging,)), status=Status.TIMED_OUT)
    assert "a/hang:  the limit of 1 s was reached" in lines_of_frame(shown, 80, 24)


async def test_the_error_stands_below_a_failed_task() -> None:
    failed = Task(
        id=1, name="x", status=Status.FAILED, error=TaskError(message="exit code 1"), jobs=()
    )
    assert "exit code 1" in lines_of_frame(failed, 80, 24)


def test_a_queued_task_says_in_which_pools_its_jobs_need_a_place() -> None:
    jobs = [Job(name=f"{n}", status=Status.QUEUED, pool="eu-1") for n in range(5)]
    queued = Task(
        id=3, name="x", status=Status.QUEUED, jobs=(*jobs, Job(name="u", status=Status.QUEUED))
    )
    said = "a place in the pool eu-1 (0, 1, 2 and 2 more); a place in the pool default (u)"
    assert f"waits for {said}" in "\n".join(lines_of_frame(queued, 120, 40))


async def test_without_a_terminal_the_pool_is_told_where_not_any_machine_will_do() -> None:
    queued = Job(name="main", status=Status.QUEUED, pool="eu-1")
    lines = await plain_lines(TaskChanged(task=task(queued, status=Status.QUEUED, title="")))
    assert lines[1] == "  waits for a place in the pool eu-1 (main)"


def test_a_job_that_is_queued_beside_others_does_not_hide_what_runs() -> None:
    text = "\n".join(lines_of_frame(wide_task(), 140, 40))
    assert "now: build/wheel" in text
    assert "waits for" not in text
