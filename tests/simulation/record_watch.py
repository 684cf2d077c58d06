"""Holds the records against the invariants, after every commit and at the end of a schedule.

Reads plain rows: nothing of the code that wrote them is asked whether it wrote the right thing.
"""

from __future__ import annotations

import sqlite3
from random import Random
from typing import Any

from simulation.broken import hold
from simulation.memory_database import MemoryDatabase
from simulation.trace import Trace
from tasktrail.model.instant import after
from tasktrail.model.plan import SpawnAction
from tasktrail.model.state import TaskState
from tasktrail.model.status import PART_TRANSITIONS, TASK_TRANSITIONS, Status
from tasktrail.store.group_commit import GroupCommit
from tasktrail.store.states import load_state
from unit.model import laws

_Part = tuple[int | None, int | None]
"""A job and a step; a job alone; or the task itself."""

_TASK: _Part = (None, None)

_COUNTED = {"backed_off", "timed_out", "canceled", "failed", "done_with_warnings", "done"}


class RecordWatch:
    """Follows the history of every task, and what the tables say beside it."""

    def __init__(self, database: MemoryDatabase, trace: Trace, chance: Random) -> None:
        self._database = database
        self._sqlite: sqlite3.Connection = database.sqlite
        self._trace = trace
        self._chance = chance
        self._thorough = chance.choice((0.0, 0.02, 0.2))
        self._last_event = 0
        self._statuses: dict[int, dict[_Part, str]] = {}
        self._times: dict[int, int] = {}
        self._forced_at: dict[int, int] = {}
        self._final: dict[int, list[Any]] = {}

    def live_tasks(self) -> list[int]:
        """The tasks that have not ended."""
        return [
            task_id
            for task_id, statuses in self._statuses.items()
            if not Status(statuses[_TASK]).final
        ]

    def after_commit(self, commits: GroupCommit) -> set[int]:
        """Check what has changed; returns the tasks that have."""
        touched = self._follow_events()
        for task_id in touched:
            self._compare(task_id)
            if self._chance.random() < self._thorough:
                self._check_kept(self._check_laws(task_id), commits)
        return touched

    def at_the_end(
        self,
        commits: GroupCommit,
        accepted: set[int],
        begun: set[tuple[int, int]],
        slack: float | None,
    ) -> None:
        """Check everything once nothing is left to happen.

        `accepted` are the tasks that somebody was told of, `begun` the attempts that really were
        carried out. A task ends at most `slack` seconds after its limit or a forced cancel; None
        where the clock has jumped.
        """
        self.after_commit(commits)
        found = {task_id for (task_id,) in self._rows("SELECT id FROM tasks")}
        hold(accepted <= found, "accepted tasks are lost: {}", accepted - found)
        hold(found == set(self._statuses), "a task has no history")
        for task_id in found:
            self._compare(task_id)
            state = self._check_laws(task_id)
            self._check_logs(task_id, begun)
            if slack is not None:
                self._check_times(state, round(slack * 1_000_000))
            status = self._statuses[task_id][_TASK]
            hold(Status(status).final, "task {} is {}, and nothing will go on", task_id, status)
            hold(self._final[task_id] == self._everything(task_id), "task {} changed", task_id)
        self._check_locks_are_free()
        self._check_spawn_keys()
        hold(self._rows("PRAGMA integrity_check") == [("ok",)], "the database is damaged")
        hold(not self._rows("PRAGMA foreign_key_check"), "a reference leads nowhere")

    def _follow_events(self) -> set[int]:
        touched: set[int] = set()
        for event in self._rows(
            "SELECT id, task_id, at, kind, job_id, step_id, from_status, to_status, by, message"
            " FROM events WHERE id > ? ORDER BY id",
            self._last_event,
        ):
            self._last_event = event[0]
            touched.add(event[1])
            self._follow(*event[1:])
        return touched

    def _follow(
        self,
        task_id: int,
        at: int,
        kind: str,
        job_id: int | None,
        step_id: int | None,
        before: str | None,
        to: str | None,
        by: str | None,
        message: str | None,
    ) -> None:
        part = (job_id, step_id)
        self._trace.say(
            "          {} job {} step {}: {} {} -> {} {}",
            *(f"task {task_id}", job_id, step_id, kind, before, to, message or ""),
        )
        if kind == "recorded":
            hold(task_id not in self._statuses, "task {} is recorded twice", task_id)
            hold(by is not None, "nobody has submitted task {}", task_id)
            self._statuses[task_id] = {_TASK: str(to)}
            self._times[task_id] = at
            return
        hold(task_id in self._statuses, "task {} has a history before it exists", task_id)
        # A link to another task may be noted by a clock that was set back since.
        if kind not in ("spawned", "rerun"):
            hold(at >= self._times[task_id], "the history of task {} goes back in time", task_id)
            self._times[task_id] = at
        if kind == "cancel_asked":
            hold(by is not None, "nobody has asked for the cancel of task {}", task_id)
            self._trace.meet("cancels asked for")
            if message is not None:
                self._forced_at.setdefault(task_id, at)
        elif kind == "time_limit":
            self._trace.meet("time limits reached")
        elif kind == "status":
            self._move(task_id, part, str(before), str(to))

    def _move(self, task_id: int, part: _Part, before: str, to: str) -> None:
        statuses = self._statuses[task_id]
        stood = statuses.get(part, "pending")
        hold(stood == before, "{} of task {} is {}, not {}", part, task_id, stood, before)
        table = TASK_TRANSITIONS if part == _TASK else PART_TRANSITIONS
        allowed = Status(to) in table.get(Status(before), frozenset())
        hold(allowed, "{} of task {} goes from {} to {}", part, task_id, before, to)
        statuses[part] = to
        if part == _TASK and to in _COUNTED:
            self._trace.meet(f"tasks {to}")

    def _compare(self, task_id: int) -> None:
        """What the tables say is what the history has led to."""
        statuses = self._statuses[task_id]
        found: dict[_Part, str] = {
            _TASK: self._rows("SELECT status FROM tasks WHERE id = ?", task_id)[0][0]
        }
        for job_id, status in self._rows("SELECT id, status FROM jobs WHERE task_id = ?", task_id):
            found[job_id, None] = status
        for job_id, step_id, status in self._rows(
            "SELECT job_id, id, status FROM steps WHERE task_id = ?", task_id
        ):
            found[job_id, step_id] = status
        hold(statuses.keys() <= found.keys(), "the history of task {} names unknown parts", task_id)
        for part, status in found.items():
            told = statuses.get(part, "pending")
            hold(status == told, "{} of task {} is {}, not {}", part, task_id, status, told)
        if Status(found[_TASK]).final:
            everything = self._everything(task_id)
            before = self._final.setdefault(task_id, everything)
            hold(before == everything, "task {} changed after its end", task_id)

    def _everything(self, task_id: int) -> list[Any]:
        return [
            self._rows(f"SELECT * FROM {table} WHERE {column} = ? ORDER BY 1, 2", task_id)
            for table, column in (
                ("tasks", "id"),
                ("jobs", "task_id"),
                ("steps", "task_id"),
                ("attempts", "task_id"),
                ("task_plans", "task_id"),
            )
        ]

    def _check_laws(self, task_id: int) -> TaskState:
        state = load_state(self._database.connection, task_id)
        if not state.task.immediate:
            laws.check_state(state, self._not_begun(task_id))
        return state

    def _not_begun(self, task_id: int) -> dict[int, int]:
        """How many attempts at each step had not begun when their engine was stopped."""
        found = self._rows(
            "SELECT step_id, count(*) FROM attempts WHERE task_id = ?"
            """ AND outcome LIKE '%"begun":false%' GROUP BY step_id""",
            task_id,
        )
        return dict(found)

    def _check_kept(self, stored: TaskState, commits: GroupCommit) -> None:
        """The copy that decisions are made on is what is stored."""
        task_id = stored.task.id
        kept = commits._states.get(task_id)
        hold(kept in (None, stored), "the kept state of task {} is not the stored one", task_id)

    def _check_logs(self, task_id: int, begun: set[tuple[int, int]]) -> None:
        for step_id, number, log in self._rows(
            "SELECT step_id, number, log FROM attempts WHERE task_id = ?", task_id
        ):
            closed = log is not None or (step_id, number) not in begun
            hold(closed, "attempt {} at step {} has no closed log", number, step_id)

    def _check_times(self, state: TaskState, slack: int) -> None:
        """Limits and forced cancels really end a task.

        One that waits for another task ends when that one has cleaned up.
        """
        task_id = state.task.id
        steps = state.plan.steps()
        waits = any(isinstance(step.action, SpawnAction) and step.action.wait for step in steps)
        if waits or state.task.started_at is None:
            return
        ends = after(state.task.started_at, state.plan.time_limit)
        if task_id in self._forced_at:
            ends = min(ends, max(self._forced_at[task_id], state.task.started_at))
        late = (state.task.ended_at or 0) - ends
        hold(late <= slack, "task {} ended {} s too late", task_id, late / 1_000_000)

    def _check_locks_are_free(self) -> None:
        left = self._rows("SELECT name, task_id, job_id, granted_at FROM lock_claims")
        hold(not left, "ended tasks stand at locks: {}", left)

    def _check_spawn_keys(self) -> None:
        twice = self._rows(
            "SELECT origin_step_id, spawn_key, count(*) FROM tasks WHERE spawn_key IS NOT NULL"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        )
        hold(not twice, "steps have spawned a task twice: {}", twice)

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._sqlite.execute(query, values).fetchall()
