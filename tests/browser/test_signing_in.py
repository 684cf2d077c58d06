"""Who may look, and what those see who are not signed in."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Route, expect

from browser.conftest import Open
from browser.stage import OWNER, PASSWORD, Stage, served
from browser.window import window


def test_somebody_signs_in_and_lands_where_they_wanted_to_go(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}", None)
    shown.page.get_by_label("Email").fill(OWNER)
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.get_by_role("heading", name="Migrate the database of shop").wait_for()


def test_a_wrong_password_is_refused_without_saying_more(look: Open) -> None:
    shown = look("/sign-in", None)
    shown.page.get_by_label("Email").fill("nobody@example.com")
    shown.page.get_by_label("Password").fill("not the right one")
    shown.page.keyboard.press("Enter")
    alert = shown.page.get_by_role("alert")
    alert.wait_for()
    assert "nobody" not in alert.inner_text()
    assert shown.page.url.endswith("/sign-in")


def test_who_signs_out_sees_nothing_any_more(look: Open, platform: Stage) -> None:
    shown = look("/sign-in", None)
    shown.page.get_by_label("Email").fill("dora@example.com")
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.get_by_role("button", name="Dora").click()
    shown.page.get_by_role("button", name="Sign out").click()
    shown.page.wait_for_url("**/sign-in")
    expect(shown.page).to_have_title("Sign in · Tasktrail")
    shown.goto("/tasks")
    shown.page.wait_for_url("**/sign-in")


def test_a_link_that_is_not_whole_says_so(look: Open) -> None:
    look("/welcome", None).expect_text("This address is not complete")


def test_who_is_invited_says_how_to_be_called_and_is_in(look: Open, platform: Stage) -> None:
    platform.invite("emil", "member")
    page = look(f"/welcome#{platform.links['emil']}", None).page
    expect(page.get_by_text("emil@example.com")).to_be_visible()
    page.get_by_label("Your name").fill("Emil Berg")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page).to_have_url(re.compile("/welcome"))
    page.get_by_label("Password").fill("emil@example.com")
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url("**/tasks")
    expect(page.get_by_text("Emil Berg")).to_be_visible()
    look(f"/welcome#{platform.links['emil']}", None).expect_text("This link was used already")


def test_the_first_owner_says_name_and_email(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path / "data") as (url, token):
        shown = window(browser, Stage(url, tmp_path), None)
        shown.goto(f"/welcome#{token}")
        page = shown.page
        page.get_by_label("Your name").fill("Olga")
        page.get_by_label("Email").fill("olga@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Set password and sign in").click()
        page.wait_for_url("**/tasks")
        shown.expect_text("Olga (olga@example.com) set a password")
        shown.goto("/members")
        expect(page.get_by_role("main")).to_contain_text("olga@example.com")
        shown.check()
        shown.close()


def test_no_address_of_this_server_leads_to_another_one(look: Open, platform: Stage) -> None:
    platform.add("hal", "member")
    platform.operate("organization", "add", "gamma")
    there = ("--role", "member", "--organization", "gamma")
    platform.operate("user", "add", "hal@example.com", "--name", "Hal", *there)
    page = look("//elsewhere.invalid/tasks", None).page
    page.get_by_label("Email").fill("hal@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("There is nothing here")).to_be_visible()
    page.goto(f"{platform.url}//elsewhere.invalid/tasks")
    page.get_by_role("button", name="Look in gamma").click()
    page.wait_for_url(f"{platform.url}/elsewhere.invalid/tasks")


def test_a_failed_single_sign_on_is_told_in_words_of_the_page(look: Open) -> None:
    shown = look("/sign-in#error=unknown_person&message=Call+0900+1234", None)
    alert = shown.page.get_by_role("alert")
    expect(alert).to_contain_text("Ask an owner to add you.")
    expect(alert).not_to_contain_text("0900")


def test_single_sign_on_leads_to_where_somebody_wanted_to_go(look: Open, platform: Stage) -> None:
    page = look("/sign-in", None).page
    methods = {"password": True, "oidc": {"name": "Example"}}
    page.route("**/v1/sign-in-methods", lambda route: route.fulfill(json=methods))
    page.goto(f"{platform.url}/tasks/{platform.ids['failed']}?tab=history")

    def come_back(route: Route) -> None:
        cookies = platform.people["ann"].cookies.items()
        for name, value in cookies:
            page.context.add_cookies([{"name": name, "value": value, "url": platform.url}])
        route.fulfill(content_type="text/html", body="<meta http-equiv=refresh content='0; url=/'>")

    # What a provider does is tested with the server; here it has let somebody in.
    page.route("**/v1/session/oidc", come_back)
    page.get_by_role("link", name="Continue with Example").click()
    page.wait_for_url(f"**/tasks/{platform.ids['failed']}?tab=history")
    page.get_by_role("heading", name="Migrate the database of shop").wait_for()
    page.goto(f"{platform.url}/")
    page.wait_for_url("**/tasks")


def test_somebody_in_two_organizations_goes_from_one_to_the_other(
    look: Open, platform: Stage
) -> None:
    platform.add("gil", "admin")
    platform.operate("organization", "add", "beta")
    there = ("--role", "owner", "--organization", "beta")
    platform.operate("user", "add", "gil@example.com", "--name", "Gil", *there)
    page = look("/tasks", "gil").page
    choice = page.get_by_label("Organization", exact=True)
    own = choice.input_value()
    expect(page.get_by_role("main")).to_contain_text("Deploy shop 1.4.2")
    choice.select_option(label="beta · owner")
    expect(page.get_by_role("main")).to_contain_text("Organization beta was made")
    expect(page.get_by_role("main")).not_to_contain_text("Deploy shop")
    expect(page.get_by_role("region", name="Tasks now")).not_to_contain_text("Deploy shop")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Organization beta was made")
    expect(page.get_by_role("main")).not_to_contain_text("Deploy shop")
    page.goto(f"{platform.url}/tasks/{platform.ids['failed']}")
    page.get_by_role("main").get_by_role("button", name=re.compile("Look in")).click()
    page.get_by_role("heading", name="Migrate the database of shop").wait_for()
    expect(choice).to_have_value(own)


def test_who_could_not_be_signed_out_is_told_so(look: Open, platform: Stage) -> None:
    platform.add("hugo", "member")
    page = look("/tasks", "hugo").page
    page.get_by_role("button", name="Hugo").click()
    page.route("**/v1/session", lambda route: route.abort())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("alert").filter(has_text="You are still signed in.")).to_be_visible()
    page.unroute("**/v1/session")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
