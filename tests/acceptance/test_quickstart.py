"""The quickstart can be followed word for word."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.preloaded_program import preloaded_program

QUICKSTART = Path(__file__).resolve().parents[2] / "docs" / "quickstart.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"^# exit code (\d+)")


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the shell finds `tasktrail`."""
    with preloaded_program(tmp_path_factory.mktemp("bin")) as path:
        yield path


@pytest.mark.long
@pytest.mark.timeout(240)
def test_every_command_of_the_quickstart_does_what_it_says(path: str, tmp_path: Path) -> None:
    script = "\n".join(script_lines(QUICKSTART.read_text()))
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("TASKTRAIL_")},
        "PATH": path,
    }

    followed = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert followed.returncode == 0, followed.stdout
    # The end of the list that its last command prints, newest first.
    assert re.search(r"Ann was added to the team.*Archive /\S+/site\b", followed.stdout, re.DOTALL)


def script_lines(page: str) -> Iterator[str]:
    """The commands of the page; each has to end with 0, or as the comment after it says."""
    yield "trap 'kill $(jobs -p) 2>/dev/null' EXIT"
    for block in CONSOLE.findall(page):
        yield from block_lines(block)


def block_lines(block: str) -> Iterator[str]:
    commands: list[list[str]] = []
    codes: list[int] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append([line.removeprefix("$ ")])
            codes.append(0)
        elif told := EXIT_CODE.match(line):
            codes[-1] = int(told.group(1))
        else:
            commands[-1].append(line)
    for command, code in zip(commands, codes, strict=True):
        yield from command
        complaint = shlex.quote(f"not as the page says: {command[0]}")
        yield f"[ $? = {code} ] || {{ echo {complaint}; exit 1; }}"


def test_the_page_has_commands_to_follow() -> None:
    lines = list(script_lines(QUICKSTART.read_text()))
    assert sum(line.startswith("[ $?") for line in lines) > 15


@pytest.mark.parametrize("target", re.findall(r"\]\(([\w-]+\.md)\)", QUICKSTART.read_text()))
def test_its_links_lead_somewhere(target: str) -> None:
    assert (QUICKSTART.parent / target).is_file()
