"""Asks a process beside the engine about Python definitions, and replaces it when it has to be."""

from __future__ import annotations

import asyncio
from typing import NoReturn

import msgspec

from tasktrail.actions.host_process import HostLostError, HostProcess, last_place
from tasktrail.actions.known_answers import KnownAnswers
from tasktrail.definitions.python.host_messages import Answer, Question, Refusal, Reply, framed
from tasktrail.errors import ConflictError, DefinitionError, Problem
from tasktrail.runners.command_spec import ExitStatus
from tasktrail.runners.supervisor import Supervisor

_TRACE_SECONDS = 0.5
"""How long a process that did not answer in time may take to write where it is."""
_DESCRIBE_ONLY = "a definition should only describe what is done; do the work in its steps"


class DefinitionHost:
    """One process at most, started by the first question; later questions wait for their turn.

    It is kept while the files that it has loaded are unchanged, for `idle_seconds` after the last
    question. `life` is that of the supervisor. A question that is not answered after `limit`
    seconds, the start of the process included, costs the process.
    """

    def __init__(
        self, supervisor: Supervisor, life: str, *, limit: float, idle_seconds: float = 60.0
    ) -> None:
        self._supervisor = supervisor
        self._life = life
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._process: HostProcess | None = None
        self._known = KnownAnswers()
        """Of the process at hand."""
        self._started = 0
        self._idle_since = 0.0
        self._expiry: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[str]] = set()
        self._closed = False

    async def ask(self, question: Question) -> Answer:
        """The answer.

        Raises:
            RefusedError: what the definition is refused for; also that it did not come to an end,
                or ended the process.
            SpawnError, OSError: the system has no process or file handle left.
        """
        try:
            message = framed(question)
        except UnicodeEncodeError as error:
            raise DefinitionError(f"{question.doing} needs UTF-8: {error}") from error
        known = self._known.find(message)
        if known is not None and self._process is not None and self._process.fresh:
            self._expire_later()
            return known
        async with self._turn:
            answer = await self._answered(question, message)
            if isinstance(answer, Refusal):
                raise answer.error()
            self._known.keep(question, message, answer)
        return answer

    async def aclose(self) -> None:
        """End the process; a question that it works on is refused."""
        self._closed = True
        self._cancel_expiry()
        if self._process is not None:
            await self._process.end()
        async with self._turn:
            pass
        while self._ending:
            await asyncio.wait(self._ending)

    async def _answered(self, question: Question, message: bytes) -> Answer:
        process = await self._taken()
        worked_before = process.answers > 0
        reply: Reply | None = None
        try:
            reply = await asyncio.wait_for(process.reply(message), self._limit)
        except TimeoutError:
            await self._give_up(process, question)
        except HostLostError:
            if not worked_before or self._closed:
                await self._report_loss(process, question)
        except msgspec.MsgspecError as error:
            raise DefinitionError(f"{question.doing} gives what is no plan: {error}") from error
        finally:
            if reply is None:
                self._drop(process)
            else:
                self._expire_later()
        if reply is None:
            # It may have died of something else before it read this: a new one tells.
            return await self._answered(question, message)
        return reply.answer

    async def _taken(self) -> HostProcess:
        """The process at hand, or a new one where there is none that is up to date."""
        self._cancel_expiry()
        if self._process is not None and self._process.fresh:
            return self._process
        if self._process is not None:
            self._drop(self._process)
        if self._closed:
            raise ConflictError("the engine is leaving")
        self._started += 1
        marker = f"{self._life}:definitions-{self._started}"
        self._process = await HostProcess.start(self._supervisor, marker)
        if self._closed:
            self._drop(self._process)
            raise ConflictError("the engine is leaving")
        return self._process

    async def _give_up(self, process: HostProcess, question: Question) -> NoReturn:
        # On SIGTERM it writes where it is, also from a loop that lets no other thread run.
        written = await process.end(stop_signal="SIGTERM", grace=_TRACE_SECONDS)
        endless = f"did not come to an end within {self._limit:g} s"
        raise DefinitionError(
            f"{question.doing} {endless}",
            hint=_DESCRIBE_ONLY,
            problems=_problem_at(f"this {endless}", written, question),
        )

    async def _report_loss(self, process: HostProcess, question: Question) -> NoReturn:
        status = await process.exit_status()
        written = await process.end()
        if self._closed:
            raise ConflictError("the engine is leaving")
        ended = _how(status)
        said = process.output.last_line
        raise DefinitionError(
            f"{question.doing} {ended}",
            hint=f"the last that it printed: {said[:200]}" if said else _DESCRIBE_ONLY,
            problems=_problem_at(f"this {ended}", written, question),
        )

    def _drop(self, process: HostProcess) -> None:
        """Have it end beside whatever is next; `aclose` waits for it."""
        self._process = None
        self._known.forget()
        ending = asyncio.ensure_future(process.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _expire_later(self) -> None:
        """One timer for any number of questions: it looks when the last of them was."""
        loop = asyncio.get_running_loop()
        self._idle_since = loop.time()
        if self._expiry is None:
            self._expiry = loop.call_later(self._idle_seconds, self._expire)

    def _expire(self) -> None:
        self._expiry = None
        # While it works on a question it is not idle; the end of that sets the time anew.
        if self._process is None or self._turn.locked():
            return
        loop, due = asyncio.get_running_loop(), self._idle_since + self._idle_seconds
        if due > loop.time():
            self._expiry = loop.call_at(due, self._expire)
        else:
            self._drop(self._process)

    def _cancel_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None


def _how(status: ExitStatus | None) -> str:
    if status is None:
        return "cut the connection to the engine"
    ended = f"signal {status.signal}" if status.signal else f"exit status {status.code}"
    return f"ended the interpreter: {ended}"


def _problem_at(message: str, written: str, question: Question) -> tuple[Problem, ...]:
    place = last_place(written, question.root)
    return () if place is None else (Problem(message, file=place[0], line=place[1]),)
