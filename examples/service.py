"""Keeps the shop running, as systemd does on a server: a release must not be the shop's parent.

    python3 DIR/service.py keep [--port 8000]       in the foreground, until SIGTERM or `stop`
    python3 DIR/service.py restart                  runs the current release from now on
    python3 DIR/service.py status                   what runs, and where it answers
    python3 DIR/service.py check --version 1.0.0    asks the shop itself whether it is well
    python3 DIR/service.py stop                     ends the keeper, and the shop with it

DIR is the deployment. It runs what DIR/current points to, again when that ends by itself, and
writes to DIR/service.log. Commands reach it through the socket DIR/service.sock, one JSON object a
line in each direction.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from socketserver import StreamRequestHandler, UnixStreamServer
from types import FrameType
from typing import Any, cast

HOST = "127.0.0.1"
SOCKET = "service.sock"
STOP_SECONDS = 5.0
WARM_UP_SECONDS = 0.4
PAUSE_BEFORE_RESTART = 1.0

Answer = dict[str, Any]


class Service:
    """The shop's OS process: at most one at a time."""

    def __init__(self, deployment: Path, port: int) -> None:
        self._deployment = deployment
        self._port = port or free_port()
        self._child: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def start(self) -> None:
        """Start the current release; without one, nothing."""
        release = self._release()
        if release is None:
            return
        with (self._deployment / "service.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "shop", "--port", str(self._port), *self._options()],
                cwd=release,
                env={**os.environ, "PYTHONPATH": str(release)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started = time.monotonic()

    def stop(self) -> None:
        """Let the shop finish its requests, and kill it when that takes too long."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None

    def restart(self) -> None:
        """Stop what runs and start the current release."""
        self.stop()
        self.start()

    def revive(self) -> None:
        """Start it again when it ended by itself, but not in a tight loop."""
        ended = self._child is not None and self._child.poll() is not None
        if ended and time.monotonic() - self._started > PAUSE_BEFORE_RESTART:
            self.start()

    def status(self) -> Answer:
        """What runs, and where it answers."""
        release = self._release()
        return {
            "running": self._child is not None and self._child.poll() is None,
            "pid": self._child.pid if self._child else None,
            "release": release.name if release else None,
            "url": f"http://{HOST}:{self._port}",
        }

    def _release(self) -> Path | None:
        current = self._deployment / "current"
        return current.resolve() if current.exists() else None

    def _options(self) -> list[str]:
        database = self._deployment / "shop.sqlite3"
        return ["--database", str(database), "--warm-up", str(WARM_UP_SECONDS)]


class Keeper(UnixStreamServer):
    """Answers commands one after another, and looks after the service in between."""

    def __init__(self, service: Service) -> None:
        Path(SOCKET).unlink(missing_ok=True)
        super().__init__(SOCKET, Command)
        self.service = service

    def service_actions(self) -> None:
        """Called by the server's loop between commands."""
        self.service.revive()


class Command(StreamRequestHandler):
    """One command of one client."""

    def handle(self) -> None:
        """Carry it out and answer with the status that follows."""
        keeper = cast("Keeper", self.server)
        command = json.loads(self.rfile.readline())["command"]
        if command == "restart":
            keeper.service.restart()
        elif command == "stop":
            keeper.service.stop()
            shut_down(keeper)
        self.wfile.write(json.dumps(keeper.service.status()).encode() + b"\n")


def keep(port: int) -> None:
    """Keep the service of the working directory until a signal or a command ends it."""
    service = Service(Path.cwd(), port)
    with Keeper(service) as keeper:

        def stop(_number: int, _frame: FrameType | None) -> None:
            shut_down(keeper)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        service.start()
        print(json.dumps(service.status()), flush=True)
        try:
            keeper.serve_forever(poll_interval=0.1)
        finally:
            service.stop()
            Path(SOCKET).unlink(missing_ok=True)


def shut_down(keeper: Keeper) -> None:
    """End the server's loop from within it: shutdown() waits, so another thread calls it."""
    threading.Thread(target=keeper.shutdown).start()


def ask(command: str) -> Answer:
    """Give a command to the keeper of the working directory."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2 * STOP_SECONDS)
        connection.connect(SOCKET)
        connection.sendall(json.dumps({"command": command}).encode() + b"\n")
        with connection.makefile() as answer:
            return cast("Answer", json.loads(answer.readline()))


def check(version: str) -> int:
    """Ask the shop whether it is well and the version that was expected: 0 or 1."""
    address = ask("status")["url"].removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=STOP_SECONDS)
    try:
        connection.request("GET", "/health")
        health = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        print(f"the shop does not answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    print(json.dumps(health))
    return 0 if health["status"] == "ok" and health["version"] == version else 1


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description="Keeps the shop running.")
    parser.add_argument("command", choices=("keep", "restart", "status", "check", "stop"))
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--version", default="", help="the one that `check` expects")
    arguments = parser.parse_args()
    # A socket's path has 107 bytes at most, which a deployment's may exceed; its own name never.
    os.chdir(Path(__file__).resolve().parent)
    if arguments.command == "keep":
        keep(arguments.port)
        return 0
    try:
        if arguments.command == "check":
            return check(arguments.version)
        status = ask(arguments.command)
    except OSError as error:
        print(f"nobody keeps the service of {Path.cwd()}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(status))
    return 0 if status["running"] or arguments.command != "restart" else 1


if __name__ == "__main__":
    sys.exit(main())
