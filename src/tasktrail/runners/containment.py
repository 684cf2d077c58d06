"""How the processes of a tree are held together, whatever they fork: the interface of a means."""

from __future__ import annotations

from typing import Protocol

from tasktrail.model.plan import StepLimits
from tasktrail.model.receipt import LimitKind, Means
from tasktrail.runners.os_process import OsProcess


class Enclosure(Protocol):
    """Holds one process tree, from before its first process starts until nothing of it is left."""

    @property
    def means(self) -> tuple[Means, ...]:
        """By what the tree is held."""
        ...

    @property
    def proof(self) -> str:
        """How it is known that nothing is left, once that is so."""
        ...

    @property
    def enforced(self) -> frozenset[LimitKind]:
        """What the tree as a whole cannot use more of than its limits allow."""
        ...

    @property
    def limits_hit(self) -> tuple[LimitKind, ...]:
        """The enforced limits that the tree ran into."""
        ...

    def enter(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """What to execute instead of `argv`, so that it is inside, and limited, before it can
        fork."""
        ...

    def lead(self, pid: int) -> None:
        """Learn the leader, just started. It stays unreaped until the tree is gone."""
        ...

    def left_behind(self) -> tuple[OsProcess, ...]:
        """What still lives after the leader ended by itself. Quick when that is nothing."""
        ...

    def members(self) -> tuple[OsProcess, ...]:
        """Everything of the tree that lives, searched for by every means."""
        ...

    def kill(self) -> None:
        """Send SIGKILL to everything of the tree, also to what forks meanwhile."""
        ...

    async def wait_empty(self) -> None:
        """Return once nothing of the tree lives. May be canceled."""
        ...

    def release(self) -> None:
        """Give back what holding the tree took. The leader is reaped."""
        ...


class Containment(Protocol):
    """Makes the enclosures of one engine life."""

    def enclose(self, marker: str, limits: StepLimits | None) -> Enclosure:
        """An enclosure for the tree with that marker and those limits."""
        ...

    def close(self) -> None:
        """Give back what is shared by the enclosures, all of which are released."""
        ...
