"""Support access, and rights that are lost while a task waits, on both databases (M7, M8)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from identity_bench import IdentityBench
from sqlalchemy import delete, update
from store_bench import one_job

from tasktrail.actions.assignment import claim_job
from tasktrail.actions.ledger import Ledger
from tasktrail.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from tasktrail.model.access import EVERY_DEFINITION, Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role, robot
from tasktrail.model.caller import Caller
from tasktrail.model.happening import JobClaimed
from tasktrail.model.instant import after
from tasktrail.model.plan import TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.submission import Origin, Submission
from tasktrail.store.identity import tables
from tasktrail.store.states import load_state
from tasktrail.store.task_history import Untold, history_page


def plan(name: str, *, support: bool = False) -> TaskPlan:
    made = one_job(name=name)
    return TaskPlan(definition=name, title=name, jobs=made.jobs, support=support)


async def enter(
    identity: IdentityBench,
    actor: Actor,
    name: str,
    *,
    support: bool = False,
    projects: tuple[int, ...] = (),
    origin: Origin | None = None,
) -> int:
    wanted = Submission(
        organization_id=actor.organization_id,
        author=actor.author,
        plan=plan(name, support=support),
        project_ids=projects,
        origin=origin,
    )
    return await identity.decisions.make(lambda ledger: ledger.enter(wanted))


async def claim(identity: IdentityBench, task_id: int) -> bool:
    """Whether a worker gets the first job of a task."""

    def take(ledger: Ledger) -> bool:
        job = next(iter(ledger.state(task_id).jobs))
        return claim_job(ledger, task_id, job, "mine") is not None

    return await identity.decisions.make(take)


async def start(identity: IdentityBench, task_id: int) -> None:
    """A worker has its first job, whatever the rights are."""

    def take(ledger: Ledger) -> None:
        ledger.happen(task_id, JobClaimed(next(iter(ledger.state(task_id).jobs)), "mine"))

    await identity.decisions.make(take)


async def status(identity: IdentityBench, *task_ids: int) -> list[Status]:
    read = identity.people.store.read
    return [
        (await read(lambda connection, one=one: load_state(connection, one))).task.status
        for one in task_ids
    ]


async def open_access(
    identity: IdentityBench,
    owner: Caller,
    *names: str,
    seconds: float = 3600.0,
    reason: str = "they cannot log in",
) -> int:
    until = after(identity.people.now, seconds)
    opened = await identity.own.support.open(
        owner, definitions=names, reason=reason, until=until, catalog=names
    )
    return opened.value.id


async def test_an_owner_opens_it_and_everybody_concerned_sees_it(identity: IdentityBench) -> None:
    ann, sue = await identity.new("Ann", Role.OWNER), await identity.new("Sue", Role.SUPPORT)
    grant_id = await open_access(identity, ann, "backup", "restart")
    name, title, author = await identity.last()
    assert (name, author) == ("support.open", "Ann")
    assert title.startswith(f"Support access {grant_id} to backup, restart until ")
    assert title.endswith("they cannot log in")
    for caller in (ann, sue, await identity.new("Bob", Role.ADMIN)):
        (grant,) = await identity.own.support.list(caller)
        assert (grant.definitions, grant.opened_by) == (("backup", "restart"), ann.actor.author)
    actor = (await identity.caller(sue.user_id or 0)).actor
    assert actor.support_definitions == {"backup", "restart"}


async def test_only_owners_open_and_close_it(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    grant_id = await open_access(identity, ann, "backup")
    for caller in (
        await identity.new("Bob", Role.ADMIN),
        await identity.new("Max"),
        await identity.new("Sue", Role.SUPPORT),
        identity.robot,
        identity.operator,
    ):
        with pytest.raises(NotAllowedError):
            await open_access(identity, caller, "backup")
        with pytest.raises(NotAllowedError):
            await identity.own.support.close(caller, grant_id)
        with pytest.raises(NotAllowedError):
            await identity.own.organizations.change(caller, support_default=True)
    other = await identity.people.organization("other")
    eve = await identity.caller(await identity.people.member("Eve", other, Role.OWNER), other)
    with pytest.raises(NotFoundError):
        await identity.own.support.close(eve, grant_id)
    assert await identity.own.support.list(eve) == []


async def test_what_is_opened_has_definitions_a_reason_and_an_end(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    cases: tuple[tuple[tuple[str, ...], dict[str, Any], set[str]], ...] = (
        ((), {}, {"definitions"}),
        (("",), {"reason": " "}, {"definitions", "reason"}),
        (("a",), {"seconds": 1.0}, {"expiresAt"}),
        (("a",), {"seconds": 10.0**9}, {"expiresAt"}),
    )
    for names, wrong, fields in cases:
        with pytest.raises(InvalidInputError) as refused:
            await open_access(identity, ann, *names, **wrong)
        assert {problem.field for problem in refused.value.problems} == fields


async def test_a_definition_that_there_is_not_is_refused_and_names_the_nearest(
    identity: IdentityBench,
) -> None:
    ann, other = await identity.new("Ann", Role.OWNER), await identity.people.organization("other")
    await enter(identity, ann.actor, "by-file")
    await enter(identity, Actor(author=robot("Wodbot"), organization_id=other), "elsewhere")

    async def open_(*names: str) -> None:
        await identity.own.support.open(
            ann,
            definitions=names,
            reason="they cannot log in",
            until=after(identity.people.now, 3600),
            catalog={"backup", "restart"},
        )

    with pytest.raises(InvalidInputError) as refused:
        await open_("backup", "bakcup", "elsewhere")
    first, second = refused.value.problems
    assert (first.field, first.message) == ("definitions", "there is no definition 'bakcup'")
    assert first.hint == "did you mean `backup`?"
    assert second.hint == "there is: backup, restart"
    await open_("*")
    await open_("restart", "by-file")
    assert [one.definitions for one in await identity.own.support.list(ann)] == [
        ("restart", "by-file"),
        ("*",),
    ]


async def test_support_access_ends_at_the_very_moment_that_was_said(
    identity: IdentityBench,
) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    until = after(identity.people.now, 3600)
    identity.people.now = after(identity.people.now, 0.004)  # until the request is at its place
    opened = await identity.own.support.open(
        ann, definitions=["backup"], reason="they cannot log in", until=until, catalog=["backup"]
    )
    assert opened.value.expires_at == until


async def test_closing_cancels_what_support_has_running_under_it_and_only_that(
    identity: IdentityBench,
) -> None:
    ann, sue = await identity.new("Ann", Role.OWNER), await identity.new("Sue", Role.SUPPORT)
    closing = await open_access(identity, ann, "backup", "both")
    await open_access(identity, ann, "both")
    running = await enter(identity, sue.actor, "backup")
    queued = await enter(identity, sue.actor, "backup")
    under_another = await enter(identity, sue.actor, "both")
    by_default = await enter(identity, sue.actor, "restart", support=True)
    of_ann = await enter(identity, ann.actor, "backup")
    other = await identity.people.organization("other")
    tom = await identity.caller(await identity.people.member("Tom", other, Role.SUPPORT), other)
    elsewhere = await enter(identity, tom.actor, "backup")
    for task_id in (running, under_another, by_default, of_ann, elsewhere):
        await start(identity, task_id)
    closed = await identity.own.support.close(ann, closing)
    assert closed.value.canceled == (running, queued)
    assert await status(identity, running, queued) == [Status.CANCELING, Status.CANCELED]
    on = await status(identity, under_another, by_default, of_ann, elsewhere)
    assert on == [Status.IN_PROGRESS] * 4
    assert await identity.last() == (
        "support.close",
        f"Support access {closing} was closed; canceled: {running}, {queued}",
        "Ann",
    )
    state = await identity.people.store.read(lambda connection: load_state(connection, running))
    assert state.task.cancel is not None
    assert state.task.cancel.by == ann.actor.author
    assert state.task.cancel.reason == f"support access {closing} was closed"
    with pytest.raises(ConflictError):
        await identity.own.support.close(ann, closing)


async def test_what_support_s_tasks_have_spawned_goes_with_them(identity: IdentityBench) -> None:
    ann, sue = await identity.new("Ann", Role.OWNER), await identity.new("Sue", Role.SUPPORT)
    grant_id = await open_access(identity, ann, "backup")
    root = await enter(identity, sue.actor, "backup")
    await start(identity, root)
    read = identity.people.store.read
    step_id = next(iter((await read(lambda connection: load_state(connection, root))).steps))
    child = await enter(
        identity, sue.actor, "upload", origin=Origin(task_id=root, step_id=step_id, key="k")
    )
    assert await claim(identity, child), "it is part of what was opened"
    await identity.own.support.close(ann, grant_id)
    assert await status(identity, root, child) == [Status.CANCELING] * 2


async def test_when_its_time_is_over_the_engine_closes_it(identity: IdentityBench) -> None:
    ann, sue = await identity.new("Ann", Role.OWNER), await identity.new("Sue", Role.SUPPORT)
    first = await open_access(identity, ann, EVERY_DEFINITION, seconds=60)
    await open_access(identity, ann, "restart", seconds=120)
    running = await enter(identity, sue.actor, "backup")
    covered = await enter(identity, sue.actor, "restart")
    for task_id in (running, covered):
        await start(identity, task_id)
    ends = identity.people.now + 60_000_000
    assert await identity.own.support.expire() == ends
    assert await status(identity, running) == [Status.IN_PROGRESS]
    identity.people.wait(60)
    assert await identity.own.support.expire() == ends + 60_000_000
    assert await status(identity, running, covered) == [Status.CANCELING, Status.IN_PROGRESS]
    title = f"Support access {first} has expired; canceled: {running}"
    assert await identity.last() == ("support.close", title, "Wodbot")
    events, _ = await identity.people.store.read(
        lambda connection: history_page(connection, running, Untold(), 0, None)
    )
    asked = next(event for _, event in events if event.kind == "cancel_asked")
    assert (asked.by, asked.message) == (None, f"support access {first} has expired")
    before = len(await identity.recorded())
    await identity.own.support.expire()
    assert len(await identity.recorded()) == before


async def test_its_end_is_recorded_once_though_several_notice_it(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    await open_access(identity, ann, "backup", seconds=60)
    before = len(await identity.recorded())
    identity.people.wait(60)
    await asyncio.gather(*(identity.own.support.expire() for _ in range(4)))
    assert len(await identity.recorded()) == before + 1


async def test_an_owner_turns_off_what_is_open_to_support_by_default(
    identity: IdentityBench,
) -> None:
    ann, sue = await identity.new("Ann", Role.OWNER), await identity.new("Sue", Role.SUPPORT)
    await open_access(identity, ann, "backup")
    by_default = await enter(identity, sue.actor, "restart", support=True)
    opened = await enter(identity, sue.actor, "backup", support=True)
    for task_id in (by_default, opened):
        await start(identity, task_id)
    await identity.own.organizations.change(ann, support_default=False)
    assert await status(identity, by_default, opened) == [Status.CANCELING, Status.IN_PROGRESS]
    assert not (await identity.caller(sue.user_id or 0)).actor.support_default


LOSSES = {
    "the role in a project": delete(tables.project_grants),
    "a lower role": update(tables.project_grants).values(role=int(ProjectRole.READ)),
    "the membership": delete(tables.memberships),
    "everything": update(tables.users).values(disabled_at=1),
}


@pytest.mark.parametrize("lost", LOSSES)
async def test_who_lost_the_right_meanwhile_does_not_run_what_is_queued(
    identity: IdentityBench, lost: str
) -> None:
    shop = await identity.people.project(identity.acme)
    max_id = await identity.member("Max")
    await identity.people.grant(shop, ProjectRole.WRITE, user_id=max_id)
    actor = (await identity.caller(max_id)).actor
    kept, waiting = [await enter(identity, actor, "deploy", projects=(shop,)) for _ in range(2)]
    assert await claim(identity, kept)
    await identity.people.write(lambda connection: connection.execute(LOSSES[lost]).rowcount)
    assert not await claim(identity, waiting)
    assert await status(identity, kept, waiting) == [Status.IN_PROGRESS, Status.CANCELED]
    read = identity.people.store.read
    state = await read(lambda connection: load_state(connection, waiting))
    assert state.task.started_at is None
    assert state.task.cancel is not None
    assert state.task.cancel.by is None
    found, _ = await read(lambda one: history_page(one, waiting, Untold(), 0, None))
    events = [event for _, event in found]
    assert "Max may not run it any more" in {event.message for event in events}
    ended = next(event for event in events if event.to_status == "canceled" and not event.job_id)
    assert (ended.by, ended.message) == (None, "Max may not run it any more")


async def test_rights_that_grew_or_changed_are_enough(identity: IdentityBench) -> None:
    shop = await identity.people.project(identity.acme)
    max_id = await identity.member("Max", Role.ADMIN)
    task_id = await enter(
        identity, (await identity.caller(max_id)).actor, "deploy", projects=(shop,)
    )
    await identity.people.write(
        lambda connection: (
            connection.execute(update(tables.memberships).values(role="member")).rowcount
        )
    )
    await identity.people.grant(shop, ProjectRole.WRITE, user_id=max_id)
    assert await claim(identity, task_id)


async def test_support_does_not_start_what_was_closed_while_it_waited(
    identity: IdentityBench,
) -> None:
    sue = await identity.new("Sue", Role.SUPPORT)
    grant_id = await identity.people.opened(identity.acme, "backup")
    task_id = await enter(identity, sue.actor, "backup")
    late = await enter(identity, sue.actor, "backup")
    assert await claim(identity, task_id)
    await identity.people.change(tables.support_grants, grant_id, closed_at=identity.people.now)
    assert not await claim(identity, late)


@pytest.mark.parametrize(
    "author",
    [
        robot("Wodbot"),
        Author(kind=AuthorKind.USER, name="root", role=Role.OWNER),
    ],
)
async def test_robots_and_the_operator_of_the_machine_are_asked_nothing(
    identity: IdentityBench, author: Author
) -> None:
    """And so their tasks start as fast as ever: no statement is made for it."""
    actor = Actor(author=author, organization_id=identity.acme)
    task_id = await enter(identity, actor, "deploy")
    statements: list[str] = []

    def take(ledger: Ledger) -> bool:
        job = next(iter(ledger.state(task_id).jobs))
        unit = ledger.transaction._unit
        connection = unit.connection

        def counted(writes: Any) -> Any:
            statements.append("flushed")
            return connection(writes)

        unit.connection = counted  # type: ignore[method-assign]
        return claim_job(ledger, task_id, job, "mine") is not None

    assert await identity.decisions.make(take)
    assert statements == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.MEMBER, Role.SUPPORT])
async def test_a_task_that_would_start_as_it_is_accepted_is_asked_about(
    identity: IdentityBench, role: Role
) -> None:
    """Submitting has asked already, but before the plan was made: rights may be gone meanwhile."""
    author = Author(kind=AuthorKind.USER, name="Gone", id=12345, role=role)

    def accept(ledger: Ledger) -> bool:
        wanted = Submission(
            organization_id=identity.acme, author=author, plan=plan("deploy"), project_ids=()
        )
        task_id = ledger.enter(wanted)
        job = next(iter(ledger.state(task_id).jobs))
        return claim_job(ledger, task_id, job, "mine") is not None

    assert not await identity.decisions.make(accept)
