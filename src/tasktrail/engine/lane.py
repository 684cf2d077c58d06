"""Places in which jobs are carried out, and the ready jobs that wait for one."""

from __future__ import annotations

import heapq


class Lane:
    """`places` jobs may be at work; of those that wait, the oldest comes first."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._ready: list[tuple[int, int, bool]] = []

    def offer(self, task_id: int, job_id: int, *, new: bool) -> None:
        """Have a job wait for a place; `new` is one that never started. It may be offered twice,
        and be out of date by its turn."""
        heapq.heappush(self._ready, (job_id, task_id, new))

    def next(self) -> tuple[int, int, bool] | None:
        """The task and the job whose turn it is, and whether that is new; None without a free place
        or a waiting job."""
        if self._free <= 0 or not self._ready:
            return None
        job_id, task_id, new = heapq.heappop(self._ready)
        return task_id, job_id, new

    def pass_on(self) -> tuple[int, int, bool] | None:
        """The task and the job that take over the place of one which is about to end, and whether
        that is new; None where nobody waits, or where the place is one too many."""
        if self._free < 0 or not self._ready:
            return None
        job_id, task_id, new = heapq.heappop(self._ready)
        return task_id, job_id, new

    @property
    def open(self) -> bool:
        """Whether a place is free that nobody waits for."""
        return self._free > 0 and not self._ready

    def take(self) -> None:
        """Take a place, be one free or not: who gave one up for a while gets it back at once."""
        self._free -= 1

    def give(self) -> None:
        """Give a place to others."""
        self._free += 1
