"""Starting a task from its form."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage


def test_definitions_are_found_and_lead_to_their_form(look: Open) -> None:
    page = look("/run").page
    page.get_by_role("searchbox", name="Search definitions").fill("servers")
    expect(page.get_by_role("main").get_by_role("link")).to_have_text(["deploy"])
    page.get_by_role("link", name="deploy", exact=True).click()
    expect(page.get_by_role("heading", name="Run deploy")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("servers")


def test_everything_that_is_wrong_is_told_at_once_and_the_first_is_focused(look: Open) -> None:
    page = look("/run/deploy").page
    page.get_by_label("replicas").fill("some")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_label("version")).to_have_accessible_description(
        re.compile("This is needed")
    )
    expect(page.get_by_label("replicas")).to_have_accessible_description(
        re.compile("A whole number")
    )
    expect(page.get_by_label("version")).to_be_focused()
    expect(page.get_by_text("2 fields need your attention.")).to_be_visible()
    page.get_by_label("version").fill("next")
    expect(page.get_by_label("version")).to_have_accessible_description(re.compile("It must match"))


def test_a_problem_does_not_repeat_the_hint(look: Open) -> None:
    page = look("/run/deploy").page
    page.get_by_label("replicas").fill("some")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("A number.")).to_have_count(0)
    expect(page.get_by_text("A whole number.")).to_have_count(1)


def test_the_jobs_are_shown_though_a_lock_needs_an_input_and_many_are_counted(
    look: Open, platform: Stage
) -> None:
    jobs = "\n".join(
        f"  job-{number}: {{steps: [{{name: A, run: 'true'}}]}}" for number in range(40)
    )
    inputs = "inputs: {env: {type: string, required: true}}\nlocks: ['{{ inputs.env }}']"
    platform.runbook("many-jobs", f"name: many-jobs\n{inputs}\njobs:\n{jobs}\n")
    page = look("/run/many-jobs").page
    preview = page.get_by_role("complementary", name="What will be done")
    expect(preview.get_by_role("heading", name="Its 40 jobs")).to_be_visible()
    expect(preview.get_by_role("listitem")).to_have_count(8)
    preview.get_by_role("button", name="and 32 more").click()
    expect(preview.get_by_role("listitem")).to_have_count(40)


def test_files_that_cannot_be_used_are_told_of_above_and_found_by_their_names(
    look: Open, platform: Stage
) -> None:
    path = platform.definitions / "not-whole.yml"
    path.write_text("name: not-whole\njobs: 7\n")
    try:
        page = look("/run").page
        page.get_by_role("button", name="See why").click()
        broken = page.get_by_role("list", name="Cannot be used")
        expect(broken).to_be_in_viewport()
        expect(broken).to_contain_text("not-whole")
        page.get_by_role("searchbox").fill("deploy")
        expect(broken).to_have_count(0)
        expect(page.get_by_role("button", name="See why")).to_have_count(0)
    finally:
        path.unlink()


def test_a_task_is_run_with_what_was_entered(look: Open, platform: Stage) -> None:
    page = look("/run/deploy?version=2.0.1").page
    expect(page.get_by_text("Deploy shop 2.0.1 to staging")).to_be_visible()
    page.get_by_label("target").select_option("production")
    page.get_by_label("replicas").fill("3")
    page.get_by_label("token").fill("very-secret-token")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/tasks/\d+"))
    found = re.search(r"/tasks/(\d+)", page.url)
    assert found is not None
    inputs = platform.task(int(found[1]))["inputs"]
    assert (inputs["version"], inputs["target"], inputs["replicas"]) == ("2.0.1", "production", 3)
    page.get_by_role("heading", name="Deploy shop 2.0.1 to production").wait_for()
    page.get_by_role("tab", name="Inputs").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("********")


def test_a_task_can_wait_until_later(look: Open, platform: Stage) -> None:
    page = look("/run/check").page
    page.get_by_text("Projects, later, and going on after errors").click()
    page.get_by_label("Not now").check()
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_label("Not before")).to_have_accessible_description(re.compile("Choose"))
    page.get_by_label("Not before").fill("2030-01-01T12:00")
    page.get_by_role("button", name="Schedule").click()
    page.wait_for_url(re.compile(r"/tasks/\d+"))
    found = re.search(r"/tasks/(\d+)", page.url)
    assert found is not None
    waits = platform.task(int(found[1]))["waitingOn"]
    assert [one["until"][:10] for one in waits] == ["2030-01-01"]
    platform.ask("ann", "POST", f"/tasks/{found[1]}/cancel")


def test_a_time_that_is_over_is_refused_at_its_field(look: Open) -> None:
    page = look("/run/check", timezone_id="Asia/Tokyo").page
    page.get_by_text("Projects, later, and going on after errors").click()
    page.get_by_label("Not now").check()
    field = page.get_by_label("Not before")
    expect(field).to_have_accessible_description(re.compile(r"Asia/Tokyo \(GMT\+9\)"))
    field.fill("2020-01-01T12:00")
    page.get_by_role("button", name="Schedule").click()
    expect(field).to_have_accessible_description(re.compile("This time is over already"))
    expect(field).to_be_focused()
    assert page.url.endswith("/run/check")


def test_what_the_server_refuses_is_told_at_the_field(look: Open, platform: Stage) -> None:
    steps = "jobs: {main: {steps: [{name: A, run: 'true'}]}}"
    text = f"name: picky\ninputs: {{code: {{pattern: '(?P<year>[0-9]+)'}}}}\n{steps}"
    platform.runbook("picky", text)
    page = look("/run/picky").page
    page.get_by_label("code").fill("nonsense")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_label("code")).to_have_accessible_description(
        re.compile("must match the pattern")
    )
    expect(page.get_by_label("code")).to_be_focused()


def test_a_yes_or_no_that_is_needed_is_asked_for_and_never_guessed(
    look: Open, platform: Stage
) -> None:
    steps = "jobs: {main: {steps: [{name: A, run: 'true'}]}}"
    text = f"name: ask\ninputs: {{wipe: {{type: boolean, required: true}}}}\n{steps}"
    platform.runbook("ask", text)
    page = look("/run/ask").page
    choice = page.get_by_label("wipe")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(choice).to_have_accessible_description(re.compile("Choose one"))
    choice.select_option("no")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/tasks/\d+"))
    found = re.search(r"/tasks/(\d+)", page.url)
    assert found is not None
    assert platform.task(int(found[1]))["inputs"] == {"wipe": False}


def test_a_secret_is_in_no_text_to_copy(look: Open) -> None:
    page = look("/run/deploy").page
    page.get_by_label("version").fill("1.4.3")
    page.get_by_label("token").fill("hunter2-hunter2")
    command = page.get_by_label("Command line", exact=True).and_(page.locator("pre"))
    words = shlex.split(command.inner_text().replace("\\\n", " "))
    assert "version=1.4.3" in words
    assert "token=TOKEN" in words
    page.get_by_role("radio", name="curl").check()
    curl = page.locator("pre").inner_text()
    wish = shlex.split(curl)[2].partition(" | ")[0]
    assert json.loads(wish)["inputs"]["version"] == "1.4.3"
    assert "hunter2" not in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("dora", "Ask an owner or admin for the right to write in a project"),
        ("sue", "An owner has to open this definition to support"),
    ],
)
def test_what_somebody_may_not_run_is_not_offered_and_says_whom_to_ask(
    look: Open, who: str, reason: str
) -> None:
    page = look("/run", who).page
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text="certificates")
    expect(row).to_contain_text("not for you to run")
    row.get_by_role("link").click()
    button = page.get_by_role("button", name="Run", exact=True)
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(re.compile(reason))
    expect(page.get_by_text(reason)).to_be_visible()


def test_support_may_run_what_is_open_to_it(look: Open) -> None:
    page = look("/run/check", "sue").page
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()


def test_a_member_runs_what_has_no_project_in_one_of_theirs(look: Open, platform: Stage) -> None:
    page = look("/run/certificates", "carl").page
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Choose a project in which you may write.")).to_be_visible()
    page.get_by_label("shop").check()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/tasks/\d+"))
    found = re.search(r"/tasks/(\d+)", page.url)
    assert found is not None
    projects = platform.task(int(found[1]))["projects"]
    assert [one["title"] for one in projects] == ["shop"]


def test_a_definition_that_is_not_there_is_no_form(look: Open) -> None:
    expect(
        look("/run/nothing-of-that-name").page.get_by_text("There is nothing here")
    ).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/run", "/run/deploy"])
def test_everybody_can_use_the_pages(look: Open, path: str, theme: str) -> None:
    shown = look(path, color_scheme=theme)
    shown.page.wait_for_load_state("networkidle")
    assert shown.axe() == []


@pytest.mark.parametrize("path", ["/run", "/run/deploy"])
def test_nothing_is_cut_off_on_a_phone(look: Open, path: str) -> None:
    shown = look(path, phone=True)
    shown.page.wait_for_load_state("networkidle")
    width = shown.page.evaluate("document.documentElement.scrollWidth")
    assert width <= shown.page.evaluate("window.innerWidth")
