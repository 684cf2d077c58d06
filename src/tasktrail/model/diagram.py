"""The transition tables as people read them: a Mermaid diagram and a table in Markdown."""

from __future__ import annotations

from tasktrail.model.status import FINAL, PART_TRANSITIONS, TASK_TRANSITIONS, Status

Transitions = dict[Status, frozenset[Status]]


def status_section() -> str:
    """The generated part of docs/concepts.md: everything that the tables say."""
    return "\n\n".join(
        (
            "```mermaid\n" + mermaid(TASK_TRANSITIONS) + "\n```",
            "A task may go from the status at the left to the ones that are marked:",
            markdown(TASK_TRANSITIONS),
            "A job or step:",
            markdown(PART_TRANSITIONS),
        )
    )


def mermaid(table: Transitions) -> str:
    """A state diagram of the table; it starts at `pending`."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.PENDING.value}"]
    for before, after in _arrows(table):
        lines.append(f"    {before.value} --> {after.value}")
    lines += [f"    {status.value} --> [*]" for status in _targets(table) if status in FINAL]
    return "\n".join(lines)


def markdown(table: Transitions) -> str:
    """One row for each status that changes, one column for each that it may change to."""
    targets = _targets(table)
    rows = [["", *(status.label for status in targets)]]
    for before, afters in table.items():
        rows.append([before.label, *("x" if status in afters else "" for status in targets)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_row(row, widths) for row in rows]
    lines.insert(1, "|".join(("", *("-" * (width + 2) for width in widths), "")))
    return "\n".join(lines)


def _row(cells: list[str], widths: list[int]) -> str:
    padded = (f" {cell:<{width}} " for cell, width in zip(cells, widths, strict=True))
    return "|".join(("", *padded, ""))


def _arrows(table: Transitions) -> list[tuple[Status, Status]]:
    return [
        (before, after) for before, afters in table.items() for after in Status if after in afters
    ]


def _targets(table: Transitions) -> list[Status]:
    reached = {after for _, after in _arrows(table)}
    return [status for status in Status if status in reached]
