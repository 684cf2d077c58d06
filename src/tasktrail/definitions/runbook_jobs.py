"""The jobs of a runbook and their graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msgspec.structs import replace as replace_fields

from tasktrail.definitions.environment import read_environment
from tasktrail.definitions.names import job_name_problem, pool_name_problem
from tasktrail.definitions.references import ReferenceScope, checked_text
from tasktrail.definitions.runbook_steps import read_steps
from tasktrail.definitions.section import Section
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.definitions.yaml_tree import MapNode
from tasktrail.model.graph import find_cycle
from tasktrail.model.plan import DEFAULT_POOL, InputSpec, JobPlan, When
from tasktrail.model.template import references, slug

KEYS = ("title", "after", "when", "timeout", "env", "locks", "pool", "system", "steps")
"""The keys of a job, each described in docs/runbook-reference.md."""

_MISPLACED = {
    "needs": "did you mean `after`?",
    "depends_on": "did you mean `after`?",
    "run": "commands belong to a step: `steps: [{run: ...}]`",
    "retry": "retries belong to a step",
    "name": "the key of a job is its name; `title` is for people",
}
_MOST_CYCLES = 5


def read_jobs(runbook: Section, inputs: Mapping[str, InputSpec], root: str) -> tuple[JobPlan, ...]:
    """The jobs below `jobs`, in the order of the file; `root` is the directory of the runbook."""
    section = runbook.section("jobs")
    jobs = {} if section is None else _sections(section)
    if not jobs and not runbook.has("jobs"):
        runbook.note("`jobs` is missing", key="jobs", hint="jobs: {build: {steps: [make build]}}")
    elif section is not None and not section.node.entries:
        runbook.note("`jobs` is empty", section.place, key="jobs")
    needs = {name: _read_needs(job, name, jobs) for name, job in jobs.items()}
    _note_cycles(jobs, needs)
    slugs = {slug(name): tuple(map(slug, needed)) for name, needed in needs.items()}
    plans: list[JobPlan] = []
    for name, job in jobs.items():
        scope = ReferenceScope(inputs, job=slug(name), needs=slugs)
        plans.append(replace_fields(_read_job(job, name, scope, root), after=needs[name]))
    return tuple(plans)


def _sections(section: Section) -> dict[str, Section]:
    jobs: dict[str, Section] = {}
    slugs: dict[str, str] = {}
    for key, value in section.entries():
        problem = job_name_problem(key.text)
        if problem is not None:
            section.note(f"the job name `{key.text[:60]}` {problem}", key.place, key=key.text)
        other = slugs.setdefault(slug(key.text), key.text)
        if other != key.text:
            section.note(
                f"the job name `{key.text}` is too near to `{other}`",
                key.place,
                key=key.text,
                hint=f"both are called `{slug(other)}` in references",
            )
        if isinstance(value, MapNode):
            jobs[key.text] = Section(value, section.report, section.path_of(key.text))
        else:
            section.note(f"the job `{key.text[:60]}` must be a mapping", value.place, key=key.text)
    return jobs


def _read_needs(job: Section, name: str, jobs: Mapping[str, Section]) -> tuple[str, ...]:
    needs: list[str] = []
    for scalar in job.scalars("after"):
        if scalar.text in jobs:
            needs.append(scalar.text)
        else:
            job.note(
                f"the job `{name}` needs `{scalar.text[:60]}`, which does not exist",
                scalar.place,
                key="after",
                hint=suggestion_or_listing(scalar.text, jobs, "jobs here"),
            )
    return tuple(dict.fromkeys(needs))


def _note_cycles(jobs: Mapping[str, Section], needs: Mapping[str, tuple[str, ...]]) -> None:
    """Note the first cycles; each is taken as broken at its last need to find the next."""
    left = dict(needs)
    for _ in range(_MOST_CYCLES):
        cycle = find_cycle(left)
        if cycle is None:
            return
        first, last = cycle[0], cycle[-2]
        jobs[first].note(
            f"jobs need each other in a circle: {' -> '.join(cycle)}",
            jobs[first].place_of("after"),
            key="after",
        )
        left[last] = tuple(need for need in left[last] if need != first)


def _read_job(job: Section, name: str, scope: ReferenceScope, root: str) -> JobPlan:
    job.allow_only(KEYS, _MISPLACED)
    at_plan = replace(scope, at_plan=True)
    title = job.scalar("title")
    if title is not None:
        checked_text(job, "title", title, at_plan)
    locks = job.scalars("locks")
    for lock in locks:
        checked_text(job, "locks", lock, at_plan)
    return JobPlan(
        name=name,
        title="" if title is None else title.text,
        steps=read_steps(job, scope, root),
        when=job.choice("when", When.ON_SUCCESS),
        timeout=job.duration("timeout"),
        env=read_environment(job, scope),
        locks=tuple(lock.text for lock in locks),
        pool=_read_pool(job, at_plan),
        system=job.flag("system"),
    )


def _read_pool(job: Section, scope: ReferenceScope) -> str:
    pool = job.scalar("pool")
    if pool is None:
        return DEFAULT_POOL
    checked_text(job, "pool", pool, scope)
    # What names an input is a name once that has a value.
    problem = None if references(pool.text) else pool_name_problem(pool.text)
    if problem is not None:
        job.note(f"the pool `{pool.text[:60]}` {problem}", pool.place, key="pool")
    return pool.text
