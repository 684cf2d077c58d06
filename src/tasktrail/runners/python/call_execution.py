"""One call in a worker: from the order to what it came to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import CoroutineType, MappingProxyType
from typing import Any, cast

from tasktrail.errors import UserError
from tasktrail.python.context import Channel, Context, StepStopped, StopState
from tasktrail.runners.python.callee import Callee, NotCallableError
from tasktrail.runners.python.ending import ended_by, failed, one_line, succeeded
from tasktrail.runners.python.surroundings import enter_directory


class CallExecution:
    """Carries out one order inside of its surroundings."""

    def __init__(self, order: dict[str, Any], channel: Channel, callees: dict[str, Callee]) -> None:
        self.stop = StopState()
        self.import_failed = False
        self._order = order
        self._callees = callees
        self._context = Context(
            task_id=order["task_id"],
            job=order["job"],
            step=order["step"],
            attempt=order["attempt"],
            inputs=MappingProxyType(order["inputs"]),
            workspace=Path(order["workspace"]),
            channel=channel,
            stop=self.stop,
        )

    def run(self) -> dict[str, object]:
        """What it came to; never raises."""
        wrong = enter_directory(self._order["directory"])
        if wrong is not None:
            return failed(wrong)
        try:
            ending = self._ending()
        except BaseException as error:  # noqa: BLE001 - whatever a step raises is how it ended
            ending = ended_by(error)
        finally:
            self.stop.interrupt = None
        return {**ending, "warnings": self._context.warnings}

    def _ending(self) -> dict[str, object]:
        self.stop.interrupt = _raise_stopped
        if self.stop.asked:
            raise StepStopped
        try:
            callee = self._callee(self._order["function"])
        except NotCallableError as error:
            return failed(str(error))
        arguments = callee.arguments(self._order["arguments"], self._context)
        returned = self._called(callee, arguments)
        if isinstance(returned, dict):
            self._context.outputs.update(cast("dict[str, Any]", returned))
        return succeeded(self._context.outputs)

    def _callee(self, target: str) -> Callee:
        """The function; its module is imported on the first call.

        Raises:
            NotCallableError: there is none, or its module raises.
        """
        known = self._callees.get(target)
        if known is None:
            try:
                known = self._callees[target] = Callee(target)
            except (Exception, SystemExit) as error:
                self.import_failed = True
                if isinstance(error, NotCallableError):
                    raise
                _show_traceback(error)
                raise NotCallableError(f"cannot import '{target}': {one_line(error)}") from error
        return known

    def _called(self, callee: Callee, arguments: dict[str, object]) -> object:
        try:
            returned = callee.function(**arguments)
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                # Raised by the call itself, before the first line of the function.
                raise UserError(f"cannot be called so: {error}") from None
            raise
        if isinstance(returned, CoroutineType):
            return _awaited(cast("CoroutineType[Any, Any, object]", returned), self.stop)
        return returned


def _awaited(coroutine: Coroutine[Any, Any, object], stop: StopState) -> object:
    """Run the coroutine in a loop of its own; a stop cancels it."""
    import asyncio

    async def attended() -> object:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        cancel: Callable[[], bool] = task.cancel
        stop.interrupt = lambda: loop.call_soon_threadsafe(cancel) and None
        if stop.asked:
            task.cancel()
        return await coroutine

    try:
        return asyncio.run(attended())
    except asyncio.CancelledError:
        if stop.asked:
            raise StepStopped from None
        raise


def _raise_stopped() -> None:
    raise StepStopped


def _show_traceback(error: BaseException) -> None:
    """In the step's log: an import that fails is the business of who wrote the module."""
    from traceback import print_exception

    print_exception(error, file=sys.stderr)
