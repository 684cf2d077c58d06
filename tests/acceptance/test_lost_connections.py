"""A task goes on while whoever follows it loses the connection to its engine or server."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from acceptance.cli_command import Tasktrail, read_until
from tasktrail.cli import session
from tasktrail.client import api

GATED = """\
name: gated
jobs:
  main:
    steps:
      - name: Wait
        retry_safe: true
        run: >-
          echo before; echo "an attempt"; touch begun;
          until test -e "{gate}"; do sleep 0.02; done; echo through
        env: {{BEGUN: "{begun}"}}
"""


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    """With the definition `gated` in its catalog, which waits until there is a file `gate`."""
    tasktrail = Tasktrail(tmp_path)
    (tasktrail.data / "definitions").mkdir(parents=True)
    text = GATED.format(gate=tmp_path / "gate", begun=tmp_path / "begun")
    text = text.replace("touch begun", 'touch "$BEGUN"')
    (tasktrail.data / "definitions" / "gated.yml").write_text(text)
    return tasktrail


@pytest.fixture
def address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def up(tasktrail: Tasktrail, *options: str) -> Generator[subprocess.Popen[str]]:
    """`tasktrail up`, whatever it has to say of the life before it."""
    with tasktrail.started("up", *options) as engine:
        assert engine.stderr is not None
        while "Tasktrail is up" not in (line := engine.stderr.readline()):
            assert line
        yield engine


def far(tasktrail: Tasktrail, address: str) -> Tasktrail:
    """The same commands from another machine."""
    added = tasktrail("user", "add", "ann@example.com", "--name", "Ann", "--role", "owner")
    assert added.code == 0, added
    made = tasktrail("key", "create", "--user", "ann@example.com", "--name", "far")
    assert made.code == 0, made
    other = Tasktrail(tasktrail.directory)
    other.environment = {
        **tasktrail.environment,
        "TASKTRAIL_URL": f"http://{address}",
        "TASKTRAIL_API_KEY": made.out.strip(),
        "TASKTRAIL_DATA": str(tasktrail.directory / "nothing"),
    }
    return other


@contextmanager
def beside(work: Callable[[], None]) -> Generator[None]:
    """`work`, while this thread does something else."""
    failed: list[BaseException] = []

    def kept() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test's thread
            failed.append(error)

    thread = threading.Thread(target=kept)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
        assert not failed, failed


def test_a_run_far_away_goes_on_with_a_server_that_is_back(
    tasktrail: Tasktrail, address: str
) -> None:
    with (
        up(tasktrail, "--listen", address) as first,
        far(tasktrail, address).started("run", "gated") as run,
    ):
        shown = read_until(run, "an attempt")
        first.kill()
        first.wait()
        with up(tasktrail, "--listen", address):
            (tasktrail.directory / "gate").touch()
            out, err = run.communicate(timeout=40)
    assert run.returncode == 0, err
    assert err.count("Connection lost") == err.count("Connected again.") <= 1
    lines = [line for line in (*shown, *out.splitlines()) if line.startswith("[main/Wait]")]
    assert lines.count("[main/Wait] before") == 2, "once for each attempt"
    assert lines[-1] == "[main/Wait] through"


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a server has answered somebody who follows something."""
    followed, get = threading.Event(), api.Api.get

    async def seen(
        asked: api.Api, path: str, query: api.Query | None = None, *, patient: bool = False
    ) -> Any:
        answer = await get(asked, path, query, patient=patient)
        if patient:
            followed.set()
        return answer

    monkeypatch.setattr(api.Api, "get", seen)
    return followed


@pytest.mark.parametrize(
    "command", [("run", "gated"), ("task", "wait", "4"), ("task", "logs", "4", "--follow")]
)
def test_who_follows_a_server_that_stays_away_is_told_that_the_task_goes_on(
    tasktrail: Tasktrail,
    address: str,
    command: tuple[str, ...],
    followed: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "_PATIENCE_FOR_SERVER", 0.3)
    monkeypatch.setattr(api, "_TRIES", 1)
    with up(tasktrail, "--listen", address) as server:
        there = far(tasktrail, address)
        if command[0] == "task":
            assert there("run", "gated", "--detach").code == 0

        def kill_server() -> None:
            assert followed.wait(30)
            server.kill()

        with beside(kill_server):
            ended = there(*command)
    assert ended.code == 5, ended
    assert ended.err.count("Connection lost") == 1
    assert "Trying again for 0.3 s" in ended.err
    assert "'tasktrail task wait 4' waits for its end" in ended.err
    assert there("run", "gated").code == 2, "nothing is accepted where nobody is reached"
    tasks = tasktrail.json("task", "list", "--name", "gated")["items"]
    assert [task["id"] for task in tasks] == [4]


def test_a_follower_on_the_machine_goes_on_with_the_next_engine(tasktrail: Tasktrail) -> None:
    with tasktrail.up() as first, tasktrail.started("run", "gated") as run:
        read_until(run, "an attempt")
        with tasktrail.started("task", "logs", "1", "--follow", "-o", "json") as following:
            shown = read_until(following, "an attempt")
            first.kill()
            first.wait()
            with up(tasktrail, "--no-http"):
                (tasktrail.directory / "gate").touch()
                out, err = run.communicate(timeout=30)
                rest, _ = following.communicate(timeout=30)
    assert run.returncode == 0
    assert "through" in out
    assert (err.count("Connection lost"), err.count("Connected again.")) == (1, 1)
    assert following.returncode == 0
    lines = [json.loads(line) for line in [*shown, *rest.splitlines()]]
    places = [(line["stepId"], line["attempt"], line["line"]) for line in lines]
    assert len(set(places)) == len(places)
    assert [line["text"] for line in lines if line["level"] == "stdout"] == [
        "before",
        "an attempt",
        "before",
        "an attempt",
        "through",
    ]
