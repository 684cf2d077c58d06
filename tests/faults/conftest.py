from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from itertools import count

import pytest

from contract.postgresql_server import Server
from faults.lives import Lives

_numbers = count(1)


@pytest.fixture(scope="session")
def lives() -> Generator[Lives]:
    with Lives() as started:
        yield started


@pytest.fixture
def empty_url(postgresql: Server) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    name = f"faults_{os.getpid()}_{next(_numbers)}"
    yield postgresql.make(name)
    postgresql.drop(name)
