"""Running a definition: a form from its inputs, everything that is wrong said at once."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.conftest import Open


def test_what_is_wrong_is_said_at_its_field_all_at_once(look: Open) -> None:
    shown = look("/run/deploy")
    shown.page.get_by_label("version", exact=True).fill("one point four")
    shown.page.get_by_label("replicas (optional)").fill("many")
    shown.page.get_by_role("button", name="Run", exact=True).click()
    shown.expect_text("Must match")
    shown.expect_text("A whole number.")
    expect(shown.page.get_by_label("version", exact=True)).to_be_focused()
    assert shown.page.url.endswith("/run/deploy")


def test_a_definition_is_run_and_its_task_shown(look: Open) -> None:
    shown = look("/run")
    shown.page.get_by_role("searchbox", name="Search definitions").fill("builds the shop")
    shown.page.get_by_role("link", name="deploy").click()
    shown.page.get_by_label("version", exact=True).fill("2.0.0")
    shown.page.get_by_label("target (optional)").select_option("production")
    shown.page.get_by_label("token (optional)").fill("very-secret-token")
    shown.page.get_by_role("button", name="Run", exact=True).click()
    shown.page.get_by_role("heading", name="Deploy shop 2.0.0 to production").wait_for()
    shown.page.get_by_role("tab", name="Inputs").click()
    expect(shown.page.get_by_role("tabpanel")).to_contain_text("********")


def test_the_wish_can_be_copied_without_its_secrets(look: Open) -> None:
    shown = look("/run/deploy")
    shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.page.get_by_label("version", exact=True).fill("1.4.2")
    shown.page.get_by_label("token (optional)").fill("very-secret-token")
    read = "navigator.clipboard.readText()"
    shown.page.get_by_role("button", name="Copy as command").click()
    shown.expect_text("Copied")
    command = shown.page.evaluate(read)
    assert command.startswith("tasktrail run deploy -i version=1.4.2")
    assert "--input-env token=TOKEN" in command
    shown.page.get_by_role("button", name="Copy as curl").click()
    shown.page.wait_for_timeout(50)
    curl = shown.page.evaluate(read)
    assert '"version":"1.4.2"' in curl
    assert "very-secret-token" not in command + curl


def test_who_may_not_run_it_is_told_so(look: Open) -> None:
    shown = look("/run/certificates", "dora")
    shown.page.get_by_role("button", name="Run", exact=True).click()
    shown.page.get_by_role("alert").wait_for()
