from __future__ import annotations

import pytest

from tasktrail.store.moving import shown_address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/x?sslmode=require",
        "postgresql://u@h/x?password=geheim&sslmode=require",
        "postgresql://u@h/x?sslmode=require&sslpassword=geheim",
    ],
)
def test_an_address_is_shown_without_what_lets_somebody_in(url: str) -> None:
    shown = shown_address(url)
    assert "geheim" not in shown
    assert "sslmode=require" in shown
