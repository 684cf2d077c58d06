"""Process trees that are hard to stop. Each appends its pid to a file for as long as it lives."""

from __future__ import annotations

from pathlib import Path

GRACE = 0.5
LIMIT = 1.0
"""Seconds: the grace of every step, and the time limit of those that have one."""

_WRITE = 'while :; do echo $$ >>"$0"; sleep 0.05; done'
_DEAF = f"trap '' TERM; {_WRITE}"
_STOPPED = f'echo $$ >>"$0"; kill -STOP $$; {_WRITE}'
_STORM = "while :; do ( trap '' TERM; echo $$ >>\"$0\"; sleep 0.4 ) & sleep 0.03; done"
_REBORN = f'trap \'setsid sh -c "$1" "$0" &\' TERM; {_WRITE}'

_SCRIPTS = {
    "plain": 'sh -c "$WRITE" "$FILE"',
    "ignores SIGTERM": 'sh -c "$DEAF" "$FILE"',
    "setsid": 'setsid sh -c "$WRITE" "$FILE" & sleep 1000',
    "double fork": '(setsid sh -c "$WRITE" "$FILE" &); sleep 1000',
    "nohup": 'nohup sh -c "$DEAF" "$FILE" >/dev/null 2>&1 & sleep 1000',
    "closed descriptors": '(setsid sh -c "$DEAF" "$FILE" <&- >&- 2>&- &); sleep 1000',
    "marker lost": 'env -i /usr/bin/setsid /bin/sh -c "$WRITE" "$FILE" & sleep 1000',
    "everything lost": (
        '(env -i /usr/bin/setsid /bin/sh -c "$DEAF" "$FILE" <&- >&- 2>&- &); sleep 1000'
    ),
    "stopped": '(setsid sh -c "$STOPPED" "$FILE" &); sleep 1000',
    "fork storm": 'setsid sh -c "$STORM" "$FILE" & sleep 1000',
    "reborn on SIGTERM": 'setsid sh -c "$REBORN" "$FILE" "$DEAF" & sleep 1000',
}
_FUNCTIONS = {
    "python busy loop": "spin",
    "python deaf loop": "spin_deaf",
    "python in a C call": "deadlock",
}
KINDS = (*_SCRIPTS, *_FUNCTIONS)

_MODULE = """\
import ctypes
import os
import subprocess
import time


def _turn(file):
    with open(file, "a") as out:
        out.write(f"{os.getpid()}\\n")
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        pass


def spin(file: str) -> None:
    while True:
        _turn(file)


def spin_deaf(file: str) -> None:
    while True:
        try:
            _turn(file)
        except BaseException:
            pass


def deadlock(file: str) -> None:
    subprocess.Popen(["sh", "-c", os.environ["DEAF"], file], start_new_session=True)
    mutex = (ctypes.c_char * 64)()
    for _ in range(2):  # the second time it waits for itself, deaf and with the lock of Python held
        ctypes.PyDLL(None).pthread_mutex_lock(mutex)
"""

_RUNBOOK = """\
name: {name}
grace: {grace}s
{task_limit}
inputs: {{file: string}}
env:
  FILE: "{{{{ inputs.file }}}}"
  WRITE: |
    {write}
  DEAF: |
    {deaf}
  STOPPED: |
    {stopped}
  STORM: |
    {storm}
  REBORN: |
    {reborn}
jobs:
  main:
    steps:
      - name: Work
        {action}
        {step_limit}
"""

HOWS = ("cancel", "forced cancel", "step limit", "task limit")
"""The ways in which a tree is stopped."""


def write_runbooks(directory: Path) -> None:
    """One runbook for each kind and each place of a time limit, and the Python module."""
    (directory / "nasty.py").write_text(_MODULE)
    for kind in KINDS:
        for how in HOWS:
            (directory / target(kind, how)).write_text(_runbook(kind, how))


def target(kind: str, how: str) -> str:
    """The file of the runbook for that tree and that way of stopping it."""
    limit = how.partition(" ")[0] if how.endswith("limit") else "none"
    return f"{kind.replace(' ', '-')}-limit-{limit}.yml"


def _runbook(kind: str, how: str) -> str:
    limit = f"timeout: {LIMIT}s"
    return _RUNBOOK.format(
        name=kind.replace(" ", "-").lower(),
        grace=GRACE,
        write=_WRITE,
        deaf=_DEAF,
        stopped=_STOPPED,
        storm=_STORM,
        reborn=_REBORN,
        action=_action(kind),
        task_limit=limit if how == "task limit" else "",
        step_limit=limit if how == "step limit" else "",
    )


def _action(kind: str) -> str:
    if kind in _SCRIPTS:
        return f"run: |\n          {_SCRIPTS[kind]}"
    return f'python: nasty:{_FUNCTIONS[kind]}\n        arguments: {{file: "{{{{ inputs.file }}}}"}}'
