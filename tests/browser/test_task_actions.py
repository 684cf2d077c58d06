"""What can be done about a task: stop it, run it again, hear of its end, hand it on."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from browser.conftest import Open
from browser.stage import Stage, runs

HELD = """
name: held
title: Hold the shop
projects: [shop]
jobs: {main: {steps: [{name: Hold, run: sleep 600}]}}
"""


def test_a_cancel_shows_its_stages_and_can_be_forced(look: Open, platform: Stage) -> None:
    task = platform.submit("stubborn")
    platform.until(task, runs)
    shown = look(f"/tasks/{task}")
    shown.expect_text("holding")
    shown.page.get_by_role("button", name="Cancel", exact=True).click()
    stages = shown.page.get_by_role("list", name="Cancel")
    expect(stages).to_contain_text("Cancel asked for by Ann")
    expect(stages).to_contain_text("SIGTERM sent to Hold on")
    expect(stages).to_contain_text(re.compile(r"Kill in 5\d s"))
    first = _seconds(stages.inner_text())
    expect(stages).not_to_contain_text(f"Kill in {first} s")
    assert _seconds(stages.inner_text()) < first
    expect(shown.page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    shown.page.get_by_role("button", name="Kill it now").click()
    expect(stages).to_contain_text("Forced cancel asked for by Ann")
    expect(stages).to_contain_text(re.compile(r"Killed: .*Stopped after"))
    expect(shown.page.locator("main header").get_by_text("canceled")).to_be_visible()


def test_the_stages_of_a_cancel_do_not_turn_for_those_who_do_not_want_it(
    look: Open, platform: Stage
) -> None:
    task = platform.submit("stubborn")
    # It ignores the signal from its first line on.
    platform.await_line(platform.task(task)["jobs"][0]["steps"][0]["id"])
    platform.ask("ann", "POST", f"/tasks/{task}/cancel")
    shown = look(f"/tasks/{task}", reduced_motion="reduce")
    now = shown.page.get_by_role("list", name="Cancel").locator("[aria-current=step]")
    expect(now).to_contain_text(re.compile(r"Kill in \d+ s"))
    icon = now.locator(".animate-spin")
    assert icon.evaluate("element => getComputedStyle(element).animationIterationCount") == "1"
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")
    expect(now).to_have_count(0)


def _seconds(text: str) -> int:
    """How long it takes until what is left is killed."""
    found = re.search(r"Kill in (\d+) s", text)
    assert found is not None, text
    return int(found[1])


def test_a_task_is_run_again_and_both_runs_are_linked(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.get_by_role("button", name="Run again", exact=True).click()
    shown.page.wait_for_url(lambda url: not url.endswith(f"/{platform.ids['failed']}"))
    shown.page.get_by_role("tab", name="Origin and reruns").click()
    shown.page.get_by_role("heading", name="Repeats").wait_for()
    shown.page.get_by_role("tabpanel").get_by_role("link", name="Migrate the database").click()
    shown.page.wait_for_url(f"**/tasks/{platform.ids['failed']}")


def test_who_may_only_look_is_told_so_before_a_click(look: Open, platform: Stage) -> None:
    platform.add("rita", "member")
    grant = {"userId": platform.ids["rita"], "role": "read"}
    platform.ask("ann", "PUT", f"/projects/{platform.ids['shop']}/grants", grant)
    page = look(f"/tasks/{platform.ids['failed']}", "rita").page
    for name in ("Run again", "Run again, forced"):
        button = page.get_by_role("button", name=name, exact=True)
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(
            "You can run it again with the role write in shop."
        )


def test_a_member_is_not_offered_to_cancel_what_others_have_begun(
    look: Open, platform: Stage
) -> None:
    platform.runbook("held", HELD)
    task = platform.submit("held")
    platform.until(task, runs)
    page = look(f"/tasks/{task}", "carl").page
    button = page.get_by_role("button", name="Cancel", exact=True)
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description("Ann, admins and owners can cancel this task.")
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")
    expect(button).to_have_count(0)


def test_a_task_is_run_anew_with_other_inputs_from_a_form_that_holds_its_own(
    look: Open, platform: Stage
) -> None:
    inputs = {"version": "1.4.2", "replicas": 5, "token": "a very secret token"}
    page = look(f"/tasks/{platform.ran('deploy', inputs=inputs)['id']}").page
    page.get_by_role("link", name="Run with other inputs").click()
    form = page.locator("form")
    expect(form.get_by_label("version")).to_have_value("1.4.2")
    expect(form.get_by_label("replicas")).to_have_value("5")
    expect(form.get_by_label("token")).to_have_value("")
    assert "token" not in page.url
    form.get_by_label("version").fill("1.4.3")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("heading", name="Deploy shop 1.4.3 to staging").wait_for()
    page.get_by_role("link", name="Definition deploy").click()
    page.wait_for_url("**/run/deploy")


def test_a_task_that_its_definition_lets_nobody_run_again_says_so(
    look: Open, platform: Stage
) -> None:
    steps = "jobs: {main: {steps: [{name: Say, run: echo once}]}}"
    platform.runbook("once", f"name: once\nrerunnable: never\n{steps}\n")
    for definition, reason in (("once", "no task be run again"), ("check", "did not end well")):
        page = look(f"/tasks/{platform.ran(definition)['id']}").page
        button = page.get_by_role("button", name="Run again", exact=True)
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(re.compile(reason))
        expect(page.get_by_role("button", name="Run again, forced")).to_have_count(0)


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


def test_a_failure_without_an_exit_code_is_not_taken_for_one_of_the_system(
    look: Open, platform: Stage
) -> None:
    steps = "[{name: Crash, run: 'kill -SEGV $$'}]"
    platform.runbook("crash", f"name: crash\njobs: {{main: {{steps: {steps}}}}}\n")
    page = look(f"/tasks/{platform.ran('crash')['id']}").page
    page.get_by_role("button", name="Run again, forced").click()
    errors = page.get_by_role("list", name="Errors of the task that is repeated")
    expect(errors).to_contain_text("Error of the operation: forgiven")


def test_the_end_is_told_to_who_asked_by_a_click_and_looks_elsewhere(
    look: Open, platform: Stage
) -> None:
    word = platform.definitions.parent / "end"
    platform.runbook("ending", _ENDING.replace("WORD", str(word)))
    shown = look("/tasks", permissions=["notifications"])
    shown.page.add_init_script(_HEAR_NOTICES)
    shown.goto(f"/tasks/{platform.submit('ending')}")
    button = shown.page.get_by_role("button", name="Notify me when tasks end")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    shown.page.evaluate(_LOOK_ELSEWHERE)
    word.touch()
    shown.wait("() => window.heard.length > 0")
    assert shown.page.evaluate("window.heard") == ["Wait for a word"]


def test_nobody_is_asked_for_leave_to_notify_before_a_click(look: Open, platform: Stage) -> None:
    shown = look("/tasks")
    shown.page.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => (window.asked++, 'denied')"
    )
    shown.goto(f"/tasks/{platform.ids['holding']}")
    button = shown.page.get_by_role("button", name="Notify me when tasks end")
    button.wait_for()
    assert shown.page.evaluate("window.asked") == 0
    button.click()
    shown.wait("() => window.asked === 1")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_task_is_copied_as_a_link_a_command_and_for_curl(look: Open, platform: Stage) -> None:
    shown = look(
        f"/tasks/{platform.ids['failed']}", permissions=["clipboard-read", "clipboard-write"]
    )
    shown.page.get_by_role("button", name="Copy", exact=True).click()
    for label, found in (
        ("Link to this task", f"{platform.url}/tasks/{platform.ids['failed']}"),
        ("Command that shows it", f"tasktrail task show {platform.ids['failed']}"),
        ("Command that runs it again", f"tasktrail task rerun {platform.ids['failed']}"),
        ("curl that runs it again", f"{platform.url}/v1/tasks/{platform.ids['failed']}/repeat"),
    ):
        shown.page.get_by_role("button", name=label).click()
        shown.wait(
            "text => navigator.clipboard.readText().then((got) => got.includes(text))", found
        )
    shown.page.keyboard.press("Escape")
    expect(shown.page.get_by_role("button", name="Command that")).to_have_count(0)


_HEAR_NOTICES = """
window.heard = [];
window.Notification = class extends Notification {
  constructor(title, options) { super(title, options); window.heard.push(title); }
};
"""
_LOOK_ELSEWHERE = """() => {
  Object.defineProperty(document, "hidden", {get: () => true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


_ENDING = """
name: ending
title: Wait for a word
jobs: {main: {steps: [{name: Wait, run: 'until [ -e "WORD" ]; do sleep 0.05; done'}]}}
"""


def test_who_asks_again_because_no_answer_came_gets_one_task(look: Open, platform: Stage) -> None:
    failed = platform.ids["failed"]
    page = look(f"/tasks/{failed}").page
    answers: list[int] = []

    def lose(route: Route) -> None:
        answers.append(route.fetch().json()["taskId"])
        route.abort()

    page.route("**/repeat", lose)
    page.get_by_role("button", name="Run again", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    page.unroute("**/repeat")
    page.get_by_role("button", name="Run again", exact=True).click()
    page.wait_for_url(f"**/tasks/{answers[0]}")


def test_what_can_be_copied_fits_on_a_phone_and_on_a_line(look: Open, platform: Stage) -> None:
    for phone in (True, False):
        page = look(f"/tasks/{platform.ids['done']}", phone=phone).page
        page.get_by_role("button", name="Copy", exact=True).click()
        entry = page.get_by_role("button", name="Command that runs it again")
        box = entry.bounding_box()
        assert box is not None
        assert box["height"] < 40
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide)
        assert 0 <= box["x"] <= box["x"] + box["width"] <= page.evaluate("innerWidth")
