"""How smoothly a log of any length scrolls, beside a plain page of the same look."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser_stage import BrowserStage
from benchmarks.measure import percentile

FRAME = 1000 / 60
"""Milliseconds between two frames."""

_ROWS = 50_000
"""Lines of the plain page: more make its own layout the limit."""

_SCROLL = """
({selector, step, seconds}) => new Promise((tell) => {
  const element = document.querySelector(selector);
  const frames = [];
  let before = null, began = null, empty = 0;
  const frame = (now) => {
    began ??= now;
    if (before !== null) frames.push(now - before);
    before = now;
    if (element.querySelector("[data-line] .bg-line") !== null) empty += 1;
    if (now - began >= 1000 * seconds) { tell({frames, empty}); return; }
    element.scrollTop += step;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""
_PULL = """
({selector, part}) => new Promise((tell) => {
  const element = document.querySelector(selector);
  const began = performance.now();
  element.scrollTop = part * element.scrollHeight;
  const wanted = Math.round(part * 100);
  const look = () => requestAnimationFrame(() => {
    const rows = [...element.querySelectorAll("[data-line]")];
    const there = rows.length > 20 && rows.every((row) => /of a long log/.test(row.textContent));
    if (there && Math.abs(Number(rows[0].dataset.line) / %d * 100 - wanted) < 2)
      requestAnimationFrame(() => tell(performance.now() - began));
    else look();
  });
  look();
})
"""
_PLAIN = """
(rows) => {
  document.body.style.margin = "0";
  const box = document.createElement("div");
  box.id = "plain";
  box.style.cssText = "height: 640px; overflow-y: auto; font: 13px/20px monospace";
  box.append(...Array.from({length: rows}, (_, index) => {
    const row = document.createElement("div");
    row.textContent = `${index + 1}    line ${index + 1} of a long log`;
    return row;
  }));
  document.body.append(box);
}
"""


@dataclass(frozen=True, slots=True)
class Scrolling:
    """Milliseconds between frames, and how many frames showed lines that had not come yet."""

    frames: list[float]
    empty: int

    def figures(self) -> dict[str, float]:
        """For the table and the JSON line."""
        late = [frame for frame in self.frames if frame > FRAME + 1]
        return {
            "frames_per_second": round(1000 * len(self.frames) / sum(self.frames), 1),
            "p50_ms": round(median(self.frames), 2),
            "p95_ms": round(percentile(self.frames, 95), 2),
            "p99_ms": round(percentile(self.frames, 99), 2),
            "late_percent": round(100 * len(late) / len(self.frames), 2),
            "empty_percent": round(100 * self.empty / len(self.frames), 2),
        }


def log_scrolling(
    stage: BrowserStage, browser: Browser, task_id: int, lines: int, step: int, seconds: float
) -> Scrolling:
    """Scroll the middle of a log by `step` pixels a frame."""
    with stage.context(browser) as context, context.new_page() as page:
        page.goto(f"{stage.url}/tasks/{task_id}?lines={lines // 2}")
        page.locator(f"[data-line='{lines // 2}']").get_by_text("of a long log").wait_for()
        return _scrolled(page, "[role=region][aria-label^='Log of']", step, seconds)


def plain_scrolling(browser: Browser, step: int, seconds: float) -> Scrolling:
    """The limit of the machine: a page of nothing but text, which runs no code."""
    with browser.new_page() as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.evaluate(_PLAIN, _ROWS)
        return _scrolled(page, "#plain", step, seconds)


def pulls(stage: BrowserStage, browser: Browser, task_id: int, lines: int) -> list[float]:
    """Milliseconds from pulling the scrollbar to any part of a log until its lines are seen."""
    with stage.context(browser) as context, context.new_page() as page:
        page.goto(f"{stage.url}/tasks/{task_id}")
        page.locator("[data-line='1']").get_by_text("of a long log").wait_for()
        where = {"selector": "[role=region][aria-label^='Log of']"}
        parts = [(37 * number % 97 + 1) / 100 for number in range(20)]
        return [float(page.evaluate(_PULL % lines, where | {"part": part})) for part in parts]


def _scrolled(page: Page, selector: str, step: int, seconds: float) -> Scrolling:
    what: dict[str, Any] = {"selector": selector, "step": step, "seconds": seconds}
    found = page.evaluate(_SCROLL, what)
    return Scrolling(found["frames"], found["empty"])
