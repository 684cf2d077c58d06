"""What a Python step knows about itself and may ask for while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from logging import Logger

    from tasktrail.model.plan import JsonValue

OutputValue = str | int | float | bool
"""A value that a step hands on; it is kept as text (true/false for a boolean)."""


class StepStopped(BaseException):
    """Raised inside a step when it is to stop: `finally` and `with` blocks clean up.

    Like KeyboardInterrupt it is no Exception, so that an `except Exception` does not swallow it.
    """


class Channel(Protocol):
    """What carries a context's requests to the engine."""

    def spawn(self, target: str, inputs: Mapping[str, JsonValue], key: str) -> int:
        """Submit a task and return its id.

        Raises:
            UserError: the submission was refused.
        """
        ...


class StopState:
    """Whether the step was asked to stop, and whether it may be interrupted for that."""

    def __init__(self) -> None:
        self.asked = False
        self.holds = 0
        self.interrupt: Callable[[], None] | None = None
        """Interrupts the step where it is; None while it may not be (or nothing runs)."""

    def ask(self) -> None:
        """Note the wish, and interrupt the step unless it holds that off. Idempotent."""
        again, self.asked = self.asked, True
        if not again and self.holds == 0 and self.interrupt is not None:
            self.interrupt()


class Context:
    """The running step: facts about it, its log, its outputs, and what it may ask for.

    A function gets it in the parameter that is annotated with this class.
    """

    def __init__(
        self,
        *,
        task_id: int,
        job: str,
        step: str,
        attempt: int,
        inputs: Mapping[str, JsonValue],
        workspace: Path,
        channel: Channel,
        stop: StopState,
    ) -> None:
        self.task_id = task_id
        self.job = job
        self.step = step
        self.attempt = attempt
        """Which try this is, counted from 1."""
        self.inputs = inputs
        """The typed inputs of the task; read-only."""
        self.workspace = workspace
        """The directory that the steps of this job share."""
        self.outputs: dict[str, OutputValue] = {}
        """Values for later steps; what the function returns is added to them."""
        self.warnings: list[str] = []
        self._channel = channel
        self._stop = stop
        self._spawned = 0

    def log(self, message: str) -> None:
        """Write a line to the step's log at once."""
        print(message, flush=True)  # noqa: T201 - the standard output is the log

    @property
    def logger(self) -> Logger:
        """A standard logger (level INFO) that writes to the step's log."""
        return _step_logger()

    def warn(self, message: str) -> None:
        """Say that something deserves attention: the step ends `done_with_warnings` at best."""
        self.warnings.append(message)
        print(f"warning: {message}", file=sys.stderr, flush=True)  # noqa: T201 - likewise

    def spawn(
        self, target: str, inputs: Mapping[str, JsonValue] | None = None, *, key: str | None = None
    ) -> int:
        """Submit another task whose origin is this one (M17); returns its id without waiting.

        The same `key` gives the same task when the step is repeated; without one the order of the
        calls decides. A step that has to wait for the task is `job.spawn(...)` of the plan.

        Raises:
            UserError: the submission was refused, for example for an input that is wrong.
        """
        self._spawned += 1
        return self._channel.spawn(target, inputs or {}, key or f"{self._spawned}:{target}")

    @property
    def cancel_asked(self) -> bool:
        """Whether the step is to stop: a cancel, or a timeout. The grace runs from then."""
        return self._stop.asked

    def check_cancel(self) -> None:
        """Return if the step may go on.

        Raises:
            StepStopped: it is to stop.
        """
        if self._stop.asked:
            raise StepStopped

    @contextmanager
    def hold_cancel(self) -> Generator[None]:
        """Inside this block a stop does not interrupt the step; `cancel_asked` still tells of it.

        At the end of the block StepStopped is raised if a stop was asked for meanwhile. The grace
        is not longer for that: after it the step is killed.
        """
        self._stop.holds += 1
        try:
            yield
        finally:
            self._stop.holds -= 1
        if self._stop.holds == 0:
            self.check_cancel()


def _step_logger() -> Logger:
    import logging

    class CurrentStandardError(logging.StreamHandler[TextIO]):
        """Writes to what `sys.stderr` is at that time, as each step has its own."""

        def emit(self, record: logging.LogRecord) -> None:
            self.stream = sys.stderr
            super().emit(record)

    logger = logging.getLogger("tasktrail.step")
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        logger.propagate = False
        output = CurrentStandardError(sys.stderr)
        output.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger.addHandler(output)
    return logger
