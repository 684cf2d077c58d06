from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from tasktrail.cli.output import UNLIMITED
from tasktrail.cli.tables import history_table, task_table
from tasktrail.cli.task_page import error_lines, task_page
from tasktrail.local.shape import (
    Attempt,
    Event,
    Person,
    Process,
    Project,
    Receipt,
    Step,
    Task,
    TaskError,
    TaskList,
    TreeItem,
)
from tasktrail.model.status import Status
from unit.cli.task_shapes import START, job

LATER = START + timedelta(seconds=30)


def printed(renderable: object, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(renderable)
    return [line.rstrip() for line in capture.get().splitlines()]


def listed(number: int, **more: object) -> Task:
    fields: dict[str, object] = {
        "id": number,
        "name": "release",
        "title": f"Release number {number} of the shop",
        "status": Status.DONE_WITH_WARNINGS,
        "author": Person(name="ann", kind="user"),
        "projects": (Project(id=1, title="shop"),),
        "created_at": START,
        "started_at": START,
        "ended_at": LATER,
    }
    return Task(**{**fields, **more})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_a_list_fits_the_terminal_and_keeps_id_status_and_title(width: int) -> None:
    lines = printed(task_table(TaskList(items=(listed(12), listed(9))), LATER, width), width)
    assert len(lines) == 3
    assert max(map(len, lines)) <= width
    for expected in ("12", "! done with warnings", "Rel"):
        assert expected in lines[1]


def test_a_wide_list_says_what_is_special_about_a_task() -> None:
    tasks = TaskList(items=(listed(12, repeated_task_id=9, forced=True),))
    row = printed(task_table(tasks, LATER, 160), 160)[1]
    assert row.endswith("rerun of 9, forced")
    for expected in ("ann", "shop", "30s"):
        assert expected in row


def test_what_is_no_terminal_gets_whole_titles_and_no_row_is_padded_to_the_longest() -> None:
    title = "Copy " + "very " * 60 + "much"
    tasks = TaskList(items=(listed(10, title=title), listed(9), listed(8, title="Short")))
    console = Console(file=io.StringIO(), width=UNLIMITED, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(task_table(tasks, LATER, console.width))
    heading, long, nine, eight = capture.get().splitlines()
    assert f"10  ! done with warnings  {title}  ann  " in long
    assert max(map(len, (heading, nine, eight))) < 150
    assert not any(line.endswith(" ") for line in (heading, long, nine, eight))
    places = {line.index("ann") for line in (nine, eight)} | {heading.index("AUTHOR")}
    assert len(places) == 1, "short rows stand below each other"
    assert (heading[:2], nine[:2]) == ("ID", " 9")


def test_what_is_no_terminal_gets_any_message_on_one_line() -> None:
    message = "word " * 5_000
    event = Event(at=START, kind="status", message=message)
    lines = printed(history_table([event], LATER, UNLIMITED), UNLIMITED)
    assert len(lines) == 2
    assert lines[1].endswith(message.strip())


def test_a_tree_shows_spawned_tasks_below_their_origin() -> None:
    tasks = TaskList(
        items=(listed(1),),
        tree_items=(
            TreeItem(task=listed(2, title="Smoke test"), parent_id=1),
            TreeItem(task=listed(3, title="Report"), parent_id=2),
        ),
    )
    rows = printed(task_table(tasks, LATER, 160), 160)
    assert "  └ Smoke test" in rows[2]
    assert "    └ Report" in rows[3]


def test_markup_and_escape_sequences_in_a_title_are_only_text() -> None:
    tasks = TaskList(items=(listed(1, title="[red]a[/red]\x1b[2J"),))
    assert "[red]a[/red]" in printed(task_table(tasks, LATER, 100), 100)[1]
    assert "\x1b" not in printed(task_table(tasks, LATER, 100), 100)[1]


def test_the_history_is_told_oldest_first() -> None:
    events = [
        Event(at=START, kind="submitted", by=Person(name="ann")),
        Event(
            at=LATER, kind="status_changed", job_name="build", before="queued", after="in_progress"
        ),
    ]
    lines = printed(history_table(events, LATER, 100), 100)
    assert "submitted" in lines[1]
    assert "ann" in lines[1]
    assert "status changed  build" in lines[2]
    assert "queued → in progress" in lines[2]


def test_a_page_shows_attempts_exit_codes_and_what_was_stopped() -> None:
    receipt = Receipt(
        stop_signal="SIGTERM",
        signalled=(Process(pid=10, name="sleep"),),
        killed=(Process(pid=11, name="stubborn"),),
        proof="cgroup unpopulated",
    )
    attempts = (
        Attempt(
            number=1,
            status=Status.FAILED,
            exit_code=7,
            message="exit code 7",
            started_at=START,
            ended_at=LATER,
        ),
        Attempt(number=2, status=Status.TIMED_OUT, message="step timeout", receipt=receipt),
    )
    hanging = Step(id=4, name="hang", status=Status.TIMED_OUT, attempts=attempts, log_lines=3)
    shown = listed(1, status=Status.TIMED_OUT, jobs=(job("slow", "clone", steps=(hanging,)),))
    page = task_page(shown, LATER).plain
    for expected in (
        "⧖ hang  timed out",
        "attempt 1: ✗ failed 30s, exit code 7\n",
        "attempt 2: ⧖ timed out",
        "sent SIGTERM to sleep (pid 10)",
        "had to be killed: stubborn (pid 11)",
        "nothing is left: cgroup unpopulated",
        "slow  done  2.0s",
        "after clone",
    ):
        assert expected in page


def test_a_page_never_says_that_nothing_is_left_when_something_is() -> None:
    receipt = Receipt(
        stop_signal="SIGTERM",
        left_behind=(Process(pid=12, name="daemon"),),
        survived=(Process(pid=13, name="undead"),),
    )
    attempt = Attempt(number=1, status=Status.CANCELED, receipt=receipt)
    step = Step(id=4, name="hang", status=Status.CANCELED, attempts=(attempt,))
    shown = listed(1, status=Status.CANCELED, jobs=(job("slow", steps=(step,)),))
    page = task_page(shown, LATER).plain
    assert "sent SIGTERM to nothing" in page
    assert "left running by the step: daemon (pid 12)" in page
    assert "SURVIVED: undead (pid 13)" in page
    assert "nothing is left" not in page


def test_an_error_of_a_step_that_is_seen_names_a_reference_for_support() -> None:
    error = TaskError(
        kind="system",
        message="No space left.",
        reference="T1-S2-A1",
        contact_support=True,
        job_name="build",
    )
    lines = list(error_lines(listed(1, status=Status.FAILED, error=error)))
    assert lines[0] == "system error in build: No space left."
    assert lines[1].endswith("please contact support with the reference T1-S2-A1.")


def test_a_step_that_was_cut_off_by_a_stop_of_tasktrail_is_nothing_for_support() -> None:
    told = "Tasktrail was stopped (2026-11-24 16:12 UTC) while the step ran; run the task again"
    error = TaskError(kind="system", message=told, reference="T1-S2-A1", job_name="build")
    lines = list(error_lines(listed(1, status=Status.FAILED, error=error)))
    assert lines == [f"system error in build: {told}"]


def test_an_error_of_a_hidden_step_is_told_once() -> None:
    told = "none of your steps failed; please contact support with the reference T1-S2-A1"
    error = TaskError(kind="system", message=told, reference="T1-S2-A1", contact_support=True)
    lines = list(error_lines(listed(1, status=Status.FAILED, error=error)))
    assert lines == [f"system error: {told}"]


def test_a_user_error_names_its_place_and_does_not_send_anybody_to_support() -> None:
    error = TaskError(kind="user", message="exit code 1", job_name="test", step_name="unit")
    lines = list(error_lines(listed(1, status=Status.FAILED, error=error)))
    assert lines == ["user error in test/unit: exit code 1"]
