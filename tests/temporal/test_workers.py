"""Control process, workers and cluster, each a process of its own: what a user sees of a task."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from acceptance.cli_command import Ended, Tasktrail, alive
from contract.postgresql_server import empty

POOLS = ("eu-1", "eu-2")
LONGEST = 60.0
"""Seconds after which what is waited for will not come."""


class Installation(Tasktrail):
    """A control process and a worker of each pool."""

    def __init__(self, directory: Path, database: str, temporal: str) -> None:
        super().__init__(directory)
        self._listen = f"127.0.0.1:{_free_port()}"
        self._temporal = temporal
        self.environment = {**self.environment, "TASKTRAIL_DATABASE": database}
        self.workers: dict[str, subprocess.Popen[str]] = {}
        self._stack = ExitStack()

    @contextmanager
    def serving(self) -> Generator[None]:
        with ExitStack() as stack:
            up = ("--engine", "temporal", "--temporal", self._temporal, "--listen", self._listen)
            up += ("--log-store", str(self.directory / "log-store"))
            control = stack.enter_context(self.started("up", *up))
            _await(control, "Ctrl-C stops it")
            self._stack = stack
            yield

    def revive(self) -> None:
        """Have a worker of each pool, whatever became of the one before it."""
        begun = [pool for pool in POOLS if not self._works(pool)]
        for pool in begun:
            key = self._key(pool)
            key.unlink(missing_ok=True)
            key.touch(0o600)
            key.write_text(self("worker-key", "create", "--pool", pool).out)
            self.workers[pool] = self._stack.enter_context(self.worker(pool))
        for pool in begun:
            _await(self.workers[pool], "A worker of the pool")

    def _works(self, pool: str) -> bool:
        return pool in self.workers and self.workers[pool].poll() is None

    @contextmanager
    def worker(self, pool: str) -> Generator[subprocess.Popen[str]]:
        """`tasktrail worker`, which may not work yet."""
        data = self.directory / f"worker-{pool}"
        where = ("--url", f"http://{self._listen}", "--temporal", self._temporal)
        key = ("--key-file", str(self._key(pool)))
        with self.started("--data", str(data), "worker", "--pool", pool, *where, *key) as worker:
            yield worker

    def refused_worker(self, data: Path, changed: tuple[str, str]) -> Ended:
        """`tasktrail worker` with something changed that it cannot do with."""
        return self("--data", str(data), "worker", *self._changed(changed))

    @contextmanager
    def waiting_worker(
        self, data: Path, changed: tuple[str, str]
    ) -> Generator[subprocess.Popen[str]]:
        """`tasktrail worker` with an address changed to one where nobody is."""
        with self.started("--data", str(data), "worker", *self._changed(changed)) as worker:
            yield worker

    def _changed(self, changed: tuple[str, str]) -> list[str]:
        given = {
            "--pool": "eu-1",
            "--url": f"http://{self._listen}",
            "--temporal": self._temporal,
            "--key-file": str(self._key("eu-1")),
        }
        given |= dict([changed])
        return [word for option in given.items() for word in option]

    def submit(self, name: str, text: str) -> str:
        """A new task; its id."""
        book = self.runbook(name, text)
        return str(self.json("run", book, "--detach")["taskId"])

    def step(self, task_id: str, name: str) -> dict[str, Any]:
        """A step as it stands."""
        task = self.json("task", "show", task_id)
        return next(step for job in task["jobs"] for step in job["steps"] if step["name"] == name)

    def _key(self, pool: str) -> Path:
        return self.directory / f"{pool}.key"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _await(command: subprocess.Popen[str], text: str) -> None:
    """Return once a command has said it; later words are thrown away, so that it never blocks."""
    assert command.stderr is not None
    said: list[str] = []
    for line in command.stderr:
        said.append(line)
        if text in line:
            return
    raise AssertionError("".join(said))


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, session_database: str, temporal: str
) -> Iterator[Installation]:
    found = Installation(tmp_path_factory.mktemp("workers"), session_database, temporal)
    with found.serving():
        yield found
    empty(session_database)


@pytest.fixture
def installation(shared: Installation) -> Installation:
    """With all of its workers: whichever tests a process gets, and in which order."""
    shared.revive()
    return shared


def test_a_task_of_two_pools_is_done_and_its_log_is_read(installation: Installation) -> None:
    task_id = installation.submit(
        "two",
        """
jobs:
  one:
    pool: eu-1
    steps: [{name: say, run: 'echo here; echo x=7 >> "$TASKTRAIL_OUTPUT"'}]
  two: {pool: eu-2, after: one, steps: [{name: hear, run: 'echo "x is $OUTPUT_X"'}]}
""",
    )
    assert installation("task", "wait", task_id).code == 0
    assert installation("task", "logs", task_id).out.splitlines() == [
        "[one/say] here",
        "[two/hear] x is 7",
    ]
    workspaces = [*installation.directory.glob("worker-*/workspaces/*")]
    assert not workspaces


SLEEPY = """
jobs:
  main:
    pool: eu-1
    steps:
      - {name: sleep, run: 'echo $$; sleep 600'}
      - {name: clean, run: echo clean, when: always}
"""


def pid_of(installation: Installation, task_id: str) -> int:
    """The process of a step that tells it first."""
    give_up = time.monotonic() + LONGEST
    while True:
        said = installation("task", "logs", task_id).out.split()
        if said:
            return int(said[-1])
        assert time.monotonic() < give_up, installation.json("task", "show", task_id)
        time.sleep(0.1)


def test_a_cancel_reaches_the_process_and_clean_up_runs(installation: Installation) -> None:
    task_id = installation.submit("sleepy", SLEEPY)
    pid = pid_of(installation, task_id)
    assert alive(pid)
    installation("task", "cancel", task_id)
    assert installation("task", "wait", task_id).code == 4
    assert not alive(pid)
    assert installation.step(task_id, "clean")["status"] == "done"
    assert installation("task", "logs", task_id).out.splitlines()[-1] == "[main/clean] clean"


def test_a_step_is_tried_again_in_its_workspace_when_its_back_off_is_over(
    installation: Installation,
) -> None:
    task_id = installation.submit(
        "flaky",
        """
jobs:
  main:
    pool: eu-1
    steps:
      - {name: before, run: 'echo kept > file'}
      - name: flaky
        run: 'cat file; test "$TASKTRAIL_ATTEMPT" = 2'
        retry: {attempts: 2, backoff: 1s, on: [user]}
""",
    )
    assert installation("task", "wait", task_id).code == 0
    assert len(installation.step(task_id, "flaky")["attempts"]) == 2
    assert installation("task", "logs", task_id).out.split()[-1] == "kept"


def test_what_a_killed_worker_was_at_is_ended_and_settled_by_its_next_life(
    installation: Installation,
) -> None:
    """Sooner than its silence is noticed."""
    task_id = installation.submit("sleepy", SLEEPY)
    pid = pid_of(installation, task_id)
    installation.workers["eu-1"].kill()
    installation.workers["eu-1"].wait()
    assert alive(pid), "nobody is there to end it"
    with installation.worker("eu-1") as again:
        _await(again, "A worker of the pool")
        assert not alive(pid)
        assert installation("task", "wait", task_id).code == 1
        step = installation.step(task_id, "sleep")
        assert (step["status"], step["message"], step["logLines"]) == ("failed", "worker lost", 1)
        assert installation.step(task_id, "clean")["status"] == "done"
        again.send_signal(signal.SIGTERM)
        assert again.wait(20) == 0


def test_a_worker_whose_key_is_revoked_ends_what_it_does_and_leaves(
    installation: Installation,
) -> None:
    task_id = installation.submit("sleepy-2", SLEEPY.replace("eu-1", "eu-2"))
    pid = pid_of(installation, task_id)
    (key,) = [
        key
        for key in installation.json("worker-key", "list")["items"]
        if key["pool"] == "eu-2" and key["revokedAt"] is None
    ]
    assert installation("worker-key", "revoke", str(key["id"])).code == 0
    assert installation.workers["eu-2"].wait(20) == 2
    assert not alive(pid)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pool", "eu-2"), "the key is for the pool eu-1, and not for eu-2"),
        (("--url", "http://tasks.example.org"), "is not encrypted"),
        (("--key-file", os.devnull), "others can read the key file"),
    ],
)
def test_a_worker_says_what_it_needs(
    installation: Installation, tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    refused = installation.refused_worker(tmp_path / "data", arguments)
    assert refused.code == 2
    assert said in refused.err


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (("--url", "http://127.0.0.1:1"), "the API at http://127.0.0.1:1 cannot be reached"),
        (("--temporal", "127.0.0.1:1"), "no Temporal server answers at 127.0.0.1:1"),
    ],
)
def test_a_worker_that_waits_for_an_address_says_which_and_leaves_when_told(
    installation: Installation, tmp_path: Path, address: tuple[str, str], said: str
) -> None:
    with installation.waiting_worker(tmp_path / "data", address) as worker:
        _await(worker, said)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
