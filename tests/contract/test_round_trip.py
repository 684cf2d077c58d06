"""What goes into a store comes out of it, field by field."""

from __future__ import annotations

import pytest
from every_field import FULL_PLAN, full_records
from sqlalchemy import func, select
from store_bench import ANN, START, Bench, one_job

from tasktrail.errors import NotFoundError
from tasktrail.model.author import robot
from tasktrail.model.changes import Changes
from tasktrail.model.event import Event, EventKind
from tasktrail.model.happening import RetryDue
from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Errored, Failed, Warned
from tasktrail.model.plan import CommandAction, JobPlan, RetryPolicy, StepPlan, TaskPlan
from tasktrail.model.state import TaskState
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin, Submission, new_task
from tasktrail.store.organizations import ensure_projects, project_names, projects_of
from tasktrail.store.secrets import secrets_of
from tasktrail.store.states import load_state
from tasktrail.store.tables import events
from tasktrail.store.transaction import Transaction


async def test_a_submitted_task_comes_back_with_every_field(bench: Bench) -> None:
    origin = await bench.submit()
    origin_step = next(iter((await bench.state(origin)).steps))

    def enter(transaction: Transaction) -> TaskState:
        project_ids = ensure_projects(
            transaction.connection, bench.organization_id, ("shop", "blog"), START
        )
        submission = Submission(
            organization_id=bench.organization_id,
            author=ANN,
            plan=FULL_PLAN,
            inputs={"size": 3, "ratio": 0.1, "dry": True, "note": None, "name": "Zoë \0 🦊"},
            secrets={"token": "s3cr3t ⚿"},
            project_ids=project_ids,
            forced=True,
            origin=Origin(task_id=origin, step_id=origin_step, key="deploy"),
            repeated_task_id=origin,
            not_before=Instant(2**53 + 1),
        )
        state, changes = new_task(submission, transaction.ids, START)
        transaction.create(
            state,
            changes,
            project_ids=project_ids,
            resources=FULL_PLAN.resources,
            secrets=submission.secrets,
        )
        return state

    created = await bench.store.write(enter)
    task_id = created.task.id
    assert await bench.state(task_id) == created
    assert await bench.kept(task_id) == created
    view = await bench.view(task_id)
    assert (view.task, view.plan) == (
        (await bench.state(task_id)).task,
        FULL_PLAN,
    )
    assert sorted(view.projects.values()) == ["blog", "shop"]
    assert sorted(view.resources) == [("cluster", "7"), ("node", "n-1")], "each once"
    assert await bench.read(lambda c: secrets_of(c, task_id)) == {"token": "s3cr3t ⚿"}
    assert await bench.read(lambda c: secrets_of(c, origin)) == {}


async def test_every_record_comes_back_as_it_wassaved(bench: Bench) -> None:
    """Also what a plain submission leaves empty: cancel, limits, receipts, logs, errors."""
    task_id = await bench.submit(one_job(steps=2))
    made = await bench.store.write(lambda transaction: saved(transaction, task_id))
    assert await bench.state(task_id) == made
    assert (await bench.kept(task_id)) == made
    view = await bench.view(task_id)
    assert view.task == made.task
    assert view.jobs == list(made.jobs.values())
    assert {one.step_id: one for found in view.attempts.values() for one in found} == made.attempts


def saved(transaction: Transaction, task_id: int) -> TaskState:
    state = transaction.state(task_id)
    task, job, steps, attempts = full_records(state)
    transaction.save(
        state,
        Changes(
            task_id,
            task,
            {job.id: job},
            {step.id: step for step in steps},
            {attempt.step_id: attempt for attempt in attempts},
        ),
    )
    return state


async def test_what_text_columns_cannot_hold_does_not_keep_a_step_from_ending(
    bench: Bench,
) -> None:
    odd = "a NUL \0, a lone surrogate \udc80"
    for outcome, status in (
        (Failed(message=odd, outputs={"out": odd}), Status.FAILED),
        (Errored(message=odd, reference="r-1", detail=odd), Status.FAILED),
        (Warned(message=odd), Status.DONE_WITH_WARNINGS),
    ):
        task_id = await bench.submit()
        await bench.play(task_id, outcome)
        state = await bench.state(task_id)
        assert state.task.status is status
        step = next(iter(state.steps.values()))
        message = step.warning or (step.error.message if step.error else "")
        assert message.startswith("a NUL ")
        assert "lone surrogate ?" in message


async def test_a_title_and_an_author_with_odd_characters_are_kept_readable(bench: Bench) -> None:
    task_id = await bench.record("a \0 b \udc80", author=robot("Wod\0bot"))
    task = (await bench.state(task_id)).task
    assert task.title == "a \N{REPLACEMENT CHARACTER} b ?"
    assert task.author == robot("Wod\N{REPLACEMENT CHARACTER}bot")


async def test_events_are_appended_in_the_order_in_which_they_were_decided(bench: Bench) -> None:
    first, second = await bench.submit(), await bench.submit()
    before = await bench.history(first)
    await bench.play(second)
    await bench.play(first)
    after = await bench.history(first)
    assert after[: len(before)] == before
    ids = [event_id for event_id, _ in after]
    assert ids == sorted(set(ids))
    assert after[0][1].kind is EventKind.RECORDED
    path = [
        (event.from_status, event.to_status)
        for _, event in after
        if event.kind is EventKind.STATUS and event.job_id is None
    ]
    assert path == [
        (Status.PENDING, Status.QUEUED),
        (Status.QUEUED, Status.IN_PROGRESS),
        (Status.IN_PROGRESS, Status.DONE),
    ]
    assert [event.at for _, event in after] == sorted(event.at for _, event in after)
    assert await bench.read(lambda c: c.execute(select(func.count(events.c.id))).scalar()) == len(
        after
    ) + len(await bench.history(second))


async def test_every_field_of_an_event_comes_back(bench: Bench) -> None:
    task_id = await bench.submit()
    event = Event(
        task_id=task_id,
        at=Instant(2**53),
        kind=EventKind.CANCEL_ASKED,
        job_id=3,
        step_id=4,
        from_status=Status.QUEUED,
        to_status=Status.CANCELED,
        by=ANN,
        message="why not",
    )
    await bench.store.write(lambda transaction: transaction.note(event))
    assert (await bench.history(task_id))[-1][1] == event


async def test_only_the_latest_attempt_decides_but_all_of_them_are_shown(bench: Bench) -> None:
    step = StepPlan(name="flaky", action=CommandAction(run="true"), retry=RetryPolicy(attempts=3))
    plan = TaskPlan(definition="t", title="T", jobs=(JobPlan(name="job", steps=(step,)),))
    task_id = await bench.submit(plan)
    broken = Errored(message="away", reference="r")
    for _ in range(2):
        ended = await bench.claim(task_id)
        await bench.happen(task_id, await bench.report(task_id, outcome=broken))
        assert await bench.status(task_id) is Status.BACKED_OFF
        await bench.happen(task_id, RetryDue(ended.step_id))
    await bench.play(task_id)
    state, view = await bench.state(task_id), await bench.view(task_id)
    (latest,) = state.attempts.values()
    assert latest.number == 3
    (shown,) = view.attempts.values()
    assert [one.number for one in shown] == [1, 2, 3]
    assert [one.status for one in shown] == [Status.FAILED, Status.FAILED, Status.DONE]


async def test_organizations_and_projects_are_made_once(bench: Bench) -> None:
    def make(transaction: Transaction, *names: str) -> tuple[int, ...]:
        return ensure_projects(transaction.connection, bench.organization_id, names, START)

    ids = await bench.store.write(lambda transaction: make(transaction, "b", "a", "b"))
    again = await bench.store.write(lambda transaction: make(transaction, "a", "c", "b"))
    assert again[0] == ids[1]
    assert again[2] == ids[0]
    assert len(set(again)) == 3
    assert await bench.read(lambda c: project_names(c, again)) == dict(
        zip(again, ("a", "c", "b"), strict=True)
    )
    assert await bench.store.write(make) == ()
    assert await bench.read(lambda c: projects_of(c, [1])) == {}


async def test_a_task_that_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="no task 12"):
        await bench.read(lambda connection: load_state(connection, 12))
