"""Tasks that a Python step spawns."""

from __future__ import annotations

from integration.runners.python.python_calls import MakeCall, outputs_of
from tasktrail.errors import InvalidInputError
from tasktrail.model.outcome import Errored, Failed
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import SpawnRequest


async def test_a_step_spawns_tasks(runner: PythonRunner, make_call: MakeCall) -> None:
    asked: list[SpawnRequest] = []

    def spawn(request: SpawnRequest) -> int:
        asked.append(request)
        return 40 + len(asked)

    assert await outputs_of(runner, make_call("spawn", spawn=spawn)) == {"ids": "41 42"}
    assert asked == [
        SpawnRequest(target="child", inputs={"x": 1}, key="1:child"),
        SpawnRequest(target="child", inputs={"x": 2}, key="mine"),
    ]


async def test_a_refused_spawn_is_a_user_error(runner: PythonRunner, make_call: MakeCall) -> None:
    def refuse(request: SpawnRequest) -> int:
        raise InvalidInputError("an input is wrong")

    outcome = (await runner.run(make_call("spawn", spawn=refuse))).outcome
    assert outcome == Failed(message="an input is wrong")


async def test_a_spawn_that_the_system_cannot_do_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("spawn"))).outcome
    assert isinstance(outcome, Errored)
    assert "cannot submit tasks" in outcome.message
