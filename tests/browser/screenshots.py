"""Pictures of the pages in both themes, from a server with tasks of every kind.

PYTHONPATH=src:tests python -m browser.screenshots DIRECTORY [NAME...]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from browser.furniture import furnished
from browser.picture import small
from browser.shots import SHOTS, Shot
from browser.stage import Stage, stage
from browser.window import window

_THEMES = ("light", "dark")
_SETTLED = 1_500
"""Milliseconds until what a page asks for is there, and has stopped moving."""


def main() -> None:
    """Take them all, or those that are named."""
    target, wanted = Path(sys.argv[1]), sys.argv[2:]
    target.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not wanted or shot.name in wanted]
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        with stage(Path(directory) / "data") as platform:
            furnished(platform)
            for name, picture in _taken(chromium, platform, shots):
                (target / f"{name}.png").write_bytes(picture)
                print(name, f"{len(picture) // 1024} kB", flush=True)
        chromium.close()


def _taken(chromium: Browser, platform: Stage, shots: list[Shot]) -> Iterator[tuple[str, bytes]]:
    for shot in shots:
        for theme in _THEMES:
            if shot.theme in (None, theme):
                yield f"{shot.name}-{theme}", picture_of(chromium, platform, shot, theme)


def picture_of(chromium: Browser, platform: Stage, shot: Shot, theme: str) -> bytes:
    """What the shot shows in that theme, as a PNG."""
    shown = window(
        chromium,
        platform,
        shot.who,
        phone=shot.phone,
        color_scheme=theme,
        reduced_motion="reduce",
    )
    try:
        shown.goto(platform.address(shot.address))
        shown.page.wait_for_timeout(_SETTLED)
        if shot.deed is not None:
            shot.deed(shown.page)
            shown.page.wait_for_timeout(_SETTLED // 2)
        return small(shown.page, shown.page.screenshot())
    finally:
        shown.close()


if __name__ == "__main__":
    main()
