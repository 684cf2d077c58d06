from __future__ import annotations

from collections.abc import Generator

import pytest

from faults.lives import Lives


@pytest.fixture(scope="session")
def lives() -> Generator[Lives]:
    with Lives() as started:
        yield started
