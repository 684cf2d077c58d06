from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from tasktrail.cli.inputs import read_inputs
from tasktrail.errors import InvalidInputError


def test_values_may_hold_equal_signs_and_be_empty() -> None:
    assert read_inputs(["a=b=c", "empty="]) == {"a": "b=c", "empty": ""}


def test_a_value_may_come_from_a_file_without_its_last_line_break(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret\nsecond\n")
    assert read_inputs([f"token=@{file}"]) == {"token": "s3cret\nsecond"}


def test_a_value_may_come_from_stdin_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("typed\n"))
    monkeypatch.setitem(os.environ, "DEPLOY_TOKEN", "from outside")
    assert read_inputs(["a=@-"], ["token=DEPLOY_TOKEN"]) == {"a": "typed", "token": "from outside"}


def test_an_at_sign_is_written_twice() -> None:
    assert read_inputs(["user=@@ann"]) == {"user": "@ann"}


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError) as caught:
        read_inputs(
            ["nonsense", "=x", "a=@/no/such/file", f"b=@{binary}", "c=1", "c=2"], ["d=NOT_SET_X"]
        )
    text = str(caught.value)
    assert len(caught.value.problems) == 6
    for expected in ("'nonsense'", "'=x'", "/no/such/file", "UTF-8", "given twice", "NOT_SET_X"):
        assert expected in text
