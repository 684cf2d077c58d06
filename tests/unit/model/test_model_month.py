from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasktrail.model.instant import Instant
from tasktrail.model.month import Month, month_of, months_from

YEAR_9000 = 221845392000000000


@given(st.integers(0, YEAR_9000).map(Instant))
def test_every_instant_lies_in_its_month_and_in_no_other(instant: Instant) -> None:
    month = month_of(instant)
    assert month.start <= instant < month.end
    assert month.end == month.next.start
    assert month < month.next


def test_months_follow_over_the_end_of_a_year() -> None:
    months = months_from(Month(2026, 11), 4)
    assert [str(month) for month in months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
