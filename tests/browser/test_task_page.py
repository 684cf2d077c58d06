"""One task: it opens at the trouble, moves by itself, and can be steered."""

from __future__ import annotations

import json
import os
import re

from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage, has_ended, runs


def test_a_failed_task_opens_at_its_error(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.line(31).wait_for()
    assert "contains null values" in shown.line(31).inner_text()
    chosen = shown.page.locator("[aria-current=step]")
    assert "Apply migrations" in chosen.inner_text()
    panel = shown.page.get_by_role("region", name="Why it failed")
    expect(panel).to_contain_text("Failed at Apply migrations, in Migrate. Exit code 3.")
    assert shown.page.title().startswith("✗ Migrate the database of shop")
    expect(shown.page.get_by_role("button", name="Back up")).to_have_count(0)
    shown.page.get_by_role("button", name="1 job done, 1 skipped").click()
    expect(shown.page.get_by_role("button", name=re.compile("Back up"))).to_be_visible()


def test_a_running_task_moves_without_a_reload(look: Open, platform: Stage) -> None:
    word = platform.definitions.parent / "go"
    platform.runbook("slow", _SLOW.replace("WORD", str(word)))
    shown = look(f"/tasks/{platform.submit('slow')}?tab=graph")
    shown.page.evaluate("window.unchanged = true")
    node = shown.page.locator(".react-flow__node", has_text="First")
    expect(node).to_contain_text("in progress")
    word.touch()
    expect(node).to_contain_text("done")
    expect(shown.page.locator("main header").get_by_text("done", exact=True)).to_be_visible()
    shown.page.get_by_role("tab", name="Log").click()
    expect(shown.line(1)).to_contain_text("second")
    assert shown.page.evaluate("window.unchanged")


def test_a_graph_that_cannot_be_loaded_says_so_and_comes_when_it_can(
    look: Open, platform: Stage
) -> None:
    page = look("/tasks").page
    page.route("**/assets/graph-*.js", lambda route: route.abort())
    page.goto(f"{platform.url}/tasks/{platform.ids['done']}?tab=graph")
    expect(page.get_by_role("alert")).to_contain_text("The graph could not be loaded.")
    page.unroute("**/assets/graph-*.js")
    page.get_by_role("button", name="Load the page again").click()
    expect(page.locator(".react-flow__node", has_text="Roll out")).to_be_visible()


def test_new_lines_come_and_stop_following_where_somebody_reads(
    look: Open, platform: Stage
) -> None:
    shown = look(f"/tasks/{platform.ids['holding']}")
    log = shown.page.get_by_role("region", name=re.compile("^Log of Drain"))
    shown.page.evaluate("window.unchanged = true")
    last = shown.page.locator("[data-line]").last
    first = int(last.get_attribute("data-line") or 0)
    shown.page.wait_for_function(_LAST_LINE_AFTER, arg=first + 60)
    log.hover()
    shown.page.mouse.wheel(0, -400)
    button = shown.page.get_by_role("button", name=re.compile("new line"))
    button.wait_for()
    top = shown.page.locator("[data-line]").first.get_attribute("data-line")
    expect(button).to_have_text(re.compile(r"[2-9]\d* new lines"))
    assert shown.page.locator("[data-line]").first.get_attribute("data-line") == top
    button.click()
    button.wait_for(state="detached")
    assert shown.page.evaluate("window.unchanged")


def test_who_has_stopped_to_read_stays_there_when_the_next_step_begins(
    look: Open, platform: Stage
) -> None:
    word = platform.definitions.parent / "next"
    platform.runbook("steps", _STEPS.replace("WORD", str(word)))
    task = platform.submit("steps")
    reader, follower = look(f"/tasks/{task}"), look(f"/tasks/{task}")
    for shown in (reader, follower):
        expect(shown.line(300)).to_be_in_viewport()
    reader.page.get_by_role("region", name=re.compile("^Log of Begin")).hover()
    reader.page.mouse.wheel(0, -2000)
    expect(reader.line(300)).not_to_be_in_viewport()
    word.touch()
    expect(follower.page.get_by_role("region", name=re.compile("^Log of Go on"))).to_be_visible()
    expect(reader.page.locator("main header").get_by_text("done", exact=True)).to_be_visible()
    expect(reader.page.get_by_role("region", name=re.compile("^Log of Begin"))).to_be_visible()
    expect(reader.line(300)).not_to_be_in_viewport()


def test_a_task_is_followed_also_where_its_stream_makes_no_sense(
    look: Open, platform: Stage
) -> None:
    word = platform.definitions.parent / "sense"
    platform.runbook("slow", _SLOW.replace("WORD", str(word)))
    shown = look("/tasks")
    cut = 'event: task\ndata: {"id": 1, "ti\n\n'
    shown.page.route(
        "**/tasks/*/stream?*",
        lambda route: route.fulfill(content_type="text/event-stream", body=cut),
    )
    shown.goto(f"/tasks/{platform.submit('slow')}")
    head = shown.page.locator("main header")
    expect(head.get_by_text("in progress")).to_be_visible()
    word.touch()
    expect(head.get_by_text("done", exact=True)).to_be_visible()


def test_logs_are_searched_while_a_task_changes_all_the_time(look: Open, platform: Stage) -> None:
    steps = ", ".join(f"{{name: S{number}, run: 'sleep 0.1'}}" for number in range(80))
    platform.runbook("hasty", f"name: hasty\njobs: {{main: {{steps: [{steps}]}}}}\n")
    task = platform.submit("hasty")
    platform.until(task, runs)
    shown = look(f"/tasks/{task}")
    field = shown.page.get_by_role("searchbox", name="Search all logs of this task")
    field.fill("nothing of that kind")
    shown.page.wait_for_url("**q=nothing*", timeout=3_000)
    assert runs(platform.task(task))
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")


def test_a_queued_job_says_for_which_pool_and_how_much_is_over_is_a_number(
    look: Open, platform: Stage
) -> None:
    count = 8 * (os.cpu_count() or 1) + 2
    jobs = {
        f"job-{number}": {"pool": "eu-1", "steps": [{"name": "Hold", "run": "sleep 600"}]}
        for number in range(count)
    }
    platform.runbook("crowd", json.dumps({"name": "crowd", "jobs": jobs}))
    task = platform.submit("crowd")
    platform.until(task, runs)
    shown = look(f"/tasks/{task}")
    queued = shown.page.get_by_role("navigation", name="Jobs and steps").get_by_role("listitem")
    expect(queued.filter(has_text="for pool eu-1").first).to_contain_text("queued")
    bar = shown.page.get_by_role("progressbar", name="Steps that are over")
    expect(bar).to_have_attribute("aria-valuenow", "0")
    expect(bar.locator("..")).to_contain_text("0 % of the steps are over")
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")


def test_jobs_that_come_later_stand_below_the_one_that_runs(look: Open, platform: Stage) -> None:
    word = platform.definitions.parent / "later"
    platform.runbook("line", _LINE.replace("WORD", str(word)))
    task = platform.submit("line")
    platform.until(task, runs)
    jobs = look(f"/tasks/{task}").page.get_by_role("navigation", name="Jobs and steps")
    titles = jobs.locator("li > button .font-medium")
    expect(titles).to_have_text(["Wait", "Announce", "Ship"])
    word.touch()
    expect(jobs.get_by_role("button", name="3 jobs done")).to_be_visible()


def test_a_task_opens_at_what_tells_most_of_it(look: Open, platform: Stage) -> None:
    platform.runbook("quiet-end", _QUIET_END)
    chosen = look(f"/tasks/{platform.ran('quiet-end')['id']}").page.locator("[aria-current=step]")
    expect(chosen).to_contain_text("Speak")
    platform.runbook("tidy", _TIDY)
    task = platform.submit("tidy")
    platform.until(task, runs)
    platform.await_line(platform.task(task)["jobs"][0]["steps"][0]["id"])
    platform.ask("ann", "POST", f"/tasks/{task}/cancel")
    platform.until(task, has_ended)
    chosen = look(f"/tasks/{task}").page.locator("[aria-current=step]")
    expect(chosen).to_contain_text("Hold on")


def test_a_step_that_has_backed_off_says_when_it_is_tried_again(
    look: Open, platform: Stage
) -> None:
    platform.runbook("patient", _PATIENT)
    task = platform.submit("patient")
    platform.until(task, lambda seen: seen["status"] == "backed_off")
    page = look(f"/tasks/{task}").page
    row = page.get_by_role("button", name=re.compile("Ask.*attempt 2"))
    expect(row).to_contain_text(re.compile(r"attempt 2 of 3 in \d+ (s|min)"))
    log = page.get_by_role("region", name="Log", exact=True)
    expect(log).to_contain_text(re.compile(r"next try in \d+ (s|min).*, attempt 2 of 3"))
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")


def test_a_task_that_timed_out_says_which_limit_it_reached(look: Open, platform: Stage) -> None:
    step = "{name: Sleep, timeout: 1s, run: sleep 600}"
    platform.runbook("hurry", f"name: hurry\njobs: {{main: {{title: Main, steps: [{step}]}}}}\n")
    page = look(f"/tasks/{platform.ran('hurry')['id']}").page
    expect(page.get_by_role("region", name="Why it timed out")).to_have_text(
        "Timed out at Sleep, in Main. The step's time limit of 1 s was reached."
    )


def test_what_a_task_warned_of_is_told_above_with_its_reason(look: Open, platform: Stage) -> None:
    page = look(f"/tasks/{platform.ids['warned']}").page
    panel = page.get_by_role("region", name="What it warned of")
    expect(panel).to_have_text(re.compile(r"^Warning of Renew, in Renew\. .*1.*\.$"))
    page.get_by_role("button", name=re.compile("Reload")).click()
    panel.get_by_role("button", name="Renew").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Renew")


def test_titles_of_jobs_can_be_read_in_a_graph_that_is_shown_small(
    look: Open, platform: Stage
) -> None:
    jobs = {
        f"job-{number}": {
            "title": f"Deploy number {number}",
            "after": [f"job-{number - 1}"] if number else [],
            "steps": [{"name": "Say", "run": "echo said"}],
        }
        for number in range(7)
    }
    platform.runbook("row", json.dumps({"name": "row", "jobs": jobs}))
    task = platform.ran("row")["id"]
    page = look("/tasks").page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{platform.url}/tasks/{task}?tab=graph")
    nodes = page.locator(".react-flow__node")
    expect(nodes).to_have_text([re.compile(f"Deploy number {number}") for number in range(7)])
    zoom = page.evaluate(_ZOOM)
    assert 0.2 < zoom < 0.45
    size = nodes.first.locator("p").evaluate(
        "title => parseFloat(getComputedStyle(title).fontSize)"
    )
    assert size * zoom >= 7
    for node in nodes.all():
        box, title = node.bounding_box(), node.locator("p").bounding_box()
        assert box is not None
        assert title is not None
        assert title["x"] + title["width"] <= box["x"] + box["width"]
        assert title["height"] <= box["height"]


def test_no_job_moves_under_a_mouse(look: Open, platform: Stage) -> None:
    word = platform.definitions.parent / "stay"
    platform.runbook("race", _RACE.replace("WORD", str(word)))
    task = platform.submit("race")
    shown = look(f"/tasks/{task}")
    jobs = shown.page.get_by_role("navigation", name="Jobs and steps")
    first = jobs.get_by_role("button", name="Tortoise")
    first.hover()
    before = first.bounding_box()
    word.touch()
    expect(first).to_contain_text("done")
    assert first.bounding_box() == before
    shown.page.get_by_role("tab", name="Log").hover()
    expect(first).to_have_count(0)
    expect(jobs.get_by_role("button", name="1 job done")).to_be_visible()
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")


def test_what_a_task_waits_for_is_one_click_away(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['waiting']}")
    shown.expect_text("Waits for the lock")
    shown.page.get_by_role("link", name=f"task {platform.ids['holding']}").click()
    shown.page.wait_for_url(f"**/tasks/{platform.ids['holding']}")


def test_a_failure_of_the_system_names_support_and_a_reference(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['broken']}")
    reference = platform.task(platform.ids["broken"])["error"]["reference"]
    assert reference
    panel = shown.page.get_by_role("region", name="Why it failed")
    log = shown.page.get_by_role("note", name="What this log does not tell")
    for place in (panel, log):
        expect(place).to_contain_text("None of your steps failed, but a step of the system did.")
        expect(place).to_contain_text(f"Please contact support with the reference {reference}")
    assert shown.page.get_by_text("Ask the cloud").count() == 0
    expect(look(f"/tasks/{platform.ids['broken']}", "sue").page.locator("nav")).to_contain_text(
        ["Ask the cloud"]
    )


def test_of_the_system_s_jobs_owners_see_that_they_exist_and_members_nothing(
    look: Open, platform: Stage
) -> None:
    path = f"/tasks/{platform.ids['broken']}"
    jobs = look(path).page.get_by_role("navigation", name="Jobs and steps")
    expect(jobs).to_contain_text("Not shown: 1 job and 2 steps of the system")
    expect(jobs).not_to_contain_text("Prepare")
    expect(look(path, "sue").page.get_by_role("navigation", name="Jobs and steps")).to_contain_text(
        "Prepare"
    )
    done = f"/tasks/{platform.ids['done']}"
    for who, sees in (("ann", True), ("bea", False), ("carl", False)):
        jobs = look(done, who).page.get_by_role("navigation", name="Jobs and steps")
        expect(jobs).to_contain_text("Smoke test")
        expect(jobs.get_by_text("Not shown: 8 steps of the system")).to_have_count(int(sees))


def test_support_is_marked(look: Open, platform: Stage) -> None:
    head = look(f"/tasks/{platform.ids['supported']}").page.locator("main header")
    expect(head.get_by_text("support", exact=True)).to_be_visible()
    expect(head).to_contain_text("Sue")


def test_who_may_not_see_a_task_is_told_nothing_of_it(look: Open, platform: Stage) -> None:
    for path in (f"/tasks/{platform.ids['failed']}", "/tasks/999999"):
        shown = look(path, "dora")
        shown.expect_text("There is nothing here")
        assert "Migrate" not in shown.page.content()
        assert "Migrate" not in shown.page.title()


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
    steps = {str(job["steps"][0]["id"]) for job in task["jobs"]}
    first = chosen.get_attribute("data-step") or ""
    (other,) = steps - {first}
    for step in (other, first, other):
        shown.page.keyboard.press("f")
        expect(chosen).to_have_attribute("data-step", step)


_LAST_LINE_AFTER = """(line) =>
  Number([...document.querySelectorAll("[data-line]")].at(-1)?.dataset.line) > line"""

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

_STEPS = """
name: steps
title: Two steps
jobs:
  main:
    steps:
      - {name: Begin, run: 'seq 300; until [ -e "WORD" ]; do sleep 0.05; done'}
      - {name: Go on, run: 'echo going on; sleep 1'}
"""

_ZOOM = """() =>
  new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform).a"""

_PATIENT = """
name: patient
title: Ask a service in vain
jobs:
  main:
    title: Main
    steps:
      - {name: Ask, retry: {attempts: 3, backoff: 10m, max_backoff: 10m, on: [user]}, run: exit 7}
"""

_LINE = """
name: line
title: One after the other
jobs:
  announce:
    title: Announce
    after: [ship]
    steps: [{name: Announce, run: echo announced}]
  ship:
    title: Ship
    after: [wait]
    steps: [{name: Ship, run: echo shipped}]
  wait:
    title: Wait
    steps: [{name: Wait, run: 'until [ -e "WORD" ]; do sleep 0.05; done'}]
"""

_QUIET_END = """
name: quiet-end
title: A quiet end
jobs:
  main:
    steps:
      - {name: Speak, run: echo something}
      - {name: Be quiet, run: 'true'}
"""

_TIDY = """
name: tidy
title: Tidy up
jobs:
  main:
    steps:
      - {name: Hold on, run: 'echo holding; sleep 600'}
      - {name: Tidy, run: echo tidied, when: always}
"""

_RACE = """
name: race
title: A race
jobs:
  tortoise:
    title: Tortoise
    steps: [{name: Walk, run: 'until [ -e "WORD" ]; do sleep 0.05; done'}]
  hare:
    title: Hare
    steps: [{name: Sleep, run: sleep 600}]
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
