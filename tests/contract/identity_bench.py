"""Everything that is done about people, on a real store, by short calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from world_of_people import People

from quick_hashes import QUICK
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identification import PlatformNames
from tasktrail.actions.identity.identities import Identities, identities
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.model.access import Actor
from tasktrail.model.author import Role, robot, superadmin
from tasktrail.model.caller import Caller, by_session, operator
from tasktrail.store.identity.rights import actor_of_user
from tasktrail.store.store import Store
from tasktrail.store.tables import task_projects, tasks


@dataclass
class IdentityBench:
    """People in the organization `acme`, and what they do."""

    people: People
    own: Identities
    decisions: Decisions
    acme: int

    async def member(self, name: str, role: Role = Role.MEMBER) -> int:
        return await self.people.member(name, self.acme, role)

    async def caller(self, user_id: int, organization_id: int | None = None) -> Caller:
        """The person, with the rights of this moment."""
        there = organization_id or self.acme
        actor = await self.people.store.read(
            lambda connection: actor_of_user(connection, user_id, there, self.people.now)
        )
        assert actor is not None
        return by_session(actor, await self.people.session(user_id), user_id)

    async def new(self, name: str, role: Role = Role.MEMBER) -> Caller:
        return await self.caller(await self.member(name, role))

    @property
    def operator(self) -> Caller:
        """Who works at the machine itself."""
        actor = Actor(author=superadmin(), organization_id=self.acme)
        return operator(actor)

    @property
    def robot(self) -> Caller:
        actor = Actor(author=robot("Wodbot"), organization_id=self.acme)
        return operator(actor)

    async def recorded(self) -> list[tuple[str, str, str, bool]]:
        """Name, title, author and silence of all tasks, oldest first."""
        query = select(
            tasks.c.definition, tasks.c.title, tasks.c.author_name, tasks.c.silent
        ).order_by(tasks.c.id)
        rows = await self.people.store.read(lambda connection: connection.execute(query).all())
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def last(self) -> tuple[str, str, str]:
        name, title, author, _ = (await self.recorded())[-1]
        return name, title, author

    async def column(self, query: Any) -> list[Any]:
        return list(
            await self.people.store.read(
                lambda connection: connection.execute(query).scalars().all()
            )
        )

    async def projects_of_task(self, task_id: int) -> list[int]:
        return await self.column(
            select(task_projects.c.project_id).where(task_projects.c.task_id == task_id)
        )


async def identity_bench(store: Store) -> tuple[IdentityBench, Passwords]:
    """A bench whose passwords are hashed quickly; the caller closes them."""
    people = People(store)
    acme = await people.organization()
    decisions = Decisions(store, people.clock)
    passwords = Passwords(QUICK)
    own = identities(decisions, passwords, PlatformNames("Wodbot", "Superadmin"))
    return IdentityBench(people, own, decisions, acme), passwords
