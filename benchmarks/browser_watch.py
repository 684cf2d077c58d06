"""What a task of many jobs takes while nobody looks, while its states are followed, and while a
browser on the same machine shows its graph."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.browser_stage import BrowserStage
from benchmarks.measure import percentile

_BETWEEN_ASKING = 1.0
"""Seconds: to ask costs the server something, too."""

_TAKE_FRAMES = """
window.frames = [];
addEventListener("DOMContentLoaded", () => {
  let before = performance.now();
  const frame = (now) => {
    window.frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
"""


@dataclass(frozen=True, slots=True)
class Watching:
    """Seconds that the task took in each round, and what those who looked got of it."""

    alone: list[float] = field(default_factory=list[float])
    followed: list[float] = field(default_factory=list[float])
    shown: list[float] = field(default_factory=list[float])
    states: list[int] = field(default_factory=list[int])
    """How many states of the task a follower was told."""

    frames: list[float] = field(default_factory=list[float])
    """Milliseconds between two frames of the page."""

    def figures(self) -> dict[str, float]:
        """For the table and the JSON line."""
        alone, followed, shown = map(median, (self.alone, self.followed, self.shown))
        return {
            "alone_s": round(alone, 2),
            "followed_s": round(followed, 2),
            "followed_ratio": round(followed / alone, 2),
            "states_per_s": round(sum(self.states) / sum(self.followed), 1),
            "shown_s": round(shown, 2),
            "shown_ratio": round(shown / alone, 2),
            "frame_p50_ms": round(percentile(self.frames, 50)),
            "frame_p95_ms": round(percentile(self.frames, 95)),
        }


def watched(stage: BrowserStage, browser: Browser, definition: str, rounds: int) -> Watching:
    """Run the task in turn alone, with a follower, and with a page that shows its graph."""
    found = Watching()
    stage.ended(definition)
    for _ in range(rounds):
        found.alone.append(_seconds(stage, stage.submit(definition)))
        task_id = stage.submit(definition)
        found.states.append(_followed(stage, task_id))
        found.followed.append(_seconds(stage, task_id))
        with stage.context(browser) as context:
            context.add_init_script(_TAKE_FRAMES)
            with context.new_page() as page:
                task_id = stage.submit(definition)
                found.frames.extend(_shown(stage, page, task_id))
        found.shown.append(_seconds(stage, task_id))
    return found


def _seconds(stage: BrowserStage, task_id: int) -> float:
    """How long a task takes, once it has ended."""
    while (task := stage.ask("GET", f"tasks/{task_id}"))["endedAt"] is None:
        time.sleep(_BETWEEN_ASKING)
    began, ended = (datetime.fromisoformat(task[name]) for name in ("startedAt", "endedAt"))
    return (ended - began).total_seconds()


def _followed(stage: BrowserStage, task_id: int) -> int:
    """Follow a task to its end; the states of it that were told."""
    path = f"/v1/tasks/{task_id}/stream?logs=none"
    with stage.client.stream("GET", path) as answer:
        return sum(line == "event: task" for line in answer.iter_lines())


def _shown(stage: BrowserStage, page: Page, task_id: int) -> list[float]:
    """Look at the graph of a task until it says that the task has ended; the frames until then."""
    page.goto(f"{stage.url}/tasks/{task_id}?tab=graph")
    page.locator("main header").get_by_text("done", exact=True).wait_for(timeout=60_000)
    return [float(one) for one in page.evaluate("window.frames")]
