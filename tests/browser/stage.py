"""A real server with people and tasks, that browsers look at."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from browser.definitions import RUNBOOKS

PASSWORD = "plenty of horses and staples"
OWNER = "ann@example.com"
_ENDING = 30.0
_TASKTRAIL = (sys.executable, "-m", "tasktrail.cli.main")


@dataclass
class Stage:
    """What the people on it have done, by short calls. Everybody has `PASSWORD`."""

    url: str
    definitions: Path
    people: dict[str, httpx2.Client] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict[str, str])
    """Tokens of one-time links that nobody has used yet, by whom they are for."""

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """What the API answers to somebody; it must not refuse."""
        answer = self.people[who].request(method, f"/v1{path}", json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook into the catalog; its name."""
        (self.definitions / f"{name}.yml").write_text(text)
        return name

    def submit(self, definition: str, who: str = "ann", **wish: Any) -> int:
        """Submit a task; its id."""
        return self.ask(who, "POST", "/tasks", {"definition": definition, **wish})["taskId"]

    def task(self, task_id: int, who: str = "ann") -> dict[str, Any]:
        """A task as it is now."""
        return self.ask(who, "GET", f"/tasks/{task_id}")

    def ran(self, definition: str, who: str = "ann", **wish: Any) -> dict[str, Any]:
        """A task of a definition, once it has ended."""
        return self.until(self.submit(definition, who, **wish), has_ended)

    def until(
        self, task_id: int, reached: Callable[[dict[str, Any]], bool], patience: float = _ENDING
    ) -> dict[str, Any]:
        """The task once `reached` says so of it."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            task = self.task(task_id)
            if reached(task):
                return task
            time.sleep(0.05)
        raise AssertionError(f"task {task_id} has not come that far: {self.task(task_id)}")

    def invite(self, name: str, role: str) -> None:
        """A new member, who has not used the link yet."""
        person = {"email": f"{name}@example.com", "name": name.title(), "role": role}
        added = self.ask("ann", "POST", "/members", person)
        self.ids[name] = added["userId"]
        self.links[name] = added["link"].partition("#")[2]

    def await_line(self, step_id: int) -> None:
        """Wait until a step has written a line."""
        deadline = time.monotonic() + _ENDING
        while not self.ask("ann", "GET", f"/task-steps/{step_id}/log")["lines"]:
            assert time.monotonic() < deadline, f"step {step_id} writes nothing"
            time.sleep(0.05)

    def add(self, name: str, role: str) -> None:
        """A new member, who has set a password by the link and is signed in."""
        self.invite(name, role)
        self.people[name] = _signed_in(self.url, self.links.pop(name))

    def let_in(self, name: str, link: str) -> None:
        """Somebody sets a password by a one-time link, and is signed in from then on."""
        self.people[name] = _signed_in(self.url, link.partition("#")[2])
        self.ids[name] = self.ask(name, "GET", "/session")["user"]["id"]

    def add_support(self, name: str) -> None:
        """A member of the platform's support staff, as only the machine's operator can add one."""
        person = [f"{name}@example.com", "--name", name.title(), "--staff", "--role", "support"]
        said = self.operate("user", "add", *person)
        link = re.search(r"/welcome#(\S+)", said)
        assert link is not None, said
        self.people[name] = _signed_in(self.url, link[1])

    def operate(self, *words: str) -> str:
        """What the operator of the machine is told by a command."""
        command = [*_TASKTRAIL, "--data", self.definitions.parent, *words]
        return subprocess.check_output(command, text=True, stderr=subprocess.STDOUT)

    def furnish(self) -> None:
        """People, a project, and tasks of every kind; `ids` says which is which."""
        self.ids["shop"] = self.ask("ann", "POST", "/projects", {"name": "shop"})["id"]
        self.add("bea", "admin")
        self.add("carl", "member")
        self.add("dora", "member")
        self.add_support("sue")
        self.invite("guest", "member")
        grant = {"userId": self.ids["carl"], "role": "write"}
        self.ask("ann", "PUT", f"/projects/{self.ids['shop']}/grants", grant)
        for version in ("1.4.0", "1.4.1"):
            self.ran("deploy", inputs={"version": version})
        self.ids["done"] = self.ran("deploy", "carl", inputs={"version": "1.4.2"})["id"]
        self.ids["failed"] = self.ran("migrate", "carl")["id"]
        self.ids["retried"] = self.ran("flaky")["id"]
        self.ids["warned"] = self.ran("certificates", "bea")["id"]
        self.ids["supported"] = self.ran("check", "sue")["id"]
        self.ids["broken"] = self.ran("broken")["id"]
        note = {"immediate": True, "name": "certificate.check", "title": "Certificate checked"}
        self.ids["immediate"] = self.ask("ann", "POST", "/tasks", note)["taskId"]
        self.ids["holding"] = self.submit("restart")
        self.until(self.ids["holding"], runs)
        self.ids["waiting"] = self.submit("restart")

    def address(self, path: str) -> str:
        """`path` with the ids of this stage, and the tokens of its links, in place of names."""
        return path.format_map({**self.ids, **self.links})

    def close(self) -> None:
        """Hang up."""
        for client in self.people.values():
            client.close()


def has_ended(task: dict[str, Any]) -> bool:
    """Whether nothing of a task will happen any more."""
    return task["endedAt"] is not None


def runs(task: dict[str, Any]) -> bool:
    """Whether a task is under way."""
    return task["status"] == "in_progress"


@contextmanager
def stage(directory: Path) -> Generator[Stage]:
    """A server with the owner `ann` and the runbooks of the tests."""
    definitions = directory / "definitions"
    definitions.mkdir(parents=True)
    for name, text in RUNBOOKS.items():
        (definitions / f"{name}.yml").write_text(text)
    (directory / "config.toml").write_text('organization = "acme"\n')
    with served(directory) as (url, token):
        found = Stage(url, definitions)
        found.people["ann"] = _signed_in(url, token, name="Ann", email=OWNER)
        yield found
        found.close()


@contextmanager
def served(directory: Path) -> Generator[tuple[str, str]]:
    """`tasktrail up` on a free port: its address, and the token of the link for its first owner."""
    up = [*_TASKTRAIL, "--data", directory, "up", "--listen", "127.0.0.1:0"]
    # A file: a pipe that nobody reads would make the server wait as soon as it is full.
    said = directory.with_suffix(".said")
    with said.open("w") as output:
        server = subprocess.Popen(up, stderr=output)
    try:
        url, link = _announced(server, said)
        yield url, link.partition("#")[2]
    finally:
        _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End it with all that it runs. A step that will not stop has its grace; the second signal ends
    that, too, where a kill would leave the step behind."""
    for patience in (5, 20):
        server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=patience)
            return
    server.kill()
    server.wait()


def _announced(server: subprocess.Popen[bytes], said: Path) -> tuple[str, str]:
    """The address of the server and the link for its first owner, as it says them."""
    deadline = time.monotonic() + _ENDING
    while server.poll() is None and time.monotonic() < deadline:
        link = re.search(r"(http://\S+?)/welcome#\S+(?=\s)", said.read_text())
        if link is not None:
            return link[1], link[0]
        time.sleep(0.05)
    raise AssertionError(f"the server did not come up:\n{said.read_text()}")


def _signed_in(url: str, token: str, **called: str) -> httpx2.Client:
    client = httpx2.Client(base_url=url, trust_env=False, timeout=30, headers={"Origin": url})
    answer = client.post("/v1/session/link", json={"token": token, "password": PASSWORD, **called})
    assert answer.is_success, answer.text
    return client
