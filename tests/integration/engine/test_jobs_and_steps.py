"""How jobs and steps go together: order, side by side, values handed on, what runs when."""

from __future__ import annotations

import json

import pytest
from engine_bench import Bench, job_of, step_of

from tasktrail.model.status import Status


async def test_jobs_that_do_not_need_each_other_run_side_by_side(bench: Bench) -> None:
    meet = "touch {0}/{1}; until test -e {0}/{2}; do sleep 0.01; done"
    here = bench.directory
    task = await bench.outcome(f"""
timeout: 20s
jobs:
  left: {{steps: ['{meet.format(here, "left", "right")}']}}
  right: {{steps: ['{meet.format(here, "right", "left")}']}}
""")

    assert task.status is Status.DONE


async def test_a_job_begins_when_those_before_it_have_ended(bench: Bench) -> None:
    say = f"echo {{0}} >> {bench.directory}/order"
    task = await bench.outcome(f"""
jobs:
  last: {{after: [middle, side], steps: ['{say.format("last")}']}}
  middle: {{after: first, steps: ['{say.format("middle")}']}}
  side: {{after: first, steps: ['{say.format("side")}']}}
  first: {{steps: ['{say.format("first")}']}}
""")

    assert task.status is Status.DONE
    order = bench.lines("order")
    assert (order[0], set(order[1:3]), order[3]) == ("first", {"middle", "side"}, "last")


async def test_outputs_reach_later_steps_and_jobs_as_variables_and_templates(bench: Bench) -> None:
    (bench.directory / "values.py").write_text(
        "def double(value: str, task: str):\n    return {'doubled': value * 2, 'task': task}\n"
    )
    task = await bench.outcome(
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
        python: values:double
        arguments: {value: "{{ steps.make_wheel.outputs.wheel }}", task: "{{ task.id }}"}
  later:
    after: main
    env: {FROM_JOB: "{{ jobs.main.outputs.doubled }}"}
    steps: ['echo "$FROM_JOB $OUTPUT_TASK $TASKTRAIL_TASK_ID"']
""",
        inputs={"who": "{{ task.id }} $(id)"},
    )

    assert task.status is Status.DONE
    assert await bench.log(task.id) == [
        "shop.whl shop.whl hello {{ task.id }} $(id)",
        f"shop.whlshop.whl {task.id} {task.id}",
    ]


async def test_a_template_of_an_output_that_was_not_given_is_a_user_error(bench: Bench) -> None:
    task = await bench.outcome("""
jobs:
  main:
    steps:
      - {name: Nothing, run: 'true'}
      - {name: Wants, run: 'true', env: {A: "{{ steps.nothing.outputs.wheel }}"}}
""")

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("user", "Wants")


async def test_steps_of_a_job_share_a_workspace_that_is_removed_with_all_of_it(
    bench: Bench,
) -> None:
    task = await bench.outcome("""
jobs:
  main:
    steps:
      - mkdir kept; echo here > kept/file; chmod 500 kept
      - cat kept/file; pwd
  other: {steps: ['test ! -e kept; pwd']}
""")

    assert task.status is Status.DONE
    log = await bench.log(task.id)
    assert "here" in log
    assert len({line for line in log if line.startswith("/")}) == 2
    assert bench.workspaces() == []


async def test_a_failing_preparation_is_told_as_something_for_support(bench: Bench) -> None:
    workspaces = bench.directory / "data" / "workspaces"
    workspaces.rmdir()
    workspaces.write_text("a file in the way")

    task = await bench.outcome("jobs: {main: {steps: [{name: Never, run: 'true'}]}}")

    assert task.status is Status.FAILED
    for_users = await bench.task(task.id, system=False)
    for_support = await bench.task(task.id, system=True)
    assert for_users.error is not None
    assert for_support.error is not None
    assert for_users.error.reference
    assert for_users.error.reference == for_support.error.reference
    assert "contact support" in for_users.error.message
    assert for_users.error.reference in for_users.error.message
    assert (for_users.error.step_name, for_users.error.detail) == (None, None)
    assert [step.name for step in job_of(for_users).steps] == ["Never"]
    assert for_support.error.step_name == "Prepare workspace"
    assert "Traceback" in (for_support.error.detail or "")


async def test_a_step_that_backs_off_frees_its_slot(narrow_bench: Bench) -> None:
    bench = narrow_bench
    backing = await bench.submit(f"""
jobs:
  main:
    steps:
      - name: Flaky
        run: echo try >> {bench.directory}/tries; test -e {bench.directory}/go
        retry: {{attempts: 2, backoff: 1s, on: [user]}}
""")
    await bench.until_status(backing, "backed_off")

    other = await bench.outcome(f"jobs: {{main: {{steps: ['touch {bench.directory}/go']}}}}")

    assert other.status is Status.DONE
    assert (await bench.task(backing)).status is Status.BACKED_OFF
    ended = await bench.ended(backing)
    assert ended.status is Status.DONE
    assert bench.lines("tries") == ["try", "try"]
    first, second = step_of(ended, "Flaky").attempts
    assert first.ended_at is not None
    assert second.started_at is not None
    assert (second.started_at - first.ended_at).total_seconds() >= 1


async def test_always_and_on_failure_run_after_a_failure_and_only_always_after_success(
    bench: Bench,
) -> None:
    text = f"""
inputs: {{code: integer}}
jobs:
  main:
    steps:
      - {{name: Work, run: exit $INPUT_CODE}}
      - {{run: echo step-always >> {bench.directory}/ran, when: always}}
      - {{run: echo step-failure >> {bench.directory}/ran, when: on_failure}}
  cleanup: {{after: main, when: always, steps: ['echo job-always >> {bench.directory}/ran']}}
  rollback: {{after: main, when: on_failure, steps: ['echo job-failure >> {bench.directory}/ran']}}
"""

    good = await bench.outcome(text, inputs={"code": "0"})
    after_success = bench.lines("ran")
    bad = await bench.outcome(text, inputs={"code": "1"})

    assert (good.status, bad.status) == (Status.DONE, Status.FAILED)
    assert after_success == ["step-always", "job-always"]
    assert sorted(bench.lines("ran")[2:]) == [
        "job-always",
        "job-failure",
        "step-always",
        "step-failure",
    ]


@pytest.mark.parametrize("fail_fast", [True, False])
async def test_fail_fast_stops_the_jobs_beside_a_failed_one(bench: Bench, fail_fast: bool) -> None:
    release = "true" if fail_fast else f"touch {bench.directory}/go"
    task = await bench.outcome(f"""
fail_fast: {json.dumps(fail_fast)}
timeout: 20s
jobs:
  beside:
    steps:
      - name: Beside
        run: touch {bench.directory}/runs; until test -e {bench.directory}/go; do sleep 0.01; done
  failing:
    steps: ['until test -e {bench.directory}/runs; do sleep 0.01; done; exit 1']
  release: {{after: failing, when: always, steps: ['{release}']}}
""")

    assert task.status is Status.FAILED
    assert job_of(task, "beside").status is (Status.CANCELED if fail_fast else Status.DONE)
    assert bench.processes() == []


async def test_a_secret_reaches_the_step_and_nothing_that_is_shown(bench: Bench) -> None:
    (bench.directory / "expected").write_text("sesame-42")
    task_id = await bench.submit(
        f"""
inputs: {{token: secret}}
jobs:
  main:
    steps:
      - test "$INPUT_TOKEN" = "$(cat {bench.directory}/expected)"
      - run: test "$HANDED" = "$(cat {bench.directory}/expected)"
        env: {{HANDED: "{{{{ inputs.token }}}}"}}
""",
        inputs={"token": "sesame-42"},
    )

    task = await bench.ended(task_id)

    assert task.status is Status.DONE
    assert "sesame" not in json.dumps(await bench.answer(task_id))
    history = await bench.world.operations.call("history", {"id": task_id, "system": True})
    assert "sesame" not in json.dumps(history)


async def test_a_process_that_a_step_left_behind_is_stopped_and_noted(bench: Bench) -> None:
    task = await bench.outcome("""
jobs:
  main:
    steps:
      - name: Leaves
        run: |
          setsid sleep 300 >/dev/null 2>&1 &
          until grep -q sleep /proc/$!/comm; do sleep 0.01; done
""")

    assert task.status is Status.DONE
    receipt = step_of(task, "Leaves").attempts[-1].receipt
    assert receipt is not None
    assert [process.name for process in receipt.left_behind] == ["sleep"]
    assert receipt.survived == ()
    assert bench.processes() == []


async def test_strange_texts_do_not_disturb_the_records(bench: Bench) -> None:
    (bench.directory / "strange.py").write_text(
        "from tasktrail import UserError\n"
        "def raises():\n    raise UserError('lone \\udcff surrogate, nul \\0')\n"
        "def returns():\n    return {'value': 'lone \\udcff surrogate \\0'}\n"
        "def breaks():\n    raise ValueError('\\udcff\\0')\n"
    )
    task_ids = [
        await bench.submit(f"jobs: {{main: {{steps: [{{python: 'strange:{function}'}}]}}}}")
        for function in ("raises", "returns", "breaks")
    ]
    task_ids.append(
        await bench.submit(
            r"jobs: {main: {steps: ['printf \"a=x\\000y\\n\" >> $TASKTRAIL_OUTPUT']}}"
        )
    )
    plain = await bench.submit("jobs: {main: {steps: ['true']}}")

    assert (await bench.ended(plain)).status is Status.DONE
    for task_id in task_ids:
        assert (await bench.ended(task_id)).status in {Status.DONE, Status.FAILED}
