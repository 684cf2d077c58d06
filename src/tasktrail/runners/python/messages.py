"""What the engine and a Python worker tell each other over the control socket.

A message is its length (4 bytes, big endian) and a JSON object. The engine sends a `StepOrder`,
together with the two descriptors that become the step's stdout and stderr. The worker answers with
any number of `SpawnAsked`, each of which it waits for a `SpawnAnswer` to, and one `CallEnded`. The
first that it says is `Ready`, but an order may be sent before. The worker does not use these
classes, but dictionaries of the same shape: it starts without msgspec.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from tasktrail.model.plan import JsonValue

HEADER = struct.Struct(">I")
LONGEST_MESSAGE = 64 * 1024 * 1024


class StepOrder(Struct, kw_only=True):
    """Call `function` with `arguments`; the rest is what the step's context and process get."""

    function: str
    root: str | None
    arguments: Mapping[str, JsonValue]
    environment: Mapping[str, str]
    directory: str
    stop_signal: str
    task_id: int
    job: str
    step: str
    attempt: int
    inputs: Mapping[str, JsonValue]
    workspace: str


class Ready(Struct, tag="ready"):
    """The worker has started, and reads orders."""


class SpawnAsked(Struct, kw_only=True, tag="spawn"):
    """The step submits a task."""

    target: str
    inputs: dict[str, JsonValue]
    key: str


class SpawnAnswer(Struct, kw_only=True):
    """The id of the submitted task; or why it was refused; or that the system could not."""

    task_id: int | None = None
    refused: str | None = None
    failed: str | None = None


class EndKind(StrEnum):
    """How a call ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ERRORED = "errored"
    STOPPED = "stopped"


class CallEnded(Struct, kw_only=True, tag="ended"):
    """What the call came to.

    `retire` is set when the worker cannot be used again: it exits. `sources` are the source files
    of the user that were loaded (path, modification time in ns, size).
    """

    kind: EndKind
    message: str = ""
    detail: str | None = None
    exit_code: int | None = None
    outputs: dict[str, str] = {}
    warnings: list[str] = []
    retire: bool = False
    sources: list[tuple[str, int, int]] = []


Reply = Ready | SpawnAsked | CallEnded

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Reply)


def framed(message: StepOrder | SpawnAnswer) -> bytes:
    """The message as it goes over the socket."""
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body


def decoded(body: bytes) -> Reply:
    """The worker's message.

    Raises:
        msgspec.DecodeError: it is none; the step has written into the socket.
    """
    return _decoder.decode(body)
