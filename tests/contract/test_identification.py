"""Who stands behind a credential, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select
from world_of_people import START, People

from tasktrail.actions.identity.identification import Identification, PlatformNames
from tasktrail.actions.identity.token import digest_of
from tasktrail.errors import NotSignedInError
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.caller import Caller
from tasktrail.model.instant import after
from tasktrail.store.identity import tables
from tasktrail.store.store import Store
from tasktrail.store.tables import organizations

SECRET = "s" * 43


@pytest.fixture
def people(store: Store) -> People:
    return People(store)


@pytest.fixture
def identification(people: People) -> Identification:
    return Identification(people.store, people.clock, PlatformNames("Wodbot", "Root"))


async def key(people: People, organization_id: int, user_id: int | None, **values: Any) -> str:
    made: dict[str, Any] = {"kind": "user", "expires_at": None, **values}
    key_id = await people.add(
        tables.api_keys,
        organization_id=organization_id,
        user_id=user_id,
        name="ci",
        prefix="ssssssss",
        digest=digest_of(SECRET),
        created_at=people.now,
        **made,
    )
    return f"tt_{key_id}_{SECRET}"


async def session(people: People, user_id: int, token: str = "token") -> int:
    return await people.add(
        tables.sessions,
        user_id=user_id,
        digest=digest_of(token),
        created_at=people.now,
        last_seen_at=people.now,
        expires_at=after(people.now, 3600),
    )


async def unknown(identification: Identification, secret: str) -> None:
    with pytest.raises(NotSignedInError):
        await identification.of_key(secret)


async def test_a_key_acts_with_the_rights_of_its_maker_in_its_organization(
    people: People, identification: Identification
) -> None:
    acme, other = await people.organization(), await people.organization("other")
    shop, blog = await people.project(acme), await people.project(acme, "blog")
    elsewhere = await people.project(other)
    max_id = await people.member("Max", acme)
    await people.joins(max_id, other, Role.OWNER)
    team = await people.team(acme, max_id)
    await people.grant(shop, ProjectRole.READ, user_id=max_id)
    await people.grant(shop, ProjectRole.WRITE, team_id=team)
    await people.grant(blog, ProjectRole.ADMIN, user_id=max_id)
    await people.grant(elsewhere, ProjectRole.ADMIN, user_id=max_id)
    secret = await key(people, acme, max_id)
    assert await identification.of_key(secret) == Caller(
        actor=Actor(
            author=Author(kind=AuthorKind.USER, name="Max", id=max_id, role=Role.MEMBER),
            organization_id=acme,
            projects={shop: ProjectRole.WRITE, blog: ProjectRole.ADMIN},
        ),
        user_id=max_id,
        credential=f"key:{secret.split('_')[1]}",
    )


async def test_robot_and_superadmin_keys_act_as_these(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    by_robot = await identification.of_key(await key(people, acme, None, kind="robot"))
    assert (by_robot.actor.author, by_robot.user_id) == (robot("Wodbot"), None)
    by_superadmin = await identification.of_key(await key(people, acme, None, kind="superadmin"))
    assert by_superadmin.actor == Actor(author=superadmin("Root"), organization_id=acme)


async def test_a_key_that_is_wrong_expired_or_revoked_is_not_known(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    ann = await people.member("Ann", acme, Role.OWNER)
    good = await key(people, acme, ann)
    await identification.of_key(good)
    for wrong in (
        "",
        "tt_",
        good[:-1],
        good + "s",
        good.replace("tt_", "tt_9"),
        good[3:],
        "ü" * 50,
    ):
        await unknown(identification, wrong)
    await unknown(identification, await key(people, acme, ann, revoked_at=people.now))
    await unknown(identification, await key(people, acme, ann, expires_at=people.now))
    lasting = await key(people, acme, ann, expires_at=after(people.now, 10))
    await identification.of_key(lasting)
    people.wait(10)
    await unknown(identification, lasting)


async def test_a_key_is_nothing_once_its_maker_is_disabled_or_gone(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    ann = await people.member("Ann", acme, Role.OWNER)
    secret = await key(people, acme, ann)
    await people.change(tables.users, ann, disabled_at=people.now)
    await unknown(identification, secret)
    await people.change(tables.users, ann, disabled_at=None)
    await identification.of_key(secret)
    await people.write(lambda connection: connection.execute(delete(tables.memberships)).rowcount)
    identification.forget()
    await unknown(identification, secret)


async def test_what_was_found_is_believed_for_a_second_and_not_after_a_change(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    ann = await people.member("Ann", acme, Role.OWNER)
    secret = await key(people, acme, ann)
    await identification.of_key(secret)
    await people.change(tables.users, ann, name="Anne")
    people.wait(0.9)
    assert (await identification.of_key(secret)).actor.author.name == "Ann"
    people.wait(0.2)
    assert (await identification.of_key(secret)).actor.author.name == "Anne"
    await people.change(tables.users, ann, name="Anna")
    identification.forget()
    assert (await identification.of_key(secret)).actor.author.name == "Anna"


async def test_a_change_while_somebody_is_looked_up_is_not_overlooked(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    ann = await people.member("Ann", acme, Role.OWNER)
    secret = await key(people, acme, ann)
    read = people.store.read

    async def read_then_change(query: Any) -> Any:
        found = await read(query)
        await people.change(tables.users, ann, disabled_at=people.now)
        identification.forget()
        return found

    identification._store.read = read_then_change  # type: ignore[method-assign]
    await identification.of_key(secret)
    identification._store.read = read  # type: ignore[method-assign]
    await unknown(identification, secret)


async def test_support_acts_with_what_is_opened_now_and_only_as_staff(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    sue = await people.member("Sue", acme, Role.SUPPORT)
    secret = await key(people, acme, sue)
    assert (await identification.of_key(secret)).actor.support_definitions == frozenset()
    await people.opened(acme, "backup", "deploy", seconds=100)
    await people.opened(acme, "restart", seconds=50)
    await people.opened(await people.organization("other"), "secret")
    closed = await people.opened(acme, "drop")
    await people.change(tables.support_grants, closed, closed_at=people.now)
    await people.change(organizations, acme, support_default=False)
    identification.forget()
    actor = (await identification.of_key(secret)).actor
    assert actor.support_definitions == {"backup", "deploy", "restart"}
    assert not actor.support_default
    people.wait(50)
    assert (await identification.of_key(secret)).actor.support_definitions == {"backup", "deploy"}
    await people.change(tables.users, sue, staff=False)
    identification.forget()
    await unknown(identification, secret)


async def test_a_session_is_of_its_person_in_the_chosen_or_the_first_organization(
    people: People, identification: Identification
) -> None:
    acme, other = await people.organization(), await people.organization("other")
    third = await people.organization("third")
    ann = await people.member("Ann", other, Role.OWNER)
    people.wait(1)
    await people.joins(ann, acme, Role.MEMBER)
    session_id = await session(people, ann)
    first = await identification.of_session("token", None)
    assert first.actor.organization_id == other
    assert first.credential == f"session:{session_id}"
    assert (await identification.of_session("token", acme)).actor.author.role is Role.MEMBER
    for wrong in (("token", third), ("Token", None), ("", None)):
        with pytest.raises(NotSignedInError):
            await identification.of_session(*wrong)


async def test_a_session_ends(people: People, identification: Identification) -> None:
    acme = await people.organization()
    ann = await people.member("Ann", acme)
    session_id = await session(people, ann)
    await identification.of_session("token", None)
    await people.change(tables.sessions, session_id, ended_at=people.now)
    identification.forget()
    with pytest.raises(NotSignedInError):
        await identification.of_session("token", None)
    await session(people, ann, "another")
    people.wait(3600)
    with pytest.raises(NotSignedInError):
        await identification.of_session("another", None)


async def test_the_last_use_is_noted_once_a_minute(
    people: People, identification: Identification
) -> None:
    acme = await people.organization()
    secret = await key(people, acme, None, kind="robot")

    async def last_used() -> int:
        return await people.store.read(
            lambda connection: connection.execute(
                select(func.max(tables.api_keys.c.last_used_at))
            ).scalar_one()
        )

    await identification.of_key(secret)
    assert await last_used() == START
    people.wait(59)
    await identification.of_key(secret)
    assert await last_used() == START
    people.wait(1)
    await identification.of_key(secret)
    assert await last_used() == after(START, 60)


async def test_many_callers_are_not_kept_for_ever(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasktrail.actions.identity.known_callers.MOST_KNOWN", 2)
    identification = Identification(people.store, people.clock)
    acme = await people.organization()
    for _ in range(4):
        await identification.of_key(await key(people, acme, None, kind="robot"))
    assert len(identification._known._known) == 2


async def test_a_grant_is_to_a_person_or_a_team_and_a_team_writes_at_most(
    people: People,
) -> None:
    acme = await people.organization()
    project, team = await people.project(acme), await people.team(acme)
    ann = await people.member("Ann", acme)
    for wrong in (
        {"role": 3, "team_id": team, "user_id": None},
        {"role": 1, "team_id": team, "user_id": ann},
        {"role": 1, "team_id": None, "user_id": None},
        {"role": 4, "team_id": None, "user_id": ann},
    ):
        query = insert(tables.project_grants).values(project_id=project, created_at=1, **wrong)
        with pytest.raises(Exception, match=r"ck_project_grants|CHECK constraint"):
            await people.write(lambda connection, query=query: connection.execute(query).rowcount)
