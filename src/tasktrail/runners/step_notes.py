"""What a runner says about the processes of a step: in its log, and in its outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from tasktrail.model.outcome import Errored, Failed, Outcome
from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind, TerminationReceipt
from tasktrail.model.stream import Stream
from tasktrail.runners.limit_words import gap_words, hit_words
from tasktrail.runners.receipt_lines import receipt_lines
from tasktrail.runners.step_call import StepCall


def tell_gaps(call: StepCall, enforced: Collection[LimitKind]) -> None:
    """Say in the log which limits of the step are not what was asked for."""
    if call.limits is not None:
        _tell(call, gap_words(call.limits, enforced))


def tell_receipt(call: StepCall, receipt: TerminationReceipt) -> None:
    """Say in the log what had to be stopped, and which limits were reached."""
    _tell(call, receipt_lines(receipt))


def named_limit(outcome: Outcome, limits: StepLimits | None, hit: Collection[LimitKind]) -> Outcome:
    """`outcome`, and if it is no success, with the limit of the step that has to do with it.

    Limits are set by the user, so what runs into them is a user error (statuses, "Two kinds of
    error"), also where the worker of a Python step was killed for it.
    """
    words = hit_words(limits, hit)
    if words is None or not isinstance(outcome, Failed | Errored):
        return outcome
    # What the memory limit ended is told by that alone: the signal is the kernel's.
    message = words if LimitKind.MEMORY in hit else f"{outcome.message}; it {words}"
    if isinstance(outcome, Failed):
        return replace(outcome, message=message)
    return Failed(message=message)


def _tell(call: StepCall, lines: Iterable[str]) -> None:
    for line in lines:
        call.output.write(Stream.SYSTEM, f"{line}\n".encode())
