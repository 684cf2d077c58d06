"""One process can collect all of the tests: it knows modules by their names alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent.parent


def test_no_two_files_of_tests_have_the_same_name() -> None:
    files = Counter(file.name for file in TESTS.rglob("test_*.py"))
    assert files.total() > 100
    assert [name for name, count in files.items() if count > 1] == []


def test_nothing_beside_a_test_hides_a_folder_of_tests() -> None:
    """The folder of every file of tests comes before that of the folders in the search path."""
    beside = {module for test in TESTS.rglob("test_*.py") for module in test.parent.glob("*.py")}
    folders = {folder.name for folder in TESTS.iterdir() if folder.is_dir()}
    assert [module for module in beside if module.stem in folders] == []
