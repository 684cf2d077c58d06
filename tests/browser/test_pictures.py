"""`make screenshots` takes pictures of a page as a wide screen and as a phone show it."""

from __future__ import annotations

import struct

import pytest
from playwright.sync_api import Browser

from browser.screenshots import picture_of
from browser.shots import Shot
from browser.stage import Stage
from browser.window import PHONE, WIDE


@pytest.mark.parametrize("phone", [False, True])
def test_a_picture_is_as_large_as_the_screen(
    browser: Browser, platform: Stage, phone: bool
) -> None:
    shot = Shot(name="task", address="/tasks/{done}", phone=phone)
    picture = picture_of(browser, platform, shot, "dark")
    view = PHONE if phone else WIDE
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (view["width"], view["height"])
