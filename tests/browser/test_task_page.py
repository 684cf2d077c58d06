"""One task: it opens at the trouble, moves by itself, and can be steered."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage, runs


def test_a_failed_task_opens_at_its_error(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.line(31).wait_for()
    assert "contains null values" in shown.line(31).inner_text()
    chosen = shown.page.locator("[aria-current=step]")
    assert "Apply migrations" in chosen.inner_text()
    panel = shown.page.get_by_role("region", name="Why it failed")
    assert "exit code 3" in panel.inner_text()
    assert shown.page.title().startswith("✗ Migrate the database of shop")
    expect(shown.page.get_by_role("button", name="Back up")).to_have_count(0)
    shown.page.get_by_role("button", name="2 jobs without trouble").click()
    expect(shown.page.get_by_role("button", name=re.compile("Back up"))).to_be_visible()


def test_a_running_task_moves_without_a_reload(look: Open, platform: Stage) -> None:
    word = platform.definitions.parent / "go"
    platform.runbook("slow", _SLOW.replace("WORD", str(word)))
    shown = look(f"/tasks/{platform.submit('slow')}?tab=graph")
    node = shown.page.locator(".react-flow__node", has_text="First")
    expect(node).to_contain_text("in progress")
    word.touch()
    expect(node).to_contain_text("done")
    expect(shown.page.locator("main header").get_by_text("done", exact=True)).to_be_visible()
    assert shown.page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_new_lines_come_and_stop_following_where_somebody_reads(
    look: Open, platform: Stage
) -> None:
    shown = look(f"/tasks/{platform.ids['holding']}")
    log = shown.page.get_by_role("region", name=re.compile("^Log of Drain"))
    last = shown.page.locator("[data-line]").last
    first = int(last.get_attribute("data-line") or 0)
    expect(shown.line(first + 5)).to_be_visible()
    expect(shown.line(first + 60)).to_be_visible()
    log.hover()
    shown.page.mouse.wheel(0, -400)
    button = shown.page.get_by_role("button", name=re.compile("new line"))
    button.wait_for()
    top = shown.page.locator("[data-line]").first.get_attribute("data-line")
    expect(button).to_have_text(re.compile(r"[2-9]\d* new lines"))
    assert shown.page.locator("[data-line]").first.get_attribute("data-line") == top
    button.click()
    button.wait_for(state="detached")


def test_a_cancel_shows_its_stages_and_can_be_forced(look: Open, platform: Stage) -> None:
    task = platform.submit("stubborn")
    platform.until(task, runs)
    shown = look(f"/tasks/{task}")
    shown.expect_text("holding")
    shown.page.get_by_role("button", name="Cancel", exact=True).click()
    stages = shown.page.get_by_role("list", name="Cancel")
    expect(stages).to_contain_text("Cancel asked for by Ann")
    expect(stages).to_contain_text("Stop signal sent")
    expect(stages).to_contain_text("Processes are ending")
    shown.page.get_by_role("button", name="Force: kill it now").click()
    expect(stages).to_contain_text("Stopped after")
    expect(shown.page.locator("main header").get_by_text("canceled")).to_be_visible()


def test_a_task_is_run_again_and_both_runs_are_linked(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.get_by_role("button", name="Run again", exact=True).click()
    shown.page.wait_for_url(lambda url: not url.endswith(f"/{platform.ids['failed']}"))
    shown.page.get_by_role("tab", name="Origin and reruns").click()
    shown.page.get_by_role("heading", name="Repeats").wait_for()
    shown.page.get_by_role("tabpanel").get_by_role("link", name="Migrate the database").click()
    shown.page.wait_for_url(f"**/tasks/{platform.ids['failed']}")


def test_a_forced_rerun_first_shows_what_it_would_forgive(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.get_by_role("button", name="Run again, forced").click()
    errors = shown.page.get_by_role("list", name="Errors of the task that is repeated")
    expect(errors).to_contain_text("Apply migrations")
    expect(errors).to_contain_text("Error of the operation: forgiven")
    shown.page.get_by_role("button", name="Run it, forced").click()
    shown.page.wait_for_url(lambda url: not url.endswith(f"/{platform.ids['failed']}"))
    expect(shown.page.locator("main header").get_by_text("done with warnings")).to_be_visible()
    expect(shown.page.locator("main header").get_by_text("forced", exact=True)).to_be_visible()


def test_what_a_task_waits_for_is_one_click_away(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['waiting']}")
    shown.expect_text("Waits for the lock")
    shown.page.get_by_role("link", name=f"task {platform.ids['holding']}").click()
    shown.page.wait_for_url(f"**/tasks/{platform.ids['holding']}")


def test_a_failure_of_the_system_names_support_and_a_reference(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['broken']}")
    panel = shown.page.get_by_role("region", name="Why it failed")
    expect(panel).to_contain_text("please contact support")
    assert shown.page.get_by_text("Ask the cloud").count() == 0
    expect(look(f"/tasks/{platform.ids['broken']}", "sue").page.locator("nav")).to_contain_text(
        ["Ask the cloud"]
    )


def test_an_immediate_task_says_that_it_needed_no_run(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['immediate']}")
    shown.expect_text("This was done at the moment it was recorded")


def test_tabs_are_in_the_address_and_back_goes_through_them(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['done']}")
    for tab, sight in (("Timeline", "critical path"), ("History", "queued"), ("Inputs", "1.4.2")):
        shown.page.get_by_role("tab", name=tab).click()
        expect(shown.page.get_by_role("tabpanel")).to_contain_text(sight)
    assert shown.page.url.endswith("?tab=inputs")
    shown.page.go_back()
    expect(shown.page.get_by_role("tab", name="History")).to_have_attribute("aria-selected", "true")


def test_f_goes_to_the_next_failure(look: Open, platform: Stage) -> None:
    platform.runbook("two-errors", _TWO_ERRORS)
    task = platform.ran("two-errors")
    shown = look(f"/tasks/{task['id']}")
    chosen = shown.page.locator("[aria-current=step]")
    expect(chosen).to_be_visible()
    steps = [job["steps"][0]["id"] for job in task["jobs"]]
    for step in (steps[0], steps[1], steps[0]):
        shown.page.keyboard.press("f")
        expect(chosen).to_have_attribute("data-step", str(step))


_SLOW = """
name: slow
title: Wait for a word
jobs:
  first:
    title: First
    steps:
      - {name: Wait, run: 'until [ -e "WORD" ]; do sleep 0.05; done'}
  second:
    title: Second
    after: [first]
    steps: [{name: Say, run: echo second}]
"""

_TWO_ERRORS = """
name: two-errors
title: Two errors
jobs:
  one:
    title: One
    steps: [{name: First trouble, run: 'exit 1'}]
  two:
    title: Two
    steps: [{name: Second trouble, run: 'exit 2'}]
"""
