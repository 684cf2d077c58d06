"""A Wodby CI pipeline file, version 0.1, read as it is.

The format is that of https://wodby.com/docs/2.0/cicd/wodby-ci/: `env`, `workflows` that name jobs
in their order, `jobs` of `env` and `steps`; post-deployment scripts are the same without workflows.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from tasktrail.definitions.environment import read_environment
from tasktrail.definitions.names import job_name_problem
from tasktrail.definitions.pipeline import Pipeline
from tasktrail.definitions.pipeline_steps import read_pipeline_steps
from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.definitions.section import Section
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.definitions.yaml_tree import MapNode, ScalarNode
from tasktrail.model.plan import DefinitionSource, JobPlan, TaskPlan
from tasktrail.model.template import Text

_KEYS = ("version", "env", "workflows", "jobs")
_VERSION = "0.1"
_DIRECTORY = ".wodby"
_ENVIRONMENT: dict[str, Text] = {"WODBY_CI": "true"}
"""What Wodby CI sets in every job. The ids of a Wodby build do not exist here."""


def is_pipeline(root: MapNode) -> bool:
    """Whether a definition file is a pipeline file, which unlike a runbook has a version."""
    return "version" in root.entries or "workflows" in root.entries


def read_pipeline(root: MapNode, path: Path, report: ProblemReport) -> Pipeline:
    """The pipeline in the absolute `path`, of which `root` is the tree.

    Raises:
        DefinitionError: with everything that is wrong with it.
    """
    pipeline = Section(root, report)
    pipeline.allow_only(_KEYS)
    _check_version(pipeline)
    directory = path.parent.parent if path.parent.name == _DIRECTORY else path.parent
    jobs = _read_jobs(pipeline, _repository(directory))
    workflows = _read_workflows(pipeline, [job.name for job in jobs])
    name = _name(path, directory)
    source = DefinitionSource(target=str(path), root=str(path.parent))
    draft = TaskPlan(
        definition=name,
        title=name,
        jobs=jobs,
        source=source,
        env=_ENVIRONMENT | read_environment(pipeline, None),
    )
    report.raise_if_any()
    return Pipeline(source=source, draft=draft, workflows=workflows)


def _check_version(pipeline: Section) -> None:
    if pipeline.text("version", _VERSION) != _VERSION or not pipeline.has("version"):
        pipeline.note(
            f"only version {_VERSION} is known", pipeline.place_of("version"), key="version"
        )


def _name(path: Path, directory: Path) -> str:
    """`shop-pipeline` for `shop/.wodby/pipeline.yml`, else the name of the file."""
    words = path.stem if directory == path.parent else f"{directory.name}-{path.stem}"
    return re.sub(r"[^a-z0-9._-]+", "-", words.lower()).strip("-._")[:100] or "pipeline"


def _repository(directory: Path) -> Path:
    """The git repository that `directory` is in, or else the directory."""
    for candidate in (directory, *directory.parents):
        if (candidate / ".git").exists():
            return candidate
    return directory


def _read_jobs(pipeline: Section, repository: Path) -> tuple[JobPlan, ...]:
    section = pipeline.section("jobs")
    if section is None or not section.node.entries:
        if section is not None or not pipeline.has("jobs"):
            pipeline.note("`jobs` is missing or empty", pipeline.place_of("jobs"), key="jobs")
        return ()
    jobs: list[JobPlan] = []
    for key, value in section.entries():
        problem = job_name_problem(key.text)
        if problem is not None:
            section.note(f"the job name `{key.text[:60]}` {problem}", key.place, key=key.text)
        if isinstance(value, MapNode):
            job = Section(value, section.report, section.path_of(key.text))
            jobs.append(_read_job(job, key.text, repository))
        else:
            section.note(f"the job `{key.text[:60]}` must be a mapping", value.place, key=key.text)
    return tuple(jobs)


def _read_job(job: Section, name: str, repository: Path) -> JobPlan:
    job.allow_only(("env", "steps"))
    return JobPlan(
        name=name,
        steps=read_pipeline_steps(job, repository),
        env=read_environment(job, None),
    )


def _read_workflows(pipeline: Section, jobs: Collection[str]) -> dict[str, tuple[str, ...]]:
    section = pipeline.section("workflows")
    if section is None:
        return {}
    if not section.node.entries:
        pipeline.note("`workflows` is empty", section.place, key="workflows")
    workflows: dict[str, tuple[str, ...]] = {}
    for key, value in section.entries():
        if isinstance(value, MapNode):
            workflow = Section(value, section.report, section.path_of(key.text))
            workflows[key.text] = _read_workflow(workflow, jobs)
        else:
            section.note(f"the workflow `{key.text[:60]}` must be a mapping", value.place)
    return workflows


def _read_workflow(workflow: Section, jobs: Collection[str]) -> tuple[str, ...]:
    workflow.allow_only(("jobs",))
    named = workflow.scalars("jobs")
    if not named:
        workflow.note("a workflow needs `jobs`: a list of their names", workflow.place, key="jobs")
    seen: dict[str, ScalarNode] = {}
    for scalar in named:
        if scalar.text not in jobs:
            workflow.note(
                f"there is no job `{scalar.text[:60]}`",
                scalar.place,
                key="jobs",
                hint=suggestion_or_listing(scalar.text, jobs, "jobs here"),
            )
        if scalar.text in seen:
            workflow.note(f"`{scalar.text}` is named twice", scalar.place, key="jobs")
        seen.setdefault(scalar.text, scalar)
    return tuple(seen)
