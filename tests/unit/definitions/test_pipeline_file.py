"""Wodby CI pipeline files load as they are (M20)."""

from __future__ import annotations

from pathlib import Path

import pytest
from definition_text import pipeline, problems

from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.inputs import resolve_inputs
from tasktrail.definitions.pipeline import Pipeline
from tasktrail.model.plan import (
    CommandAction,
    InputKind,
    StepPlan,
    SystemAction,
    SystemWork,
    TaskPlan,
)

PIPELINE = """
    version: 0.1

    env:
      APP: shop
      FORMAT: "{{.Names}}"

    workflows:
      main:
        jobs:
        - build
        - deploy
      check:
        jobs: [build]

    jobs:
      build:
        env:
          FOO: 1.10
        steps:
        - clone
        - cache_restore:
            path: ~/.composer
            key: 'composer-{{ hash "composer.lock" }}-v1'
        - run: composer install -n --no-ansi
        - cache_save:
            key: 'composer-{{ hash "composer.lock" }}-v1'
            path: ~/.composer
        - run: docker ps --format '{{.Names}}'
        - run:
            name: Tests
            command: |
              make test
      deploy:
        steps:
        - clone:
        - run: wodby ci init $WODBY_BUILD_ID
"""


def plan(definition: Pipeline, **given: str) -> TaskPlan:
    return definition.plan(resolve_inputs(definition.inputs, given))


def own_steps(task: TaskPlan, job: str) -> tuple[StepPlan, ...]:
    return task.job(job).steps[1:-1]


def test_a_pipeline_is_a_definition() -> None:
    definition: TaskDefinition = pipeline(PIPELINE)
    assert definition.name == "shop-pipeline"
    assert definition.kind == "pipeline"
    assert definition.title == "shop-pipeline: {{ inputs.workflow }}"
    assert definition.source.target == "/srv/shop/.wodby/pipeline.yml"
    assert definition.rerun_inputs({"workflow": "main"}) == {"workflow": "main"}


def test_a_workflow_is_chosen_by_an_input_and_the_first_is_the_default() -> None:
    definition = pipeline(PIPELINE)
    (spec,) = definition.inputs
    assert (spec.name, spec.kind, spec.required) == ("workflow", InputKind.CHOICE, False)
    assert (spec.choices, spec.default) == (("main", "check"), "main")
    assert plan(definition).title == "shop-pipeline: main"
    assert [job.name for job in plan(definition, workflow="check").jobs] == ["build"]


def test_the_jobs_of_a_workflow_run_one_after_another() -> None:
    jobs = plan(pipeline(PIPELINE)).jobs
    assert [(job.name, job.after) for job in jobs] == [("build", ()), ("deploy", ("build",))]


def test_environment_is_literal() -> None:
    task = plan(pipeline(PIPELINE))
    assert task.env == {"WODBY_CI": "true", "APP": "shop", "FORMAT": "{{.Names}}"}
    assert task.job("build").env == {"FOO": "1.10"}


def test_steps_become_actions() -> None:
    task = plan(pipeline(PIPELINE))
    assert [(step.name, step.action) for step in own_steps(task, "build")] == [
        (
            "Clone repository",
            SystemAction(
                work=SystemWork.CLONE, arguments={"repository": "/srv/shop", "ref": "HEAD"}
            ),
        ),
        ("Restore cache ~/.composer", cache(SystemWork.CACHE_RESTORE)),
        ("composer install -n --no-ansi", CommandAction(run="composer install -n --no-ansi")),
        ("Save cache ~/.composer", cache(SystemWork.CACHE_SAVE)),
        (
            "docker ps --format '{{.Names}}'",
            CommandAction(run="docker ps --format '{{.Names}}'"),
        ),
        ("Tests", CommandAction(run="make test\n")),
    ]
    assert not any(step.system for step in own_steps(task, "build"))


def cache(work: SystemWork) -> SystemAction:
    return SystemAction(
        work=work,
        arguments={
            "key": 'composer-{{ hash "composer.lock" }}-v1',
            "path": "~/.composer",
            "owner": "/srv/shop",
        },
    )


def test_every_job_begins_and_ends_with_its_workspace() -> None:
    for job in plan(pipeline(PIPELINE)).jobs:
        assert [step.name for step in (job.steps[0], job.steps[-1])] == [
            "Prepare workspace",
            "Remove workspace",
        ]


def test_post_deployment_scripts_have_no_workflows_and_run_in_parallel() -> None:
    definition = pipeline(
        "version: 0.1\njobs:\n  a: {steps: [run: x]}\n  b: {steps: [run: y]}\n",
        Path("/srv/shop/.wodby/post-deployment.yml"),
    )
    assert definition.name == "shop-post-deployment"
    assert definition.inputs == ()
    assert [(job.name, job.after) for job in plan(definition).jobs] == [("a", ()), ("b", ())]


def test_the_repository_is_the_one_that_the_file_is_in(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    path = tmp_path / "sub" / ".wodby" / "pipeline.yml"
    task = plan(pipeline(PIPELINE, path))
    action = own_steps(task, "build")[0].action
    assert isinstance(action, SystemAction)
    assert action.arguments["repository"] == str(tmp_path)


def test_steps_of_one_name_are_told_apart() -> None:
    task = plan(pipeline("version: 0.1\njobs: {a: {steps: [run: x, run: x, clone, clone]}}\n"))
    assert [step.name for step in own_steps(task, "a")] == [
        "x",
        "x 2",
        "Clone repository",
        "Clone repository 2",
    ]


HEAD = "version: 0.1\n"
STEP = HEAD + "jobs:\n  a:\n    steps:\n      - "


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("version: 0.2\njobs: {a: {steps: [clone]}}\n", 1, "only version 0.1 is known", None),
        ("workflows: {a: {jobs: b}}\njobs: {b: {steps: [clone]}}\n", 1, "only version 0.1", None),
        (HEAD, 1, "`jobs` is missing", None),
        (HEAD + "jobs: {}\n", 2, "`jobs` is missing or empty", None),
        (HEAD + "jobs: {a: x}\n", 2, "the job `a` must be a mapping", None),
        (HEAD + "jobs: {a: {}}\n", 2, "a job needs steps", None),
        (HEAD + "jobs: {a: {steps: [clone], image: x}}\n", 2, "unknown key `image`", None),
        (HEAD + "jobs: {a: {steps: [clone]}}\nstages: 1\n", 3, "unknown key `stages`", None),
        (HEAD + "jobs: {a: {steps: [clone]}}\nworkflows: {}\n", 3, "`workflows` is empty", None),
        (HEAD + "jobs: {a: {steps: [clone]}}\nworkflows: {m: x}\n", 3, "must be a mapping", None),
        (HEAD + "jobs: {a: {steps: [clone]}}\nworkflows: {m: {}}\n", 3, "needs `jobs`", None),
        (
            HEAD + "jobs: {build: {steps: [clone]}}\nworkflows: {m: {jobs: [biuld]}}\n",
            3,
            "there is no job `biuld`",
            "did you mean `build`?",
        ),
        (
            HEAD + "jobs: {a: {steps: [clone]}}\nworkflows: {m: {jobs: [a, a]}}\n",
            3,
            "`a` is named twice",
            None,
        ),
        (
            HEAD + "jobs: {a: {steps: [clone]}}\nworkflows: {m: {jobs: [a: {requires: b}]}}\n",
            3,
            "must be a list of single values",
            None,
        ),
        (STEP + "clon\n", 5, "unknown step `clon`", "did you mean `clone`?"),
        (STEP + "checkout: x\n", 5, "unknown step `checkout`", "known here"),
        (STEP + "{run: x, clone: y}\n", 5, "a mapping with one key", None),
        (STEP + "[run]\n", 5, "a mapping with one key", None),
        (STEP + "clone: {depth: 1}\n", 5, "`clone` has no options", None),
        (STEP + "run:\n", 5, "`run` is empty", None),
        (STEP + "run: [a]\n", 5, "must be a single value", None),
        (STEP + "run: {name: x}\n", 5, "`command` is empty", None),
        (STEP + "run: {comand: x}\n", 5, "unknown key `comand`", "did you mean `command`?"),
        (STEP + "cache_save:\n", 5, "`cache_save` needs `path` and `key`", None),
        (STEP + "cache_save: {path: a}\n", 5, "`cache_save` needs `key`", None),
        (STEP + "cache_save: {paths: [a], key: b}\n", 5, "unknown key `paths`", "one `path`"),
        (STEP + "cache_restore: {path: a, key: '{{ x }}'}\n", 5, "only `{{ hash", None),
    ],
)
def test_a_mistake_is_told_with_its_line(
    text: str, line: int, message: str, hint: str | None
) -> None:
    told = [problem for problem in problems(text) if message in problem.message]
    assert told, problems(text)
    assert told[0].line == line
    assert hint is None or hint in (told[0].hint or "")
