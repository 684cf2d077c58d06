"""Runbooks that are read once, for as long as their files are as they were."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tasktrail.definitions import known_runbooks
from tasktrail.definitions.known_runbooks import KnownRunbooks
from tasktrail.errors import DefinitionError

_AGO = 60
"""Seconds since a file was written that has settled."""


PIPELINE = """
version: 0.1
workflows:
  main:
    jobs: [build]
jobs:
  build:
    steps:
    - run: make
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runbook that has settled: its change time cannot be set, so the clock goes on instead."""
    path = tmp_path / "book.yml"
    write(path, "echo one")
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + _AGO * 1_000_000_000)
    return path


def write(path: Path, run: str) -> None:
    path.write_text(f"name: book\njobs: {{main: {{steps: ['{run}']}}}}\n")


def test_a_file_that_is_as_it_was_is_not_read_again(book: Path) -> None:
    known = KnownRunbooks()
    assert known.read(book) is known.read(book)


def test_a_changed_file_is_read_again(book: Path) -> None:
    known = KnownRunbooks()
    before = known.read(book)
    kept = book.stat()
    write(book, "echo two")
    os.utime(book, ns=(kept.st_atime_ns, kept.st_mtime_ns))

    after = known.read(book)

    assert book.stat().st_size == kept.st_size
    assert before.plan({}) != after.plan({})


def test_a_file_that_is_broken_or_gone_is_refused_though_it_was_known(book: Path) -> None:
    known = KnownRunbooks()
    known.read(book)
    book.write_text("name: [")
    with pytest.raises(DefinitionError):
        known.read(book)
    book.unlink()
    with pytest.raises(DefinitionError, match="does not exist"):
        known.read(book)


def test_a_file_that_was_written_just_now_is_read_again(tmp_path: Path) -> None:
    """It can change once more within the same tick of the file system's clock."""
    book, known = tmp_path / "book.yml", KnownRunbooks()
    write(book, "echo one")
    assert known.read(book) is not known.read(book)


def test_what_depends_on_more_than_its_file_is_read_again(book: Path) -> None:
    known = KnownRunbooks()
    pipeline = book.parent / "pipeline.yml"
    pipeline.write_text(PIPELINE)
    assert known.read(pipeline) is not known.read(pipeline)


def test_only_the_latest_are_kept(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_runbooks, "MOST_KNOWN", 1)
    known, other = KnownRunbooks(), book.parent / "other.yml"
    write(other, "echo other")
    first = known.read(book)
    known.read(other)
    assert known.read(book) is not first
