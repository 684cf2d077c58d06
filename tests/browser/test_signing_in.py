"""Who may look, and what those see who are not signed in."""

from __future__ import annotations

from browser.conftest import Open
from browser.stage import OWNER, PASSWORD, Stage


def test_somebody_signs_in_and_lands_where_they_wanted_to_go(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}", None)
    shown.page.get_by_label("E-mail").fill(OWNER)
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.get_by_role("heading", name="Migrate the database of shop").wait_for()


def test_a_wrong_password_is_refused_without_saying_more(look: Open) -> None:
    shown = look("/sign-in", None)
    shown.page.get_by_label("E-mail").fill("nobody@example.com")
    shown.page.get_by_label("Password").fill("not the right one")
    shown.page.keyboard.press("Enter")
    alert = shown.page.get_by_role("alert")
    alert.wait_for()
    assert "nobody" not in alert.inner_text()
    assert shown.page.url.endswith("/sign-in")


def test_who_signs_out_sees_nothing_any_more(look: Open, platform: Stage) -> None:
    shown = look("/sign-in", None)
    shown.page.get_by_label("E-mail").fill("dora@example.com")
    shown.page.get_by_label("Password").fill(PASSWORD)
    shown.page.get_by_role("button", name="Sign in").click()
    shown.page.get_by_role("button", name="Sign out").click()
    shown.page.wait_for_url("**/sign-in")
    shown.goto("/tasks")
    shown.page.wait_for_url("**/sign-in")


def test_a_link_that_is_not_whole_says_so(look: Open) -> None:
    look("/welcome", None).expect_text("This address is not complete")
