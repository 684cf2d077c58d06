"""Limits of a step as people read them."""

from __future__ import annotations

from collections.abc import Collection

from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind

_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


def size_text(size: int) -> str:
    """Bytes with the largest decimal unit that tells them to three digits: `512 MB`, `1.5 GB`."""
    for unit, factor in _UNITS:
        if size >= factor:
            return (
                f"{size / factor:.3g} {unit}"
                if size < 1000 * factor
                else f"{size // factor} {unit}"
            )
    return f"{size} bytes"


def hit_words(limits: StepLimits | None, hit: Collection[LimitKind]) -> str | None:
    """Why a step that ran into `hit` ended; None when no limit has to do with it."""
    if limits is None:
        return None
    if LimitKind.MEMORY in hit and limits.memory is not None:
        return f"ended because it used more than its memory limit of {size_text(limits.memory)}"
    if LimitKind.PROCESSES in hit and limits.processes is not None:
        return f"had reached its limit of {limits.processes} processes"
    return None


def limit_means(enforced: Collection[LimitKind]) -> str:
    """How each kind of limit is set on this machine."""
    otherwise = {LimitKind.MEMORY: "by address space of each process"}
    told = [
        f"{kind.value} {'by cgroup' if kind in enforced else otherwise.get(kind, 'not enforced')}"
        for kind in LimitKind
    ]
    return ", ".join(told)


def gap_words(limits: StepLimits, enforced: Collection[LimitKind]) -> tuple[str, ...]:
    """What the log says about those of `limits` that no cgroup enforces here."""
    found: list[str] = []
    if limits.memory is not None and LimitKind.MEMORY not in enforced:
        size = size_text(limits.memory)
        found.append(
            f"the memory limit of {size} holds for each process by itself (address space), not"
            " for the step as a whole: that needs a cgroup with the controller memory"
        )
    if limits.processes is not None and LimitKind.PROCESSES not in enforced:
        found.append(
            f"the limit of {limits.processes} processes is not enforced: that needs a cgroup with"
            " the controller pids"
        )
    if limits.cpu is not None and LimitKind.CPU not in enforced:
        found.append(
            f"the limit of {limits.cpu:g} processors is not enforced: that needs a cgroup with the"
            " controller cpu"
        )
    return tuple(found)
