"""What a step may use: `limits: {memory: 512MB, processes: 64, cpu: 0.5}`."""

from __future__ import annotations

import re

from tasktrail.definitions.section import Section
from tasktrail.model.plan import StepLimits

KEYS = ("memory", "processes", "cpu")
"""The keys of `limits`, each described in docs/runbook-reference.md."""

LEAST_MEMORY, MOST_MEMORY = 4 * 10**6, 10**15
"""Bytes: a shell does not start with less, and no machine has more."""
MOST_PROCESSES = 1_000_000
LEAST_CPU, MOST_CPU = 0.01, 1024.0
"""Processors; below that the kernel cannot share one out."""

SIZE_HINT = "write 512MB, 1.5GB or 512MiB"
SPAWN_PROBLEM = "a step with `spawn` cannot have `limits`"
SPAWN_HINT = "a spawned task runs in its own steps; put `limits` there"

_UNITS = {
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]I?B)", re.ASCII | re.IGNORECASE)


def parse_memory(text: str) -> int:
    """The bytes that a memory limit such as `512MB` or `1.5GiB` means.

    Raises:
        ValueError: it is no size with a unit, or one that makes no sense as a limit.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError("is not a size with a unit")
    size = int(float(found.group(1)) * _UNITS[found.group(2).upper()])
    if size < LEAST_MEMORY:
        raise ValueError("must be at least 4MB, or nothing can start")
    if size > MOST_MEMORY:
        raise ValueError("must be at most 1000TB")
    return size


def read_limits(step: Section) -> StepLimits | None:
    """The limits below `limits`; None when there are none."""
    section = step.section("limits")
    if section is None:
        return None
    if step.has("spawn"):
        step.note(SPAWN_PROBLEM, step.place_of("limits"), key="limits", hint=SPAWN_HINT)
        return None
    section.allow_only(KEYS, {"cpus": "did you mean `cpu`?", "pids": "did you mean `processes`?"})
    if not any(map(section.has, KEYS)):
        section.note(f"`limits` needs one of {', '.join(KEYS)}")
        return None
    return StepLimits(
        memory=_read_memory(section),
        processes=section.integer("processes", 1, lowest=1, highest=MOST_PROCESSES)
        if section.has("processes")
        else None,
        cpu=float(section.number("cpu", 1, lowest=LEAST_CPU, highest=MOST_CPU))
        if section.has("cpu")
        else None,
    )


def _read_memory(section: Section) -> int | None:
    scalar = section.scalar("memory")
    if scalar is None:
        return None
    try:
        return parse_memory(scalar.text)
    except ValueError as error:
        section.note(f"`memory` {error}", scalar.place, key="memory", hint=SIZE_HINT)
        return None
