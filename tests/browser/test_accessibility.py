"""Every page, in both themes, for people who do not see, do not use a mouse, or hold a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage

PAGES = {
    "/sign-in": "Sign in to Tasktrail",
    "/sign-in#error=denied": "did not let you through",
    "/welcome#token": "This link was used already",
    "/welcome#{guest}": "You were invited as",
    "/tasks": "Deploy shop 1.4.2",
    "/tasks?view=tree": "Deploy shop 1.4.2",
    "/tasks?search=no+such+task": "No task fits",
    "/tasks/{done}": "Smoke test",
    "/tasks/{done}?q=file+7": "1 line",
    "/tasks/{holding}": "Drain",
    "/tasks/{broken}": "please contact support",
    "/tasks/{supported}": "Look at the queues",
    "/tasks/{failed}": "Apply migrations",
    "/tasks/{done}?tab=graph": "Roll out",
    "/tasks/{done}?tab=timeline": "critical path",
    "/tasks/{done}?tab=history": "queued",
    "/tasks/{done}?tab=inputs": "version",
    "/tasks/{done}?tab=origin": "It stands for itself",
    "/tasks/{retried}": "3 attempts",
    "/tasks/{waiting}": "Waits for the lock",
    "/tasks/{immediate}": "This was done",
    "/run": "Builds the shop",
    "/run/deploy": "Builds the shop",
    "/projects": "shop",
    "/projects/{shop}": "Give access to",
    "/members": "carl@example.com",
    "/teams": "No team yet",
    "/keys": "No key yet",
    "/support": "What support did lately",
    "/organization": "Your password",
    "/nothing": "There is nothing here",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(look: Open, platform: Stage, theme: str) -> None:
    found: dict[str, list[str]] = {}
    for who in (None, "ann"):
        shown = look("/sign-in", who, color_scheme=theme, reduced_motion="reduce")
        for path, sight in _pages_of(who):
            shown.goto(platform.address(path))
            shown.expect_text(sight)
            found[path] = shown.axe()
    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_a_terminal_is_read_in_both_themes(
    look: Open, platform: Stage, theme: str
) -> None:
    platform.runbook("colours", _COLOURS)
    shown = look(f"/tasks/{platform.ran('colours')['id']}", color_scheme=theme)
    expect(shown.line(30).locator("span[style]").first).to_be_visible()
    assert shown.axe() == []


def test_nothing_is_wider_than_a_phone(look: Open, platform: Stage) -> None:
    wider: dict[str, int] = {}
    for who in (None, "ann"):
        shown = look("/sign-in", who, phone=True)
        for path, sight in _pages_of(who):
            shown.goto(platform.address(path))
            shown.page.get_by_text(sight).first.wait_for(state="attached")
            wider[path] = shown.page.evaluate(_WIDER)
    assert {path: by for path, by in wider.items() if by > 0} == {}


def _pages_of(who: str | None) -> list[tuple[str, str]]:
    return [
        (path, sight)
        for path, sight in PAGES.items()
        if path.startswith(("/sign-in", "/welcome")) == (who is None)
    ]


_COLOURS = r"""
name: colours
jobs:
  main:
    steps:
      - name: Paint
        run: |
          for i in $(seq 16 8 255); do
            printf '\033[38;5;%dmcolour\033[0m \033[48;5;%dmground\033[0m\n' $i $i
          done
"""

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_the_menu_of_a_phone_opens_and_leads_on(look: Open) -> None:
    shown = look("/tasks", phone=True)
    shown.page.get_by_role("button", name="Open the menu").click()
    shown.page.get_by_role("link", name="Run", exact=True).click()
    shown.page.wait_for_url("**/run")


def test_why_a_task_failed_is_read_on_a_phone(look: Open, platform: Stage) -> None:
    shown = look("/tasks?status=failed", phone=True)
    shown.page.get_by_role("link", name="Migrate the database of shop").first.tap()
    panel = shown.page.get_by_role("region", name="Why it failed")
    expect(panel).to_be_in_viewport()
    expect(panel).to_contain_text("contains null values")
    shown.line(31).scroll_into_view_if_needed()
    expect(shown.line(31)).to_be_in_viewport()
    shown.page.get_by_role("tab", name="Timeline").tap()
    expect(shown.page.get_by_role("tabpanel")).to_contain_text("Migrate")


def test_a_task_is_found_opened_and_read_with_the_keyboard_alone(
    look: Open, platform: Stage
) -> None:
    shown = look("/tasks?status=failed")
    shown.expect_text("Migrate the database")
    _tab_to(shown, "Migrate the database of shop")
    shown.page.keyboard.press("Enter")
    shown.page.get_by_role("region", name="Why it failed").wait_for()
    _tab_to(shown, "Log")
    shown.page.keyboard.press("ArrowRight")
    expect(shown.page.get_by_role("tab", name="Graph")).to_be_focused()
    _tab_to(shown, "Job Back up, done")
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("[aria-current=step]")).to_contain_text("Dump")


def test_nothing_spins_for_those_who_do_not_want_it(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['holding']}", reduced_motion="reduce")
    icon = shown.page.locator(".animate-spin").first
    icon.wait_for()
    assert icon.evaluate("element => getComputedStyle(element).animationIterationCount") == "1"
    assert shown.page.evaluate(_LONGEST_MOTION) < 0.001
    moving = look(f"/tasks/{platform.ids['holding']}", reduced_motion="no-preference")
    moving.page.locator(".animate-spin").first.wait_for()
    assert moving.page.evaluate(_LONGEST_MOTION) > 0.1


_LONGEST_MOTION = """Math.max(...[...document.querySelectorAll("*")].flatMap((element) => {
  const style = getComputedStyle(element);
  return [style.transitionDuration, style.animationDuration]
    .flatMap((list) => list.split(",")).map(parseFloat);
}))"""
"""Seconds of the longest movement of anything on the page."""


def _tab_to(shown: object, label: str) -> None:
    """Press Tab until what has this name has the focus."""
    page = shown.page  # type: ignore[attr-defined]
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(_NAME) == label:
            return
    raise AssertionError(f"the focus never came to {label}")


_NAME = """() => {
  const element = document.activeElement;
  return element.getAttribute("aria-label") ?? element.innerText.trim();
}"""
