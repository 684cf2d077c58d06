"""When something can be seen: from the beginning of a navigation to the frame that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.browser_stage import BrowserStage

_WATCH = """
window.shown = new Promise((tell, refuse) => {
  setTimeout(() => refuse(new Error("it is not shown after a minute")), 60_000);
  const there = () => { try { return %s; } catch { return false; } };
  // What is there as a frame begins is on the screen as the next one does.
  const look = () => requestAnimationFrame(() => {
    if (there()) requestAnimationFrame(() => tell(performance.now()));
    else look();
  });
  look();
});
"""
_SWITCH = """
(name) => {
  const began = performance.now();
  %s
  const tabs = [...document.querySelectorAll("[role=tab]")];
  tabs.find((one) => one.textContent === name).click();
  return window.shown.then((at) => at - began);
}
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is waited for at an address: a condition in JavaScript."""

    name: str
    path: str
    there: str


@dataclass(frozen=True, slots=True)
class Paint:
    """Milliseconds of each round: with an empty cache, and again."""

    first: list[float]
    again: list[float]

    def figures(self) -> dict[str, float]:
        """For the JSON line."""
        return {
            "first_ms": round(median(self.first)),
            "first_max_ms": round(max(self.first)),
            "again_ms": round(median(self.again)),
            "again_max_ms": round(max(self.again)),
        }


def painted(stage: BrowserStage, browser: Browser, sight: Sight, rounds: int) -> Paint:
    """Open the address, in a browser that has never been there and in one that has."""
    found = Paint([], [])
    for _ in range(rounds):
        with stage.context(browser) as context:
            context.add_init_script(_WATCH % sight.there)
            found.first.append(_navigate(context, stage.url + sight.path))
            found.again.append(_navigate(context, stage.url + sight.path))
    return found


def switched(
    stage: BrowserStage, browser: Browser, path: str, tab: str, sight: Sight, rounds: int
) -> Paint:
    """Open a tab of the page that is there already: the first time, and again."""
    found = Paint([], [])
    for _ in range(rounds):
        with stage.context(browser) as context, context.new_page() as page:
            page.goto(stage.url + path)
            page.get_by_role("tab", name=tab).wait_for()
            page.wait_for_load_state("networkidle")
            found.first.append(_switch(page, tab, sight))
            page.get_by_role("tab", name="History").click()
            page.wait_for_function(f"!{sight.there}")
            found.again.append(_switch(page, tab, sight))
    return found


def _navigate(context: BrowserContext, url: str) -> float:
    with context.new_page() as page:
        page.goto(url, wait_until="commit")
        return float(page.evaluate("shown"))


def _switch(page: Page, tab: str, sight: Sight) -> float:
    # In one call: what is assigned is a promise, and a call of its own would wait for it.
    return float(page.evaluate(_SWITCH % (_WATCH % sight.there), tab))
