"""Following a task to its end, from the terminal that asked for it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterable

from tasktrail.cli.actor import whoami
from tasktrail.cli.interrupts import ENDING_SIGNALS, on_signals
from tasktrail.cli.lasting import lasting
from tasktrail.cli.output import OutputFormat, console, note, print_text, stop_writing
from tasktrail.cli.session import EngineAt, Session
from tasktrail.cli.view import SilentView, View
from tasktrail.errors import ConnectionLostError, StoreUnavailableError, TasktrailError
from tasktrail.local.log_shape import WatchedItem
from tasktrail.local.request import TaskDeed, WatchSelection
from tasktrail.local.shape import Task, TaskChanged
from tasktrail.model.author import AuthorKind

_NARROWEST_LIVE = 24
_PARTING = 5.0
"""Seconds in which those who follow tasks here may take what is left for them."""


def choose_view(output: OutputFormat) -> View:
    """The live view on a terminal, plain lines elsewhere, nothing for JSON."""
    if output is OutputFormat.JSON:
        return SilentView()
    terminal = console()
    if terminal.is_terminal and not terminal.is_dumb_terminal and terminal.width >= _NARROWEST_LIVE:
        from tasktrail.cli.live_view import LiveView

        return LiveView(terminal)
    from tasktrail.cli.log_printer import LogPrinter
    from tasktrail.cli.plain_view import PlainView

    colours = terminal.is_terminal and not (terminal.is_dumb_terminal or terminal.no_color)
    logs = LogPrinter(_write, colours=colours, prefixed=True, timestamps=False)
    return PlainView(print_text, logs, note)


async def follow(
    session: Session, task_id: int, view: View, *, author: AuthorKind, system: bool = False
) -> Task:
    """Show the task until it has ended; its final state.

    Ctrl-C asks for a cancel, a second one forces it, a third one leaves without waiting. When the
    engine is here and the cancel cannot be recorded (a full disk), the first one leaves already.
    """
    wanted = WatchSelection(id=task_id, logs=True, system=system)
    watch = lasting(session, lambda: session.client.watch(wanted))
    session.outage.say = view.say
    task: Task | None = None
    async with view:
        cancel = _CancelByKeyboard(session, task_id, view, author)
        with on_signals(_signals(session), cancel.interrupt):
            try:
                async for item in watch:
                    if isinstance(item, TaskChanged):
                        task = item.task
                    await _show(view, item)
            finally:
                cancel.close()
    if task is None or not task.status.final:
        raise ConnectionLostError(f"the engine went away before task {task_id} ended")
    return task


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def _show(view: View, item: WatchedItem) -> None:
    try:
        await view.show(item)
    except BrokenPipeError:
        # The task goes on and so does the following of it: the exit code is still wanted.
        stop_writing()


def _signals(session: Session) -> Iterable[signal.Signals]:
    """When the engine is here, ending this process ends the task, so every signal asks first."""
    if session.engine is EngineAt.HERE:
        return ENDING_SIGNALS
    return (signal.SIGINT,)


class _CancelByKeyboard:
    def __init__(self, session: Session, task_id: int, view: View, author: AuthorKind) -> None:
        self._session = session
        self._task_id = task_id
        self._view = view
        self._author = author
        self._follower = asyncio.current_task()
        self._asking: set[asyncio.Task[None]] = set()

    def interrupt(self, count: int) -> None:
        if count > 2:
            self._leave()
            return
        self._view.say(
            "Cancel asked for: running steps are being stopped. Ctrl-C again forces it."
            if count == 1
            else "Cancel forced: no grace, no clean-up steps. Ctrl-C again leaves at once."
        )
        asking = asyncio.create_task(self._ask(force=count == 2))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    def close(self) -> None:
        """Ask for nothing any more: nobody follows the task."""
        for asking in self._asking:
            asking.cancel()

    async def _ask(self, *, force: bool) -> None:
        deed = TaskDeed(id=self._task_id, force=force, author=self._author, user=whoami())
        try:
            await self._session.client.cancel(deed)
        except StoreUnavailableError as error:
            self._view.say(f"The cancel could not be recorded: {error}.")
            if self._session.engine is EngineAt.HERE:
                self._view.say("Leaving: what runs here is stopped, and settled at the next start.")
                self._leave()
        except TasktrailError as error:
            self._view.say(f"The cancel did not succeed: {error}.")

    def _leave(self) -> None:
        assert self._follower is not None
        self._follower.cancel()


async def leave_when_quiet(session: Session) -> None:
    """Return when this process may take its engine away.

    That is when everything that was submitted to it, and what that has spawned, has ended. Ctrl-C
    leaves sooner: the engine then stops what it runs, and the tasks settle by the rules.
    """
    if session.hosting is None:
        return
    waiting = asyncio.current_task()
    assert waiting is not None
    server, submissions = session.hosting.server, session.hosting.submissions
    try:
        with on_signals(ENDING_SIGNALS, lambda _: _cancel(waiting)):
            await submissions.ended(_say_waiting)
            await server.stop_listening()
            # Whatever came in before the door was closed is seen through as well.
            await submissions.ended(_say_waiting)
            # All tasks have ended, and so will what follows them once it has told of that.
            await server.streams_ended(_PARTING)
    except asyncio.CancelledError:
        waiting.uncancel()
        note("Leaving: what still runs here is stopped.")


def _cancel(waiting: asyncio.Task[object]) -> None:
    waiting.cancel()


def _say_waiting(task_id: int) -> None:
    note(f"Task {task_id} still runs in this process; waiting for its end (Ctrl-C stops it).")
