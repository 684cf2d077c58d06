"""What a spawned task must not do: show a secret, or spawn without end."""

from __future__ import annotations

from engine_bench import Bench, step_of

from tasktrail.model.status import Status


async def test_a_secret_is_not_handed_to_an_input_that_is_shown(bench: Bench) -> None:
    bench.runbook("child", "inputs: {note: {required: true}}\njobs: {main: {steps: ['true']}}")
    task = await bench.outcome(
        """
inputs: {token: {type: secret}}
jobs:
  main:
    steps: [{name: Hand over, spawn: child.yml, inputs: {note: "for {{ inputs.token }}"}}]
""",
        inputs={"token": "TOPSECRET"},
    )
    assert task.status is Status.FAILED
    assert "would show a secret" in str(step_of(task, "Hand over").attempts[0].message)
    assert task.spawned_task_ids == ()
    assert "TOPSECRET" not in repr(task)


async def test_a_definition_that_spawns_itself_comes_to_an_end(bench: Bench) -> None:
    name = bench.runbook("again", "jobs: {main: {steps: [{name: Again, spawn: again.yml}]}}")
    first = await bench.ended(await bench.submit_target(name))
    assert first.status is Status.FAILED
    deepest = first
    depth = 1
    while deepest.spawned_task_ids:
        deepest = await bench.ended(deepest.spawned_task_ids[0])
        depth += 1
    assert depth == 10
    assert "spawns itself" in str(step_of(deepest, "Again").attempts[0].message)
