"""The REST API of `tasktrail up`, as a user starts it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from acceptance.cli_command import Tasktrail
from plain_http import NO_TLS


@pytest.fixture
def tasktrail(tmp_path: Path) -> Tasktrail:
    return Tasktrail(tmp_path)


@contextmanager
def serving(
    tasktrail: Tasktrail, *arguments: str
) -> Generator[tuple[subprocess.Popen[str], str, str]]:
    """`tasktrail up`, with the address that it tells, and all that it said before."""
    with tasktrail.started("up", *arguments) as engine:
        assert engine.stderr is not None
        said = ""
        while "Ctrl-C" not in said:
            line = engine.stderr.readline()
            assert line, said
            said += line
        found = re.search(r"REST API: (http://\S+)/docs", said)
        yield engine, found[1] if found else "", said


def test_up_tells_where_it_serves_and_answers_there_alone(tasktrail: Tasktrail) -> None:
    with serving(tasktrail, "--listen", "127.0.0.1:0") as (engine, url, said):
        assert "Other machines" not in said
        with httpx2.Client(base_url=url, trust_env=False, verify=NO_TLS) as client:
            assert client.get("/docs").status_code == 200
            assert client.get("/v1/openapi.json").json()["info"]["title"] == "Tasktrail"
            assert client.get("/v1/tasks").status_code == 401
            engine.send_signal(signal.SIGTERM)
            assert engine.wait(20) == 0
            with pytest.raises(httpx2.TransportError):
                client.get("/docs")


def test_the_address_may_stand_in_the_settings(tasktrail: Tasktrail) -> None:
    tasktrail.data.mkdir()
    (tasktrail.data / "config.toml").write_text('listen = "127.0.0.1:0"\n')
    with serving(tasktrail) as (_, url, _said):
        assert httpx2.get(f"{url}/docs", trust_env=False, verify=NO_TLS).status_code == 200


def test_without_http_nothing_is_served(tasktrail: Tasktrail) -> None:
    with serving(tasktrail, "--no-http") as (_, url, said):
        assert url == ""
        assert "REST" not in said


def test_who_serves_other_machines_is_told_to_use_tls(tasktrail: Tasktrail) -> None:
    with serving(tasktrail, "--listen", "0.0.0.0:0") as (_, _url, said):
        assert "Other machines can reach it: put a proxy with TLS before it." in said
        assert "Links name this machine alone: set `public_url` in config.toml." in said
        assert re.search(r"http://127\.0\.0\.1:\d+/welcome#", said)


def test_who_serves_other_machines_by_tls_is_told_nothing(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=tasktrail", "-out", chain, "-keyout", key],
        check=True,
        capture_output=True,
    )  # fmt: skip
    tasktrail.data.mkdir()
    settings = f'tls_certificate = "{chain}"\ntls_key = "{key}"\n'
    (tasktrail.data / "config.toml").write_text(settings)
    public = ("--public-url", "https://tasks.example.com/")
    with serving(tasktrail, "--listen", "0.0.0.0:0", *public) as (_, _url, said):
        assert "Dashboard: https://tasks.example.com;" in said
        assert "\nhttps://tasks.example.com/welcome#" in said
        assert "Other machines" not in said
        assert "Links" not in said
        added = tasktrail("user", "add", "bea@example.com", "--name", "Bea", "--role", "member")
        assert "https://tasks.example.com/welcome#" in added.out


def test_a_public_address_that_is_none_is_refused(tasktrail: Tasktrail) -> None:
    refused = tasktrail.alone("up", "--listen", "127.0.0.1:0", "--public-url", "tasks.example.com")
    assert refused.code == 2
    assert "is no address that links can begin with" in refused.err


def test_an_address_that_is_taken_is_told_with_what_to_do(tasktrail: Tasktrail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = tasktrail.alone("up", "--listen", f"127.0.0.1:{port}")
    assert refused.code == 2
    assert f"nothing can listen at 127.0.0.1:{port}" in refused.err
    assert "--no-http" in refused.err


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", ":80", "127.0.0.1:x", "h:99999"])
def test_an_address_that_is_none_is_refused(tasktrail: Tasktrail, address: str) -> None:
    refused = tasktrail.alone("up", "--listen", address)
    assert refused.code == 2
    assert "is no address to listen at" in refused.err


def test_no_other_command_loads_what_speaks_http() -> None:
    program = (
        "import sys\n"
        "import tasktrail.cli.main, tasktrail.cli.up, tasktrail.cli.session, tasktrail.bootstrap\n"
        "import tasktrail.engine.embedded, tasktrail.local.server\n"
        "loaded = {'fastapi', 'starlette', 'uvicorn', 'pydantic', 'tasktrail.api'}\n"
        "print(sorted(loaded & set(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout == "[]\n"


def test_the_first_start_gives_the_owner_a_link_that_works_once(tasktrail: Tasktrail) -> None:
    password = "correct horse battery"
    with serving(tasktrail, "--listen", "127.0.0.1:0") as (_, url, said):
        found = re.search(rf"{re.escape(url)}/welcome#(\S+)", said)
        assert found is not None, said
        with httpx2.Client(base_url=url, trust_env=False, verify=NO_TLS) as client:
            wish = {"token": found[1], "password": password, "email": "ann@example.com"}
            session = client.post("/v1/session/link", json=wish)
            assert session.json()["organizations"][0]["role"] == "owner"
            assert client.get("/v1/members").json()["totalCount"] == 1
            client.cookies.clear()
            assert client.post("/v1/session/link", json=wish).status_code == 401
    with serving(tasktrail, "--listen", "127.0.0.1:0") as (_, url, said):
        assert "welcome" not in said
        sign_in = {"email": "ann@example.com", "password": password}
        answer = httpx2.post(f"{url}/v1/session", json=sign_in, trust_env=False, verify=NO_TLS)
        assert answer.status_code == 200


def test_a_secret_of_the_provider_that_is_missing_is_told_at_the_start(
    tasktrail: Tasktrail,
) -> None:
    tasktrail.data.mkdir(exist_ok=True)
    (tasktrail.data / "config.toml").write_text(
        '[oidc]\nissuer = "https://sso.example.com"\nclient_id = "tasktrail"\n'
        'client_secret_env = "SECRET_THAT_IS_NOT_SET"\n'
    )
    refused = tasktrail("up", "--listen", "127.0.0.1:0")
    assert refused.code == 2
    assert "SECRET_THAT_IS_NOT_SET is not set" in refused.err


def test_a_worker_whose_key_is_not_taken_is_told_how_to_get_one(
    tasktrail: Tasktrail, tmp_path: Path
) -> None:
    key = tmp_path / "worker.key"
    key.write_text("tw_7_0123456789abcdef0123456789abcdef\n")
    key.chmod(0o600)
    where = ("--temporal", "127.0.0.1:1", "--data", str(tmp_path / "worker"))
    with serving(tasktrail, "--listen", "127.0.0.1:0") as (_, url, _said):
        refused = tasktrail.alone(
            "worker", "--pool", "eu-1", "--url", url, "--key-file", str(key), *where
        )
    assert refused.code == 2
    assert f"the server at {url} does not take the key of this worker" in refused.err
    assert "tasktrail worker-key create --pool eu-1" in refused.err
    assert "tw_7" not in refused.err
