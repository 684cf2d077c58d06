"""Answers about Python definitions that need not be asked for again."""

from __future__ import annotations

from hashlib import blake2b

from tasktrail.definitions.python.host_messages import Answer, Description, Planned, Question

MOST_KNOWN = 1_000
LONGEST_KNOWN = 16 * 1024
"""Bytes of a question whose answer is kept; a plan is about as large as its inputs."""


class KnownAnswers:
    """What one process has answered and would answer again, while no file that it loaded changes.

    That is what a definition declares, and the plan of a function that is no definition: it follows
    from the inputs alone. The latest are kept, by a digest of what was asked: inputs may be secret.
    """

    def __init__(self) -> None:
        self._answers: dict[bytes, Answer] = {}
        self._plain: set[tuple[str, str]] = set()
        """Functions that are no definitions, by target and root."""

    def find(self, message: bytes) -> Answer | None:
        """The answer to a framed question, if it is known."""
        return self._answers.get(_digest(message)) if len(message) <= LONGEST_KNOWN else None

    def keep(self, question: Question, message: bytes, answer: Answer) -> None:
        """Keep an answer, if it lasts."""
        about = question.target, question.root
        if isinstance(answer, Description) and answer.plain:
            self._plain.add(about)
        lasts = isinstance(answer, Description) or (
            isinstance(answer, Planned) and about in self._plain
        )
        if lasts and len(message) <= LONGEST_KNOWN:
            self._answers[_digest(message)] = answer
            if len(self._answers) > MOST_KNOWN:
                del self._answers[next(iter(self._answers))]

    def forget(self) -> None:
        """Forget all of it: the process is another one."""
        self._answers.clear()
        self._plain.clear()


def _digest(message: bytes) -> bytes:
    return blake2b(message, digest_size=16).digest()
