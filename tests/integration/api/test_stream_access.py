"""Who loses access is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from integration.api.api_bench import ApiBench
from integration.api.event_reader import EventReader, followed
from integration.api.test_task_streams import tap
from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.bootstrap import clock
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import after
from tasktrail.store.identity import tables

SOON = 5.0
"""Seconds (issue 6)."""

Loss = Callable[[ApiBench, int, int], Awaitable[None]]
"""Takes access from a person, who has one key."""


async def key_revoked(api: ApiBench, user_id: int, key_id: int) -> None:
    await api.people.change(tables.api_keys, key_id, revoked_at=clock())


async def key_expired(api: ApiBench, user_id: int, key_id: int) -> None:
    await api.people.change(tables.api_keys, key_id, expires_at=after(clock(), 0.5))


async def membership_removed(api: ApiBench, user_id: int, key_id: int) -> None:
    query = delete(tables.memberships).where(tables.memberships.c.user_id == user_id)
    await api.people.write(lambda connection: connection.execute(query).rowcount)


async def user_disabled(api: ApiBench, user_id: int, key_id: int) -> None:
    await api.people.change(tables.users, user_id, disabled_at=clock())


async def grant_removed(api: ApiBench, user_id: int, key_id: int) -> None:
    grants = tables.project_grants
    query = delete(grants).where(grants.c.user_id == user_id)
    await api.people.write(lambda connection: connection.execute(query).rowcount)


async def session_ended(api: ApiBench, user_id: int, key_id: int) -> None:
    sessions = tables.sessions
    query = update(sessions).where(sessions.c.user_id == user_id).values(ended_at=clock())
    await api.people.write(lambda connection: connection.execute(query).rowcount)


LOSSES: list[Loss] = [
    key_revoked,
    key_expired,
    membership_removed,
    user_disabled,
    grant_removed,
]


async def person(api: ApiBench, name: str) -> tuple[int, int, str]:
    """A member who reads in the project, and a key."""
    user_id = await api.people.member(name, api.organization_id, Role.MEMBER)
    await api.people.grant(api.project_id, ProjectRole.READ, user_id=user_id)
    key = await api.key(KeyKind.USER, user_id)
    return user_id, int(key.split("_")[1]), key


async def ends(reader: EventReader) -> None:
    async with asyncio.timeout(SOON):
        await reader.rest()


async def test_who_loses_access_is_cut_off_soon_and_nobody_else(
    api: ApiBench, tmp_path: Path
) -> None:
    with tap(api, tmp_path / "pipe"):
        task_id = await api.submit("tapped", projectIds=[api.project_id])
        async with AsyncExitStack() as stack:
            lost: list[EventReader] = []
            for loss in LOSSES:
                user_id, key_id, key = await person(api, loss.__name__)
                for path in (f"/v1/tasks/{task_id}/stream", "/v1/tasks/stream"):
                    reader = await stack.enter_async_context(followed(api, path, key=key))
                    await reader.of("task")
                    lost.append(reader)
                await loss(api, user_id, key_id)
            kept = await stack.enter_async_context(
                followed(api, f"/v1/tasks/{task_id}/stream", "reader")
            )
            await asyncio.gather(*map(ends, lost))
            await api.ask("POST", f"/v1/tasks/{task_id}/cancel")
            assert (await kept.rest())[-1].kind == "end"


async def test_who_loses_a_session_is_cut_off_soon(api: ApiBench, tmp_path: Path) -> None:
    with tap(api, tmp_path / "pipe"):
        task_id = await api.submit("tapped", projectIds=[api.project_id])
        token = await api.session("reader")
        headers = {"Cookie": f"{SESSION_COOKIE}={token}"}
        path = f"/v1/tasks/{task_id}/stream"
        async with api.client.stream("GET", path, headers=headers) as answer:
            reader = EventReader(answer)
            await reader.of("task")
            await session_ended(api, api.user_ids["reader"], 0)
            await ends(reader)


async def test_a_change_in_this_process_cuts_off_at_once(api: ApiBench, tmp_path: Path) -> None:
    with tap(api, tmp_path / "pipe"):
        task_id = await api.submit("tapped", projectIds=[api.project_id])
        user_id, key_id, key = await person(api, "Mona")
        async with followed(api, f"/v1/tasks/{task_id}/stream", key=key) as reader:
            await reader.of("task")
            await grant_removed(api, user_id, key_id)
            api.services.identification.forget()
            async with asyncio.timeout(1):
                assert await reader.rest() == []


async def test_who_sees_more_or_less_than_before_comes_back_to_it(
    api: ApiBench, tmp_path: Path
) -> None:
    with tap(api, tmp_path / "pipe"):
        user_id, _, key = await person(api, "Mona")
        other = await api.people.project(api.organization_id, "other")
        task_id = await api.submit("tapped", projectIds=[other])
        async with followed(api, "/v1/tasks/stream", key=key) as reader:
            await api.people.grant(other, ProjectRole.READ, user_id=user_id)
            api.services.identification.forget()
            assert await reader.rest() == []
        async with followed(api, "/v1/tasks/stream", key=key) as reader:
            assert (await reader.of("task")).data["id"] == task_id


async def test_support_sees_on_when_a_grant_is_closed(api: ApiBench, tmp_path: Path) -> None:
    """Grants open definitions; what support sees does not depend on them (access.md)."""
    grant = await api.people.opened(api.organization_id, "*")
    with tap(api, tmp_path / "pipe"):
        task_id = await api.submit("tapped")
        async with followed(api, f"/v1/tasks/{task_id}/stream", "support") as reader:
            await reader.of("task")
            await api.people.change(tables.support_grants, grant, closed_at=clock())
            api.services.identification.forget()
            await api.ask("POST", f"/v1/tasks/{task_id}/cancel")
            assert (await reader.rest())[-1].kind == "end"


@pytest.mark.parametrize("path", ["/v1/tasks/stream", "/v1/tasks/1/stream"])
async def test_nobody_follows_without_a_credential(api: ApiBench, path: str) -> None:
    assert (await api.ask("GET", path, None)).status_code == 401
