"""People, rights and credentials on their pages: what is done there, and what is not offered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Open
from browser.stage import Stage, has_ended

_TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
PAGES = ("/projects", "/members", "/teams", "/keys", "/support", "/organization")


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text).first


def test_a_new_member_gets_a_link_that_is_shown_once(look: Open, platform: Stage) -> None:
    page = look("/members").page
    page.get_by_role("button", name="Add member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Email").fill("eve@example.com")
    dialog.get_by_label("Name").fill("Eve")
    dialog.get_by_role("button", name="Add member").click()
    link = dialog.get_by_label("the link", exact=True).inner_text()
    assert link.startswith(f"{platform.url}/welcome#")
    page.mouse.click(5, 5)
    page.keyboard.press("Escape")
    expect(dialog.get_by_label("the link", exact=True)).to_have_text(link)
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text("eve@example.com", exact=True)).to_be_visible()
    expect(page.get_by_text(link)).to_have_count(0)


def test_who_has_not_used_the_invitation_is_told_from_who_has(look: Open) -> None:
    page = look("/members").page
    expect(row(page, "guest@example.com")).to_contain_text("invited")
    expect(row(page, "carl@example.com")).to_contain_text("joined")


def test_the_buttons_of_members_stand_below_each_other(look: Open) -> None:
    page = look("/members").page
    boxes = [
        page.get_by_role("button", name=f"Change the role of {name}").bounding_box()
        for name in ("Ann", "Carl")
    ]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert abs(boxes[0]["x"] - boxes[1]["x"]) < 1


def test_the_way_to_the_own_password_is_in_the_menu_of_the_account(look: Open) -> None:
    page = look("/tasks", "dora").page
    page.get_by_role("button", name="Dora").click()
    page.get_by_role("link", name="Change password").click()
    expect(page.get_by_label("New password")).to_be_in_viewport()
    expect(page.get_by_label("New password")).to_have_accessible_description(
        re.compile("5 of them different")
    )


def test_what_the_server_refuses_is_told_at_the_field(look: Open) -> None:
    page = look("/members").page
    page.get_by_role("button", name="Add member").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Email").fill("nonsense")
    dialog.get_by_role("button", name="Add member").click()
    expect(dialog.get_by_label("Email")).to_have_accessible_description("This is no email address.")
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Email").fill("carl@example.com")
    dialog.get_by_label("Name").fill("Carl")
    dialog.get_by_role("button", name="Add member").click()
    expect(dialog.get_by_label("Email")).to_have_accessible_description(
        re.compile("carl@example.com is a member already", re.IGNORECASE)
    )


def test_a_member_is_changed_and_removed_after_a_question(look: Open, platform: Stage) -> None:
    platform.add("fritz", "member")
    page = look("/members").page
    page.get_by_role("button", name="Change the role of Fritz").click()
    page.get_by_role("dialog").get_by_text("admin", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Change role").click()
    expect(row(page, "fritz@example.com")).to_contain_text("admin")
    page.get_by_role("button", name="Remove Fritz").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("fritz@example.com", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove Fritz").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("fritz@example.com", exact=True)).to_have_count(0)
    removal = re.compile(r"Fritz was removed\.Task #\d+")
    expect(page.get_by_role("status").filter(has_text=removal)).to_be_visible()


def test_the_last_owner_stays_and_is_told_why(look: Open) -> None:
    page = look("/members").page
    page.get_by_role("button", name="Change the role of Ann").click()
    page.get_by_role("dialog").get_by_text("member", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Change role").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("last owner")


def test_a_key_is_shown_once_works_and_ends_when_it_is_revoked(look: Open, platform: Stage) -> None:
    page = look("/keys").page
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("browser test")
    dialog.get_by_role("button", name="Make key").click()
    key = dialog.get_by_label("the key", exact=True).inner_text()
    asked = {"X-API-KEY": key}
    assert httpx2.get(f"{platform.url}/v1/tasks", headers=asked, trust_env=False).status_code == 200
    dialog.get_by_role("button", name="I have it").click()
    expect(row(page, "browser test")).to_contain_text("active")
    assert key not in page.content()
    page.get_by_role("button", name="Revoke browser test").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("The key browser test was revoked.")).to_be_visible()
    expect(page.get_by_text("browser test", exact=True)).to_have_count(0)
    assert httpx2.get(f"{platform.url}/v1/tasks", headers=asked, trust_env=False).status_code == 401
    page.get_by_label(re.compile("Show expired and revoked keys")).check()
    expect(row(page, "browser test")).to_contain_text("revoked")


def test_a_key_that_somebody_else_has_revoked_meanwhile_is_said_to_be_so(
    look: Open, platform: Stage
) -> None:
    key = platform.ask("ann", "POST", "/keys", {"name": "revoked twice"})["id"]
    page = look("/keys").page
    page.get_by_role("button", name="Revoke revoked twice").click()
    platform.ask("ann", "DELETE", f"/keys/{key}")
    page.get_by_role("dialog").get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("The key revoked twice was revoked already.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("revoked twice", exact=True)).to_have_count(0)


def test_a_project_is_made_given_and_taken_back(look: Open, platform: Stage) -> None:
    page = look("/projects").page
    page.get_by_role("button", name="New project").click()
    page.get_by_role("dialog").get_by_label("Name").fill("shop")
    page.get_by_role("dialog").get_by_role("button", name="Make project").click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_have_accessible_description(
        re.compile("already")
    )
    page.get_by_role("dialog").get_by_label("Name").fill("billing")
    page.get_by_role("dialog").get_by_role("button", name="Make project").click()
    page.wait_for_url("**/projects/*")
    page.get_by_label("Give access to").select_option(f"user-{platform.ids['dora']}")
    page.get_by_label("Role", exact=True).select_option("read")
    page.get_by_role("button", name="Give access").click()
    page.get_by_label("Role of Dora").select_option("admin")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    theirs = look("/projects", "dora").page
    expect(row(theirs, "billing")).to_contain_text("you: admin")
    page.get_by_role("button", name="Take the project back from Dora").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Nobody was given this project")).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_text("You are in no project")).to_be_visible()


def test_people_are_put_into_a_team_and_taken_out(look: Open) -> None:
    page = look("/teams").page
    page.get_by_role("button", name="New team").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Night shift")
    page.get_by_role("dialog").get_by_role("button", name="Make team").click()
    choice = page.get_by_label("Add somebody to Night shift")
    choice.select_option(label="Carl (carl@example.com)")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Take Carl out of Night shift").click()
    expect(page.get_by_text("Nobody is in it yet.")).to_be_visible()
    page.get_by_role("button", name="Remove Night shift").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove team").click()
    expect(page.get_by_text("No team yet")).to_be_visible()


def test_support_access_is_opened_looked_at_and_closed(look: Open, platform: Stage) -> None:
    shown = look("/support")
    page = shown.page
    page.get_by_role("button", name="Open access").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Open access").click()
    expect(dialog.get_by_text("Choose at least one definition.")).to_be_visible()
    expect(dialog.get_by_label("Reason")).to_have_accessible_description(re.compile("Say why"))
    dialog.get_by_label("stubborn").check()
    dialog.get_by_label("Reason").fill("It does not stop")
    dialog.get_by_role("button", name="Open access").click()
    grant = row(page, "It does not stop")
    expect(grant).to_contain_text("open")
    task = platform.submit("stubborn", "sue")
    platform.until(task, lambda one: one["status"] == "in_progress")
    grant.get_by_role("button", name="What support did").click()
    expect(grant.get_by_text("Stop what will not stop")).to_be_visible()
    grant.get_by_role("button", name="Close access").click()
    expect(dialog.get_by_text(f"#{task} Stop what will not stop")).to_be_visible()
    dialog.get_by_role("button", name="Close access").click()
    expect(dialog.get_by_role("link", name=f"Task #{task}")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(row(page, "It does not stop")).to_contain_text("closed by Ann")
    platform.until(task, lambda one: one["status"] in ("canceling", "canceled"))
    platform.ask("ann", "POST", f"/tasks/{task}/cancel?force=true")


def test_what_support_did_long_ago_is_still_shown_beside_its_grant(
    look: Open, platform: Stage
) -> None:
    wish = {"definitions": ["check"], "reason": "A look long ago", "expiresAt": _TOMORROW}
    grant = platform.ask("ann", "POST", "/support-grants", wish)["id"]
    then = platform.submit("check", "sue")
    platform.ask("ann", "DELETE", f"/support-grants/{grant}")
    later = [platform.submit("check", "sue") for _ in range(101)]
    page = look("/support").page
    shown = row(page, "A look long ago")
    shown.get_by_role("button", name="What support did").click()
    expect(shown.get_by_role("link", name="Look at the queues")).to_have_count(1)
    expect(shown).to_contain_text(f"#{then} ")
    platform.until(later[-1], has_ended)


@pytest.mark.parametrize("path", PAGES)
def test_a_member_is_offered_nothing_that_would_be_refused(look: Open, path: str) -> None:
    page = look(path, "carl").page
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")
    offered = re.compile("^(Add member|New project|New team|Rename|Remove|Open access|Turn|Close)")
    expect(page.get_by_role("button", name=offered)).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_who_gives_the_organization_of_the_installation_its_name_is_told(look: Open) -> None:
    page = look("/organization").page
    button = page.get_by_role("button", name="Rename")
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(re.compile("organization in config.toml"))


def test_an_admin_deals_with_members_only_and_opens_no_access(look: Open) -> None:
    page = look("/members", "bea").page
    page.get_by_role("button", name="Remove Carl").wait_for()
    expect(page.get_by_role("button", name="Remove Ann")).to_have_count(0)
    page = look("/support", "bea").page
    page.get_by_text("Open by default").wait_for()
    expect(page.get_by_role("button", name=re.compile("Open access|Turn"))).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_the_pages(look: Open, path: str, theme: str) -> None:
    shown = look(path, color_scheme=theme)
    shown.page.get_by_role("heading", level=1).wait_for()
    shown.page.wait_for_load_state("networkidle")
    assert shown.axe() == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_on_a_phone(look: Open, path: str) -> None:
    shown = look(path, phone=True)
    shown.page.get_by_role("heading", level=1).wait_for()
    shown.page.wait_for_load_state("networkidle")
    width = shown.page.evaluate("document.documentElement.scrollWidth")
    assert width <= shown.page.evaluate("window.innerWidth")


def test_the_signs_on_buttons_of_members_are_large_enough_to_be_seen(look: Open) -> None:
    page = look("/members").page
    page.get_by_role("button", name="Remove Carl").wait_for()
    sizes = page.eval_on_selector_all(
        "main li button svg", "signs => signs.map(one => one.getBoundingClientRect().width)"
    )
    assert sizes
    assert min(sizes) >= 15
