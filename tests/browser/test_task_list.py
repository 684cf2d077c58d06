"""The list of tasks: filters live in the address, and nobody sees what is not theirs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage


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
