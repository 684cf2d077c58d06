"""Everybody who can ask, by key and by session, with the rights that they have at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from integration.api.api_bench import ROLES, ApiBench
from tasktrail.api.credentials import SESSION_COOKIE
from tasktrail.model.access import ProjectRole
from tasktrail.model.author import Role
from tasktrail.model.caller import Caller
from tasktrail.model.credential import KeyKind
from tasktrail.store.identity.tables import api_keys, sessions, users

EXTRA = ("teamed", "manager", "elsewhere", "trusted")
"""Beside `ROLES`: who sees the project through a team, who administers it, who has another project,
and support in an organization that has opened everything to it."""

NOBODY = ("disabled", "expired", "revoked", "left", "ended", "made-up", "none")
"""Who had a credential that is worth nothing any more, or never was."""


@dataclass(frozen=True)
class Somebody:
    """Who asks: the headers that say so, and whom the server takes them for; None for nobody."""

    name: str
    headers: dict[str, str]
    caller: Caller | None


class Everybody:
    """Everybody there is, at one server."""

    def __init__(self, api: ApiBench, other_project: int) -> None:
        self._api = api
        self._other_project = other_project

    async def known(self) -> list[Somebody]:
        """Those who are known: each person by key and by session, automation by key."""
        await self._enter_others()
        found: list[Somebody] = []
        for name in (*ROLES, *EXTRA):
            headers = {"X-API-KEY": self._api.keys[name]}
            found.append(Somebody(name, headers, await self._caller(headers)))
            if name in self._api.user_ids:
                token = await self._api.session(name)
                cookie = {"Cookie": f"{SESSION_COOKIE}={token}", "Origin": self._api.server.url}
                found.append(Somebody(f"{name}'s session", cookie, await self._of_session(token)))
        return found

    async def nobody(self) -> list[Somebody]:
        """Those who are not known any more."""
        api, clock = self._api, self._api.people.now
        by: dict[str, dict[str, str]] = {"none": {}, "made-up": {"X-API-KEY": "tt_1_" + "x" * 43}}
        for name in ("disabled", "expired", "revoked", "left"):
            user_id = await api.people.member(name, api.organization_id, Role.OWNER)
            key = await api.key(KeyKind.USER, user_id)
            number = int(key.split("_")[1])
            if name == "disabled":
                await api.people.change(users, user_id, disabled_at=clock)
            elif name == "expired":
                await api.people.change(api_keys, number, expires_at=clock)
            elif name == "revoked":
                await api.people.change(api_keys, number, revoked_at=clock)
            else:
                assert (await api.ask("DELETE", f"/v1/members/{user_id}")).status_code == 200
            by[name] = {"X-API-KEY": key}
        token = await api.session("owner")
        caller = await self._of_session(token)
        await api.people.change(sessions, int(caller.credential.split(":")[1]), ended_at=clock)
        by["ended"] = {"Cookie": f"{SESSION_COOKIE}={token}", "Origin": api.server.url}
        api.world.installation.identities.identification.forget()
        return [Somebody(name, by[name], None) for name in NOBODY]

    async def _enter_others(self) -> None:
        api, here = self._api, self._api.organization_id
        for name in EXTRA[:3]:
            api.user_ids[name] = await api.people.member(name.title(), here)
        team = await api.people.team(here, api.user_ids["teamed"])
        await api.people.grant(api.project_id, ProjectRole.WRITE, team_id=team)
        await api.people.grant(api.project_id, ProjectRole.ADMIN, user_id=api.user_ids["manager"])
        await api.people.grant(
            self._other_project, ProjectRole.WRITE, user_id=api.user_ids["elsewhere"]
        )
        for name in EXTRA[:3]:
            api.keys[name] = await api.key(KeyKind.USER, api.user_ids[name])
        # Its organization is the foreign one, to which everything is open for it.
        there = api.foreign_organization_id
        api.user_ids["trusted"] = await api.people.member("Trusted", there, Role.SUPPORT)
        await api.people.opened(there, "*")
        api.keys["trusted"] = await api.key(KeyKind.USER, api.user_ids["trusted"], there)

    async def _caller(self, headers: dict[str, str]) -> Caller:
        identification = self._api.world.installation.identities.identification
        return await identification.of_key(headers["X-API-KEY"])

    async def _of_session(self, token: str) -> Caller:
        return await self._api.world.installation.identities.identification.of_session(token, None)


async def ask(
    api: ApiBench, who: Somebody, method: str, path: str, body: object = None
) -> httpx2.Response:
    """Ask as somebody; of a stream no more than how it begins."""
    options: dict[str, Any] = {} if body is None else {"json": body}
    request = api.client.build_request(method, path, headers=who.headers, **options)
    answer = await api.client.send(request, stream=True)
    try:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return answer
        await answer.aread()
        return answer
    finally:
        await answer.aclose()
