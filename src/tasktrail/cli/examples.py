"""Examples at the end of a command's help."""

from __future__ import annotations


def examples(*lines: str) -> str:
    """An epilog that shows `lines` as they are."""
    # \b keeps the help from joining the lines to a paragraph.
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
