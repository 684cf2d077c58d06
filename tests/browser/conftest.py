"""Browsers that look at a real server. Needs `make web` and a Chromium on the path."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from browser.stage import Stage, stage
from browser.window import Window, window
from tasktrail.dashboard.built_files import BUILT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]

Open = Callable[..., Window]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The system's browser: none is downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return Path(found)
    pytest.fail("these tests need a Chromium on the path: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    if not (BUILT / "index.html").exists():
        pytest.fail("these tests need the dashboard to be built: make web")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with people, a project and tasks of every kind, for the tests of one file: what
    those of others have done there would push what a test looks for off the first page of a
    list."""
    with stage(tmp_path_factory.mktemp("stage") / "data") as found:
        found.furnish()
        yield found


@pytest.fixture
def look(browser: Browser, platform: Stage) -> Iterator[Open]:
    """Opens a page as somebody. Whatever a page logs as an error or loads from elsewhere fails the
    test when it ends."""
    opened: list[Window] = []

    def open_page(path: str, who: str | None = "ann", **options: Any) -> Window:
        shown = window(browser, platform, who, **options)
        opened.append(shown)
        shown.goto(path)
        return shown

    try:
        yield open_page
        for one in opened:
            one.check()
    finally:
        for one in opened:
            one.close()
