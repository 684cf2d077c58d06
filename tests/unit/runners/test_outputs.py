from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasktrail.runners.outputs import (
    MOST_BYTES,
    MOST_VALUE_BYTES,
    OutputError,
    parse_outputs,
    read_outputs,
)


def test_each_line_is_a_key_and_its_value() -> None:
    assert parse_outputs(b"wheel=dist/app.whl\n\nVersion_2=1.0\n") == {
        "wheel": "dist/app.whl",
        "Version_2": "1.0",
    }


def test_only_the_first_equals_sign_separates() -> None:
    assert parse_outputs(b"query=a=b<<c") == {"query": "a=b<<c"}


def test_a_value_may_be_empty() -> None:
    assert parse_outputs(b"nothing=") == {"nothing": ""}


def test_the_later_value_counts() -> None:
    assert parse_outputs(b"a=1\na=2\n") == {"a": "2"}


def test_windows_line_ends_are_not_part_of_a_value() -> None:
    assert parse_outputs(b"a=1\r\nb<<E\r\nx\r\nE\r\n") == {"a": "1", "b": "x"}


def test_a_value_of_several_lines_ends_at_its_delimiter() -> None:
    content = b"notes<<END\nfirst\n\nkey=not one\nEND \nEND\nafter=1\n"
    assert parse_outputs(content) == {"notes": "first\n\nkey=not one\nEND ", "after": "1"}


def test_a_value_of_no_lines_is_empty() -> None:
    assert parse_outputs(b"notes<<END\nEND\n") == {"notes": ""}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a=1\njust text\n", 2, "neither key=value nor key<<DELIMITER"),
        (b"=1\n", 1, "'' is no key"),
        (b"\n\n9lives=1\n", 3, "'9lives' is no key"),
        (b"a-b=1\n", 1, "'a-b' is no key"),
        (b"a<<\n", 1, "neither"),
        (b"a<b=1\n", 1, "neither"),
        (b"ok=1\na<<END\nx\nEN\n", 2, "no line 'END' ends the value"),
        (b"ok=1\nbad=\xff\n", 2, "not UTF-8"),
        (b"ok=1\nbig=" + b"x" * (MOST_VALUE_BYTES + 1), 2, "the value of 'big' has more than"),
        (b"a=" + "ü".encode() * MOST_VALUE_BYTES, 1, "the value of 'a' has more than"),
    ],
)
def test_a_wrong_line_is_named(content: bytes, line: int, message: str) -> None:
    with pytest.raises(OutputError, match=f"outputs, line {line}: ") as caught:
        parse_outputs(content)
    assert message in str(caught.value)
    assert caught.value.line == line


def test_the_largest_value_is_accepted() -> None:
    assert len(parse_outputs(b"a=" + b"x" * MOST_VALUE_BYTES)["a"]) == MOST_VALUE_BYTES


def test_a_wrong_line_is_not_quoted_because_it_could_hold_a_secret() -> None:
    with pytest.raises(OutputError) as caught:
        parse_outputs(b"hunter2")
    assert "hunter2" not in str(caught.value)


def test_too_large_a_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "outputs"
    file.write_bytes(b"a=1\n" * (MOST_BYTES // 4) + b"b")
    with pytest.raises(OutputError, match="more than"):
        read_outputs(file)


def test_no_file_is_no_outputs(tmp_path: Path) -> None:
    assert read_outputs(tmp_path / "outputs") == {}


def test_a_named_pipe_in_place_of_the_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "outputs")
    with pytest.raises(OutputError, match="not a file"):
        read_outputs(tmp_path / "outputs")
