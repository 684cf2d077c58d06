"""The memory of a page that follows a task for a long time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import linear_regression
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.browser_stage import BrowserStage

_WARM = 0.2
"""The part at the beginning that does not count: caches fill, code is compiled."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was in use after everything that is not needed was thrown away."""

    minute: float
    heap: float
    """MiB."""
    nodes: int
    listeners: int
    line: int
    """The last line that was seen."""


@dataclass(frozen=True, slots=True)
class Course:
    """The samples of one task, in their order."""

    samples: list[Sample]

    def figures(self) -> dict[str, float]:
        """For the table and the JSON line."""
        counted = self.samples[int(_WARM * len(self.samples)) :]
        slope, _ = linear_regression([one.minute for one in counted], [one.heap for one in counted])
        return {
            "minutes": round(self.samples[-1].minute, 1),
            "lines": self.samples[-1].line,
            "heap_first_mib": round(counted[0].heap, 2),
            "heap_last_mib": round(counted[-1].heap, 2),
            "heap_max_mib": round(max(one.heap for one in counted), 2),
            "heap_mib_per_hour": round(60 * slope, 2),
            "nodes_first": counted[0].nodes,
            "nodes_last": counted[-1].nodes,
            "listeners_first": counted[0].listeners,
            "listeners_last": counted[-1].listeners,
        }


def followed(stage: BrowserStage, browser: Browser, minutes: float) -> Course:
    """Follow a task that writes a hundred lines a second."""
    until = stage.directory / "until"
    until.unlink(missing_ok=True)
    task_id = stage.submit("live", until=str(until))
    try:
        with stage.context(browser) as context, context.new_page() as page:
            page.goto(f"{stage.url}/tasks/{task_id}")
            page.locator("[data-line]").first.wait_for()
            session = context.new_cdp_session(page)
            _ask(session, "Performance.enable")
            return _course(page, session, 60 * minutes)
    finally:
        until.touch()


def _course(page: Page, session: CDPSession, seconds: float) -> Course:
    between = max(1.0, seconds / 60)
    began = time.monotonic()
    samples: list[Sample] = []
    while time.monotonic() - began < seconds:
        # Not time.sleep: the driver has to take what the browser sends meanwhile.
        page.wait_for_timeout(1000 * between)
        samples.append(_sample(page, session, (time.monotonic() - began) / 60))
    return Course(samples)


def _sample(page: Page, session: CDPSession, minute: float) -> Sample:
    for _ in range(2):
        _ask(session, "HeapProfiler.collectGarbage")
    answer = _ask(session, "Performance.getMetrics")
    metrics: dict[str, float] = {one["name"]: one["value"] for one in answer["metrics"]}
    last = page.locator("[data-line]").last.get_attribute("data-line")
    return Sample(
        minute,
        metrics["JSHeapUsedSize"] / 2**20,
        int(metrics["Nodes"]),
        int(metrics["JSEventListeners"]),
        int(last or 0),
    )


def _ask(session: CDPSession, what: str) -> Any:
    # The driver says nothing about the types of answers.
    return session.send(what)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
