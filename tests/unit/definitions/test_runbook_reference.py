"""The reference tells the truth: its examples load, and its tables have every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from definition_text import parse

from tasktrail.definitions import (
    input_specs,
    retry_policy,
    runbook_file,
    runbook_jobs,
    runbook_steps,
    step_limits,
)
from tasktrail.model.plan import InputKind

TEXT = (Path(__file__).parents[3] / "docs" / "runbook-reference.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_loads(example: str) -> None:
    assert parse(example).name


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("The task", runbook_file.KEYS),
        ("Inputs", (*input_specs.KEYS, *(kind.value for kind in InputKind))),
        ("Jobs", runbook_jobs.KEYS),
        ("Steps", runbook_steps.KEYS),
        ("Limits", step_limits.KEYS),
        ("Retries", retry_policy.KEYS),
    ],
)
def test_a_table_has_every_key_and_no_other(heading: str, keys: tuple[str, ...]) -> None:
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    documented = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(documented) == sorted(keys)


@pytest.mark.parametrize(
    ("heading", "keys"),
    [("The task", runbook_file.KEYS), ("Jobs", runbook_jobs.KEYS), ("Steps", runbook_steps.KEYS)],
)
def test_an_example_shows_every_key(heading: str, keys: tuple[str, ...]) -> None:
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (example,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    missing = [key for key in keys if not re.search(rf"\b{key}:", example)]
    assert missing == []
