"""Where the logs of a data directory are."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasktrail.logs.place import LogPlace


def test_logs_that_are_removed_while_they_are_listed_do_no_harm(tmp_path: Path) -> None:
    place = LogPlace(tmp_path)
    for task_id in (1, 2, 3):
        path = place.path(task_id, 7, 1)
        path.parent.mkdir(parents=True)
        path.touch()
    names = place.names()
    first = next(names)
    for task_id in {1, 2, 3} - {first.task_id}:
        shutil.rmtree(place.task_directory(task_id))
    assert list(names) == []


def test_what_is_no_log_is_not_listed(tmp_path: Path) -> None:
    place = LogPlace(tmp_path)
    directory = place.task_directory(5)
    directory.mkdir(parents=True)
    (directory / "notes.txt").touch()
    (tmp_path / "7-1.log").touch()
    assert list(place.names()) == []


def test_where_nothing_was_printed_there_are_no_logs(tmp_path: Path) -> None:
    assert list(LogPlace(tmp_path / "logs").names()) == []
