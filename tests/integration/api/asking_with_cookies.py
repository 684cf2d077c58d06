"""What asks with the cookies that it was given."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import httpx2

from integration.api.api_bench import ApiBench

PASSWORD = "correct horse battery"
COOKIE = "tasktrail_session"


class Browser:
    """What asks with the cookies that it was given, as a page of the server does."""

    def __init__(self, api: ApiBench, headers: dict[str, str] | None = None) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}
        self.headers = {"Origin": api.server.url} if headers is None else headers

    async def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = self.headers | options.pop("headers", {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={one}" for name, one in self.cookies.items())
        answer = await self.api.client.request(method, path, headers=headers, **options)
        self.api.client.cookies.clear()
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return answer

    async def sign_in(self, name: str, password: str = PASSWORD) -> httpx2.Response:
        body = {"email": f"{name}@example.com", "password": password}
        return await self.ask("POST", "/v1/session", json=body)

    async def knows(self) -> int:
        """The status of what its session is good for."""
        return (await self.ask("GET", "/v1/tasks")).status_code
