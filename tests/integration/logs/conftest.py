from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from log_model import NewPath


@pytest.fixture(scope="module")
def new_log() -> Iterator[NewPath]:
    """Gives a path without a log, a new one for every example of a property."""
    with TemporaryDirectory() as root:
        count = 0

        def path() -> Path:
            nonlocal count
            count += 1
            return Path(root) / f"{count}.log"

        yield path


@pytest.fixture(scope="module")
def small_segments() -> Iterator[None]:
    """Segments of four frames, so that short logs have an index and are compacted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasktrail.logs.segment.SEGMENT_FRAMES", 4)
        patch.setattr("tasktrail.logs.compaction.SEGMENT_FRAMES", 4)
        yield
