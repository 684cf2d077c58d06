"""What must hold after every decision, said a second time and plainly.

Nothing here calls the roll-up, the course or the table's users: a slip in one of them must not be
able to hide itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasktrail.model.changes import Changes
from tasktrail.model.event import Event, EventKind
from tasktrail.model.job import Job
from tasktrail.model.outcome import Canceled, Errored, Failed, Succeeded, TimedOut, Warned
from tasktrail.model.plan import SpawnAction, StepPlan, SystemAction, SystemWork, When
from tasktrail.model.state import TaskState
from tasktrail.model.status import PART_TRANSITIONS, TASK_TRANSITIONS, Status
from tasktrail.model.step import Step
from tasktrail.model.task import ErrorClass, Task

ACTIVE = {Status.IN_PROGRESS, Status.CANCELING}
WELL = {Status.DONE, Status.DONE_WITH_WARNINGS}
BADLY = {Status.FAILED, Status.TIMED_OUT}
UNFINISHED = {Status.FAILED, Status.TIMED_OUT, Status.CANCELED}


def systems_own(plan: StepPlan) -> bool:
    return plan.system and isinstance(plan.action, SystemAction)


def never_stopped(plan: StepPlan) -> bool:
    return systems_own(plan) and plan.when is When.ALWAYS


def repeatable(plan: StepPlan) -> bool:
    return plan.retry_safe or isinstance(plan.action, SpawnAction) or systems_own(plan)


def check_decision(before: TaskState, after: TaskState, changes: Changes) -> None:
    """The laws about one decision: `before` is a copy that nothing has touched since."""
    if before.task.status.final:
        assert not changes
        assert not changes.events
    if not changes:
        assert changes == Changes(before.task.id)
    _check_events(before, after, changes)
    _check_final_records_stay(before, after)
    _check_times(before, after, changes)
    _check_started_jobs(before, after)
    _check_started_steps(before, after, changes)
    _check_stops(before, after, changes)
    _check_canceled(before, after)
    _check_releases(before, after, changes)


def check_state(state: TaskState, not_begun: Mapping[int, int] | None = None) -> None:
    """The laws about a state, however it was reached. `not_begun` counts, by step, the attempts
    whose worker left before it did anything for them."""
    for job in state.jobs.values():
        _check_job(state, job)
    for step in state.steps.values():
        _check_step(state, step, (not_begun or {}).get(step.id, 0))
    _check_task(state)


def _check_events(before: TaskState, after: TaskState, changes: Changes) -> None:
    """Every change of a status is an event, and each follows the table."""
    paths: dict[tuple[int | None, int | None], list[Event]] = {}
    for event in changes.events:
        assert event.kind is not EventKind.RECORDED
        if event.kind is EventKind.STATUS:
            paths.setdefault((event.job_id, event.step_id), []).append(event)
    seen: list[tuple[tuple[int | None, int | None], Status, Status]] = [
        ((None, None), before.task.status, after.task.status),
        *(((j.id, None), j.status, after.jobs[j.id].status) for j in before.jobs.values()),
        *(((s.job_id, s.id), s.status, after.steps[s.id].status) for s in before.steps.values()),
    ]
    for key, old, new in seen:
        table = TASK_TRANSITIONS if key == (None, None) else PART_TRANSITIONS
        for event in paths.pop(key, []):
            assert event.from_status is old
            assert event.to_status is not None
            assert event.to_status in table[old]
            old = event.to_status
        assert old is new
    assert not paths, "an event about something that does not exist"


def _check_final_records_stay(before: TaskState, after: TaskState) -> None:
    for old, new in (
        *((job, after.jobs[job.id]) for job in before.jobs.values()),
        *((step, after.steps[step.id]) for step in before.steps.values()),
    ):
        if old.status.final:
            assert new == old
    for step_id, attempt in before.attempts.items():
        if attempt.ended_at is not None and after.attempts[step_id].number == attempt.number:
            assert after.attempts[step_id] == attempt


def _check_times(before: TaskState, after: TaskState, changes: Changes) -> None:
    floor = before.task.updated_at
    assert after.task.updated_at >= floor
    times = [event.at for event in changes.events]
    times += [step.started_at for step in changes.steps.values() if step.attempts == 1]
    times += [step.retry_at for step in changes.steps.values() if step.retry_at]
    times += [attempt.ended_at for attempt in changes.attempts.values() if attempt.ended_at]
    new = [event.at for event in changes.events]
    assert all(at >= floor for at in new)
    assert new == sorted(new)
    for record in (after.task, *after.jobs.values(), *after.steps.values()):
        start, end = record.started_at, record.ended_at
        if start is not None:
            assert start >= after.task.created_at
            assert end is None or end >= start
    if before.task.started_at is not None:
        assert after.task.started_at == before.task.started_at, "the first start stays"


def _check_started_jobs(before: TaskState, after: TaskState) -> None:
    for job in _started(before.jobs.values(), after):
        plan = after.job_plan(job)
        needs = [before.jobs[before.job_ids[name]] for name in plan.after]
        assert all(need.status.final for need in needs), "it needs something that still runs"
        cancel, task = before.task.cancel, before.task
        assert task.limit_reached_at is None
        if cancel is not None:
            assert not cancel.forced
            assert plan.when is When.ALWAYS
        if plan.when is When.ON_SUCCESS:
            assert all(need.status in WELL for need in needs)
            assert not (after.plan.fail_fast and _has_failed(before))
        if plan.when is When.ON_FAILURE:
            assert any(_trouble_behind(before, need) for need in needs)


def _started(jobs: Iterable[Job], after: TaskState) -> list[Job]:
    return [after.jobs[job.id] for job in jobs if not job.started_at and after.jobs[job.id].claim]


def _has_failed(state: TaskState) -> bool:
    return any(job.status in BADLY for job in state.jobs.values())


def _trouble_behind(state: TaskState, job: Job) -> bool:
    """Whether the job, or one that it was skipped for, did not end well."""
    waiting, seen = [job], set[int]()
    while waiting:
        each = waiting.pop()
        if each.status in UNFINISHED:
            return True
        if each.status is Status.SKIPPED and each.id not in seen:
            seen.add(each.id)
            waiting += [state.jobs[state.job_ids[name]] for name in state.job_plan(each).after]
    return False


def _check_started_steps(before: TaskState, after: TaskState, changes: Changes) -> None:
    """Attempts count at the start, one at a time, and no stop lets more through than it should."""
    for step in after.steps.values():
        old = before.steps[step.id]
        if step.attempts == old.attempts:
            continue
        assert step.attempts == old.attempts + 1
        assert step.status is Status.IN_PROGRESS
        assert changes.attempts[step.id].number == step.attempts
        assert changes.attempts[step.id].status is Status.IN_PROGRESS
        _check_may_start(after, step)


def _check_may_start(state: TaskState, step: Step) -> None:
    plan, job, task = state.step_plan(step), state.jobs[step.job_id], state.task
    earlier = [each for each in state.steps_of(job.id) if each.position < step.position]
    assert all(each.status.final for each in earlier), "steps run one after another"
    if never_stopped(plan):
        return
    assert task.limit_reached_at is None
    assert job.limit_reached_at is None
    job_when = state.job_plan(job).when
    if task.cancel is not None:
        assert not task.cancel.forced
        assert When.ALWAYS in (plan.when, job_when)
    elif state.plan.fail_fast and _has_failed(state) and job_when is When.ON_SUCCESS:
        assert plan.when is not When.ON_SUCCESS
    assert course_runs(state, step), "what came before does not allow it"


def cleans_up(state: TaskState, step: Step) -> bool:
    job_plan = state.job_plan(state.jobs[step.job_id])
    return When.ALWAYS in (state.step_plan(step).when, job_plan.when)


def course_runs(state: TaskState, step: Step) -> bool:
    """Whether a step runs after the ones before it, when nothing stops anything."""
    plan = state.step_plan(step)
    earlier = [each for each in state.steps_of(step.job_id) if each.position < step.position]
    ends = {each.status for each in earlier}
    if never_stopped(plan):
        return True
    for each in earlier:
        action = state.step_plan(each).action
        prepares = isinstance(action, SystemAction) and action.work is SystemWork.PREPARE_WORKSPACE
        if prepares and each.status in UNFINISHED:
            return False
    if plan.when is When.ALWAYS:
        return True
    return bool(ends & BADLY) if plan.when is When.ON_FAILURE else not ends & UNFINISHED


def _check_stops(before: TaskState, after: TaskState, changes: Changes) -> None:
    for stop in changes.stops:
        step = after.steps[stop.step_id]
        assert step.status in ACTIVE
        assert step.job_id == stop.job_id
        assert not never_stopped(after.step_plan(step))
    asked = {stop.step_id for stop in changes.stops}
    if after.task.limit_reached_at != before.task.limit_reached_at:
        for step in _stoppable(after):
            assert step.id in asked, "something runs on that was to be stopped"
    if after.task.cancel not in (None, before.task.cancel):
        _check_cancel(before, after, asked, forced=after.task.cancel.forced)


def _stoppable(state: TaskState) -> list[Step]:
    steps = state.steps.values()
    return [
        each for each in steps if each.status in ACTIVE and not never_stopped(state.step_plan(each))
    ]


def _check_cancel(before: TaskState, after: TaskState, asked: set[int], *, forced: bool) -> None:
    """A cancel stops all but clean-up, running or waiting; a forced one stops that as well."""
    for step in _stoppable(after):
        assert (step.id in asked) == (forced or not cleans_up(after, step))
    for step in before.steps.values():
        if not forced and cleans_up(before, step) and before.jobs[step.job_id].started_at:
            ahead = after.steps[step.id].status
            skipped = step.status is Status.PENDING and ahead is Status.SKIPPED
            assert ahead is step.status or skipped, "clean-up was touched"
    for job in after.jobs.values():
        assert job.status is not Status.IN_PROGRESS


def _check_canceled(before: TaskState, after: TaskState) -> None:
    """What runs is canceled only after it was asked to stop."""
    for step in after.steps.values():
        old = before.steps[step.id]
        if step.status is Status.CANCELED and step.status is not old.status:
            assert old.status is not Status.IN_PROGRESS


def _check_releases(before: TaskState, after: TaskState, changes: Changes) -> None:
    for job in after.jobs.values():
        if job.status.final and not before.jobs[job.id].status.final:
            locked = bool(after.job_plan(job).locks)
            assert changes.releases.count(job.id) == int(locked)
    if after.task.status.final and not before.task.status.final:
        assert changes.releases.count(None) == 1
    assert len(set(changes.lock_requests)) == len(changes.lock_requests)
    for job_id in changes.lock_requests:
        if job_id is not None:
            assert after.jobs[job_id].status is Status.PENDING


def _check_job(state: TaskState, job: Job) -> None:
    steps = list(state.steps_of(job.id))
    running = [step for step in steps if step.status in ACTIVE]
    assert len(running) == int(job.status in ACTIVE)
    assert (job.claim is not None) == (job.status in ACTIVE)
    assert (job.ended_at is not None) == job.status.final
    if all(step.status.final for step in steps):
        assert job.status.final or job.status is Status.QUEUED, "a worker has to close it"
    if refused(state, job):
        _check_refused(state, job, steps)
    elif job.started_at is None:
        assert job.status in {Status.PENDING, Status.QUEUED, Status.SKIPPED}
    open_steps = [step for step in steps if not step.status.final]
    assert not (open_steps and job.status.final)
    assert all(step.status is Status.PENDING for step in open_steps[1:])
    if job.status is Status.BACKED_OFF:
        assert open_steps[0].status is Status.BACKED_OFF
    if job.status.final:
        assert job.status is expected_job_status(job, [step.status for step in steps])
        own = [step for step in steps if not never_stopped(state.step_plan(step))]
        nothing_ran = all(step.status is Status.SKIPPED for step in own)
        assert not (nothing_ran and job.status in WELL), "done by nothing but its frame"


def refused(state: TaskState, job: Job) -> bool:
    """Whether a job has failed without having started: it would have waited for itself."""
    ended = {Status.FAILED, Status.DONE_WITH_WARNINGS}
    return job.started_at is None and job.status in ended and bool(state.job_plan(job).locks)


def _check_refused(state: TaskState, job: Job, steps: list[Step]) -> None:
    """One step of the user's says why; nothing was attempted; only force forgives it (M16)."""
    (told,) = (step for step in steps if step.status is not Status.SKIPPED)
    assert told.status is (Status.DONE_WITH_WARNINGS if state.task.forced else Status.FAILED)
    assert not systems_own(state.step_plan(told))
    assert all(step.attempts == 0 for step in steps)
    assert told.warning or (told.error and told.error.kind is ErrorClass.USER)


def expected_job_status(job: Job, ends: list[Status]) -> Status:
    if Status.TIMED_OUT in ends or job.stopped is Status.TIMED_OUT:
        return Status.TIMED_OUT
    if Status.FAILED in ends:
        return Status.FAILED
    if Status.CANCELED in ends or job.stopped is Status.CANCELED:
        return Status.CANCELED
    if Status.DONE_WITH_WARNINGS in ends:
        return Status.DONE_WITH_WARNINGS
    return Status.DONE if Status.DONE in ends else Status.SKIPPED


def _check_step(state: TaskState, step: Step, not_begun: int) -> None:
    plan, attempt = state.step_plan(step), state.attempts.get(step.id)
    assert (step.ended_at is not None) == step.status.final
    assert (step.retry_at is not None) == (step.status is Status.BACKED_OFF)
    assert step.attempts == (attempt.number if attempt else 0)
    assert step.attempts <= max(plan.retry.attempts, 3 if repeatable(plan) else 1) + not_begun
    assert (step.error is not None) == (step.status is Status.FAILED)
    assert (step.warning is not None) == (step.status is Status.DONE_WITH_WARNINGS)
    if step.status in {Status.PENDING, Status.SKIPPED} or refused(state, state.jobs[step.job_id]):
        assert attempt is None
        return
    assert attempt is not None
    assert (attempt.ended_at is None) == (step.status in ACTIVE)
    if step.status.final:
        _check_meaning(state, step)


def _check_meaning(state: TaskState, step: Step) -> None:
    """A step's final status is what its last outcome means, and nothing else."""
    plan, outcome = state.step_plan(step), state.attempts[step.id].outcome
    forgives = plan.allow_failure or (state.task.forced and not systems_own(plan))
    match step.status:
        case Status.DONE:
            assert isinstance(outcome, Succeeded)
        case Status.DONE_WITH_WARNINGS:
            assert isinstance(outcome, Warned) or (isinstance(outcome, Failed) and forgives)
        case Status.FAILED:
            ours = isinstance(outcome, Errored | Canceled)
            assert ours or (isinstance(outcome, Failed) and not forgives)
            assert step.error is not None
            assert (step.error.kind is ErrorClass.SYSTEM) == ours
            assert outcome.message in step.error.message
            assert step.error.step_id == step.id
        case Status.TIMED_OUT:
            limits = state.task.limit_reached_at or state.jobs[step.job_id].limit_reached_at
            assert isinstance(outcome, TimedOut) or limits
        case Status.CANCELED:
            fast = state.plan.fail_fast and _has_failed(state)
            assert state.task.cancel is not None or fast
        case _:
            raise AssertionError(step.status)


def _check_task(state: TaskState) -> None:
    task, ends = state.task, {job.status for job in state.jobs.values()}
    everything_ended = all(end.final for end in ends)
    assert task.status.final == everything_ended
    assert (task.ended_at is not None) == task.status.final
    if task.status.final:
        _check_end(state, task, ends)
    elif task.started_at is None:
        expected = Status.QUEUED if Status.QUEUED in ends else Status.PENDING
        assert task.status is expected
    elif task.cancel is not None:
        assert task.status is Status.CANCELING
    elif ends & ACTIVE:
        assert task.status is Status.IN_PROGRESS
    elif task.status is Status.IN_PROGRESS:
        assert ends & {Status.QUEUED, Status.PENDING}, "in progress, but nothing goes on"
        assert Status.BACKED_OFF not in ends or Status.QUEUED in ends
    else:
        assert task.status in ends
        assert task.status in {Status.QUEUED, Status.BACKED_OFF}


def _check_end(state: TaskState, task: Task, ends: set[Status]) -> None:
    if task.limit_reached_at is not None:
        assert task.status is Status.TIMED_OUT
    elif task.stopped is Status.CANCELED:
        assert task.status is Status.CANCELED
        assert task.cancel is not None
        assert any(
            step.status in {Status.CANCELED, Status.SKIPPED} for step in state.steps.values()
        )
    else:
        order = (Status.TIMED_OUT, Status.FAILED, Status.CANCELED, Status.DONE_WITH_WARNINGS)
        worst = next((status for status in order if status in ends), Status.DONE)
        assert task.status is worst
    assert (task.error is not None) == (task.status is Status.FAILED)
    if task.error is not None:
        _check_error(state, task)
    if task.cancel is None and task.limit_reached_at is None:
        _check_undisturbed(state)
    if task.cancel is not None and not task.cancel.forced and task.limit_reached_at is None:
        _check_cleaned_up(state)


def _check_cleaned_up(state: TaskState) -> None:
    """Whatever a cancel stopped, the clean-up of what had started ran to its end."""
    for job in state.jobs.values():
        if job.started_at is None or job.limit_reached_at is not None:
            continue
        for step in state.steps_of(job.id):
            if cleans_up(state, step):
                assert step.status is not Status.CANCELED
                assert (step.status is not Status.SKIPPED) == course_runs(state, step)


def _check_error(state: TaskState, task: Task) -> None:
    """The visible error comes first; one that nobody sees can at least be looked up (M19)."""
    assert task.error is not None
    assert task.error.step_id is not None
    failed = [step for step in state.steps.values() if step.status is Status.FAILED]
    shown = state.steps[task.error.step_id]
    assert shown in failed
    visible = [step for step in failed if not _hidden(state, step)]
    assert not visible or shown in visible
    if not visible or task.error.kind is ErrorClass.SYSTEM:
        assert task.error.reference


def _hidden(state: TaskState, step: Step) -> bool:
    return step.system or state.job_plan(state.jobs[step.job_id]).system


def _check_undisturbed(state: TaskState) -> None:
    """Without a stop from outside, each job and step ran exactly if the course says so."""
    fast = state.plan.fail_fast and _has_failed(state)
    for job in state.jobs.values():
        plan = state.job_plan(job)
        if fast and plan.when is not When.ALWAYS:
            continue  # what it needs may have been skipped before all of it was known
        needs = [state.jobs[state.job_ids[name]] for name in plan.after]
        runs = {
            When.ALWAYS: True,
            When.ON_SUCCESS: all(need.status in WELL for need in needs),
            When.ON_FAILURE: any(_trouble_behind(state, need) for need in needs),
        }[plan.when]
        own = [each for each in plan.steps if not never_stopped(each)]
        has_work = any(each.when is not When.ON_FAILURE for each in own)
        assert (job.status is not Status.SKIPPED) == (runs and has_work)
        if job.started_at is not None and job.limit_reached_at is None:
            for step in state.steps_of(job.id):
                assert (step.status is not Status.SKIPPED) == course_runs(state, step)
