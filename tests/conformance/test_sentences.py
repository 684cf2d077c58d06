"""Every sentence of docs/conformance.md is shown by something, and nothing is shown for nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from conformance.suite import BEHAVIOURS

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<sentence>.+?) \| (?P<shown>.*?) ?\|$", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Sentence:
    """A row of the page: what is said, and the names of what shows it."""

    text: str
    shown_by: tuple[str, ...]


def sentences() -> list[Sentence]:
    page = (ROOT / "docs" / "conformance.md").read_text().partition("## What differs")[0]
    rows = [(found["sentence"], found["shown"]) for found in ROW.finditer(page)]
    return [
        Sentence(text, tuple(NAME.findall(shown))) for text, shown in rows if shown != "shown by"
    ]


def is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    file = ROOT / path
    return file.is_file() and f"def {function}(" in file.read_text()


def test_every_sentence_is_shown_by_what_exists() -> None:
    assert len(sentences()) > 50
    for sentence in sentences():
        assert sentence.shown_by, sentence
        for name in sentence.shown_by:
            assert name in BEHAVIOURS or is_test(name), (sentence.text, name)


def test_every_behaviour_shows_a_sentence() -> None:
    named = {name for sentence in sentences() for name in sentence.shown_by}

    assert set(BEHAVIOURS) - named == set()
