from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.definitions.duration import LONGEST, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("0", 0),
        ("1.5", 1.5),
        ("90s", 90),
        ("5m", 300),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1.5h", 5400),
        ("500ms", 0.5),
        ("2d", 172_800),
        ("5M", 300),
    ],
)
def test_reads_what_people_write(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "s", "-5", "5x", "1m1h", "5m5m", "1e9", "inf", "nan", "1h30", "٣", "9" * 400]
)
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


def test_refuses_more_than_a_year() -> None:
    assert parse_duration("366d") == LONGEST
    with pytest.raises(ValueError, match="longer than 366 days"):
        parse_duration("367d")


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_sums_its_parts(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds
