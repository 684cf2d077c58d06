"""Workers on machines of their own, with links that let through less than one would like."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from acceptance.cli_command import Tasktrail, alive
from cluster.program import Program
from contract.postgresql_server import empty
from tasktrail.engine.temporal.calls import HEARTBEAT_TIMEOUT
from temporal.network import HUB, Machine, Network, NoNamespacesError, network

_TASKTRAIL = (sys.executable, "-m", "tasktrail")
_TEMPORAL = f"{HUB}:7233"
_API = f"{HUB}:8443"

TURNS = 15
"""Lines that a second attempt writes before it ends; a first one never does."""

UNTIL_NOTICED = 20.0
"""Seconds in which a lost worker is noticed (issue 8)."""


class Installation(Tasktrail):
    """Temporal and a control process that speaks TLS on the hub of a network; workers elsewhere."""

    def __init__(self, directory: Path, database: str, network: Network) -> None:
        super().__init__(directory)
        self._database = database
        self._network = network
        self._stack = ExitStack()
        self._key = directory / "worker.key"

    @contextmanager
    def serving(self) -> Generator[None]:
        """Everything but workers runs."""
        with self._stack:
            temporal = (Path(sys.executable).parent / "temporal", "server", "start-dev")
            options = ("--headless", "--ip", "0.0.0.0", "--log-level", "error")
            kept = ("--db-filename", self.directory / "temporal.db")
            hub = self._network.hub
            self._start(hub, "temporal", "Server:", *temporal, *options, *kept)
            self._make_certificate()
            up = ("up", "--engine", "temporal", "--temporal", _TEMPORAL, "--listen", _API)
            up += ("--log-store", str(self.directory / "log-store"))
            where = ("--data", self.data, *up, "--database", self._database)
            self._start(hub, "control", "Ctrl-C stops it", *_TASKTRAIL, *where)
            self._key.write_text(self("worker-key", "create", "--pool", "default").out)
            self._key.chmod(0o600)
            yield

    def worker(self, machine: Machine) -> Program:
        """A worker on a machine."""
        data = self.directory / f"worker-{machine.name}"
        where = ("--url", f"https://{_API}", "--temporal", _TEMPORAL)
        trusted = ("--key-file", self._key, "--ca-file", self.directory / "chain.pem")
        options = ("--data", data, "worker", "--pool", "default", *where, *trusted)
        name = f"worker-{machine.name}"
        return self._start(machine, name, "A worker of the pool", *_TASKTRAIL, *options)

    def submit(self, name: str, text: str) -> str:
        """A new task; its id."""
        return str(self.json("run", self.runbook(name, text), "--detach")["taskId"])

    def step(self, task_id: str) -> dict[str, Any]:
        """The only step of a task."""
        ((step,),) = (job["steps"] for job in self.json("task", "show", task_id)["jobs"])
        return step

    def _start(self, machine: Machine, name: str, ready: str, *command: str | Path) -> Program:
        said = self.directory / f"{name}.said"
        program = Program(machine.start_of(*command), said, ready=ready)
        self._stack.callback(program.kill)
        asyncio.run(program.start())
        return program

    def _make_certificate(self) -> None:
        """Make what the server is known by, and settings that name it."""
        chain, key = self.directory / "chain.pem", self.directory / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=tasktrail", "-addext",
             f"subjectAltName=IP:{HUB}", "-out", chain, "-keyout", key],
            check=True,
            capture_output=True,
        )  # fmt: skip
        self.data.mkdir(mode=0o700)
        settings = f'tls_certificate = "{chain}"\ntls_key = "{key}"\n'
        (self.data / "config.toml").write_text(settings)


@pytest.fixture(scope="module")
def machines() -> Iterator[Network]:
    with ExitStack() as stack:
        try:
            made = stack.enter_context(network())
        except NoNamespacesError as error:
            pytest.skip(f"no network namespaces can be made here: {error}")
        yield made


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, session_database: str, machines: Network
) -> Iterator[Installation]:
    found = Installation(tmp_path_factory.mktemp("network"), session_database, machines)
    with found.serving():
        yield found
    empty(session_database)


@pytest.fixture(scope="module")
def outbound(machines: Network) -> Machine:
    """A machine that nobody can connect to."""
    machine = machines.machine()
    machine.refuse_connections()
    return machine


@pytest.fixture(scope="module")
def first_worker(installation: Installation, outbound: Machine) -> Program:
    return installation.worker(outbound)


def test_a_worker_that_nobody_can_connect_to_carries_out_tasks(
    installation: Installation, machines: Network, outbound: Machine, first_worker: Program
) -> None:
    with outbound.listen() as listening:
        port = listening.getsockname()[1]
        assert outbound.reaches(outbound.address, port)
        assert not machines.hub.reaches(outbound.address, port)
    task_id = installation.submit(
        "hello", "jobs: {main: {steps: [{name: say, run: echo from there}]}}\n"
    )
    assert installation("task", "wait", task_id).code == 0
    assert installation("task", "logs", task_id).out.splitlines() == ["[main/say] from there"]
    assert first_worker.alive


def writing(file: Path, *, retry_safe: bool) -> str:
    """A step that writes, ten times a second, its process id and the time of the clock."""
    return f"""
jobs:
  main:
    steps:
      - retry_safe: {str(retry_safe).lower()}
        name: write
        run: |
          test -s {file} && last={TURNS} || last=6000
          for turn in $(seq $last); do echo "$$ $(date +%s.%N)" >>{file}; sleep 0.1; done
"""


def written(file: Path) -> list[tuple[int, float]]:
    """The lines of such a step: process ids and times."""
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [(int(pid), float(at)) for pid, at in lines]


def test_a_worker_that_is_cut_off_stops_its_work_and_is_replaced(
    installation: Installation,
    machines: Network,
    outbound: Machine,
    first_worker: Program,
    tmp_path: Path,
) -> None:
    files = {True: tmp_path / "retry-safe", False: tmp_path / "once"}
    tasks = {
        safe: installation.submit(file.name, writing(file, retry_safe=safe))
        for safe, file in files.items()
    }
    while not all(written(file) for file in files.values()):
        time.sleep(0.05)  # a file that grows tells nobody
    installation.worker(machines.machine())

    outbound.unplug()
    cut_at = time.time()
    assert installation("task", "wait", tasks[True]).code == 0
    assert installation("task", "wait", tasks[False]).code == 1

    step = installation.step(tasks[False])
    assert (step["status"], step["message"], len(step["attempts"])) == ("failed", "worker lost", 1)
    (lost,) = {pid for pid, _ in written(files[False])}
    first, second = dict.fromkeys(pid for pid, _ in written(files[True]))
    assert not any(map(alive, (lost, first, second)))
    assert first_worker.alive
    ends = [max(at for one, at in written(file) if one in (lost, first)) for file in files.values()]
    starts = [at for pid, at in written(files[True]) if pid == second]
    assert max(ends) < cut_at + HEARTBEAT_TIMEOUT.total_seconds()
    assert max(ends) < min(starts)
    noticed_at = datetime.fromisoformat(step["attempts"][0]["endedAt"]).timestamp()
    assert max(ends) < noticed_at < cut_at + UNTIL_NOTICED
    assert len(starts) == TURNS
