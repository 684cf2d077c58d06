"""`tasktrail up --engine temporal`, as an operator has it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail
from temporal.temporal_bench import settings

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def test_it_works_with_settings_of_the_environment_and_leaves_when_told(
    tasktrail: Tasktrail, database: str, temporal: str, tmp_path: Path
) -> None:
    tasktrail.environment = {
        **tasktrail.environment,
        "TASKTRAIL_ENGINE": "temporal",
        "TASKTRAIL_DATABASE": database,
        "TASKTRAIL_TEMPORAL": temporal,
        "TASKTRAIL_TEMPORAL_NAMESPACE": "default",
        "TASKTRAIL_LOG_STORE": str(tmp_path / "log-store"),
    }
    with tasktrail.up() as control:
        book = tasktrail.runbook("book", "jobs: {main: {steps: [{run: 'true'}]}}\n")
        task_id = tasktrail.json("run", book, "--detach")["taskId"]
        (fact,) = [one for one in tasktrail.json("doctor")["items"] if one["name"] == "engine"]
        assert fact["value"] == "Temporal; workers carry the jobs out"
        assert tasktrail("task", "cancel", str(task_id)).code == 0
        control.send_signal(signal.SIGTERM)
        assert control.wait(20) == 0
        assert control.stderr is not None
        said = control.stderr.read()
        assert "workers go on" in said
        assert "running steps are stopped" not in said


def test_it_says_what_it_needs(tasktrail: Tasktrail) -> None:
    refused = tasktrail("up", "--engine", "temporal")
    assert refused.code == 2
    assert "the Temporal engine needs `database`, `temporal`, `log_store`" in refused.err
    assert "--database postgresql://" in refused.err


def test_logs_that_no_other_control_process_would_see_are_refused(tasktrail: Tasktrail) -> None:
    where = ("--database", "postgresql://nobody@/nothing", "--temporal", NOWHERE)
    refused = tasktrail("up", "--engine", "temporal", *where)
    assert refused.code == 2
    assert "the Temporal engine needs `log_store`" in refused.err
    assert "--log-store s3://" in refused.err
    assert "none of them sees what another one has on its own disk" in refused.err


def test_a_database_that_is_not_there_is_told(tasktrail: Tasktrail) -> None:
    refused = _up(tasktrail, "postgresql://nobody@/nothing?host=/nowhere", NOWHERE)
    assert "the records cannot be opened" in refused


def test_what_is_no_temporal_server_is_told(
    tasktrail: Tasktrail, database: str, tmp_path: Path
) -> None:
    refused = _up(tasktrail, database, NOWHERE, "--temporal-tls-ca", str(tmp_path / "none.pem"))
    assert "none.pem cannot be read" in refused


def test_a_namespace_that_is_not_there_is_told(
    tasktrail: Tasktrail, database: str, temporal: str
) -> None:
    refused = _up(tasktrail, database, temporal, "--namespace", "nowhere")
    assert f"the namespace nowhere at {temporal} cannot be used" in refused
    assert "temporal operator namespace create --namespace nowhere" in refused


def test_an_address_without_a_port_is_told(tasktrail: Tasktrail) -> None:
    refused = _up(tasktrail, "postgresql://nobody@/nothing", "localhost")
    assert "'localhost' is no address of a Temporal cluster: HOST:PORT is" in refused
    assert "--temporal localhost:7233" in refused


def test_packages_that_are_not_installed_are_told(
    tasktrail: Tasktrail, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "temporalio.client", None)
    for name in [one for one in sys.modules if one.startswith("tasktrail.engine.temporal.")]:
        monkeypatch.delitem(sys.modules, name)
    refused = _up(tasktrail, database, NOWHERE)
    assert "the Temporal engine needs more than is installed" in refused
    assert "pip install 'tasktrail[temporal]'" in refused


def test_settings_of_the_file_are_used_where_nothing_else_is_given(
    tasktrail: Tasktrail, database: str, tmp_path: Path
) -> None:
    tasktrail.data.mkdir()
    trusted = 'tls_ca = "of-the-file.pem"\n'
    (tasktrail.data / "config.toml").write_text(settings(database, NOWHERE, tmp_path) + trusted)
    refused = tasktrail("up", "--no-http")
    assert refused.code == 2
    assert "of-the-file.pem cannot be read" in refused.err
    refused = tasktrail("up", "--no-http", "--temporal-tls-ca", "given.pem")
    assert "given.pem cannot be read" in refused.err


def _up(tasktrail: Tasktrail, database: str, temporal: str, *more: str) -> str:
    """What it says as it refuses."""
    logs = str(tasktrail.directory / "log-store")
    where = ("--database", database, "--temporal", temporal, "--log-store", logs)
    refused = tasktrail("up", "--no-http", "--engine", "temporal", *where, *more)
    assert refused.code == 2, refused
    return refused.err
