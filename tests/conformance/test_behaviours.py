"""Every behaviour, on each engine, by the same code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.embedded import embedded_installation
from conformance.playing import Played, play
from conformance.suite import chosen


def report(played: Sequence[Played], subtests: pytest.Subtests) -> None:
    """Let each behaviour be a test of its own."""
    assert played
    for one in played:
        with subtests.test(one.behaviour.name):
            if one.error is not None:
                raise one.error


@pytest.mark.long
async def test_the_embedded_engine_has_every_behaviour(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    async with embedded_installation(tmp_path / "installation") as installation:
        report(await play(installation, chosen(), tmp_path / "sites"), subtests)
