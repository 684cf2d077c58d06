"""What somebody at a browser waits for: first paint, scrolling, the graph, and memory over time.

PARTS=paint,scroll,graph,watch,memory chooses; TASKS, LINES, JOBS, MINUTES, ROUNDS and SECONDS say
how much.
"""

from __future__ import annotations

import os

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser_memory import followed
from benchmarks.browser_paint import Paint, Sight, painted, switched
from benchmarks.browser_scroll import log_scrolling, plain_scrolling, pulls
from benchmarks.browser_stage import BrowserStage, browser_stage, chromium
from benchmarks.browser_watch import watched
from benchmarks.measure import json_line, machine, number, percentile, table
from benchmarks.terms import from_environment

PAINT_GOAL, GRAPH_GOAL = 1000, 500
"""Milliseconds."""

STEPS = {"as one reads": 4, "fast": 60}
"""Pixels a frame: 12 and 180 lines a second."""

_LINES_SHOWN = (
    "[...document.querySelectorAll('[data-line]')]"
    ".some((row) => /of a long log/.test(row.textContent))"
)
_TASKS_SHOWN = "document.querySelectorAll('main li a[href^=\"/tasks/\"]').length >= 10"
_GRAPH_SHOWN = (
    "(() => { const jobs = [...document.querySelectorAll('.react-flow__node')];"
    " return jobs.length === %d"
    " && jobs.every((one) => getComputedStyle(one).visibility === 'visible')"
    " && document.querySelector('.react-flow__viewport-portal path') !== null; })()"
)

Figures = dict[str, object]


def main() -> None:
    """Print the tables and the JSON line."""
    tasks = from_environment("TASKS", 1_000_000)
    lines = from_environment("LINES", 5_000_000)
    jobs = from_environment("JOBS", 500)
    rounds = from_environment("ROUNDS", 10)
    parts = os.environ.get("PARTS", "paint,scroll,graph,watch,memory").split(",")
    figures: Figures = {"tasks": tasks, "lines": lines, "jobs": jobs}
    print(f"The dashboard: {tasks:,} tasks, a log of {lines:,} lines, {jobs} jobs; {machine()}")
    with browser_stage(tasks, jobs) as stage, sync_playwright() as playwright:
        browser = chromium(playwright)
        if {"paint", "scroll"} & set(parts):
            log = stage.ended("long", lines=lines)
            if "paint" in parts:
                figures |= _paint(stage, browser, log, rounds)
            if "scroll" in parts:
                figures |= _scroll(stage, browser, log, lines)
        if "graph" in parts:
            figures |= _graph(stage, browser, jobs, rounds)
        if "watch" in parts:
            figures |= _watch(stage, browser, jobs, rounds)
        if "memory" in parts:
            figures |= _memory(stage, browser, from_environment("MINUTES", 30))
        browser.close()
    print(json_line("browser", **figures))


def _paint(stage: BrowserStage, browser: Browser, log: int, rounds: int) -> Figures:
    sights = {
        "list": Sight("the list of tasks", "/tasks", _TASKS_SHOWN),
        "log": Sight("the long log", f"/tasks/{log}", _LINES_SHOWN),
    }
    found = {name: painted(stage, browser, sight, rounds) for name, sight in sights.items()}
    _print_paints({sights[name].name: paint for name, paint in found.items()}, PAINT_GOAL)
    return {f"paint_{name}": paint.figures() for name, paint in found.items()}


def _graph(stage: BrowserStage, browser: Browser, jobs: int, rounds: int) -> Figures:
    task = f"/tasks/{stage.ended('wide')}"
    sight = Sight("the graph, opened as a page", f"{task}?tab=graph", _GRAPH_SHOWN % jobs)
    page = painted(stage, browser, sight, rounds)
    tab = switched(stage, browser, task, "Graph", sight, rounds)
    _print_paints({sight.name: page, "the graph, from another tab": tab}, GRAPH_GOAL)
    return {"graph_page": page.figures(), "graph_tab": tab.figures()}


def _print_paints(paints: dict[str, Paint], goal: int) -> None:
    rows: list[list[str]] = []
    for name, paint in paints.items():
        found = paint.figures()
        rows.append([name, *(f"{value:.0f}" for value in found.values()), ""])
    print(f"\nfrom the click to the frame that shows it; the goal is {goal} ms")
    head = ["", "first, ms", "at most", "again, ms", "at most", ""]
    print(table(head, rows))


def _scroll(stage: BrowserStage, browser: Browser, log: int, lines: int) -> Figures:
    seconds = from_environment("SECONDS", 10)
    figures: dict[str, dict[str, float]] = {}
    for name, step in STEPS.items():
        # The plain page before and after: what the machine gives may change meanwhile.
        figures[f"a plain page, {name}"] = plain_scrolling(browser, step, seconds).figures()
        scrolling = log_scrolling(stage, browser, log, lines, step, seconds)
        figures[f"the long log, {name}"] = scrolling.figures()
        figures[f"a plain page, {name}, again"] = plain_scrolling(browser, step, seconds).figures()
    head = ["", "frames/s", "p50, ms", "p95, ms", "p99, ms", "late, %", "empty, %", ""]
    rows = [[name, *map(number, found.values()), ""] for name, found in figures.items()]
    print("\nscrolling: time between frames, late ones, and those that showed lines yet to come")
    print(table(head, rows))
    pulled = pulls(stage, browser, log, lines)
    print(
        "\nfrom pulling the scrollbar anywhere to the lines: "
        f"p50 {number(percentile(pulled, 50))} ms, at most {number(max(pulled))} ms"
    )
    return {
        "scroll": figures,
        "pull_p50_ms": round(percentile(pulled, 50)),
        "pull_max_ms": round(max(pulled)),
    }


def _watch(stage: BrowserStage, browser: Browser, jobs: int, rounds: int) -> Figures:
    found = watched(stage, browser, "wide", rounds).figures()
    print(f"\na task of {jobs} jobs alone, followed, and shown by this browser as a graph")
    print(table(["", "", ""], [[name, number(value), ""] for name, value in found.items()]))
    return {"watch": found}


def _memory(stage: BrowserStage, browser: Browser, minutes: float) -> Figures:
    found = followed(stage, browser, minutes).figures()
    print(f"\na page that follows a task for {minutes:g} minutes, {found['lines']:,} lines")
    print(table(["", "", ""], [[name, number(value), ""] for name, value in found.items()]))
    return {"memory": found}


if __name__ == "__main__":
    main()
