"""Commands without an engine, where the environment says which database it is."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.cli_command import Tasktrail
from contract.postgresql_server import Server

BOOK = "jobs: {main: {steps: [{name: Say, run: 'echo hello'}]}}"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def with_database(tasktrail: Tasktrail, url: str) -> None:
    tasktrail.environment = {**tasktrail.environment, "TASKTRAIL_DATABASE": url}


@pytest.mark.postgresql
def test_every_command_works_on_the_records_of_up(
    tasktrail: Tasktrail, empty_url: Callable[[], str]
) -> None:
    with_database(tasktrail, empty_url())
    book = tasktrail.runbook("say", BOOK)
    assert tasktrail.json("run", book, "--detach")["taskId"] == 1
    facts = {one["name"]: one["value"] for one in tasktrail.json("doctor")["items"]}
    assert facts["records"].startswith("PostgreSQL")
    with tasktrail.up() as engine:
        assert tasktrail("task", "wait", "1").code == 0
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(20) == 0
    assert tasktrail.json("run", book)["id"] == 2
    assert [task["id"] for task in tasktrail.json("task", "list")["items"]] == [2, 1]
    assert tasktrail("task", "logs", "2", "--step", "Say").out == "hello\n"
    assert tasktrail("user", "list").code == 0
    assert (tasktrail.data / "tasktrail.db").stat().st_size == 0


@pytest.mark.postgresql
def test_a_move_into_the_database_that_the_environment_names_may_be_said_again(
    tasktrail: Tasktrail, empty_url: Callable[[], str]
) -> None:
    assert tasktrail("run", tasktrail.runbook("say", BOOK)).code == 0
    url = empty_url()
    with_database(tasktrail, url)
    for said in ("recorded there as task 2", *["are there already, brought by task 2"] * 2):
        moved = tasktrail("migrate-to", url, "--write-config")
        assert moved.code == 0, moved
        assert said in moved.err
    assert (tasktrail.data / "config.toml").read_text().count("database = ") == 1
    assert tasktrail("run", "say.yml").code == 0
    assert tasktrail("migrate-to", url).code == 0, "what came after the move is no obstacle"

    elsewhere = tasktrail("migrate-to", empty_url())
    assert elsewhere.code == 2
    assert "the records are in PostgreSQL already" in elsewhere.err


@pytest.mark.postgresql
def test_a_directory_without_records_of_its_own_has_none_to_move(
    tasktrail: Tasktrail, empty_url: Callable[[], str]
) -> None:
    url = empty_url()
    with_database(tasktrail, url)
    refused = tasktrail("migrate-to", url)
    assert refused.code == 2
    assert "the records are in PostgreSQL already" in refused.err
    assert (tasktrail.data / "tasktrail.db").stat().st_size == 0


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/x", "postgres", "postgresql://h:x/y"])
def test_what_is_no_address_of_a_database_is_told_with_one_that_is(
    tasktrail: Tasktrail, url: str
) -> None:
    with_database(tasktrail, url)
    for command in (("task", "list"), ("up", "--no-http")):
        refused = tasktrail(*command)
        assert refused.code == 2, refused
        assert "no address of a PostgreSQL database" in refused.err
        assert "postgresql://user@localhost/tasktrail" in refused.err
        assert "hunter2" not in refused.err


def test_the_doctor_says_in_its_table_that_the_database_is_away(tasktrail: Tasktrail) -> None:
    with_database(tasktrail, "postgresql://u:hunter2@/x?host=/nowhere")
    facts = {one["name"]: one for one in tasktrail.json("doctor", "--check", code=1)["items"]}
    assert [one["name"] for one in facts.values() if not one["ok"]] == ["records"]
    assert "cannot be opened" in facts["records"]["value"]
    assert "does PostgreSQL answer at postgresql://u:***@/x" in facts["records"]["hint"]
    assert facts["data directory"]["value"] == str(tasktrail.data)


@pytest.mark.postgresql
def test_a_running_engine_tells_the_doctor_that_its_database_went_away(
    tasktrail: Tasktrail, postgresql: Server
) -> None:
    name = "taken_from_the_doctor"
    with_database(tasktrail, postgresql.make(name))
    with tasktrail.up():
        postgresql.drop(name)
        facts = {one["name"]: one for one in tasktrail.json("doctor", "--check", code=1)["items"]}
    assert [one["name"] for one in facts.values() if not one["ok"]] == ["records"]
    assert facts["records"]["value"].startswith("PostgreSQL, the database did not take it")
