"""Two kinds of error, told apart, and what forgives one of them."""

from __future__ import annotations

import asyncio

from conformance.behaviour import behaviour
from conformance.site import Site, step_of
from tasktrail.model.status import Status

BROKEN = """
from tasktrail import UserError
def asks_too_much():
    raise UserError("the version is taken")
def breaks():
    return 1 / 0
"""


@behaviour()
async def failed_by_a_user_error_with_the_exit_code(site: Site) -> None:
    task = await site.outcome("jobs: {main: {steps: [{name: Fails, run: exit 4}]}}")

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("user", "Fails")
    assert "4" in task.error.message
    assert task.error.reference is None
    assert step_of(task, "Fails").exit_code == 4


@behaviour()
async def a_command_that_a_signal_ends_is_a_user_error_that_names_it(site: Site) -> None:
    task = await site.outcome("jobs: {main: {steps: [{name: Dies, run: 'kill -SEGV $$'}]}}")

    assert task.status is Status.FAILED
    assert task.error is not None
    assert task.error.kind == "user"
    assert step_of(task, "Dies").attempts[-1].signal == "SIGSEGV"


@behaviour()
async def a_python_step_says_that_it_is_a_user_error_by_raising_one(site: Site) -> None:
    site.module("raising", BROKEN)

    task = await site.outcome(
        "jobs: {main: {steps: [{name: Asks, python: 'MINE_raising:asks_too_much'}]}}"
    )

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.message) == ("user", "the version is taken")


@behaviour()
async def failed_by_a_system_error_which_force_does_not_forgive(site: Site) -> None:
    site.module("broken", BROKEN)
    text = "jobs: {main: {steps: [{name: Raises, python: 'MINE_broken:breaks'}]}}"

    for task in await asyncio.gather(*(site.outcome(text, forced=one) for one in (False, True))):
        assert task.status is Status.FAILED
        assert task.error is not None
        assert task.error.kind == "system"
        assert "ZeroDivisionError" in task.error.message
        assert task.error.reference


@behaviour()
async def details_of_a_system_error_are_for_those_who_see_system_steps(site: Site) -> None:
    site.module("broken", BROKEN)
    task = await site.outcome("""
jobs: {main: {steps: [{name: Hidden, system: true, python: 'MINE_broken:breaks'}]}}
""")

    for_users = await site.task(task.id, system=False)
    for_support = await site.task(task.id, system=True)

    assert for_users.error is not None
    assert for_support.error is not None
    assert for_users.error.reference
    assert for_users.error.reference == for_support.error.reference
    assert for_users.error.reference in for_users.error.message
    assert (for_users.error.step_name, for_users.error.detail) == (None, None)
    assert for_support.error.step_name == "Hidden"
    assert "Traceback" in (for_support.error.detail or "")


@behaviour()
async def what_cannot_be_started_as_it_asks_is_a_user_error(site: Site) -> None:
    task = await site.outcome(
        "jobs: {main: {steps: [{name: Starts, run: 'true', working_directory: HERE/nowhere}]}}"
    )

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("user", "Starts")
    assert "nowhere" in task.error.message


@behaviour()
async def a_template_of_an_output_that_was_not_given_is_a_user_error(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - {name: Nothing, run: 'true'}
      - {name: Wants, run: 'true', env: {A: "{{ steps.nothing.outputs.wheel }}"}}
""")

    assert task.status is Status.FAILED
    assert task.error is not None
    assert (task.error.kind, task.error.step_name) == ("user", "Wants")


@behaviour()
async def done_with_warnings_when_a_step_may_fail(site: Site) -> None:
    task = await site.outcome("""
jobs:
  main:
    steps:
      - {name: May fail, run: exit 4, allow_failure: true}
      - {name: After it, run: 'true'}
""")

    assert task.status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "May fail").status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "May fail").exit_code == 4
    assert step_of(task, "After it").status is Status.DONE


@behaviour()
async def done_with_warnings_when_forced_through_a_user_error(site: Site) -> None:
    task = await site.outcome(
        "jobs: {main: {steps: [{name: Fails, run: exit 4}, {name: After it, run: 'true'}]}}",
        forced=True,
    )

    assert task.status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "Fails").status is Status.DONE_WITH_WARNINGS
    assert step_of(task, "After it").status is Status.DONE


@behaviour()
async def a_forced_task_is_not_forgiven_a_timeout(site: Site) -> None:
    task = await site.outcome(
        "jobs: {main: {steps: [{name: Long, run: exec sleep 60, timeout: 300ms}]}}", forced=True
    )

    assert task.status is Status.TIMED_OUT
    assert task.error is None or task.error.kind not in {"user", "system"}
