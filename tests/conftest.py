from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from contract.postgresql_server import Server, empty, postgresql_server
from s3_server import CREDENTIALS, S3Server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long comes first where others work meanwhile: nobody waits for it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def running_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def s3(running_s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """A server of S3, shared by all tests, with credentials in the environment."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return running_s3


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of this session, which all its processes share."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    with postgresql_server(session) as server:
        yield server


@pytest.fixture(scope="session")
def session_database(postgresql: Server) -> Iterator[str]:
    """The address of a database of this process, which one test after the other uses."""
    name = f"tests_{os.getpid()}"
    yield postgresql.make(name)
    postgresql.drop(name)


@pytest.fixture
def postgresql_url(session_database: str) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in its tables."""
    yield session_database
    empty(session_database)
