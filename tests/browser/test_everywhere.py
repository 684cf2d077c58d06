"""What is on every page: the tasks of now and lately, the palette, and the keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import Open
from browser.stage import OWNER, PASSWORD, Stage
from browser.window import window


def test_the_palette_leads_to_a_page_a_task_and_a_definition(look: Open, platform: Stage) -> None:
    shown = look("/members")
    page = shown.page
    page.get_by_role("heading", name="Members").wait_for()
    for typed, goal in (
        ("api key", "/keys"),
        (f"#{platform.ids['failed']}", f"/tasks/{platform.ids['failed']}"),
        ("run deploy", "/run/deploy"),
        ("no such thing", "/tasks?search=no%20such%20thing"),
    ):
        page.keyboard.press("Control+k")
        page.get_by_role("dialog").get_by_role("combobox").fill(typed)
        page.get_by_role("dialog").get_by_role("option", selected=True).wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{goal}")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_palette_shows_how_tasks_stand(look: Open) -> None:
    page = look("/tasks").page
    page.get_by_role("heading", name="Tasks").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_label("Go to a page").fill("Migrate the database")
    option = page.get_by_role("option", name="Migrate the database").first
    expect(option).to_contain_text("failed")


def test_the_palette_is_walked_by_arrows_and_left_by_escape(look: Open) -> None:
    page = look("/members").page
    page.get_by_role("heading", name="Members").wait_for()
    page.get_by_role("button", name="Go to").click()
    options = page.get_by_role("dialog").get_by_role("option")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Go to")).to_be_focused()


def test_the_keys_are_shown_and_can_be_turned_off(look: Open) -> None:
    page = look("/members").page
    page.get_by_role("heading", name="Members").wait_for()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("?")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_no_key_does_anything_while_somebody_types(look: Open) -> None:
    page = look("/run").page
    page.get_by_role("searchbox").press_sequentially("a?/")
    expect(page.get_by_role("searchbox")).to_have_value("a?/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_tab_holds_one_connection_for_news_from_page_to_page(look: Open) -> None:
    """A browser has six for a server, and every tab needs some."""
    shown = look("/tasks")
    page = shown.page
    page.get_by_role("heading", name="Tasks", exact=True).wait_for()
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url))
    page.reload()
    for name in ("Projects", "Members", "Teams"):
        with page.expect_response("**/v1/**"):
            page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).first.wait_for()
    assert sum(url.endswith("/tasks/stream") for url in opened) == 1


def test_the_widget_tells_what_runs_and_what_ended_without_a_reload(
    look: Open, platform: Stage
) -> None:
    page = look("/organization").page
    widget = page.get_by_role("region", name="Tasks now")
    expect(widget.get_by_role("link", name="Restart the workers").first).to_be_visible()
    page.evaluate("window.unchanged = true")
    platform.runbook(
        "brief",
        "name: brief\ntitle: A task of a moment\njobs: {main: {steps: [{name: A, run: 'true'}]}}",
    )
    platform.ran("brief")
    ended = widget.get_by_role("listitem").filter(has_text="A task of a moment")
    expect(ended).to_contain_text("done")
    assert page.evaluate("window.unchanged")


def test_a_server_that_does_not_answer_is_told_of_and_nothing_is_taken_away(look: Open) -> None:
    shown = look("/tasks")
    page = shown.page
    shown.expect_text("Deploy shop 1.4.2")
    page.route("**/v1/**", lambda route: route.abort())
    notice = page.get_by_text("The server cannot be reached.")
    notice.wait_for()
    expect(page.get_by_role("main")).to_contain_text("Deploy shop 1.4.2")
    page.unroute("**/v1/**")
    notice.wait_for(state="detached")


def test_a_server_on_a_machine_without_a_network_is_asked_all_the_same(look: Open) -> None:
    page = look("/tasks").page
    page.get_by_text("Deploy shop 1.4.2").first.wait_for()
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.get_by_role("navigation").get_by_role("link", name="Members", exact=True).click()
    expect(page.get_by_text("carl@example.com", exact=True)).to_be_visible()


def test_a_page_that_cannot_be_loaded_says_so_and_is_loaded_again(look: Open) -> None:
    # Anything of the server, so that the way is cut before the dashboard is there.
    shown = look("/icon.svg")
    page = shown.page
    page.route("**/assets/administration*", lambda route: route.abort())
    shown.goto("/tasks")
    shown.expect_text("Deploy shop 1.4.2")
    page.route("**/v1/session*", lambda route: route.abort())
    page.get_by_role("link", name="Members").click()
    page.get_by_role("heading", name="This page could not be loaded").wait_for()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The server does not answer yet.")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", name="Members").wait_for()


def test_other_pages_are_at_hand_before_they_are_asked_for(look: Open) -> None:
    shown = look("/tasks")
    shown.wait(
        "() => performance.getEntriesByType('resource')"
        ".some((one) => one.name.includes('/administration-') && one.responseEnd > 0)"
    )
    shown.page.route("**/assets/**", lambda route: route.abort())
    shown.page.get_by_role("link", name="Members").click()
    shown.page.get_by_role("heading", name="Members").wait_for()


def test_who_is_signed_out_in_another_tab_is_told_so(browser: Browser, platform: Stage) -> None:
    platform.add("gus", "member")
    first = window(browser, platform, "gus")
    try:
        first.goto("/projects")
        first.page.get_by_role("heading", name="Projects").wait_for()
        other = first.context.new_page()
        other.goto(f"{platform.url}/tasks")
        other.get_by_role("button", name="Gus").click()
        other.get_by_role("button", name="Sign out").click()
        other.wait_for_url("**/sign-in")
        first.page.wait_for_url("**/sign-in")
        expect(first.page.get_by_role("status")).to_contain_text("You have been signed out")
    finally:
        first.close()


def test_whose_session_ends_is_asked_to_sign_in_and_comes_back(look: Open) -> None:
    page = look("/tasks?status=done").page
    page.get_by_text("Deploy shop 1.4.2").first.wait_for()
    page.context.clear_cookies()
    page.wait_for_url("**/sign-in")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/tasks?status=done")


def test_the_widget_leaves_silent_tasks_out(look: Open, platform: Stage) -> None:
    for title, silent in (("Heard by nobody", True), ("Heard by everybody", False)):
        note = {"immediate": True, "name": "note", "title": title, "silent": silent}
        platform.ask("ann", "POST", "/tasks", note)
    widget = look("/organization").page.get_by_role("region", name="Tasks now")
    expect(widget.get_by_text("Heard by everybody")).to_be_visible()
    expect(widget.get_by_text("Heard by nobody")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("key", ["Control+k", "?"])
def test_everybody_can_use_what_the_keys_open(look: Open, key: str, theme: str) -> None:
    shown = look("/members", color_scheme=theme)
    shown.page.get_by_role("heading", name="Members").wait_for()
    shown.page.keyboard.press(key)
    shown.page.get_by_role("dialog").wait_for()
    assert shown.axe() == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/run", "Search definitions"),
        ("/tasks", "Search titles and names"),
        ("/tasks/{failed}", "Search all logs of this task"),
    ],
)
def test_no_letter_is_lost_where_the_machine_is_slower_than_the_fingers(
    look: Open, platform: Stage, path: str, field: str
) -> None:
    shown = look(platform.address(path))
    page = shown.page
    box = page.get_by_role("searchbox", name=field)
    box.wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 8})
    text = "deploy the shop again and again"
    box.press_sequentially(text, delay=30)
    expect(box).to_have_value(text)
    # Also when the address has followed.
    page.wait_for_url("**deploy*")
    expect(box).to_have_value(text)
