"""Running a definition: a form from its inputs, everything that is wrong said at once."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.conftest import Open


def test_what_is_wrong_is_said_at_its_field_all_at_once(look: Open) -> None:
    shown = look("/run/deploy")
    shown.page.get_by_label("version").fill("one point four")
    shown.page.get_by_label("replicas").fill("many")
    shown.page.get_by_role("button", name="Run", exact=True).click()
    expect(shown.page.locator("[aria-invalid=true]")).to_have_count(2)
    expect(shown.page.get_by_label("version")).to_be_focused()
    assert shown.page.url.endswith("/run/deploy")


def test_a_definition_is_run_and_its_task_shown(look: Open) -> None:
    shown = look("/run/deploy")
    shown.page.get_by_label("version").fill("2.0.0")
    shown.page.get_by_label("target").select_option("production")
    shown.page.get_by_label("token").fill("very-secret-token")
    shown.page.get_by_role("button", name="Run", exact=True).click()
    shown.page.get_by_role("heading", name="Deploy shop 2.0.0 to production").wait_for()
    shown.page.get_by_role("tab", name="Inputs").click()
    expect(shown.page.get_by_role("tabpanel")).to_contain_text("********")
