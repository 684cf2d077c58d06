"""What a runbook plans."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from definition_text import runbook
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.inputs import resolve_inputs
from tasktrail.definitions.workspace import PREPARE, REMOVE
from tasktrail.errors import InvalidInputError
from tasktrail.model.plan import (
    CommandAction,
    InputKind,
    PythonAction,
    Rerunnable,
    Resource,
    RetryOn,
    RetryPolicy,
    SpawnAction,
    StepLimits,
    TaskPlan,
    When,
)
from tasktrail.model.template import Template

FULL = r"""
    name: deploy-shop
    title: "Deploy shop {{ inputs.version }} to {{ inputs.cluster }}"
    description: Brings a release to a cluster.
    inputs:
      version: {type: string, pattern: 'v\d+(\.\d+)*', description: The tag}
      cluster: {type: integer, default: 7}
      size: {choices: [1.0, yes, large], default: 1.0}
      dry: {type: boolean, default: false}
      token: secret
      note: {required: false}
    env: {PORT: 8080, DEBUG: yes, EMPTY: , TAG: "{{ inputs.version }}"}
    timeout: 1h30m
    grace: 0
    rerunnable: always
    locks: ["cluster:{{ inputs.cluster }}", "cluster:7"]
    fail_fast: true
    projects: [shop]
    resources:
      - {kind: cluster, id: "{{ inputs.cluster }}"}
      - {kind: cluster, id: "c-{{ inputs.cluster }}"}
      - {kind: node, id: 3}
    support: true
    jobs:
      build:
        title: Build {{ inputs.version }}
        locks: [builder]
        timeout: 10m
        env: {A: b}
        steps:
          - make build
          - make build
          - |
            # what it does
            echo a very long line that goes on and on and on and on and on and on
          - name: Wheel
            run: make wheel
            shell: bash -e
            timeout: 90
            stop_signal: SIGINT
            grace: 1.5s
            retry: {attempts: 3, backoff: 5m, factor: 3, on: [system, user]}
            retry_safe: true
            limits: {memory: 1.5GiB, processes: 64, cpu: 0.5}
            allow_failure: true
            working_directory: "{{ inputs.version }}"
            system: true
      release:
        after: build
        when: always
        system: true
        steps:
          - python: shop.release:publish
            arguments: {wheel: "{{ jobs.build.outputs.wheel }}", count: 3, dry: true, note: null}
            retry: 4
          - spawn: smoke-test
            inputs: {version: "{{ inputs.version }}", token: "{{ inputs.token }}"}
            wait: false
            when: on_failure
"""
GIVEN = {"version": "v1.2", "token": "S3CRET"}


def plan(text: str = FULL, given: Mapping[str, object] = GIVEN) -> TaskPlan:
    definition = runbook(text)
    return definition.plan(resolve_inputs(definition.inputs, given))


def test_a_runbook_is_a_definition() -> None:
    definition: TaskDefinition = runbook(FULL)
    assert definition.name == "deploy-shop"
    assert definition.kind == "runbook"
    assert definition.title == "Deploy shop {{ inputs.version }} to {{ inputs.cluster }}"
    assert definition.description == "Brings a release to a cluster."
    assert definition.rerunnable is Rerunnable.ALWAYS
    assert definition.support
    assert definition.source.target == "/srv/shop/deploy.yml"
    assert definition.source.root == "/srv/shop"
    assert definition.rerun_inputs({"version": "v1"}) == {"version": "v1"}


def test_inputs_have_types_and_defaults() -> None:
    specs = {spec.name: spec for spec in runbook(FULL).inputs}
    assert list(specs) == ["version", "cluster", "size", "dry", "token", "note"]
    assert specs["version"].required
    assert specs["version"].pattern == r"v\d+(\.\d+)*"
    assert (specs["cluster"].kind, specs["cluster"].default) == (InputKind.INTEGER, 7)
    assert specs["size"].choices == ("1.0", "yes", "large")
    assert specs["size"].default == "1.0"
    assert specs["dry"].default is False
    assert specs["token"].kind is InputKind.SECRET
    assert (specs["note"].required, specs["note"].default) == (False, None)


def test_the_task() -> None:
    task = plan()
    assert task.title == "Deploy shop v1.2 to 7"
    assert task.env == {
        "PORT": "8080",
        "DEBUG": "yes",
        "EMPTY": "",
        "TAG": Template("{{ inputs.version }}"),
    }
    assert (task.timeout, task.grace) == (5400, 0)
    assert task.locks == ("cluster:7",)
    assert task.fail_fast
    assert task.projects == ("shop",)
    assert task.resources == (
        Resource("cluster", 7),
        Resource("cluster", "c-7"),
        Resource("node", 3),
    )
    assert task.secret_inputs == ("token",)


def test_the_jobs() -> None:
    build, release = plan().jobs
    assert (build.name, build.title, build.locks) == ("build", "Build v1.2", ("builder",))
    assert (build.timeout, build.env, build.after) == (600, {"A": "b"}, ())
    assert (release.after, release.when, release.system) == (("build",), When.ALWAYS, True)


def test_the_steps() -> None:
    build, release = plan().jobs
    assert [step.name for step in build.steps] == [
        "Prepare workspace",
        "make build",
        "make build 2",
        "echo a very long line that goes on and on and on and on a...",
        "Wheel",
        "Remove workspace",
    ]
    wheel = build.steps[4]
    assert wheel.action == CommandAction(run="make wheel", shell="bash -e")
    assert (wheel.timeout, wheel.grace, wheel.stop_signal) == (90, 1.5, "SIGINT")
    assert wheel.retry == RetryPolicy(
        attempts=3, backoff=300, factor=3, max_backoff=300, on=(RetryOn.SYSTEM, RetryOn.USER)
    )
    assert wheel.limits == StepLimits(memory=1536 * 2**20, processes=64, cpu=0.5)
    assert (wheel.retry_safe, wheel.allow_failure, wheel.system) == (True, True, True)
    assert wheel.working_directory == Template("{{ inputs.version }}")
    publish, smoke = release.steps[1:-1]
    assert publish.action == PythonAction(
        function="shop.release:publish",
        root="/srv/shop",
        arguments={
            "wheel": Template("{{ jobs.build.outputs.wheel }}"),
            "count": 3,
            "dry": True,
            "note": None,
        },
    )
    assert publish.retry == RetryPolicy(attempts=4)
    assert smoke.when is When.ON_FAILURE
    assert smoke.action == SpawnAction(
        target="smoke-test",
        root="/srv/shop",
        inputs={
            "version": Template("{{ inputs.version }}"),
            "token": Template("{{ inputs.token }}"),
        },
        wait=False,
    )


def test_every_job_begins_and_ends_with_its_workspace() -> None:
    for job in plan().jobs:
        assert job.steps[0] == PREPARE
        assert job.steps[-1] == REMOVE
        assert all(step.system and step.retry_safe for step in (PREPARE, REMOVE))
        assert all(step.when is When.ALWAYS for step in (PREPARE, REMOVE))


POOLED = """
    name: a
    inputs: {region: string}
    jobs:
      near: {steps: ["true"]}
      far: {pool: "{{ inputs.region }}-big", steps: ["true"]}
"""


def test_a_job_names_its_pool_which_an_input_may_say() -> None:
    near, far = plan(POOLED, {"region": "eu-1"}).jobs
    assert (near.pool, far.pool) == ("default", "eu-1-big")


@pytest.mark.parametrize("region", ["EU", "a b", "x" * 80, "-"])
def test_an_input_makes_no_pool_that_could_not_be_called_so(region: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        plan(POOLED, {"region": region})
    (problem,) = caught.value.problems
    assert problem.field == "region"
    assert "at most 63 characters" in problem.message
    assert ("must consist of lower-case letters" in problem.message) is (len(region) < 63)


def test_a_plan_survives_being_stored() -> None:
    task = plan()
    assert msgspec.json.decode(msgspec.json.encode(task), type=TaskPlan) == task


def test_a_secret_is_not_in_the_plan() -> None:
    task = plan(given={"version": "v1", "token": "S3CRET"})
    assert b"S3CRET" not in msgspec.json.encode(task)


SMALL = """
    name: a
    title: "To {{ inputs.where }}"
    inputs: {where: string, token: {type: secret, required: false}}
    locks: ["{{ inputs.where }}"]
    env: {WHERE: "{{ inputs.where }}"}
    jobs:
      a: {steps: ['echo "$INPUT_WHERE"']}
"""


@pytest.mark.parametrize(
    "value",
    [
        "{{ inputs.token }}",
        "$(rm -rf /)",
        "`id`",
        "'; drop table tasks; --",
        "\\",
        "a && b | c > d",
        '"$HOME"',
        "{{ {{ inputs.token }} }}",
    ],
)
def test_a_value_is_never_code_and_never_a_template(value: str) -> None:
    task = plan(SMALL, {"where": value, "token": "S3CRET"})
    assert task.title == f"To {value}"
    assert task.locks == (value,)
    assert task.env == {"WHERE": Template("{{ inputs.where }}")}
    assert task.jobs[0].steps[1].action == CommandAction(run='echo "$INPUT_WHERE"')
    assert b"S3CRET" not in msgspec.json.encode(task)


@given(st.text(min_size=1, max_size=400))
def test_titles_are_one_printable_line(value: str) -> None:
    try:
        task = plan(SMALL, {"where": value})
    except InvalidInputError:
        return
    assert task.title.isprintable()
    assert len(task.title) <= 300
    assert all(lock.isprintable() for lock in task.locks)


def test_a_lock_needs_the_value_that_it_names() -> None:
    with pytest.raises(InvalidInputError) as caught:
        plan(SMALL, {"where": " "})
    assert "needs a value for the input `where`" in str(caught.value)


def test_a_runbook_may_be_three_lines() -> None:
    task = plan("name: a\njobs:\n  a: {steps: [make]}\n", {})
    assert (task.title, task.timeout, task.grace) == ("a", None, None)
    assert task.rerunnable is Rerunnable.FAILED
    assert task.jobs[0].steps[1].action == CommandAction(run="make", shell="/bin/sh -e")
