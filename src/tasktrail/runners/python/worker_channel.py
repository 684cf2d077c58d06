"""The worker's end of the control socket."""

from __future__ import annotations

import array
import json
import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tasktrail.errors import UserError

if TYPE_CHECKING:
    from tasktrail.model.plan import JsonValue

_HEADER_BYTES = 4
_READ = 64 * 1024
_DESCRIPTORS = socket.CMSG_SPACE(2 * array.array("i").itemsize)


class ChannelClosedError(Exception):
    """The engine closed the socket, or is gone."""


class WorkerChannel:
    """Blocking messages. At any time only one side has something to say."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes it by position only
        self._socket = socket.socket(fileno=descriptor)
        self._process = os.getpid()

    def receive_order(self) -> tuple[dict[str, Any], tuple[int, ...]]:
        """The next order, with the descriptors for its stdout and stderr.

        Raises:
            ChannelClosedError: there will be none.
        """
        chunk, ancillary, _, _ = self._socket.recvmsg(_READ, _DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
        descriptors = array.array("i")
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(content)
        return self._rest(chunk), tuple(descriptors)

    def send(self, message: Mapping[str, object]) -> None:
        """Tell the engine. A forked child of the worker that gets here ends instead."""
        if os.getpid() != self._process:
            os._exit(0)
        body = json.dumps(message).encode()
        self._socket.sendall(len(body).to_bytes(_HEADER_BYTES, "big") + body)

    def spawn(self, target: str, inputs: Mapping[str, JsonValue], key: str) -> int:
        """Submit a task and return its id.

        Raises:
            UserError: the submission was refused.
            RuntimeError: the system could not submit it.
        """
        self.send({"type": "spawn", "target": target, "inputs": dict(inputs), "key": key})
        answer = self._rest(self._socket.recv(_READ))
        if answer["refused"] is not None:
            raise UserError(answer["refused"])
        if answer["failed"] is not None:
            raise RuntimeError(answer["failed"])
        return int(answer["task_id"])

    def _rest(self, received: bytes) -> dict[str, Any]:
        """The message that begins with `received`."""
        buffer = bytearray(received)
        while len(buffer) < _HEADER_BYTES or len(buffer) < _end(buffer):
            chunk = self._socket.recv(_READ) if buffer else b""
            if not chunk:
                raise ChannelClosedError
            buffer += chunk
        return json.loads(buffer[_HEADER_BYTES:])


def _end(buffer: bytearray) -> int:
    return _HEADER_BYTES + int.from_bytes(buffer[:_HEADER_BYTES], "big")
