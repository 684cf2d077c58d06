"""Limits of a step as the log, the record and the doctor name them."""

from __future__ import annotations

import pytest

from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded
from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind
from tasktrail.runners.limit_words import gap_words, limit_means, size_text
from tasktrail.runners.step_notes import named_limit

ALL = StepLimits(memory=512_000_000, processes=64, cpu=0.5)
DIED = Errored(message="the worker process died: SIGKILL", reference="r")
KILLED = Failed(message="killed by SIGKILL", signal="SIGKILL")
MEMORY_MESSAGE = "ended because it used more than its memory limit of 512 MB"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (512_000_000, "512 MB"),
        (1_500_000_000, "1.5 GB"),
        (1536 * 2**20, "1.61 GB"),
        (4_000_000, "4 MB"),
        (12_345_000_000_000, "12345 GB"),
        (999, "999 bytes"),
    ],
)
def test_a_size_is_told_to_three_digits(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("outcome", "hit", "expected"),
    [
        (KILLED, LimitKind.MEMORY, Failed(message=MEMORY_MESSAGE, signal="SIGKILL")),
        (DIED, LimitKind.MEMORY, Failed(message=MEMORY_MESSAGE)),
        (
            Failed(message="exit code 2", exit_code=2),
            LimitKind.PROCESSES,
            Failed(message="exit code 2; it had reached its limit of 64 processes", exit_code=2),
        ),
        (Succeeded(), LimitKind.PROCESSES, Succeeded()),
    ],
)
def test_what_a_limit_ended_is_a_user_error_that_names_it(
    outcome: Outcome, hit: LimitKind, expected: Outcome
) -> None:
    assert named_limit(outcome, ALL, (hit,)) == expected
    assert named_limit(outcome, ALL, ()) == outcome
    assert named_limit(outcome, None, (hit,)) == outcome


def test_the_log_has_a_line_for_each_limit_that_is_not_enforced() -> None:
    assert gap_words(ALL, frozenset(LimitKind)) == ()
    memory, processes, cpu = gap_words(ALL, ())
    assert "512 MB" in memory
    assert "64 processes is not enforced" in processes
    assert "0.5 processors is not enforced" in cpu
    assert gap_words(StepLimits(cpu=1.0), {LimitKind.CPU}) == ()


def test_the_doctor_says_how_each_limit_is_set() -> None:
    assert limit_means({LimitKind.MEMORY}) == (
        "memory by cgroup, processes not enforced, cpu not enforced"
    )
    assert limit_means(()).startswith("memory by address space of each process")
