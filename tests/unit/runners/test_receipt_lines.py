from __future__ import annotations

from tasktrail.model.receipt import Means, ProcessNote, TerminationReceipt
from tasktrail.runners.receipt_lines import receipt_lines


def test_nothing_to_stop_is_nothing_to_say() -> None:
    assert receipt_lines(TerminationReceipt(means=(Means.CGROUP,), proof="x")) == ()


def test_each_kind_of_ending_has_its_line() -> None:
    receipt = TerminationReceipt(
        means=(Means.CGROUP,),
        stop_signal="SIGINT",
        left_behind=(ProcessNote(1, "a"),),
        signalled=(ProcessNote(2, "b"), ProcessNote(3, "c")),
        killed=(ProcessNote(4, "d"),),
        survived=(ProcessNote(5, "e"),),
    )
    assert receipt_lines(receipt) == (
        "still running after the step's own process had ended: a (1)",
        "stopped with SIGINT: b (2), c (3)",
        "killed with SIGKILL: d (4)",
        "SURVIVED SIGKILL: e (5)",
    )


def test_a_storm_is_counted_not_listed() -> None:
    receipt = TerminationReceipt(
        means=(Means.CGROUP,), killed=tuple(ProcessNote(pid, "s") for pid in range(1, 501))
    )
    (line,) = receipt_lines(receipt)
    assert line.endswith("s (10) and 490 more")
