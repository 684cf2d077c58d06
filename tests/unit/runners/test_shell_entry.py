"""How a command is made to do something to itself first, without starting anything."""

from __future__ import annotations

import pytest

from tasktrail.runners.cgroup import group_name
from tasktrail.runners.shell_entry import prefixed

JOIN = "{ echo 0 >'/sys/fs/a group'/cgroup.procs; } 2>/dev/null || :; "


def entered(*argv: str) -> tuple[str, ...]:
    return prefixed(argv, JOIN)


@pytest.mark.parametrize("options", [(), ("-e",), ("-eu",), ("-e", "-u", "-f")])
def test_a_plain_shell_enters_in_front_of_its_script(options: tuple[str, ...]) -> None:
    argv = ("/bin/sh", *options, "-c", "make\nmake install", "$0")
    expected = ("/bin/sh", *options, "-c", f"{JOIN}make\nmake install", "$0")
    assert entered(*argv) == expected


@pytest.mark.parametrize(
    "argv",
    [
        ("/bin/bash", "-c", "x"),  # reads BASH_ENV before the script
        ("/bin/sh", "-ex", "-c", "x"),  # would show the entering in the log
        ("/bin/sh", "-l", "-c", "x"),  # reads a profile before the script
        ("/bin/sh", "script"),
        ("/bin/sh", "-c"),
        ("/usr/bin/python3", "-c", "x"),
    ],
)
def test_any_other_command_is_wrapped(argv: tuple[str, ...]) -> None:
    assert entered(*argv) == ("/bin/sh", "-c", f'{JOIN}exec "$@"', "sh", *argv)


def test_the_group_of_a_life_starts_with_the_one_of_its_directory() -> None:
    assert group_name("dir:life").startswith(group_name("dir:"))
    assert not group_name("dir2:life").startswith(group_name("dir:"))
