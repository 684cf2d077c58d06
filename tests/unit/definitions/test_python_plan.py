"""Plans built by Python functions."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tasktrail
from tasktrail import Context, Limits, Plan, Retry, Secret
from tasktrail.definitions.workspace import PREPARE, REMOVE
from tasktrail.errors import DefinitionError
from tasktrail.model.plan import (
    CommandAction,
    JobPlan,
    PythonAction,
    RetryOn,
    RetryPolicy,
    SpawnAction,
    StepLimits,
    StepPlan,
    TaskPlan,
    When,
)
from tasktrail.model.template import Template


def publish(context: Context, wheel: str, token: str = "") -> None: ...


def run_tests(suite: str) -> None: ...


def own_steps(job: JobPlan) -> tuple[StepPlan, ...]:
    """The steps of a job without those that the system adds."""
    first, *own, last = job.steps
    assert (first, last) == (PREPARE, REMOVE)
    return tuple(own)


def built(build: Callable[[Plan], object]) -> TaskPlan:
    @tasktrail.task
    def act(plan: Plan) -> None:
        build(plan)

    return act.plan({})


def problems_of(build: Callable[[Plan], object]) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        built(build)
    assert all(problem.file == __file__ and problem.line for problem in caught.value.problems)
    return [problem.message for problem in caught.value.problems]


def test_a_whole_plan() -> None:
    @tasktrail.task
    def release(plan: Plan, version: str, token: Secret | None = None) -> None:
        build = plan.job("build")
        wheel = build.command("make wheel", name="wheel", env={"VERSION": version})
        build.command('ls "$WHEEL"', env={"WHEEL": wheel.output("path")})
        test = plan.job("test", locks=["bench"], pool="bench-1")
        test.call(run_tests, suite="unit").options(timeout="1m")
        done = plan.job("release", after=[build, test], title="Release")
        done.call(publish, wheel=wheel.output("path"), token=token)
        done.spawn("smoke-test", {"url": "{{ inputs.token }}"}, wait=False)

    plan = release.plan({"version": "{{ task.id }}", "token": "s3cret"})

    build, test, done = plan.jobs
    assert own_steps(build) == (
        StepPlan(
            name="wheel",
            action=CommandAction(run="make wheel"),
            env={"VERSION": "{{ task.id }}"},
        ),
        StepPlan(
            name='ls "$WHEEL"',
            action=CommandAction(run='ls "$WHEEL"'),
            env={"WHEEL": Template("{{ steps.wheel.outputs.path }}")},
        ),
    )
    assert (build.pool, test.pool, test.locks) == ("default", "bench-1", ("bench",))
    assert own_steps(test)[0].timeout == 60
    assert own_steps(test)[0].action == PythonAction(
        function=f"{__name__}:run_tests", arguments={"suite": "unit"}
    )
    assert done.title == "Release"
    assert done.after == ("build", "test")
    assert own_steps(done)[0].action == PythonAction(
        function=f"{__name__}:publish",
        arguments={
            "wheel": Template("{{ jobs.build.outputs.path }}"),
            "token": Template("{{ inputs.token }}"),
        },
    )
    assert own_steps(done)[1].action == SpawnAction(
        target="smoke-test", inputs={"url": "{{ inputs.token }}"}, wait=False
    )
    assert "s3cret" not in str(plan)


def test_every_option_of_a_step() -> None:
    plan = built(
        lambda plan: plan.job("job", when="always", timeout=90, env={"A": 1}, system=True).command(
            "true",
            shell="/bin/bash",
            name="first",
            when="always",
            timeout="1h30m",
            grace=0,
            stop_signal="SIGINT",
            retry=Retry(
                attempts=3, backoff="1s", factor=3, max_backoff="1m", on=["system", "user"]
            ),
            retry_safe=True,
            allow_failure=True,
            env={"B": True, "C": 1.5, "D": None},
            working_directory=Path("sub"),
            limits=Limits(memory="512MB", processes=64, cpu=2),
            system=True,
        )
    )
    (job,) = plan.jobs
    assert (job.when, job.timeout, job.env, job.system) == (When.ALWAYS, 90, {"A": "1"}, True)
    assert own_steps(job) == (
        StepPlan(
            name="first",
            action=CommandAction(run="true", shell="/bin/bash"),
            when=When.ALWAYS,
            timeout=5400,
            grace=0,
            stop_signal="SIGINT",
            retry=RetryPolicy(
                attempts=3,
                backoff=1,
                factor=3,
                max_backoff=60,
                on=(RetryOn.SYSTEM, RetryOn.USER),
            ),
            retry_safe=True,
            allow_failure=True,
            env={"B": "true", "C": "1.5"},
            working_directory="sub",
            limits=StepLimits(memory=512_000_000, processes=64, cpu=2.0),
            system=True,
        ),
    )


def test_what_the_function_changes_on_the_plan_counts() -> None:
    def build(plan: Plan) -> None:
        plan.title = "another"
        plan.locks.append("app:x")
        plan.projects.append("shop")
        plan.env["A"] = "1"
        plan.timeout = "2m"
        plan.job("job").command("true")

    plan = built(build)
    assert (plan.title, plan.locks, plan.projects) == ("another", ("app:x",), ("shop",))
    assert (plan.env, plan.timeout) == ({"A": "1"}, 120)


def test_default_names_are_numbered_and_chosen_names_are_kept() -> None:
    def build(plan: Plan) -> None:
        job = plan.job("job")
        job.call(run_tests, suite="a")
        job.call(run_tests, suite="b")
        job.call(run_tests, suite="c").options(name="run_tests 2")

    names = [step.name for step in own_steps(built(build).jobs[0])]
    assert names == ["run_tests", "run_tests 3", "run_tests 2"]


def in_f_string(value: object) -> str:
    return f"x{value}"


@pytest.mark.parametrize("use", [str, "{}".format, in_f_string, "%s".__mod__])
def test_a_secret_cannot_become_part_of_a_text(use: Callable[[object], str]) -> None:
    @tasktrail.task
    def act(plan: Plan, token: Secret) -> None:
        plan.job("job").command(use(token))

    with pytest.raises(DefinitionError, match="<Secret token> has no value while the plan is made"):
        act.plan({"token": "s3cret"})


def test_an_output_cannot_become_part_of_a_text() -> None:
    def build(plan: Plan) -> None:
        step = plan.job("job").command("true")
        step.job.command(f"echo {step.output('x')}")

    with pytest.raises(DefinitionError, match="<Output x> has no value"):
        built(build)


def test_functions_that_a_worker_cannot_call_are_refused() -> None:
    def inner() -> None: ...

    def build(plan: Plan) -> None:
        job = plan.job("job")
        job.call(lambda: None)
        job.call(inner)
        job.call(functools.partial(run_tests, "x"))
        job.call(run_tests)
        job.call(run_tests, suite="x", more=1)
        job.call(publish, context="x", wheel="y")
        job.call(shutil.rmtree, path="x")

    messages = problems_of(build)
    expected = [
        "a lambda cannot be called",
        "is defined inside a function",
        "is not a function",
        "missing a required argument: 'suite'",
        "unexpected keyword argument 'more'",
        "is given its parameter `context` by the worker",
    ]
    assert len(messages) == len(expected)
    assert all(part in message for part, message in zip(expected, messages, strict=True))


def test_outputs_that_will_not_exist_are_refused() -> None:
    def build(plan: Plan) -> None:
        first, second = plan.job("first"), plan.job("second")
        one = first.command("one")
        first.command("none", name="early", env={"A": "x"})
        second.command("two", env={"A": one.output("x")})
        late = first.command("late")
        first.steps[1].options(env={"A": late.output("x")})
        third = plan.job("third", after=first, env={"A": one.output("x")})
        third.command("three", env={"A": late.output("x"), "B": one.output("a-b")})

    messages = problems_of(build)
    expected = [
        "is an output of a step that does not run before",
        "which job `second` does not need: add it to `after`",
        "another step's output of that name is used as well",
    ]
    assert len(messages) == len(expected)
    assert all(part in message for part, message in zip(expected, messages, strict=True))


def test_everything_wrong_with_a_plan_is_told_at_once() -> None:
    other = Plan(title="other", place=tasktrail_place())

    def build(plan: Plan) -> None:
        plan.job("empty")
        job = plan.job("Job", after=other.job("far"), timeout=-1)
        plan.job("job").command("true")
        job.command("  ")
        job.command("true", tiemout=1)  # pyright: ignore[reportCallIssue]
        job.command("true", name="x", stop_signal="SIGTREM")
        job.command("true", name="x", retry=0, grace="soon")
        job.command("true", name="a/b")
        job.command("true", name="Prepare workspace")
        job.command("true", env={"a b": "x"}, when="sometimes")  # pyright: ignore[reportArgumentType]
        job.call(run_tests, suite=object())  # pyright: ignore[reportArgumentType]

    messages = problems_of(build)
    for part in (
        "job `empty` has no steps",
        "needs a job of another plan",
        "`timeout` is not a duration: -1",
        "there is a job `job` already",
        "is empty",
        "no option `tiemout`",
        "no signal `SIGTREM`; did you mean `SIGTERM`?",
        "there is a step `x` already",
        "`retry` must be 1 to 100 attempts",
        "`grace` is not a duration: 'soon'",
        "the environment variable `a b`: must consist of",
        "`when` must be",
        "the step name `a/b` must consist of",
        "the argument `suite` cannot be a object",
    ):
        assert any(part in message for message in messages), part


@pytest.mark.parametrize("after", ["check", ["check"], None, 7])
def test_a_job_comes_after_jobs_and_not_after_their_names(after: Any) -> None:
    def build(plan: Plan) -> None:
        plan.job("check").command("true")
        plan.job("deploy", after=after).command("true")

    with pytest.raises(DefinitionError) as caught:
        built(build)
    (problem,) = caught.value.problems
    shown = "'check'" if after in ("check", ["check"]) else repr(after)
    assert problem.message == f"job `deploy`: `after` must be a job or jobs, not {shown}"
    assert problem.file == __file__
    assert problem.line == build.__code__.co_firstlineno + 2
    assert problem.hint is not None
    assert "after=check" in problem.hint


@pytest.mark.parametrize("retry", [3, Retry(attempts=3)])
def test_a_spawned_task_is_not_tried_again_by_the_step_that_spawns_it(retry: int | Retry) -> None:
    def build(plan: Plan) -> None:
        job = plan.job("job")
        job.spawn("one", retry=retry)
        job.spawn("two").options(retry=retry)

    with pytest.raises(DefinitionError) as caught:
        built(build)
    assert [(problem.message, problem.hint) for problem in caught.value.problems] == [
        (
            "a step with `spawn` cannot have `retry`",
            "a spawned task is tried again by its own steps; put `retry` there",
        )
    ] * 2


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(), "`limits` needs a memory, processes or cpu limit"),
        ({"memory": "1GB"}, "`limits` must be a tasktrail.Limits"),
        (Limits(memory=512), "the `memory` limit is a text with a unit"),  # pyright: ignore[reportArgumentType]
        (Limits(memory="512"), "the `memory` limit is not a size with a unit: '512'"),
        (Limits(memory="1kB"), "the `memory` limit must be at least 4MB"),
        (Limits(processes=0), "the `processes` limit must be a whole number from 1"),
        (Limits(processes=True), "the `processes` limit must be a whole number from 1"),
        (Limits(cpu=0), "the `cpu` limit must be a number from 0.01 to 1024"),
        (Limits(cpu=float("nan")), "the `cpu` limit must be a number"),
    ],
)
def test_a_limit_that_makes_no_sense_is_told_with_its_line(limits: Any, told: str) -> None:
    def build(plan: Plan) -> None:
        plan.job("job").command("true", limits=limits)

    with pytest.raises(DefinitionError) as caught:
        built(build)
    (problem,) = caught.value.problems
    assert problem.message.startswith(told)
    assert problem.line == build.__code__.co_firstlineno + 1


def test_a_spawned_task_cannot_be_limited_by_the_step_that_spawns_it() -> None:
    messages = problems_of(lambda plan: plan.job("job").spawn("one", limits=Limits(cpu=1)))
    assert any("a step with `spawn` cannot have `limits`" in message for message in messages)


def test_a_job_cannot_begin_with_a_roll_back() -> None:
    def build(plan: Plan) -> None:
        plan.job("undo").command("make undo", when="on_failure")

    (message,) = problems_of(build)
    assert message.startswith("the first step of a job cannot be `when: on_failure`")


def test_a_plan_without_jobs_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the plan has no job"):
        built(lambda plan: None)


def test_a_task_can_be_spawned_by_its_definition() -> None:
    @tasktrail.task
    def child(plan: Plan) -> None: ...

    plan = built(lambda plan: plan.job("job").spawn(child))
    (step,) = own_steps(plan.jobs[0])
    assert step.name == "spawn child"
    assert isinstance(step.action, SpawnAction)
    assert step.action.target == child.source.target


def tasktrail_place() -> Any:
    from tasktrail.definitions.python.source_place import SourcePlace

    return SourcePlace(None, None)
