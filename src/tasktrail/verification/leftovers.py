"""Processes: what carries the marker of a data directory though its attempt has ended."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasktrail.runners.marker_tag import directory_tag, read_tag
from tasktrail.runners.os_process import OsProcess, every_process, look_at, marker_of
from tasktrail.store.log_places import AttemptKey
from tasktrail.verification.finding import Finding, Invariant

_ATTEMPT = re.compile(r".*:(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Marked:
    """A process of a data directory. `attempt` is its step and number; None if it does not say."""

    found: OsProcess
    attempt: AttemptKey | None
    ours: bool
    """Whether it descends from this process, which owns the data directory."""


def marked_processes(identity: str) -> list[Marked]:
    """Every living process that a step of the data directory has started."""
    prefix, tag = f"{identity}:", directory_tag(f"{identity}:")
    table = {found.pid: found for found in every_process()}
    marked: list[Marked] = []
    for found in table.values():
        if not found.alive or found.pid == os.getpid():
            continue
        marker = marker_of(found.pid)
        if marker.startswith(prefix) or read_tag(found.pid) >> 32 == tag:
            named = _ATTEMPT.fullmatch(marker) if marker.startswith(prefix) else None
            attempt = (int(named[1]), int(named[2])) if named else None
            marked.append(Marked(found, attempt, _descends(found, table)))
    return marked


def left_over(marked: Sequence[Marked], running: set[AttemptKey]) -> list[Finding]:
    """Those that live on for nobody. `running` was asked for after the processes were listed."""
    findings: list[Finding] = []
    for one in marked:
        ended = one.attempt is not None and one.attempt not in running
        if (ended or not one.ours) and _still_there(one.found):
            of = f" of step {one.attempt[0]}, attempt {one.attempt[1]}" if one.attempt else ""
            message = f"process {one.found.pid} ({one.found.name}){of} lives on"
            findings.append(Finding(Invariant.PROCESSES, message))
    return findings


def _descends(found: OsProcess, table: dict[int, OsProcess]) -> bool:
    own = os.getpid()
    seen: set[int] = set()
    at: OsProcess | None = found
    while at is not None and at.pid not in seen:
        if at.parent == own:
            return True
        seen.add(at.pid)
        at = table.get(at.parent)
    return False


def _still_there(found: OsProcess) -> bool:
    now = look_at(found.pid)
    return now is not None and now.alive and now.started == found.started
