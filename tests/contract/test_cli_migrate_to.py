"""`tasktrail migrate-to`, as somebody uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from acceptance.cli_command import Tasktrail
from tasktrail.config import read_config, set_database
from tasktrail.store.moving import look_at

BOOK = "jobs: {main: {steps: [{name: Say, run: 'echo hello; echo there'}]}}"
SETTINGS = "# ours\nslots = 2\n[retention]\nage = 60\n"


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    """One task, whose log has stayed in the data directory; from now on logs go elsewhere."""
    tasktrail = Tasktrail(tmp_path)
    assert tasktrail("run", tasktrail.runbook("say", BOOK)).code == 0
    (tasktrail.data / "config.toml").write_text(f'log_store = "{tmp_path}/archive"\n{SETTINGS}')
    return tasktrail


def logs_in(directory: Path) -> int:
    return len(list(directory.rglob("*.log")))


@pytest.mark.postgresql
def test_a_dry_run_says_what_would_be_moved_and_moves_nothing(
    tasktrail: Tasktrail, empty_url: Callable[[], str]
) -> None:
    url = empty_url()
    planned = tasktrail("migrate-to", url, "--dry-run")
    assert planned.code == 0, planned
    assert ["tasks", "1"] in [line.split() for line in planned.out.splitlines()]
    assert "1 logs would go to" in planned.err
    answer = tasktrail.json("migrate-to", url, "--dry-run")
    assert (answer["logs"], answer["occupied"]) == (1, [])
    assert {one["table"]: one["rows"] for one in answer["tables"]}["jobs"] == 1
    assert look_at(url) == []
    assert (logs_in(tasktrail.data / "logs"), logs_in(tasktrail.directory / "archive")) == (1, 0)


@pytest.mark.postgresql
def test_everything_goes_along_and_the_settings_name_the_database(
    tasktrail: Tasktrail, empty_url: Callable[[], str]
) -> None:
    url = empty_url()
    moved = tasktrail("migrate-to", url, "--write-config")
    assert moved.code == 0, moved
    assert "recorded there as task 2" in moved.err
    rows = {line.split()[0]: line.split()[1:] for line in moved.out.splitlines()}
    assert rows["tasks"][0] == "1"
    assert rows["tasks"][-2:] == ["the", "same"]
    assert read_config(tasktrail.data).database == url
    text = (tasktrail.data / "config.toml").read_text()
    assert text.endswith(SETTINGS)
    assert (logs_in(tasktrail.data / "logs"), logs_in(tasktrail.directory / "archive")) == (0, 1)

    assert tasktrail("task", "logs", "1", "--step", "Say").out == "hello\nthere\n"
    assert tasktrail.json("task", "show", "2")["title"].startswith("Moved")
    assert tasktrail("run", "say.yml").code == 0
    assert tasktrail("doctor", "--check").code == 0
    assert [task["id"] for task in tasktrail.json("task", "list")["items"]] == [3, 2, 1]

    other = Tasktrail(tasktrail.directory / "other")
    other.directory.mkdir()
    refused = other("migrate-to", url)
    assert (refused.code, refused.out) == (2, "")
    assert "not empty" in refused.err
    refused = other("migrate-to", url, "--dry-run", "-o", "json")
    assert refused.code == 2
    assert '"conflict"' in refused.err


@pytest.mark.postgresql
def test_an_installation_or_a_database_that_an_engine_works_on_is_left_alone(
    tasktrail: Tasktrail, tmp_path: Path, empty_url: Callable[[], str]
) -> None:
    url = empty_url()
    with tasktrail.up():
        refused = tasktrail("migrate-to", url)
        assert refused.code == 2
        assert "stop the engine first" in refused.err
    assert look_at(url) == []
    other = Tasktrail(tmp_path / "other")
    other.data.mkdir(parents=True)
    (other.data / "config.toml").write_text(f'database = "{url}"\n')
    with other.up():
        refused = tasktrail("migrate-to", url)
        assert refused.code == 2
        assert "an engine works on that database" in refused.err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "no address of a PostgreSQL database"),
        ("mysql://u:hunter2@h/x", "no address of a PostgreSQL database"),
        ("postgresql://u:hunter2@h:port/x", "no address of a PostgreSQL database"),
        ("postgresql://u:hunter2@/x?host=/nowhere", "database"),
    ],
)
def test_what_is_no_database_is_refused_without_its_password(
    tasktrail: Tasktrail, url: str, said: str
) -> None:
    for more in ((), ("--dry-run",)):
        refused = tasktrail("migrate-to", url, *more)
        assert refused.code == 2, refused
        assert said in refused.err
        assert "hunter2" not in refused.err
    assert read_config(tasktrail.data).database is None


@pytest.mark.parametrize("url", ["postgresql://u:p@h/x", "postgresql:///x?password=p&user=u"])
def test_settings_with_a_password_are_for_their_owner_alone(tmp_path: Path, url: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SETTINGS)
    path.chmod(0o644)
    set_database(tmp_path, "postgresql:///x")
    assert path.stat().st_mode & 0o777 == 0o644
    path.write_text(SETTINGS)
    set_database(tmp_path, url)
    assert path.stat().st_mode & 0o777 == 0o600
    config = read_config(tmp_path)
    assert urlsplit(config.database or "").scheme == "postgresql"
    assert (config.slots, config.retention.age) == (2, 60)
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]
