"""The queues at locks: one holder, and nobody who waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasktrail.store.survey import StandingClaim
from tasktrail.verification.finding import Finding, Invariant

_Owner = tuple[int, int | None]
_Lock = tuple[int, str]


def wrong_queues(claims: Sequence[StandingClaim]) -> Iterator[Finding]:
    """What is wrong at any lock; `claims` are all there are, in the order of the queues."""
    holders: dict[_Lock, int] = {}
    first: dict[_Lock, _Owner] = {}
    waiting: dict[_Owner, list[_Lock]] = {}
    for claim in claims:
        name = claim.lock[1]
        first.setdefault(claim.lock, (claim.task_id, claim.job_id))
        if claim.ended:
            yield _of(claim.task_id, f"it has ended and stands at the lock {name}")
        if not claim.granted:
            waiting.setdefault((claim.task_id, claim.job_id), []).append(claim.lock)
        elif claim.lock in holders:
            yield _of(claim.task_id, f"it holds the lock {name} beside task {holders[claim.lock]}")
        else:
            holders[claim.lock] = claim.task_id
    # Who is the first at every lock that it wants has them all.
    for owner, locks in waiting.items():
        if all(first[lock] == owner for lock in locks):
            names = ", ".join(name for _, name in locks)
            yield _of(owner[0], f"it waits for {names}, which nobody holds")


def _of(task_id: int, message: str) -> Finding:
    return Finding(Invariant.OWNERS, message, task_id)
