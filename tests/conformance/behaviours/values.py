"""What goes from step to step and from job to job, and what must not be seen on the way."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from conformance.behaviour import behaviour
from conformance.site import Site
from tasktrail.model.status import Status

VALUES = "def double(value: str, task: str):\n    return {'doubled': value * 2, 'task': task}\n"


@behaviour()
async def outputs_reach_later_steps_and_jobs_as_variables_and_templates(site: Site) -> None:
    site.module("values", VALUES)
    task = await site.outcome(
        """
inputs: {who: string}
env: {GREETING: "hello {{ inputs.who }}"}
jobs:
  main:
    steps:
      - {name: Make wheel, run: 'echo "wheel=shop.whl" >> "$TASKTRAIL_OUTPUT"'}
      - run: echo "$OUTPUT_WHEEL $TEMPLATE $GREETING"
        env: {TEMPLATE: "{{ steps.make_wheel.outputs.wheel }}"}
      - name: Double
        python: MINE_values:double
        arguments: {value: "{{ steps.make_wheel.outputs.wheel }}", task: "{{ task.id }}"}
  later:
    after: main
    env: {FROM_JOB: "{{ jobs.main.outputs.doubled }}"}
    steps: ['echo "$FROM_JOB $OUTPUT_TASK $TASKTRAIL_TASK_ID"']
""",
        inputs={"who": "{{ task.id }} $(id)"},
    )

    assert task.status is Status.DONE
    assert await site.log(task.id) == [
        "shop.whl shop.whl hello {{ task.id }} $(id)",
        f"shop.whlshop.whl {task.id} {task.id}",
    ]


@behaviour()
async def steps_of_a_job_share_a_workspace_that_is_removed_with_all_of_it(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - mkdir kept; echo here > kept/file; chmod 500 kept
      - cat kept/file; pwd
  other: {steps: ['test ! -e kept; pwd']}
""")

    assert task.status is Status.DONE
    log = await site.log(task.id)
    assert "here" in log
    places = {Path(line) for line in log if line.startswith("/")}
    assert len(places) == 2
    assert not any(place.exists() for place in places)


@behaviour()
async def a_secret_reaches_the_step_and_nothing_that_is_shown(site: Site) -> None:
    (site.here / "expected").write_text("sesame-42")
    task = await site.outcome(
        """
inputs: {token: secret}
jobs:
  main:
    steps:
      - test "$INPUT_TOKEN" = "$(cat HERE/expected)"
      - run: echo "$HANDED"; test "$HANDED" = "$(cat HERE/expected)"
        env: {HANDED: "{{ inputs.token }}"}
""",
        inputs={"token": "sesame-42"},
    )

    assert task.status is Status.DONE
    assert "sesame" not in json.dumps(await site.answer(task.id))
    assert "sesame" not in repr(await site.history(task.id))
    assert "sesame" not in repr(await site.log(task.id))


@behaviour()
async def strange_texts_do_not_disturb_the_records(site: Site) -> None:
    site.module(
        "strange",
        "from tasktrail import UserError\n"
        "def raises():\n    raise UserError('lone \\udcff surrogate, nul \\0')\n"
        "def returns():\n    return {'value': 'lone \\udcff surrogate \\0'}\n"
        "def breaks():\n    raise ValueError('\\udcff\\0')\n",
    )
    steps = [f"{{python: 'MINE_strange:{name}'}}" for name in ("raises", "returns", "breaks")]
    steps.append(r"'printf \"a=x\\000y\\n\" >> $TASKTRAIL_OUTPUT'".replace("\\\\", "\\"))

    ended = await asyncio.gather(
        *(site.outcome(f"jobs: {{main: {{steps: [{step}]}}}}") for step in steps)
    )

    assert {task.status for task in ended} <= {Status.DONE, Status.FAILED}
    assert (await site.outcome("jobs: {main: {steps: ['true']}}")).status is Status.DONE
