"""A real server on a real socket, with an engine behind it, and people who ask it."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import Connection, text

from contract.world_of_people import People
from plain_http import NO_TLS
from tasktrail.actions.identity.token import KeySecret, digest_of, new_token
from tasktrail.api.address_limit import AddressLimit
from tasktrail.api.server import HttpServer
from tasktrail.api.services import Services
from tasktrail.bootstrap import World, clock, http_services, open_world
from tasktrail.model.access import Actor, ProjectRole
from tasktrail.model.author import Role, superadmin
from tasktrail.model.caller import LOCAL, Caller
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import after
from tasktrail.store.identity.keys import add_key, set_secret
from tasktrail.store.identity.sessions import add_session

ROLES = (
    "owner",
    "admin",
    "member",
    "reader",
    "outsider",
    "support",
    "robot",
    "superadmin",
    "foreign",
)
"""Who can ask: `member` writes in the project `shop`, `reader` reads there, `outsider` is a member
without a project, `foreign` the owner of another organization."""

HELLO = "steps: [{name: Say, run: 'echo hello; echo oops >&2'}]"


@dataclass
class ApiBench:
    """What people ask of the server, by short calls."""

    world: World
    server: HttpServer
    client: httpx2.AsyncClient
    people: People
    keys: dict[str, str]
    user_ids: dict[str, int]
    project_id: int
    organization_id: int
    foreign_organization_id: int
    services: Services

    async def key(
        self, kind: KeyKind, user_id: int | None = None, organization_id: int | None = None
    ) -> str:
        """A new API key."""
        token = new_token()
        here = self.organization_id if organization_id is None else organization_id

        def enter(connection: Connection) -> int:
            key_id = add_key(
                connection,
                organization_id=here,
                kind=kind,
                user_id=user_id,
                name="test",
                now=clock(),
                expires_at=None,
            )
            set_secret(connection, key_id, prefix=token[:8], digest=digest_of(token))
            return key_id

        return str(KeySecret(await self.people.write(enter), token))

    async def session(self, role: str) -> str:
        """The token of a new session of somebody."""
        token = new_token()
        await self.people.write(
            lambda connection: add_session(
                connection,
                user_id=self.user_ids[role],
                digest=digest_of(token),
                now=clock(),
                expires_at=after(clock(), 3600),
            )
        )
        return token

    @property
    def operator(self) -> Caller:
        """Who works at the machine itself."""
        actor = Actor(author=superadmin(), organization_id=self.organization_id)
        return Caller(actor=actor, user_id=None, credential=LOCAL)

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook into the catalog; its name."""
        directory = self.world.directory.path / "definitions"
        directory.mkdir(exist_ok=True)
        body = textwrap.dedent(text)
        if body.startswith("steps:"):
            body = "jobs:\n  main:\n    " + body
        (directory / f"{name}.yml").write_text(f"name: {name}\n{body}\n")
        return name

    async def ask(
        self, method: str, path: str, role: str | None = "owner", **options: Any
    ) -> httpx2.Response:
        """Ask as somebody; the answer, whatever it is."""
        headers = {**options.pop("headers", {})}
        if role is not None:
            headers["X-API-KEY"] = self.keys[role]
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, role: str | None = "owner", **options: Any) -> Any:
        """What `path` answers, which must be 200."""
        answer = await self.ask("GET", path, role, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, role: str = "owner", code: int = 201) -> Any:
        """What is answered to `body`."""
        answer = await self.ask("POST", path, role, json=body)
        assert answer.status_code == code, answer.text
        return answer.json()

    async def submit(self, name: str, role: str = "owner", **wish: Any) -> int:
        """Submit a task of a definition; its id."""
        return (await self.post("/v1/tasks", {"definition": name, **wish}, role))["taskId"]

    async def ended(self, task_id: int, role: str = "owner") -> dict[str, Any]:
        """The task once it has ended."""
        with self.world.installation.bulletin.changes_of(task_id) as changed:
            while True:
                changed.clear()
                task = await self.get(f"/v1/tasks/{task_id}", role)
                if task["endedAt"] is not None:
                    return task
                await changed.wait()

    async def ran(self, name: str, role: str = "owner", **wish: Any) -> dict[str, Any]:
        """A task of a definition that has run to its end."""
        return await self.ended(await self.submit(name, role, **wish), role)


@asynccontextmanager
async def api_bench(
    directory: Path, *, far_ids: bool = False, **services: Any
) -> AsyncGenerator[ApiBench]:
    """A server whose data are in `directory`, with one key for each of `ROLES`.

    With `far_ids` nobody finds these people and their keys by guessing, so that nobody who asks at
    random takes them away.
    """
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(directory / "data", engine=True))
        # Tests show wrong keys more often than any address should.
        patient = AddressLimit(clock, failures=1_000_000, reads=1_000_000)
        own = replace(http_services(world), **{"address_limit": patient, **services})
        server = HttpServer(own, "127.0.0.1:0", version="test")
        await server.start()
        stack.push_async_callback(server.close)
        client = httpx2.AsyncClient(base_url=server.url, trust_env=False, verify=NO_TLS, timeout=30)
        await stack.enter_async_context(client)
        people = People(world.installation.decisions.store, clock())
        here = world.installation.organization_id
        if far_ids:
            await people.write(_count_from_afar)
        foreign = await people.organization("foreign")
        project = await people.project(here)
        bench = ApiBench(world, server, client, people, {}, {}, project, here, foreign, own)
        for role in ROLES:
            await _enter(bench, role)
        yield bench


def _count_from_afar(connection: Connection) -> None:
    for table in ("users", "api_keys"):
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, 1000000000000)"),
            {"name": table},
        )


async def _enter(bench: ApiBench, role: str) -> None:
    """Enter the person or the automation of a role, with a key."""
    if role in ("robot", "superadmin"):
        bench.keys[role] = await bench.key(KeyKind(role))
        return
    organization = bench.foreign_organization_id if role == "foreign" else bench.organization_id
    user_id = await bench.people.member(role.title(), organization, _ROLES.get(role) or Role(role))
    bench.user_ids[role] = user_id
    if role in _PROJECT_ROLES:
        await bench.people.grant(bench.project_id, _PROJECT_ROLES[role], user_id=user_id)
    bench.keys[role] = await bench.key(KeyKind.USER, user_id, organization)


_ROLES = {"reader": Role.MEMBER, "outsider": Role.MEMBER, "foreign": Role.OWNER}
_PROJECT_ROLES = {"member": ProjectRole.WRITE, "reader": ProjectRole.READ}
