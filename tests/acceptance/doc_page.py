"""A page of the documentation as something that can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE = re.compile(r"`(?P<name>[\w.-]+)`:\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT_CODE = re.compile(r"# exit code (\d+)")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page, what the page shows of its output, and the exit code that it tells."""

    text: str
    output: tuple[str, ...]
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown.

    A file is a block of code after a line that ends with its name and a colon. A command begins
    with `$ ` in a console block; its here-document belongs to it, the lines after that are output.
    `# exit code N` tells with what it ends.
    """

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def files(self) -> dict[str, str]:
        """The files that it shows, by name."""
        return {found["name"]: found["text"] for found in _FILE.finditer(self.text)}

    @property
    def commands(self) -> list[Command]:
        """What it says to type, in order."""
        return [command for block in _CONSOLE.findall(self.text) for command in _commands(block)]

    @property
    def links(self) -> list[str]:
        """Where its links and images lead, as written."""
        return _LINK.findall(_FENCED.sub("", self.text))

    @property
    def anchors(self) -> set[str]:
        """The names of its headings, as links call them."""
        headings = _HEADING.findall(_FENCED.sub("", self.text))
        return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def _commands(block: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        length = _length(lines)
        shown = lines[length:]
        codes = [int(found[1]) for line in shown if (found := _EXIT_CODE.match(line))]
        output = tuple(line for line in shown if not line.startswith("# "))
        yield Command("\n".join(lines[:length]), output, codes[0] if codes else None)


def _length(lines: list[str]) -> int:
    """Lines of the command itself: more than one when it has a here-document."""
    document = re.search(r"<<'(\w+)'", lines[0])
    return lines.index(document[1]) + 1 if document else 1
