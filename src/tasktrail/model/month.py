"""Months of the calendar in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from tasktrail.model.instant import Instant, from_datetime, to_datetime

_DECEMBER = 12


class Month(NamedTuple):
    """A month of a year; months compare as they follow one another."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def start(self) -> Instant:
        """Its first instant."""
        return from_datetime(datetime(self.year, self.month, 1, tzinfo=UTC))

    @property
    def end(self) -> Instant:
        """The first instant behind it."""
        return self.next.start

    @property
    def next(self) -> Month:
        """The month that follows."""
        if self.month == _DECEMBER:
            return Month(self.year + 1, 1)
        return Month(self.year, self.month + 1)


def month_of(instant: Instant) -> Month:
    """The month in which an instant lies."""
    moment = to_datetime(instant)
    return Month(moment.year, moment.month)


def months_from(month: Month, count: int) -> list[Month]:
    """A month and those after it, `count` in all."""
    months = [month]
    while len(months) < count:
        months.append(months[-1].next)
    return months
