"""The status diagram in the documentation is the table in the code."""

from __future__ import annotations

from pathlib import Path

from tasktrail.model.diagram import markdown, mermaid, status_section
from tasktrail.model.status import TASK_TRANSITIONS, Status

CONCEPTS = Path(__file__).parents[3] / "docs" / "concepts.md"

TABLE = {Status.PENDING: frozenset({Status.QUEUED}), Status.QUEUED: frozenset({Status.DONE})}


def test_the_diagram_in_the_documentation_is_up_to_date() -> None:
    text = CONCEPTS.read_text(encoding="utf-8")
    assert status_section() in text, "run scripts/status_diagram.py"


def test_a_diagram_has_an_arrow_for_each_transition_and_ends() -> None:
    assert mermaid(TABLE).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> pending",
        "    pending --> queued",
        "    queued --> done",
        "    done --> [*]",
    ]


def test_a_table_has_a_mark_for_each_transition() -> None:
    assert markdown(TABLE).splitlines() == [
        "|         | queued | done |",
        "|---------|--------|------|",
        "| pending | x      |      |",
        "| queued  |        | x    |",
    ]


def test_the_generated_section_shows_every_status_of_a_task() -> None:
    shown = set(mermaid(TASK_TRANSITIONS).split())
    assert {status.value for status in Status if status is not Status.SKIPPED} <= shown
