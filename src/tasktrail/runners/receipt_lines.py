"""What a step's log says about processes that had to be stopped."""

from __future__ import annotations

from collections.abc import Sequence

from tasktrail.model.receipt import ProcessNote, TerminationReceipt

_MOST_NAMED = 10


def receipt_lines(receipt: TerminationReceipt) -> tuple[str, ...]:
    """One line for each thing worth knowing; none when the tree ended by itself, and all of it."""
    told = (
        ("still running after the step's own process had ended", receipt.left_behind),
        (f"stopped with {receipt.stop_signal}", receipt.signalled),
        ("killed with SIGKILL", receipt.killed),
        ("SURVIVED SIGKILL", receipt.survived),
    )
    lines = tuple(f"{what}: {_named(notes)}" for what, notes in told if notes)
    return (*lines, *(f"reached its limit: {kind.value}" for kind in receipt.limits_hit))


def _named(notes: Sequence[ProcessNote]) -> str:
    named = ", ".join(f"{note.name} ({note.pid})" for note in notes[:_MOST_NAMED])
    more = len(notes) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named
