"""Pictures of the pages in both themes, from a server with tasks of every kind.

PYTHONPATH=src:tests python -m browser.screenshots DIRECTORY
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser.stage import stage
from browser.window import window

PAGES = {
    "sign-in": "/sign-in",
    "tasks": "/tasks",
    "failed": "/tasks/{failed}",
    "graph": "/tasks/{done}?tab=graph",
    "timeline": "/tasks/{done}?tab=timeline",
    "live": "/tasks/{holding}",
    "run": "/run/deploy",
    "members": "/members",
    "support": "/support",
}
_SETTLED = 1_500
"""Milliseconds until what a page asks for is there, and has stopped moving."""


def main() -> None:
    """Take them all."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        with stage(Path(directory) / "data") as platform:
            platform.furnish()
            for theme in ("light", "dark"):
                for name, path in PAGES.items():
                    who = None if name == "sign-in" else "ann"
                    shown = window(chromium, platform, who, color_scheme=theme)
                    shown.goto(path.format(**platform.ids))
                    shown.page.wait_for_timeout(_SETTLED)
                    shown.page.screenshot(path=target / f"{name}-{theme}.png")
                    shown.close()
        chromium.close()


if __name__ == "__main__":
    main()
