"""What a step does with its secrets, and what is recorded of it."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import pytest
from engine_bench import Bench, step_of

from tasktrail.actions.present import MASK
from tasktrail.errors import InvalidInputError
from tasktrail.model.status import Status

SECRET = "s3cr3t/Tök+en"
INPUTS = "inputs: {token: {type: secret}}\n"


async def told(bench: Bench, task_id: int) -> str:
    """All that can be asked about a task."""
    answer = await bench.answer(task_id)
    history = await bench.world.operations.call("history", {"id": task_id, "system": True})
    return json.dumps([answer, history, await bench.log(task_id)], ensure_ascii=False)


async def test_what_a_step_prints_is_masked_on_both_streams(bench: Bench) -> None:
    task = await bench.outcome(
        INPUTS
        + 'jobs: {main: {steps: [\'echo "a $INPUT_TOKEN b"; printf %s "$INPUT_TOKEN" >&2\']}}',
        inputs={"token": SECRET},
    )

    assert task.status is Status.DONE
    assert sorted(await bench.log(task.id)) == [MASK, f"a {MASK} b"]


async def test_an_output_that_holds_a_secret_fails_the_step(bench: Bench) -> None:
    steps = """
        - name: Give
          run: |
            echo "good=1" >> "$TASKTRAIL_OUTPUT"
            echo "url=https://$INPUT_TOKEN@host" >> "$TASKTRAIL_OUTPUT"
    """
    task = await bench.outcome(
        f"{INPUTS}jobs:\n  main:\n    steps:{steps}", inputs={"token": SECRET}
    )

    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.message == "a secret cannot be handed on, and is in the outputs 'url'"
    assert SECRET not in await told(bench, task.id)


async def test_a_failed_step_keeps_its_other_outputs(bench: Bench) -> None:
    steps = """
        - name: Give
          allow_failure: true
          run: |
            echo "good=1" >> "$TASKTRAIL_OUTPUT"
            echo "bad=$INPUT_TOKEN" >> "$TASKTRAIL_OUTPUT"
            exit 3
        - name: Take
          run: echo "$OUTPUT_GOOD-$OUTPUT_BAD-"
    """
    task = await bench.outcome(
        f"{INPUTS}jobs:\n  main:\n    steps:{steps}", inputs={"token": SECRET}
    )

    assert task.status is Status.DONE_WITH_WARNINGS
    assert await bench.log(task.id) == ["1--"]


async def test_a_variable_that_is_made_of_a_secret_is_masked_as_a_whole(bench: Bench) -> None:
    task = await bench.outcome(
        INPUTS
        + 'env: {LOGIN: "me:{{ inputs.token }}"}\n'
        + 'jobs: {main: {steps: [\'printf %s "$LOGIN" | base64 -w0; echo; echo "$LOGIN"\']}}',
        inputs={"token": SECRET},
    )

    assert await bench.log(task.id) == [MASK, MASK]


async def test_a_python_step_that_raises_with_a_secret_is_recorded_without(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "leaky.py").write_text(
        "def leak(token):\n"
        "    print('arguments', repr(token))\n"
        "    try:\n"
        "        raise KeyError(token)\n"
        "    except KeyError as error:\n"
        "        raise RuntimeError(f'no {token}') from error\n"
    )
    task = await bench.outcome(
        INPUTS
        + "jobs: {main: {steps: [{name: Leak, python: 'leaky:leak', "
        + 'arguments: {token: "{{ inputs.token }}"}}]}}',
        inputs={"token": SECRET},
    )

    assert task.status is Status.FAILED
    shown = await told(bench, task.id)
    assert SECRET not in shown
    assert json.dumps(SECRET)[1:-1] not in shown
    assert f"no {MASK}" in shown
    assert "Traceback" in shown


async def test_a_command_that_cannot_be_started_is_told_without_its_secret(bench: Bench) -> None:
    task = await bench.outcome(
        INPUTS
        + "jobs: {main: {steps: [{name: Go, run: pwd, "
        + 'working_directory: "no/{{ inputs.token }}/there"}]}}',
        inputs={"token": SECRET},
    )

    assert task.error is not None
    assert "cannot enter the working directory" in task.error.message
    assert MASK in task.error.message
    assert SECRET not in await told(bench, task.id)


async def test_a_part_of_a_secret_that_is_handed_on_is_masked_there_and_in_its_rerun(
    bench: Bench,
) -> None:
    child = bench.runbook(
        "child",
        "rerunnable: always\ninputs: {url: {type: secret}}\n"
        'jobs: {main: {steps: [\'echo "$INPUT_URL"; '
        'echo "${INPUT_URL#https://}" | cut -d@ -f1; env | grep ^INPUT_ | cut -d= -f1\']}}',
    )
    task = await bench.outcome(
        INPUTS
        + f"jobs: {{main: {{steps: [{{name: Spawn, spawn: {child}, "
        + 'inputs: {url: "https://{{ inputs.token }}@host"}}]}}',
        inputs={"token": SECRET},
    )

    (spawned,) = task.spawned_task_ids
    assert await bench.log(spawned) == [MASK, MASK, "INPUT_URL"]
    again = await bench.rerun(spawned)
    await bench.ended(again)
    assert await bench.log(again) == [MASK, MASK, "INPUT_URL"]


async def test_a_secret_is_handed_on_in_no_form_to_an_input_that_is_shown(bench: Bench) -> None:
    child = bench.runbook("child", "inputs: {text: string}\njobs: {main: {steps: ['true']}}")
    encoded = base64.b64encode(SECRET.encode()).decode()
    (bench.directory / "leaky.py").write_text(
        "from tasktrail import Context\n"
        "def leak(context: Context):\n"
        f"    context.spawn({child!r}, {{'text': {encoded!r}}})\n"
    )
    task = await bench.outcome(
        INPUTS + "jobs: {main: {steps: [{name: Leak, python: 'leaky:leak'}]}}",
        inputs={"token": SECRET},
    )

    assert task.error is not None
    assert "a secret must stay one" in task.error.message
    assert not task.spawned_task_ids


async def test_a_secret_that_is_too_short_to_be_masked_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidInputError, match="too short for a secret"):
        await bench.submit(INPUTS + "jobs: {main: {steps: ['true']}}", inputs={"token": "abc"})


async def test_a_prompt_is_seen_while_the_step_waits(bench: Bench) -> None:
    task_id = await bench.submit(
        INPUTS
        + "jobs: {main: {steps: [{name: Ask, run: \"echo before; printf 'go on as s3'; "
        + 'sleep 60"}]}}',
        inputs={"token": SECRET},
    )
    await bench.until_line(task_id, "before")
    logs = bench.directory / "data" / "logs"
    async with asyncio.timeout(10):
        # What is no line yet is told to nobody, but it is in the file.
        while not any(path.read_bytes().endswith(b"s3") for path in logs.rglob("*.log")):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
    await bench.cancel(task_id, force=True)
    assert step_of(await bench.ended(task_id), "Ask").status is Status.CANCELED
