"""The API as a worker asks it. What does not work now is `StoreUnavailableError`: ask again."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx2
import msgspec
from msgspec import Struct

from tasktrail.actions.assignment import Assignment
from tasktrail.actions.work import wire
from tasktrail.actions.work.held_job import HeldJob
from tasktrail.actions.work.wire import Next
from tasktrail.errors import (
    InvalidInputError,
    ServerUnreachableError,
    StaleClaimError,
    StoreUnavailableError,
)
from tasktrail.logs.place import LogName
from tasktrail.model.changes import StopStep
from tasktrail.model.happening import StepEnded, WorkerLost
from tasktrail.model.outcome import Outcome
from tasktrail.model.plan import JsonValue
from tasktrail.model.status import Status
from tasktrail.model.step import LogSummary
from tasktrail.server_client import server_client
from tasktrail.worker.answer import UnaskedError, error_in, known_size
from tasktrail.worker.key_file import checked_key

T = TypeVar("T")

_TO_CONNECT = 5.0
_PATIENCE = httpx2.Timeout(10.0, connect=_TO_CONNECT)
_LONG_PATIENCE = httpx2.Timeout(60.0, connect=_TO_CONNECT)
_CONNECTIONS = httpx2.Limits(max_connections=200, max_keepalive_connections=100)
_WAIT_FOR_END = 20.0
"""Seconds that one question for the end of a spawned task, or of a back-off, waits for it."""


class WorkerSelf(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a worker is told about itself, and about where it works."""

    key_id: int
    pool: str
    installation_id: str
    namespace: str
    payload_key: str
    log_cap: int

    @property
    def secret(self) -> bytes:
        """With what everything is encrypted that goes through Temporal.

        Raises:
            ServerUnreachableError: it is no key.
        """
        try:
            return base64.b64decode(self.payload_key, validate=True)
        except binascii.Error as error:
            raise ServerUnreachableError("the server gives no key for Temporal") from error


class _Known(Struct, frozen=True):
    size: int


class _Spawned(Struct, frozen=True, kw_only=True, rename="camel"):
    task_id: int


class _SpawnedStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    status: Status
    final: bool


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the API is, by what its certificate is known where that is no public one, and whether
    it may have none, as nobody else is in the network on the way there."""

    url: str
    ca_file: Path | None = None
    trusted_network: bool = False


class WorkApi:
    """Asks the API in the name of one worker.

    Everything may be asked again, and raises beside what is named:

    Raises:
        StoreUnavailableError: there is no answer now.
        StaleClaimError: the job is not, or no longer, this worker's.
        RefusedError: it is refused for good: the key is not known any more, to begin with.
    """

    def __init__(self, server: ServerAddress, key: str) -> None:
        """
        Raises:
            InvalidInputError: the address is none, or the key would travel in clear text.
        """
        self._url = server.url
        self._client = server_client(
            server.url,
            "/v1/worker/",
            key=checked_key(key),
            agent="tasktrail-worker",
            timeout=_PATIENCE,
            limits=_CONNECTIONS,
            ca_file=None if server.ca_file is None else str(server.ca_file),
            trusted_network=server.trusted_network,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def myself(self) -> WorkerSelf:
        """Who asks, and what it needs to be given jobs."""
        return _decoded(await self._ask("GET", "self"), WorkerSelf)

    async def claim(
        self, held: HeldJob, prepared: Outcome, *, again: bool = False
    ) -> Assignment | None:
        """Take a job whose workspace is `prepared`; None when it is not to be had any more. `again`
        is for one that is backed off: its retry is waited for, but not taken yet.

        Raises:
            BackedOffError: it was, or still is, backed off: ask again.
        """
        body = {**_named(held), "prepared": wire.pack_outcome(prepared)}
        what, patience = ("claim", _PATIENCE) if not again else (_CLAIM_AGAIN, _LONG_PATIENCE)
        try:
            content = await self._post(held, what, body, patience)
        except StaleClaimError:
            return None
        return _understood(wire.read_assignment, content)

    async def report(self, held: HeldJob, happened: StepEnded | WorkerLost) -> Next:
        """Report what became of an attempt; what comes next."""
        body = {**_named(held), "report": wire.pack_report(happened)}
        return _understood(wire.read_next, await self._post(held, "reports", body))

    async def stops(self, held: HeldJob) -> tuple[StopStep, ...]:
        """The steps of a job that are to be stopped."""
        content = await self._ask(
            "GET",
            f"jobs/{held.job_id}/orders",
            query={"taskId": held.task_id},
            headers=_by_claim(held),
        )
        return _understood(wire.read_stops, content)

    async def append_log(
        self,
        held: HeldJob,
        name: LogName,
        offset: int,
        frames: bytes,
        end: LogSummary | None = None,
    ) -> int:
        """Send what a log holds from `offset` on, with `end` the rest of it; how much of it is
        known there now: with less than that it is not complete yet."""
        headers = {**_by_claim(held), "Tasktrail-Offset": str(offset)}
        if end is not None:
            more = ", truncated" if end.truncated else ""
            headers["Tasktrail-End"] = f"bytes={end.bytes}, lines={end.lines}{more}"
        path = f"logs/{name.task_id}/{name.step_id}/{name.attempt}"
        response = await self._answer("PUT", path, headers=headers, content=frames)
        other = known_size(response)
        if other is not None:
            return other
        _check(response)
        return _decoded(response.content, _Known).size

    async def spawn(
        self,
        held: HeldJob,
        step_id: int,
        *,
        key: str,
        target: str,
        inputs: Mapping[str, JsonValue],
    ) -> int:
        """Submit a task for a step; its id."""
        wish = {"stepId": step_id, "key": key, "target": target, "inputs": dict(inputs)}
        content = await self._post(held, "spawns", {**_named(held), **wish}, _LONG_PATIENCE)
        return _decoded(content, _Spawned).task_id

    async def spawned_end(self, held: HeldJob, task_id: int) -> Status | None:
        """How a spawned task has ended; None when it has not for a while."""
        content = await self._ask(
            "GET",
            f"jobs/{held.job_id}/spawns/{task_id}",
            query={"originId": held.task_id, "wait": _WAIT_FOR_END},
            headers=_by_claim(held),
            patience=_LONG_PATIENCE,
        )
        found = _decoded(content, _SpawnedStatus)
        return found.status if found.final else None

    async def cancel_spawned(self, held: HeldJob, task_id: int, *, forced: bool) -> None:
        """Cancel a spawned task."""
        await self._post(held, f"spawns/{task_id}/cancel", {**_named(held), "force": forced})

    async def _post(
        self,
        held: HeldJob,
        what: str,
        body: Mapping[str, object],
        patience: httpx2.Timeout = _PATIENCE,
    ) -> bytes:
        content = msgspec.json.encode(body)
        return await self._ask(
            "POST", f"jobs/{held.job_id}/{what}", headers=_JSON, content=content, patience=patience
        )

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        patience: httpx2.Timeout = _PATIENCE,
    ) -> bytes:
        response = await self._answer(
            method, path, query=query, headers=headers, content=content, patience=patience
        )
        _check(response)
        return response.content

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | float] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        patience: httpx2.Timeout = _PATIENCE,
    ) -> httpx2.Response:
        try:
            return await self._client.request(
                method,
                path,
                params=None if query is None else dict(query),
                headers=None if headers is None else dict(headers),
                content=content,
                timeout=patience,
            )
        except httpx2.TransportError as error:
            said = str(error) or type(error).__name__
            kind = UnaskedError if isinstance(error, _UNASKED) else StoreUnavailableError
            raise kind(f"the API at {self._url} cannot be reached: {said}") from error


_CLAIM_AGAIN = f"claim?wait={_WAIT_FOR_END:g}"
_UNASKED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_JSON = {"Content-Type": "application/json"}


def _check(response: httpx2.Response) -> None:
    if response.is_error:
        raise error_in(response)
    if response.status_code != HTTPStatus.OK:
        raise StoreUnavailableError(f"the API answered {response.status_code}")


def _understood(read: Callable[[bytes], T], content: bytes) -> T:
    try:
        return read(content)
    except InvalidInputError as error:
        raise StoreUnavailableError("what answers is no API of Tasktrail") from error


def _named(held: HeldJob) -> dict[str, object]:
    return {"taskId": held.task_id, "claim": held.claim}


def _by_claim(held: HeldJob) -> dict[str, str]:
    return {"Tasktrail-Claim": held.claim}


def _decoded(content: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.MsgspecError as error:
        raise StoreUnavailableError("what answers is no API of Tasktrail") from error
