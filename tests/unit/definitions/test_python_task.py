"""Tasks defined by decorated functions: inputs, options, rerun hook."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest

import tasktrail
from tasktrail import Input, Plan, Secret, UserError
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.errors import DefinitionError, InvalidInputError
from tasktrail.model.plan import InputKind, InputSpec, JsonValue, Rerunnable


class Tier(Enum):
    SMALL = "small"
    LARGE = "large"


@tasktrail.task(
    title="Deploy {version} to {channel}",
    timeout="15m",
    locks=["app:{app}"],
    projects=["shop"],
    rerunnable="always",
    support=True,
)
def deploy_app(
    plan: Plan,
    version: Annotated[str, "what to deploy", Input(pattern=r"[0-9.]+")],
    replicas: int = 2,
    share: float = 1,
    dry_run: bool = False,
    channel: Literal["stable", "beta"] = "stable",
    tier: Tier = Tier.SMALL,
    app: str | None = None,
    token: Secret | None = None,
) -> None:
    """Bring a version out."""
    assert isinstance(replicas, int)
    assert isinstance(share, float)
    assert isinstance(tier, Tier)
    step = plan.job("go").command("true", env={"TOKEN": token, "DRY": dry_run, "TIER": tier.value})
    step.options(name=f"{version} x{replicas}")


@deploy_app.rerun
def next_version(inputs: dict[str, JsonValue]) -> dict[str, JsonValue]:
    assert "token" not in inputs
    return {**inputs, "version": f"{inputs['version']}.1"}


def test_a_decorated_function_is_a_task_definition() -> None:
    definition: TaskDefinition = deploy_app
    assert definition.name == "deploy-app"
    assert definition.description == "Bring a version out."
    assert definition.title == "Deploy {{ inputs.version }} to {{ inputs.channel }}"
    assert definition.rerunnable is Rerunnable.ALWAYS
    assert definition.support
    assert definition.source.target == f"{__name__}:deploy_app"


def test_typed_parameters_become_typed_inputs() -> None:
    assert deploy_app.inputs == (
        InputSpec(name="version", pattern="[0-9.]+", description="what to deploy"),
        InputSpec(name="replicas", kind=InputKind.INTEGER, required=False, default=2),
        InputSpec(name="share", kind=InputKind.NUMBER, required=False, default=1),
        InputSpec(name="dry_run", kind=InputKind.BOOLEAN, required=False, default=False),
        InputSpec(
            name="channel",
            kind=InputKind.CHOICE,
            required=False,
            default="stable",
            choices=("stable", "beta"),
        ),
        InputSpec(
            name="tier",
            kind=InputKind.CHOICE,
            required=False,
            default="small",
            choices=("small", "large"),
        ),
        InputSpec(name="app", required=False),
        InputSpec(name="token", kind=InputKind.SECRET, required=False),
    )


def test_the_plan_has_the_options_with_inputs_filled_in() -> None:
    plan = deploy_app.plan({"version": "1.0", "app": "{{ x }}", "share": 2})
    assert plan.title == "Deploy 1.0 to stable"
    assert plan.timeout == 900
    assert plan.locks == ("app:{{ x }}",)
    assert plan.projects == ("shop",)
    assert plan.rerun_hook
    assert plan.secret_inputs == ("token",)
    _, step, _ = plan.jobs[0].steps
    assert step.name == "1.0 x2"
    assert step.env == {"DRY": "false", "TIER": "small"}


def test_the_hook_makes_the_inputs_of_a_rerun_and_never_sees_a_secret() -> None:
    again = deploy_app.rerun_inputs({"version": "1.0", "token": "s3cret", "replicas": 3})
    assert again["version"] == "1.0.1"
    assert again["replicas"] == 3
    assert again["token"] == "s3cret"


def test_inputs_that_a_hook_makes_are_checked() -> None:
    with pytest.raises(InvalidInputError) as caught:
        deploy_app.rerun_inputs({"version": "one"})
    assert "version" in str(caught.value)


def test_without_a_hook_a_rerun_has_the_same_inputs() -> None:
    @tasktrail.task
    def simple(plan: Plan, name: str) -> None: ...

    assert simple.rerun_inputs({"name": "x"}) == {"name": "x"}


def test_all_wrong_parameters_are_named_at_once_with_their_lines() -> None:
    def wrong(
        plan: Plan,
        untyped,  # pyright: ignore[reportMissingParameterType, reportUnknownParameterType]
        when: dict[str, int],
        size: Literal[1, 2],
        maybe: str | None,
        count: int = "many",  # pyright: ignore[reportArgumentType]
        secret: Secret = "x",  # pyright: ignore[reportArgumentType]
        gone: Missing = 1,  # noqa: F821  # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType]
        *rest: str,
    ) -> None: ...

    with pytest.raises(DefinitionError) as caught:
        tasktrail.task(wrong)
    problems = caught.value.problems
    assert [problem.field for problem in problems] == [
        "untyped",
        "when",
        "size",
        "maybe",
        "count",
        "secret",
        "gone",
        "rest",
    ]
    first = wrong.__code__.co_firstlineno
    assert [problem.line for problem in problems] == list(range(first + 2, first + 10))
    assert all(problem.file == __file__ and problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"titel": "x"}, "did you mean `title`?"),
        ({"title": "{verison}"}, "did you mean `version`?"),
        ({"title": "{token}"}, "would show the secret"),
        ({"title": "{version.__class__}"}, "there is no input"),
        ({"title": "{version!r}"}, "only the name of an input"),
        ({"title": "{version"}, "brace"),
        ({"locks": "app"}, "is a list"),
        ({"rerunnable": "sometimes"}, "must be failed, always or never"),
    ],
)
def test_wrong_options_are_refused(options: Any, message: str) -> None:
    def act(plan: Plan, version: str, token: Secret) -> None: ...

    with pytest.raises(DefinitionError) as caught:
        tasktrail.task(**options)(act)
    assert message in str(caught.value)


def test_a_function_without_a_plan_is_no_task() -> None:
    def act(version: str) -> None: ...

    with pytest.raises(DefinitionError, match="must take the plan"):
        tasktrail.task(act)


def test_a_coroutine_function_is_no_task() -> None:
    async def act(plan: Plan) -> None: ...

    with pytest.raises(DefinitionError, match="plain function"):
        tasktrail.task(act)  # pyright: ignore[reportArgumentType]


def test_a_user_error_while_planning_refuses_the_inputs() -> None:
    @tasktrail.task
    def act(plan: Plan, version: str) -> None:
        raise UserError(f"there is no version {version}")

    with pytest.raises(InvalidInputError, match="there is no version 7"):
        act.plan({"version": "7"})


def test_another_error_while_planning_names_the_line() -> None:
    @tasktrail.task
    def act(plan: Plan) -> None:
        dict[str, str]()["x"]

    with pytest.raises(DefinitionError) as caught:
        act.plan({})
    (problem,) = caught.value.problems
    assert problem.message == "KeyError: 'x'"
    assert problem.file == __file__
    assert problem.line == act.function.__code__.co_firstlineno + 2


def test_calling_a_task_calls_the_function() -> None:
    built: list[str] = []

    @tasktrail.task
    def act(plan: Plan, version: str) -> None:
        built.append(version)

    act(Plan.__new__(Plan), version="3")
    assert built == ["3"]
