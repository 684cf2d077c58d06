"""The messages of the local socket: one JSON object a line.

Both sides begin with a `Hello`. Then the client sends requests, each with an id of its own, and
the server answers them in any order:

    Call       -> Answer | Failed
    OpenStream -> Item ... then End | Failed;  StopStream ends it early, and so does hanging up

A `Failed` with id 0 concerns the connection, which is closed after it.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from tasktrail.errors import RefusedError
from tasktrail.local.failure import Failure
from tasktrail.local.transport import JsonObject

PROTOCOL = 3
"""Raised with every change that an older version would not understand."""

LONGEST_REQUEST = 16 * 1024 * 1024
"""Bytes of one request line; inputs may be files."""

LONGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer line; a page of tasks with all their steps is the largest."""

LONGEST_ITEM = 16 * 1024 * 1024
"""Bytes of one line of a stream. A reader that does not read holds twice as many at most, so this
is no more than a state of a task, or a block of log lines, needs."""


class Hello(Struct, frozen=True, tag="hello"):
    """Who is at this end."""

    protocol: int
    version: str


class Call(Struct, frozen=True, tag="call"):
    """Asks for one answer."""

    id: int
    operation: str
    arguments: JsonObject


class OpenStream(Struct, frozen=True, tag="stream"):
    """Asks for a stream of values."""

    id: int
    operation: str
    arguments: JsonObject


class StopStream(Struct, frozen=True, tag="stop"):
    """Asks for no more of a stream."""

    id: int


class Answer(Struct, frozen=True, tag="answer"):
    """The answer to a call."""

    id: int
    value: object


class Item(Struct, frozen=True, tag="item"):
    """One value of a stream."""

    id: int
    value: object


class End(Struct, frozen=True, tag="end"):
    """A stream is complete."""

    id: int


class Failed(Struct, frozen=True, tag="failed"):
    """A call or stream, or with id 0 the connection, came to nothing."""

    id: int
    failure: Failure


ClientMessage = Hello | Call | OpenStream | StopStream
ServerMessage = Hello | Answer | Item | End | Failed

_encoder = msgspec.json.Encoder()
_client_messages: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_server_messages: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)

_M = TypeVar("_M")


def encode(message: ClientMessage | ServerMessage) -> bytes:
    """`message` as one line."""
    return _encoder.encode(message) + b"\n"


def decode_client_message(line: bytes) -> ClientMessage:
    """The message of a client that `line` holds.

    Raises:
        RefusedError: it is none.
    """
    return _decode(_client_messages, line)


def decode_server_message(line: bytes) -> ServerMessage:
    """The message of a server that `line` holds.

    Raises:
        RefusedError: it is none.
    """
    return _decode(_server_messages, line)


def _decode(decoder: msgspec.json.Decoder[_M], line: bytes) -> _M:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(f"this is not a message of the local socket: {error}") from error


def check_hello(message: object) -> None:
    """Accept the first message of the other end.

    Raises:
        RefusedError: it is no greeting, or one in another version of the protocol.
    """
    if not isinstance(message, Hello):
        raise RefusedError("the other end of the socket did not greet")
    if message.protocol != PROTOCOL:
        raise RefusedError(
            f"the other end of the socket is Tasktrail {message.version}, which speaks protocol "
            f"{message.protocol}; this one speaks {PROTOCOL}",
            hint="stop the running 'tasktrail up' and start it with the version you use here",
        )
