from __future__ import annotations

import errno
import os

import pytest

from tasktrail.runners.spawn_error import SpawnSubject, spawn_error


def refusal(code: int, path: str | None = None) -> OSError:
    return OSError(code, os.strerror(code), path)


@pytest.mark.parametrize(
    ("cause", "subject", "words"),
    [
        (refusal(errno.ENOENT, "/no/shell"), SpawnSubject.COMMAND, "cannot start 'zsh'"),
        (refusal(errno.EACCES, "/etc/passwd"), SpawnSubject.COMMAND, "permission denied"),
        (refusal(errno.ENOENT, "/gone"), SpawnSubject.WORKING_DIRECTORY, "'/gone'"),
        (refusal(errno.E2BIG, "/bin/sh"), SpawnSubject.COMMAND, "too long"),
        (ValueError("embedded null byte"), SpawnSubject.COMMAND, "embedded null byte"),
    ],
)
def test_a_mistake_of_the_step_says_what_is_wrong(
    cause: OSError | ValueError, subject: SpawnSubject, words: str
) -> None:
    error = spawn_error(cause, command="zsh", cwd="/gone")
    assert error.asked_wrongly
    assert error.subject is subject
    assert words in str(error)


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE])
def test_a_machine_that_is_out_of_something_is_not_the_users_mistake(code: int) -> None:
    error = spawn_error(refusal(code), command="zsh", cwd="/gone")
    assert not error.asked_wrongly
    assert error.code == code
