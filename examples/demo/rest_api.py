"""What the demo asks of the REST API itself, off the screen."""

from __future__ import annotations

import secrets
from typing import Any, Self

import httpx2
from expectation import UnexpectedError

PATIENCE = 60.0
"""Seconds; no answer takes a hundredth of this on a machine that has nothing else to do."""

Json = dict[str, Any]


class RestApi:
    """The API at `url`, as the person sees it who becomes the first owner there.

    Attributes:
        url: the address of the server.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._user_id = 0
        self._client = httpx2.Client(
            base_url=f"{url}/v1/",
            # A browser says by itself that a request comes from the server's own pages.
            headers={"Origin": url},
            timeout=PATIENCE,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def become_owner(self, token: str, *, name: str, email: str) -> None:
        """Sign in by the link for the first owner. The password is kept by nobody."""
        wish = {"token": token, "password": secrets.token_urlsafe(), "name": name, "email": email}
        self._user_id = self._ask("POST", "session/link", wish)["user"]["id"]

    def make_key(self, name: str, kind: str) -> str:
        """A new API key of the owner (`user`), or of the platform's robot (`robot`)."""
        return str(self._ask("POST", "keys", {"name": name, "kind": kind})["key"])

    def sign_in_link(self) -> str:
        """An address by which the owner signs in once, and sets a password."""
        return str(self._ask("POST", f"members/{self._user_id}/link")["link"])

    def serves_dashboard(self) -> bool:
        """Whether the dashboard has been built."""
        return self._client.get(self.url).is_success

    def task(self, task_id: int) -> Json:
        """A task, with its jobs, steps and attempts."""
        return self._ask("GET", f"tasks/{task_id}")

    def newest(self, name: str) -> Json:
        """The newest task of that definition."""
        newest: Json = self._ask("GET", f"tasks?names={name}&pageSize=1")["items"][0]
        return newest

    def tasks(self) -> list[Json]:
        """All tasks but silent ones, newest first."""
        items: list[Json] = self._ask("GET", "tasks?pageSize=100")["items"]
        return items

    def wait_for_log(self, task_id: int) -> None:
        """Return once a step of the task has printed its first line.

        Raises:
            UnexpectedError: it ended without one.
        """
        with self._client.stream("GET", f"tasks/{task_id}/stream") as events:
            if not any(line == "event: lines" for line in events.iter_lines()):
                raise UnexpectedError(f"Task {task_id} ended without a log.")

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = self._client.request(method, path, json=body)
        if answer.is_error:
            raise UnexpectedError(f"{method} {path}: {answer.status_code} {answer.text}")
        content: Json = answer.json()
        return content
