"""`user`, `organization` and `key`: each change is a task by Superadmin."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_command import Tasktrail


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


def titles(tasktrail: Tasktrail) -> list[tuple[str, str, str]]:
    listed = tasktrail.json("task", "list", "--silent")
    return [(task["name"], task["title"], task["author"]["name"]) for task in listed["items"]][::-1]


def test_a_person_is_added_listed_and_shut_out(tasktrail: Tasktrail) -> None:
    added = tasktrail("user", "add", "Ann@example.com", "--name", "Ann", "--role", "owner")
    assert added.code == 0
    assert added.out.startswith("http://127.0.0.1:8090/welcome#")
    token = added.out.strip().partition("#")[2]
    tasktrail.json("user", "add", "bob@example.com", "--name", "Bob", "--role", "owner")
    listed = tasktrail("user", "list").out
    assert "ann@example.com  Ann   default (owner)" in listed
    assert tasktrail("user", "disable", "ann@example.com").code == 0
    last = tasktrail("user", "disable", "bob@example.com")
    assert (last.code, "last owner" in last.err) == (2, True)
    link = tasktrail("user", "link", "ann@example.com")
    assert (link.code, "is disabled" in link.err) == (2, True)
    assert tasktrail("user", "enable", "ann@example.com").code == 0
    renewed = tasktrail("user", "link", "ann@example.com")
    assert renewed.out.startswith("http://127.0.0.1:8090/welcome#")
    assert titles(tasktrail) == [
        ("member.add", "Ann (ann@example.com) was added as owner", "Superadmin"),
        ("member.add", "Bob (bob@example.com) was added as owner", "Superadmin"),
        ("user.disable", "Ann (ann@example.com) was disabled", "Superadmin"),
        ("user.enable", "Ann (ann@example.com) was enabled", "Superadmin"),
        (
            "user.link",
            "A link for Ann (ann@example.com) was made (invitation)",
            "Superadmin",
        ),
    ]
    files = [path.read_bytes() for path in tasktrail.data.rglob("*") if path.is_file()]
    assert not any(token.encode() in content for content in files), "it is kept nowhere"


def test_organizations_and_their_keys(tasktrail: Tasktrail) -> None:
    assert tasktrail("organization", "add", "acme").out == "organization 2\n"
    assert tasktrail("organization", "add", "acme").code == 2
    made = tasktrail("key", "create", "--robot", "--name", "ci", "--organization", "acme")
    assert made.out.startswith("tt_1_")
    assert tasktrail.json("key", "list")["items"] == []
    (key,) = tasktrail.json("key", "list", "--organization", "acme")["items"]
    assert (key["kind"], key["name"], key["prefix"]) == ("robot", "ci", made.out[5:13])
    assert tasktrail("key", "revoke", "1").code == 2, "it is none of this organization"
    assert tasktrail("key", "revoke", "1", "--organization", "acme").code == 0
    again = tasktrail("key", "revoke", "1", "--organization", "acme")
    assert again.code == 2
    assert "API key 1 is revoked already" in again.err
    listed = tasktrail("organization", "list").out.splitlines()
    assert [line.split()[:2] for line in listed[1:]] == [["2", "acme"], ["1", "default"]]
    assert tasktrail("key", "list", "--organization", "nowhere").code == 2


def test_whose_key_it_is_must_be_said(tasktrail: Tasktrail) -> None:
    for wrong in (
        (),
        ("--robot", "--superadmin"),
        ("--user", "nobody@example.com"),
        ("--robot", "--expires", "soon"),
    ):
        assert tasktrail("key", "create", "--name", "k", *wrong).code == 2
    tasktrail.json("user", "add", "max@example.com", "--name", "Max")
    key = tasktrail.json(
        "key", "create", "--user", "max@example.com", "--name", "k", "--expires", "1d"
    )
    assert (key["key"]["user"], key["key"]["kind"]) == ("Max", "user")
    assert key["key"]["expiresAt"] is not None


def test_keys_of_workers_are_made_for_a_pool_listed_and_revoked(tasktrail: Tasktrail) -> None:
    made = tasktrail("worker-key", "create", "--pool", "eu-1", "--expires", "90d")
    assert made.out.startswith("tw_1_")
    assert tasktrail("worker-key", "create", "--pool", "EU 1").code == 2
    (key,) = tasktrail.json("worker-key", "list")["items"]
    assert (key["pool"], key["name"], key["prefix"]) == ("eu-1", "eu-1", made.out[5:13])
    assert tasktrail("worker-key", "revoke", "1").code == 0
    assert tasktrail("worker-key", "list").out.splitlines()[1].split()[-1] == "yes"
    assert titles(tasktrail)[-1] == (
        "worker-key.revoke",
        "The worker key eu-1 of the pool eu-1 was revoked",
        "Superadmin",
    )
    again = tasktrail("worker-key", "revoke", "1")
    assert (again.code, again.out) == (2, "")
    assert "worker key 1 is revoked already" in again.err
    assert [name for name, _, _ in titles(tasktrail)].count("worker-key.revoke") == 1
