"""Who waits for whom at locks: never in a circle, which only a time limit would end."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable

from simulation.broken import hold
from simulation.trace import Trace
from tasktrail.model.plan import SpawnAction, TaskPlan

_Owner = tuple[int, int | None]
"""A task and a job of it; without a job the task itself."""

_Waits = dict[_Owner, set[_Owner]]


class LockWatch:
    """Draws the graph of everybody who waits for the end of somebody else."""

    def __init__(
        self, database: sqlite3.Connection, plan: Callable[[int], TaskPlan], trace: Trace
    ) -> None:
        self._database = database
        self._plan = plan
        self._trace = trace

    def after_commit(self) -> None:
        """Check that nobody waits for himself."""
        waits = self._waits_at_locks()
        if not waits:
            return
        self._trace.meet("looks at lock queues")
        self._add_spawned(waits)
        for task_id, job_id in list(waits):
            if job_id is not None:
                waits[task_id, None].add((task_id, job_id))
        ended: set[_Owner] = set()
        for owner in list(waits):
            _walk(waits, owner, [], ended)

    def _waits_at_locks(self) -> _Waits:
        waits: _Waits = defaultdict(set)
        ahead: dict[str, list[_Owner]] = defaultdict(list)
        for name, task_id, job_id, granted in self._database.execute(
            "SELECT name, task_id, job_id, granted_at FROM lock_claims ORDER BY id"
        ):
            if granted is None:
                waits[task_id, job_id].update(ahead[name])
            ahead[name].append((task_id, job_id))
        return waits

    def _add_spawned(self, waits: _Waits) -> None:
        """A step that is being stopped does not count: what it waits for is being stopped, too."""
        for task_id, job_id, job, step, spawned in self._database.execute(
            "SELECT s.task_id, s.job_id, j.position, s.position, t.id FROM steps s"
            " JOIN jobs j ON j.id = s.job_id"
            " JOIN tasks t ON t.origin_step_id = s.id AND t.spawn_key = 'step'"
            " WHERE s.status = 'in_progress' AND t.ended_at IS NULL"
        ):
            action = self._plan(task_id).jobs[job].steps[step].action
            if isinstance(action, SpawnAction) and action.wait:
                waits[task_id, job_id].add((spawned, None))


def _walk(waits: _Waits, owner: _Owner, way: list[_Owner], ended: set[_Owner]) -> None:
    hold(owner not in way, "they wait for each other: {}", [*way, owner])
    if owner not in ended:
        for other in sorted(waits.get(owner, ()), key=str):
            _walk(waits, other, [*way, owner], ended)
        ended.add(owner)
