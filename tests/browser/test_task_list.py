"""The list of tasks: filters live in the address, and nobody sees what is not theirs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage, has_ended


def test_filters_stand_in_the_address_and_back_undoes_them(look: Open) -> None:
    shown = look("/tasks")
    shown.expect_text("Deploy shop 1.4.2")
    shown.page.get_by_role("button", name=re.compile("^failed")).click()
    shown.page.wait_for_url("**/tasks?status=failed")
    shown.expect_text("Migrate the database")
    shown.page.get_by_text("Deploy shop 1.4.2").wait_for(state="detached")
    shown.page.go_back()
    shown.expect_text("Deploy shop 1.4.2")
    shown.page.reload()
    shown.expect_text("Deploy shop 1.4.2")


def test_a_task_opens_at_its_top_and_back_leads_to_where_the_list_was(look: Open) -> None:
    shown = look("/tasks", phone=True)
    page = shown.page
    page.get_by_role("main").get_by_role("listitem").filter(
        has_text="1.4.0"
    ).scroll_into_view_if_needed()
    scrolled = page.evaluate("window.scrollY")
    assert scrolled > 300
    page.get_by_role("link", name="Deploy shop 1.4.0").tap()
    page.get_by_role("heading", name="Deploy shop 1.4.0").wait_for()
    shown.wait("() => window.scrollY === 0")
    page.go_back()
    shown.wait("(y) => Math.abs(window.scrollY - y) < 2", scrolled)


def test_where_and_by_whom_narrow_the_list_down(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks?project={platform.ids['shop']}")
    expect(shown.page.get_by_label("Where")).to_have_value(f"project {platform.ids['shop']}")
    shown.expect_text("Deploy shop 1.4.2")
    main = shown.page.get_by_role("main")
    expect(main.get_by_text("Renew the certificates")).to_have_count(0)
    shown.page.get_by_label("Where").select_option(label="The organization")
    shown.page.wait_for_url("**/tasks?scope=org")
    shown.expect_text("Renew the certificates")
    expect(main.get_by_text("Deploy shop")).to_have_count(0)
    shown.page.get_by_label("By", exact=True).select_option(label="Support")
    shown.page.wait_for_url("**/tasks?scope=org&by=support")
    expect(main.get_by_role("link", name="Renew the certificates")).to_have_count(0)
    expect(main.get_by_role("link", name="Look at the queues").first).to_be_visible()


def test_search_goes_on_while_it_is_typed(look: Open) -> None:
    shown = look("/tasks")
    field = shown.page.get_by_role("searchbox", name="Search titles and names")
    field.press_sequentially("deploy shop 1.4.1", delay=10)
    shown.page.wait_for_url("**search=deploy+shop+1.4.1")
    shown.page.get_by_text("Deploy shop 1.4.2").wait_for(state="detached")
    assert shown.page.evaluate("document.activeElement.type") == "search", (
        "the field kept its focus"
    )
    assert field.input_value() == "deploy shop 1.4.1"


def test_what_runs_again_or_was_forced_is_marked(look: Open, platform: Stage) -> None:
    path = f"/tasks/{platform.ids['failed']}/repeat"
    again = platform.ask("ann", "POST", path, {"force": True})["taskId"]
    platform.until(again, has_ended)
    main = look("/tasks?name=migrate").page.get_by_role("main")
    row = main.get_by_role("listitem").filter(has_text=f"#{again} ")
    expect(row).to_contain_text("again")
    expect(row).to_contain_text("forced")
    first = main.get_by_role("listitem").filter(has_text=f"#{platform.ids['failed']} ")
    expect(first).not_to_contain_text("again")


def test_a_click_on_a_name_shows_only_tasks_of_it_and_another_clears_all(look: Open) -> None:
    shown = look("/tasks")
    page = shown.page
    page.get_by_role("button", name="migrate", exact=True).first.click()
    page.wait_for_url("**/tasks?name=migrate")
    expect(page.get_by_role("main").get_by_text("Deploy shop 1.4.2")).to_have_count(0)
    page.get_by_role("searchbox").fill("nothing of the kind")
    shown.expect_text("No task fits")
    page.get_by_role("button", name="Clear all filters").click()
    page.wait_for_url("**/tasks")
    expect(page.get_by_role("searchbox")).to_have_value("")
    shown.expect_text("Deploy shop 1.4.2")
    expect(page.get_by_role("button", name="Clear all filters")).to_have_count(0)


def test_records_of_administration_can_be_left_out(look: Open) -> None:
    page = look("/tasks?search=a").page
    main = page.get_by_role("main")
    made = main.get_by_role("button", name="user.set-password", exact=True)
    expect(made.first).to_be_visible()
    page.get_by_label("Kind").select_option("Operations")
    page.wait_for_url("**kind=operations**")
    expect(made).to_have_count(0)
    page.get_by_label("Kind").select_option("Administration")
    expect(made.first).to_be_visible()
    expect(main.get_by_role("button", name="deploy", exact=True)).to_have_count(0)


def test_a_long_name_of_a_project_widens_nothing(look: Open, platform: Stage) -> None:
    name = "a project whose name goes on and on " * 5
    found = platform.ask("ann", "POST", "/projects", {"name": name.strip()})
    page = look(f"/tasks?project={found['id']}").page
    where = page.get_by_label("Where")
    expect(where).to_contain_text("goes on and on")
    box = where.bounding_box()
    assert box is not None
    assert box["width"] <= 260
    by = page.get_by_label("By", exact=True).bounding_box()
    assert by is not None
    assert by["y"] == box["y"]


def test_a_list_without_any_match_says_what_to_do(look: Open) -> None:
    look("/tasks?search=there+is+no+such+task").expect_text("Take a filter away")


def test_rows_stay_under_the_mouse_and_what_came_since_is_one_click_away(
    look: Open, platform: Stage
) -> None:
    shown = look("/tasks")
    rows = (
        shown.page.get_by_role("main")
        .get_by_role("listitem")
        .filter(has=shown.page.locator("time"))
    )
    first = rows.first
    first.hover()
    before = first.get_by_role("link").get_attribute("href")

    def record(title: str) -> None:
        note = {"immediate": True, "name": "note", "title": title}
        platform.ask("ann", "POST", "/tasks", note)

    record("Battery changed")
    record("Fan changed")
    button = shown.page.get_by_role("button", name="2 new tasks")
    button.wait_for()
    expect(first.get_by_role("link")).to_have_attribute("href", before or "")
    button.click()
    expect(first).to_contain_text("Fan changed")
    expect(button).to_have_count(0)
    record("Cable changed")
    expect(first).to_contain_text("Cable changed", timeout=10_000)


def test_a_page_that_is_there_no_more_leads_back_to_the_first(look: Open) -> None:
    shown = look("/tasks?status=failed&page=99")
    shown.expect_text("There are fewer pages")
    shown.page.get_by_role("button", name="First page").click()
    shown.page.wait_for_url("**/tasks?status=failed")
    shown.expect_text("Migrate the database")


def test_support_is_marked(look: Open) -> None:
    main = look("/tasks").page.get_by_role("main")
    row = main.get_by_role("listitem").filter(has_text="Look at the queues").first
    assert "support" in row.inner_text()


def test_a_waiting_task_names_the_lock_and_its_holder(look: Open, platform: Stage) -> None:
    shown = look("/tasks")
    shown.expect_text(f"waits for lock cluster:7 held by #{platform.ids['holding']}")


def test_a_member_sees_only_what_is_in_their_projects(look: Open, platform: Stage) -> None:
    shown = look("/tasks", "carl")
    shown.expect_text("Deploy shop 1.4.2")
    assert shown.page.get_by_text("Renew the certificates").count() == 0
    look("/tasks", "dora").expect_text("No task yet")
    look(f"/tasks/{platform.ids['warned']}", "carl").expect_text("There is nothing here")
