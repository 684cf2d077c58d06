"""The program `tasktrail` for the many commands of a page: loaded once, forked for each of them.

Each command is an OS process with the arguments, environment, directory and open files that the
shell gives it; only what Python loads at a start is loaded already. `tasktrail up` is the installed
program, because a page sends it signals.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

_INSTALLED = Path(sys.executable).parent / "tasktrail"
_CALLER = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1:2] == ["up"]:
    os.execv({installed!r}, [{installed!r}, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [b"."], [0, 1, 2])
    order = {{"arguments": sys.argv[1:], "cwd": os.getcwd(), "environment": dict(os.environ)}}
    server.sendall(json.dumps(order).encode())
    server.shutdown(socket.SHUT_WR)
    sys.exit(int(server.recv(16)))
"""
_LOADED = (
    "tasktrail.cli.tables",
    "tasktrail.cli.task_page",
    "tasktrail.bootstrap",
    "tasktrail.bootstrap.engine",
    "tasktrail.bootstrap.upkeep",
    "tasktrail.engine.embedded",
    "tasktrail.engine.workshop",
    "tasktrail.engine.examination",
    "tasktrail.local.server",
    "tasktrail.runners.python.runner",
    "alembic.command",
    "pydantic",
    "pydantic.fields",
    "rich.console",
)


@contextmanager
def preloaded_program(directory: Path) -> Generator[str]:
    """A PATH on which `tasktrail` starts fast. `directory` is empty, and for this alone."""
    address = str(directory / "socket")
    caller = directory / "tasktrail"
    caller.write_text(
        _CALLER.format(python=sys.executable, installed=str(_INSTALLED), address=address)
    )
    caller.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, __file__, address], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        try:
            yield os.pathsep.join([str(directory), str(_INSTALLED.parent), os.environ["PATH"]])
        finally:
            server.kill()


def _serve(address: str) -> None:
    for module in _LOADED:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a command but its caller
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            caller, _ = listening.accept()
            with caller:
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    listening.close()
                    _answer(caller)


def _answer(caller: socket.socket) -> None:
    """Be the command that the caller asks for."""
    code = 1
    try:
        _, files, _, _ = socket.recv_fds(caller, 1, 3)
        for here, there in enumerate(files):
            os.dup2(there, here)
            os.close(there)
        # What Python knows of them is of those before: whether they can seek, are a terminal, ...
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115 - descriptors
        with caller.makefile("rb") as reading:
            order = json.load(reading)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["cwd"])
        code = _command(order["arguments"])
    except BaseException:  # noqa: BLE001 - as the interpreter does at its end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(str(code).encode())
        os._exit(code)


def _command(arguments: list[str]) -> int:
    from tasktrail.cli.main import main

    try:
        main(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])
