"""What counts as started twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.verdict import Verdict, judged
from tasktrail.model.step import Attempt
from tasktrail.store.task_views import TaskView
from tasktrail.verification.finding import Verification
from tasktrail.verification.task_record import TaskRecord
from unit.model.plans import job, plan, step
from unit.model.play import Play


def lost_and_ended(*, begun: bool, retry_safe: bool = False) -> TaskRecord:
    """A task whose step has lost its worker once, before or after it began, and then ended well."""
    play = Play(plan(job("main", step("Work", attempts=2, retry_safe=retry_safe))))
    attempts: list[Attempt] = []
    play.claim("main")
    play.lose("main", begun=begun)
    attempts.append(play.state.attempts[play.step("main.Work").id])
    if play.step("main.Work").retry_at is not None:
        play.retry("main.Work")
    play.play_job("main")
    work = play.step("main.Work")
    attempts.append(play.state.attempts[work.id])
    (main,) = play.state.jobs.values()
    view = TaskView(play.task, play.state.plan, [main], {main.id: [work]}, {work.id: attempts})
    return TaskRecord(view, play.history, frozenset())


def verdict_of(record: TaskRecord, here: Path, *starts: str) -> Verdict:
    file = here / "starts"
    file.write_text("".join(f"{record.task.id}/main/Work#{start}\n" for start in starts))
    found = Verification(tasks=1, attempts=2, findings=())
    return judged(found, [record], [record.task.id], file)


def test_what_had_not_begun_may_be_started_once_more(tmp_path: Path) -> None:
    assert verdict_of(lost_and_ended(begun=False), tmp_path, "2").wrong == []


def test_what_had_not_begun_as_is_said_must_not_have_been_started(tmp_path: Path) -> None:
    verdict = verdict_of(lost_and_ended(begun=False), tmp_path, "1", "2")
    assert len(verdict.doubled) == len(verdict.wrong) == 1


@pytest.mark.parametrize("retry_safe", [False, True])
def test_what_had_begun_may_be_started_once_more_only_where_that_is_safe(
    tmp_path: Path, *, retry_safe: bool
) -> None:
    record = lost_and_ended(begun=True, retry_safe=True)
    if not retry_safe:
        record.view.plan = plan(job("main", step("Work")))
    verdict = verdict_of(record, tmp_path, "1", "2")
    assert len(verdict.doubled) == len(verdict.wrong) == (0 if retry_safe else 1)


def test_what_was_started_twice_under_one_attempt_is_found(tmp_path: Path) -> None:
    verdict = verdict_of(lost_and_ended(begun=True, retry_safe=True), tmp_path, "1", "2", "2")
    assert len(verdict.doubled) == len(verdict.wrong) == 1
