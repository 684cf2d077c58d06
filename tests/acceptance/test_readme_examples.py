"""What the README and the pages of docs/ show is what happens."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.doc_page import Command, Page
from acceptance.preloaded_program import preloaded_program

CHECKOUT = Path(__file__).resolve().parents[2]
README = Page(CHECKOUT / "README.md")
PAGES = [
    README,
    Page(CHECKOUT / "CONTRIBUTING.md"),
    *(Page(path) for path in sorted((CHECKOUT / "docs").glob("*.md"))),
]
FOLLOWED = [README, Page(CHECKOUT / "docs" / "command-line.md")]

# How long something took and when it was differs; what a task passes through on its way is shown
# or not, as it happens to be looked at; jobs beside each other end in either order.
DURATION = re.compile(r"\b\d+(\.\d+)?m?s\b")
CLOCK = re.compile(r"\b\d\d:\d\d:\d\d\b")
PASSING = ("○", "●")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the shell finds `tasktrail`."""
    with preloaded_program(tmp_path_factory.mktemp("bin")) as path:
        yield path


@pytest.mark.long
@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.path.name)
def test_every_command_of_the_page_does_what_it_says(page: Page, path: str, tmp_path: Path) -> None:
    for name, text in page.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    followed = follow(page.commands, tmp_path, path)

    for command, (output, exit_code) in zip(page.commands, followed, strict=True):
        if command.exit_code is not None:
            assert exit_code == command.exit_code, f"$ {command.text}\n{output}"
        if command.output:
            shown = seen("\n".join(command.output), "ann", "/home/ann")
            assert seen(output, getpass.getuser(), str(tmp_path)) == shown, f"$ {command.text}"


def follow(commands: list[Command], directory: Path, path: str) -> list[tuple[str, int]]:
    """The output and exit code of each command, all given to one shell."""
    script = "\n".join(
        f"{{ {command.text}\n}} >output-{number} 2>&1; echo $? >exit-{number}"
        for number, command in enumerate(commands)
    )
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("TASKTRAIL_")},
        "TASKTRAIL_DATA": str(directory / "data"),
        "PATH": path,
    }
    subprocess.run(
        ["bash", "-c", f"trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{script}"],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return [
        (
            (directory / f"output-{number}").read_text(encoding="utf-8"),
            int((directory / f"exit-{number}").read_text(encoding="utf-8")),
        )
        for number in range(len(commands))
    ]


def seen(output: str, user: str, home: str) -> list[str]:
    """What of an output is the same every time."""
    stable = output.replace(home, "~")
    stable = re.sub(rf"\b{re.escape(user)}\b", "USER", stable)
    stable = CLOCK.sub("CLOCK", DURATION.sub("DURATION", stable))
    lines = (" ".join(line.split()) for line in stable.splitlines())
    return sorted(line for line in lines if line and not line.startswith(PASSING))


def test_the_readme_has_its_files_and_shows_output() -> None:
    assert set(README.files) == {"publish.yml", "ops.py"}
    assert sum(bool(command.output) for command in README.commands) >= 4


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.name)
def test_every_link_leads_somewhere(page: Page) -> None:
    astray = [link for link in page.links if not leads_somewhere(page, link)]
    assert astray == []


def leads_somewhere(page: Page, link: str) -> bool:
    """Whether a link within the checkout has a target; others are not followed."""
    if link.startswith(("https://", "http://")):
        return True
    name, _, anchor = link.partition("#")
    target = page.path.parent / name if name else page.path
    if not target.exists():
        return False
    return not anchor or anchor in Page(target).anchors


def test_every_page_is_in_the_index() -> None:
    index = Page(CHECKOUT / "docs" / "README.md")
    pages = {page.path.name for page in PAGES if page.path.parent.name == "docs"}
    assert pages - {"README.md"} <= set(index.links)
