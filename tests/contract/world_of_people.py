"""People, organizations and projects put into a store by plain statements."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert, update

from tasktrail.actions.identity.token import digest_of, new_token
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role
from tasktrail.model.instant import Instant, after
from tasktrail.store.identity import tables
from tasktrail.store.identity.sessions import add_session
from tasktrail.store.store import Store
from tasktrail.store.tables import organizations, projects
from tasktrail.store.transaction import Transaction

START = Instant(1_700_000_000_000_000)
T = TypeVar("T")


@dataclass
class People:
    """Makes rows, and has a clock that stands still until it is moved."""

    store: Store
    now: Instant = START
    _numbers: dict[str, int] = field(default_factory=dict[str, int])

    def clock(self) -> Instant:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now = after(self.now, seconds)

    async def write(self, work: Callable[[Connection], T]) -> T:
        def in_transaction(transaction: Transaction) -> T:
            return work(transaction.connection)

        return await self.store.write(in_transaction)

    async def add(self, table: Table, **values: Any) -> int:
        query = insert(table).values(**values).returning(table.c.id)
        return await self.write(lambda connection: connection.execute(query).scalar_one())

    async def change(self, table: Table, row: int, **values: Any) -> None:
        query = update(table).where(table.c.id == row).values(**values)
        await self.write(lambda connection: connection.execute(query).rowcount)

    async def organization(self, name: str = "acme") -> int:
        return await self.add(organizations, name=name, created_at=self.now)

    async def user(self, name: str, *, staff: bool = False) -> int:
        email = f"{name.lower()}@example.com"
        return await self.add(
            tables.users, email=email, name=name, staff=staff, created_at=self.now
        )

    async def joins(self, user_id: int, organization_id: int, role: Role) -> None:
        query = insert(tables.memberships).values(
            user_id=user_id, organization_id=organization_id, role=str(role), created_at=self.now
        )
        await self.write(lambda connection: connection.execute(query).rowcount)

    async def member(
        self, name: str, organization_id: int, role: Role = Role.MEMBER, *, staff: bool = False
    ) -> int:
        user_id = await self.user(name, staff=staff or role is Role.SUPPORT)
        await self.joins(user_id, organization_id, role)
        return user_id

    async def project(self, organization_id: int, name: str = "shop") -> int:
        return await self.add(
            projects, organization_id=organization_id, name=name, created_at=self.now
        )

    async def team(self, organization_id: int, *user_ids: int, name: str = "ops") -> int:
        team_id = await self.add(
            tables.teams, organization_id=organization_id, name=name, created_at=self.now
        )
        for user_id in user_ids:
            query = insert(tables.team_members).values(team_id=team_id, user_id=user_id)
            await self.write(lambda connection, query=query: connection.execute(query).rowcount)
        return team_id

    async def grant(
        self,
        project_id: int,
        role: ProjectRole,
        *,
        user_id: int | None = None,
        team_id: int | None = None,
    ) -> int:
        return await self.add(
            tables.project_grants,
            project_id=project_id,
            user_id=user_id,
            team_id=team_id,
            role=int(role),
            created_at=self.now,
        )

    async def session(self, user_id: int) -> int:
        """A session that lasts for as long as any test."""
        return await self.write(
            lambda connection: add_session(
                connection,
                user_id=user_id,
                digest=digest_of(new_token()),
                now=self.now,
                expires_at=after(self.now, 10 * 365 * 86400.0),
            )
        )

    async def opened(self, organization_id: int, *definitions: str, seconds: float = 3600) -> int:
        return await self.add(
            tables.support_grants,
            organization_id=organization_id,
            definitions=json.dumps(definitions),
            reason="they cannot log in",
            opened_by='{"kind": "user", "name": "Olga"}',
            opened_at=self.now,
            expires_at=after(self.now, seconds),
        )
