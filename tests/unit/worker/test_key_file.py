"""The file with the key of a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasktrail.errors import InvalidInputError
from tasktrail.worker.key_file import read_key_file

KEY = "tw_7_" + "x" * 43


def test_the_key_is_what_stands_there_without_what_an_editor_adds(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"  {KEY}\n\n")
    file.chmod(0o600)
    assert read_key_file(file) == KEY


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (KEY, 0o640, "others can read"),
        (KEY, 0o604, "others can read"),
        (KEY.replace("tw", "tt"), 0o600, "no key of a worker"),
        (f"{KEY}\nmore", 0o600, "no key of a worker"),
        ("", 0o600, "no key of a worker"),
        ("tw_7_\N{SNOWMAN}", 0o600, "cannot be read"),
    ],
)
def test_anything_else_is_refused_and_not_told(
    tmp_path: Path, content: str, mode: int, said: str
) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    file.chmod(mode)
    with pytest.raises(InvalidInputError) as refused:
        read_key_file(file)
    assert said in str(refused.value)
    assert "xxx" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="nowhere"):
        read_key_file(tmp_path / "nowhere")
