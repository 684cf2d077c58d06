"""What the engine and the host of Python definitions tell each other.

A message is its length (4 bytes, big endian) and a msgpack object. The engine asks a `Question`,
the host answers with one `Reply`, and then waits for the next question.
"""

from __future__ import annotations

import struct

import msgspec
from msgspec import Struct

from tasktrail.definitions.definition import TaskDefinition
from tasktrail.errors import (
    DefinitionError,
    InvalidInputError,
    NotFoundError,
    Problem,
    RefusedError,
)
from tasktrail.model.plan import DefinitionSource, InputSpec, JsonValue, Rerunnable, TaskPlan
from tasktrail.python.sources import SourceStamp

HEADER = struct.Struct(">I")
LONGEST_REPLY = 16 * 1024 * 1024
"""Bytes: no plan may be larger."""

_REFUSALS: dict[str, type[RefusedError]] = {
    kind.code: kind for kind in (InvalidInputError, DefinitionError, NotFoundError)
}


class _About(Struct, frozen=True):
    """What is asked concerns the function `target` (`module:function`), imported from `root`."""

    target: str
    root: str


class Describe(_About, frozen=True, tag="describe"):
    """What does the definition declare?"""

    @property
    def doing(self) -> str:
        """What the host does for the answer, as errors name it."""
        return f"loading `{self.target}`"


class MakePlan(_About, frozen=True, tag="plan"):
    """What will a task with these inputs do?"""

    inputs: dict[str, JsonValue]

    @property
    def doing(self) -> str:
        """What the host does for the answer, as errors name it."""
        return f"making the plan of `{self.target}`"


class MakeRerunInputs(_About, frozen=True, tag="rerun_inputs"):
    """Which inputs does a task get that repeats one which had these?"""

    inputs: dict[str, JsonValue]

    @property
    def doing(self) -> str:
        """What the host does for the answer, as errors name it."""
        return f"the rerun hook of `{self.target}`"


Question = Describe | MakePlan | MakeRerunInputs


class Description(Struct, frozen=True, kw_only=True, tag="description"):
    """What a definition declares; the fields are those of `TaskDefinition`.

    `plain` is a function that is no definition: its plan follows from the inputs alone.
    """

    plain: bool
    name: str
    title: str
    description: str
    inputs: tuple[InputSpec, ...]
    rerunnable: Rerunnable
    support: bool
    source: DefinitionSource


class Planned(Struct, frozen=True, tag="planned"):
    """The plan that was made."""

    plan: TaskPlan


class RerunInputs(Struct, frozen=True, tag="inputs"):
    """The inputs of the rerun."""

    inputs: dict[str, JsonValue]


class Refusal(Struct, frozen=True, tag="refusal"):
    """A `RefusedError`, in the fields that it has."""

    code: str
    message: str
    hint: str | None = None
    problems: tuple[Problem, ...] = ()

    def error(self) -> RefusedError:
        """The exception it was made of; one of a kind that definitions do not raise is theirs."""
        kind = _REFUSALS.get(self.code, DefinitionError)
        return kind(self.message, hint=self.hint, problems=self.problems)


Answer = Description | Planned | RerunInputs | Refusal


class Reply(Struct, frozen=True):
    """The answer, and the user's files that the host has loaded so far."""

    answer: Answer
    sources: list[SourceStamp]


_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)
_replies = msgspec.msgpack.Decoder(Reply)


def description_of(definition: TaskDefinition, *, plain: bool) -> Description:
    """What `definition` declares."""
    return Description(
        plain=plain,
        name=definition.name,
        title=definition.title,
        description=definition.description,
        inputs=definition.inputs,
        rerunnable=definition.rerunnable,
        support=definition.support,
        source=definition.source,
    )


def refusal_of(error: RefusedError) -> Refusal:
    """What travels for `error`."""
    return Refusal(error.code, error.message, error.hint, error.problems)


def framed(message: Question | Reply) -> bytes:
    """The message as it is sent.

    Raises:
        TypeError, ValueError, OverflowError: it holds what cannot be stored either.
    """
    body = _encoder.encode(message)
    return HEADER.pack(len(body)) + body


def decoded_question(body: bytes) -> Question:
    """The engine's message."""
    return _questions.decode(body)


def decoded_reply(body: bytes) -> Reply:
    """The host's message.

    Raises:
        msgspec.ValidationError: values in it are of other types than they have to be.
        msgspec.DecodeError: it is no message at all.
    """
    return _replies.decode(body)
