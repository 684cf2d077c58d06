from __future__ import annotations

import pytest

from tasktrail.cli.line_numbers import parse_lines
from tasktrail.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10:20", (10, 20)),
        ("10:", (10, None)),
        (":20", (None, 20)),
        ("-20:", (-20, None)),
        (":-2", (None, -2)),
        ("7", (7, 7)),
        ("-1", (-1, -1)),
    ],
)
def test_ranges_of_lines(text: str, numbers: tuple[int | None, int | None]) -> None:
    assert parse_lines(text) == numbers


@pytest.mark.parametrize("text", ["", ":", "a:b", "1:2:3", "--1:", "1-2", "1" * 40])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="no range of lines"):
        parse_lines(text)
