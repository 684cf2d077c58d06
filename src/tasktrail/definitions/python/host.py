"""The process that loads the Python definitions of users, so that the engine does not have to.

Whatever their code does while it is imported or builds a plan (it ends the interpreter, crashes it,
never comes to an end) it does to this process, which the engine can end at any time.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from tasktrail.definitions.python.host_messages import (
    HEADER,
    LONGEST_REPLY,
    Answer,
    Describe,
    MakePlan,
    MakeRerunInputs,
    Planned,
    Question,
    Refusal,
    Reply,
    RerunInputs,
    decoded_question,
    description_of,
    framed,
    refusal_of,
)
from tasktrail.definitions.python.load import load_python
from tasktrail.definitions.python.source_place import described, place_of_error
from tasktrail.definitions.python.user_modules import loaded_sources
from tasktrail.errors import DefinitionError, RefusedError


def main() -> None:
    """Serve the engine.

    The last two arguments are descriptors: of the socket to the engine, and of a file for where the
    user's code was when it crashed, or when it was told to end.
    """
    control, last_place = int(sys.argv.pop(-2)), int(sys.argv.pop())
    for descriptor in (control, last_place):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes it by position only
    faulthandler.enable(last_place, all_threads=False)
    faulthandler.register(signal.SIGTERM, last_place, all_threads=False, chain=True)
    DefinitionHost(socket.socket(fileno=control)).serve()
    # Without waiting for threads that the user's modules have started, or for exit functions.
    os._exit(0)


class DefinitionHost:
    """Answers one question after the other."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._process = os.getpid()

    def serve(self) -> None:
        """Return when the engine has hung up."""
        while (body := self._received()) is not None:
            question = decoded_question(body)
            answer = answer_to(question)
            if os.getpid() != self._process:
                os._exit(0)  # a fork of the user's code got here
            self._control.sendall(reply_of(question, answer))

    def _received(self) -> bytes | None:
        header = self._read(HEADER.size)
        return None if header is None else self._read(HEADER.unpack(header)[0])

    def _read(self, size: int) -> bytes | None:
        received = bytearray()
        while len(received) < size:
            chunk = self._control.recv(size - len(received))
            if not chunk:
                return None
            received += chunk
        return bytes(received)


def answer_to(question: Question) -> Answer:
    """The answer; a refusal also for what the user's code raises that is no `Exception`."""
    root = Path(question.root)
    # Files beside a definition are found wherever the engine was started; that a root is missing
    # is told by the import.
    with suppress(OSError):
        os.chdir(root)
    try:
        definition = load_python(question.target, root)
        match question:
            case Describe():
                return description_of(definition, plain=definition.plain)
            case MakePlan(inputs=inputs):
                return Planned(definition.plan(inputs))
            case MakeRerunInputs(inputs=inputs):
                return RerunInputs(dict(definition.rerun_inputs(inputs)))
    except RefusedError as error:
        return refusal_of(error)
    except BaseException as error:  # noqa: BLE001 - the engine waits for an answer
        problem = place_of_error(error).problem(described(error))
        return refusal_of(DefinitionError(f"{question.doing} failed", problems=(problem,)))


def reply_of(question: Question, answer: Answer) -> bytes:
    """The message with `answer`, or with a refusal where that cannot be sent."""
    try:
        message = framed(Reply(answer, loaded_sources()))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return _refused(f"{question.doing} gives what cannot be stored: {error}")
    if len(message) - HEADER.size > LONGEST_REPLY:
        return _refused(f"{question.doing} gives more than {LONGEST_REPLY >> 20} MiB")
    return message


def _refused(message: str) -> bytes:
    return framed(Reply(Refusal(DefinitionError.code, message), loaded_sources()))
