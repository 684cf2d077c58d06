from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.cli.times import (
    duration_text,
    moment_text,
    parse_moment,
    parse_start,
    span_text,
)

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0ms"),
        (0.0854, "85ms"),
        (0.9999, "1.0s"),
        (3.14, "3.1s"),
        (9.97, "10s"),
        (59.6, "1m 00s"),
        (65, "1m 05s"),
        (3661, "1h 01m"),
        (277_200, "3d 05h"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@given(st.floats(0, 99 * 86400))
def test_a_duration_fits_into_seven_characters(seconds: float) -> None:
    assert len(duration_text(seconds)) <= 7


def test_what_has_not_begun_took_no_time_and_what_runs_takes_until_now() -> None:
    assert span_text(None, None, NOW) == ""
    assert span_text(NOW - timedelta(seconds=42), None, NOW) == "42s"
    assert span_text(NOW - timedelta(hours=9), NOW - timedelta(hours=8), NOW) == "1h 00m"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("2026-11-24T15:00:00Z", NOW - timedelta(hours=1)),
        ("2026-11-24T15:00:00+01:00", NOW - timedelta(hours=2)),
    ],
)
def test_moments_can_be_given_in_several_ways(text: str, moment: datetime) -> None:
    assert parse_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "9" * 30 + "w"])
def test_what_is_no_moment_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="write 2h"):
        parse_moment(text, NOW)


def test_a_moment_of_another_day_has_its_date() -> None:
    assert moment_text(NOW, NOW).count(":") == 2
    assert moment_text(NOW - timedelta(days=2), NOW).startswith("2026-11-2")


def test_a_start_lies_ahead() -> None:
    now = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert parse_start("10m", now) == datetime(2026, 11, 24, 16, 10, tzinfo=UTC)
    assert parse_start("2026-11-25T08:00:00Z", now) == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
