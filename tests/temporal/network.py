"""Machines that are connected by links which let through, or not, what a test wants: network
namespaces. Their addresses are known in them alone.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

HUB = "10.231.0.1"
"""The address of the machine in the middle."""

_LINK = "eth0"
"""The end of its link, to every machine that is not the one in the middle."""

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of sched.h."""

# Whether a packet that comes in is the first one of a connection: TCP over IPv4, with SYN and
# without ACK. Such a one is dropped (2, TC_ACT_SHOT), and every other one let in (TC_ACT_UNSPEC).
_NO_CONNECTIONS_IN = (
    (0x28, 0, 0, 12),  # the kind of packet ...
    (0x15, 0, 6, 0x0800),  # ... is IPv4,
    (0x30, 0, 0, 23),  # its protocol ...
    (0x15, 0, 4, 6),  # ... is TCP,
    (0x30, 0, 0, 47),  # and of its flags ...
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),  # ... there is SYN alone
    (0x06, 0, 0, 2),
    (0x06, 0, 0, 0xFFFFFFFF),
)


class NoNamespacesError(Exception):
    """The machine makes no network namespaces; the message says why."""


class Machine:
    """A network namespace: processes can be started in it, and sockets opened."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address

    def start_of(self, *command: str | Path) -> tuple[str, ...]:
        """The command that starts `command` there; it keeps its process id."""
        return ("nsenter", f"--net=/run/netns/{self.name}", *map(str, command))

    def refuse_connections(self) -> None:
        """From now on nobody can connect to it; it can connect to others."""
        code = ",".join(" ".join(map(str, one)) for one in _NO_CONNECTIONS_IN)
        _run("tc", "-n", self.name, "qdisc", "add", "dev", _LINK, "clsact")
        _run(
            *("tc", "-n", self.name, "filter", "add", "dev", _LINK, "ingress"),
            *("bpf", "direct-action", "bytecode", f"{len(_NO_CONNECTIONS_IN)},{code}"),
        )

    def unplug(self) -> None:
        """Cut it off."""
        _run("ip", "-n", self.name, "link", "set", _LINK, "down")

    def plug_in(self) -> None:
        """Connect it again."""
        _run("ip", "-n", self.name, "link", "set", _LINK, "up")
        _run("ip", "-n", self.name, "route", "replace", "default", "dev", _LINK)

    def listen(self) -> socket.socket:
        """A socket that takes connections there, at a port of its own."""
        return _in_namespace(self.name, lambda: socket.create_server(("0.0.0.0", 0)))

    def reaches(self, address: str, port: int) -> bool:
        """Whether a connection from here to there comes about in half a second."""

        def connect() -> bool:
            with suppress(OSError), socket.create_connection((address, port), timeout=0.5):
                return True
            return False

        return _in_namespace(self.name, connect)


class Network:
    """Machines around `hub`, each with a link of its own to it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._machines: list[Machine] = []
        self.hub = self._add("hub", HUB)
        _run("ip", "-n", self.hub.name, "addr", "add", f"{HUB}/32", "dev", "lo")

    def machine(self) -> Machine:
        """One more."""
        number = len(self._machines)
        added = self._add(str(number), f"10.231.0.{number + 1}")
        peer = ("type", "veth", "peer", "name", _LINK, "netns", added.name)
        _run("ip", "-n", self.hub.name, "link", "add", f"to-{number}", *peer)
        _run("ip", "-n", self.hub.name, "link", "set", f"to-{number}", "up")
        _run("ip", "-n", added.name, "addr", "add", f"{added.address}/32", "dev", _LINK)
        added.plug_in()
        there = (f"{added.address}/32", "dev", f"to-{number}", "src", HUB)
        _run("ip", "-n", self.hub.name, "route", "add", *there)
        return added

    def remove(self) -> None:
        """Take everything away; the processes there have ended."""
        for machine in self._machines:
            _run("ip", "netns", "del", machine.name)

    def _add(self, name: str, address: str) -> Machine:
        added = Machine(f"{self._name}-{name}", address)
        _run("ip", "netns", "add", added.name)
        self._machines.append(added)
        _run("ip", "-n", added.name, "link", "set", "lo", "up")
        return added


@contextmanager
def network() -> Generator[Network]:
    """A network with its hub.

    Raises:
        NoNamespacesError: none can be made here.
    """
    name = f"tasktrail-{os.getpid()}"
    try:
        _run("ip", "netns", "add", f"{name}-probe")
        _run("ip", "netns", "del", f"{name}-probe")
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoNamespacesError(str(error)) from error
    made = Network(name)
    try:
        yield made
    finally:
        made.remove()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _in_namespace(name: str, deed: Callable[[], T]) -> T:
    """What `deed` gives in the namespace; the thread that has gone there does not come back."""

    def go() -> T:
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/run/netns", name).open() as namespace:
            if libc.setns(namespace.fileno(), _NEW_NETWORK) != 0:
                raise OSError(ctypes.get_errno(), f"cannot enter {name}")
        return deed()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(go).result()
