"""What an engine has begun: its failures are logged with what they are about."""

from __future__ import annotations

import logging

import pytest

from tasktrail.engine.running_work import RunningWork
from tasktrail.log_context import log_subjects


async def test_a_failure_is_logged_with_its_subjects_and_leaves_those_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, dict[str, str | int]]] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append((record.getMessage(), log_subjects()))

    monkeypatch.setattr(logging.getLogger("tasktrail.engine.running_work"), "handlers", [Noting()])

    async def fail() -> None:
        raise RuntimeError("broken")

    work = RunningWork()
    work.begin(fail(), task=7, job=9)
    work.begin(fail(), task=8)
    assert log_subjects() == {}
    await work.end()
    about = [subjects for message, subjects in seen if message == "a part of the engine failed"]
    assert about == [{"task": 7, "job": 9}, {"task": 8}]
