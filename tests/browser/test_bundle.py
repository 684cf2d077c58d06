"""How much the first page loads."""

from __future__ import annotations

from browser.conftest import Open

MOST = 350_000
"""Bytes of JavaScript, compressed (issue 7)."""


def test_the_first_page_loads_little(look: Open) -> None:
    shown = look("/tasks")
    shown.expect_text("Deploy shop 1.4.2")
    size = shown.page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter((one) => one.name.endsWith('.js'))"
        ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
    )
    assert 0 < size <= MOST
