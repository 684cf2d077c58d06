"""What a job and a task come to, and which jobs and steps run after what."""

from __future__ import annotations

import asyncio
import json

from conformance.behaviour import behaviour
from conformance.site import Site, job_of
from tasktrail.model.status import Status


@behaviour()
async def a_task_is_the_worst_of_its_jobs(site: Site) -> None:
    jobs = {
        "good": "{steps: ['true']}",
        "warned": "{steps: [{run: exit 1, allow_failure: true}]}",
        "failed": "{steps: [exit 1]}",
        "late": "{timeout: 500ms, steps: [exec sleep 60]}",
    }
    worst = {
        ("good", "warned"): Status.DONE_WITH_WARNINGS,
        ("good", "warned", "failed"): Status.FAILED,
        ("late", "failed", "warned"): Status.TIMED_OUT,
    }

    ended = await asyncio.gather(
        *(
            site.outcome("jobs:\n" + "".join(f"  {name}: {jobs[name]}\n" for name in names))
            for names in worst
        )
    )

    assert [task.status for task in ended] == list(worst.values())
    assert job_of(ended[1], "good").status is Status.DONE
    assert job_of(ended[2], "failed").status is Status.FAILED


@behaviour()
async def a_cancel_that_stopped_something_decides_over_failed_jobs(site: Site) -> None:
    task_id = await site.submit("""
jobs:
  failed: {steps: [exit 1]}
  stopped: {steps: ['echo ready; exec sleep 60']}
""")
    await site.until_line(task_id, "ready")
    await site.until(task_id, lambda task: job_of(task, "failed").status.final)

    await site.cancel(task_id)

    task = await site.ended(task_id)
    assert task.status is Status.CANCELED
    assert job_of(task, "failed").status is Status.FAILED


@behaviour()
async def jobs_that_do_not_need_each_other_run_side_by_side(site: Site) -> None:
    meet = "touch HERE/{0}; until test -e HERE/{1}; do sleep 0.02; done"
    task = await site.outcome(f"""
timeout: 80s
jobs:
  left: {{steps: ['{meet.format("left", "right")}']}}
  right: {{steps: ['{meet.format("right", "left")}']}}
""")

    assert task.status is Status.DONE


@behaviour()
async def a_job_begins_when_those_before_it_have_ended(site: Site) -> None:
    task = await site.outcome("""
jobs:
  last: {after: [middle, side], steps: ['echo last >> HERE/order']}
  middle: {after: first, steps: ['echo middle >> HERE/order']}
  side: {after: first, steps: ['echo side >> HERE/order']}
  first: {steps: ['echo first >> HERE/order']}
""")

    assert task.status is Status.DONE
    order = site.lines("order")
    assert (order[0], set(order[1:3]), order[3]) == ("first", {"middle", "side"}, "last")


@behaviour()
async def always_and_on_failure_run_after_a_failure_and_only_always_after_success(
    site: Site,
) -> None:
    text = """
inputs: {code: integer}
jobs:
  main:
    steps:
      - {name: Work, run: exit $INPUT_CODE}
      - {run: echo step-always >> HERE/ran-$INPUT_CODE, when: always}
      - {run: echo step-failure >> HERE/ran-$INPUT_CODE, when: on_failure}
  cleanup: {after: main, when: always, steps: ['echo job-always >> HERE/ran-$INPUT_CODE']}
  rollback: {after: main, when: on_failure, steps: ['echo job-failure >> HERE/ran-$INPUT_CODE']}
"""

    good, bad = await asyncio.gather(
        *(site.outcome(text, inputs={"code": code}) for code in ("0", "1"))
    )

    assert (good.status, bad.status) == (Status.DONE, Status.FAILED)
    assert site.lines("ran-0") == ["step-always", "job-always"]
    ran = site.lines("ran-1")
    assert ran[:2] == ["step-always", "step-failure"]
    assert sorted(ran[2:]) == ["job-always", "job-failure"]


@behaviour()
async def fail_fast_stops_the_jobs_beside_a_failed_one_and_else_they_go_on(site: Site) -> None:
    async def outcome(fail_fast: bool) -> Status:
        own = f"HERE/{json.dumps(fail_fast)}"
        release = "true" if fail_fast else f"touch {own}-go"
        task = await site.outcome(f"""
fail_fast: {json.dumps(fail_fast)}
timeout: 80s
jobs:
  beside: {{steps: ['touch {own}-runs; until test -e {own}-go; do sleep 0.02; done']}}
  failing: {{steps: ['until test -e {own}-runs; do sleep 0.02; done; exit 1']}}
  release: {{after: failing, when: always, steps: ['{release}']}}
""")
        assert task.status is Status.FAILED
        return job_of(task, "beside").status

    statuses = await asyncio.gather(outcome(True), outcome(False))

    assert statuses == [Status.CANCELED, Status.DONE]
    assert site.processes() == []
