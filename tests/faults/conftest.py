from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from itertools import count
from uuid import uuid4

import pytest

from contract.postgresql_server import Server, postgresql_server
from faults.lives import Lives

_numbers = count(1)


@pytest.fixture(scope="session")
def lives() -> Generator[Lives]:
    with Lives() as started:
        yield started


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The PostgreSQL server of this session."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
    with postgresql_server(session) as server:
        yield server


@pytest.fixture
def empty_url(server: Server) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    name = f"faults_{os.getpid()}_{next(_numbers)}"
    yield server.make(name)
    server.drop(name)
