"""What `tasktrail doctor` looks at."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tasktrail.actions.finished_logs import FinishedLogs
from tasktrail.config import Config
from tasktrail.data_directory import DataDirectory
from tasktrail.engine.embedded import EmbeddedEngine
from tasktrail.engine.log_shipping import LogShipping
from tasktrail.errors import LogStoreError, RecordsUnavailableError, StoreUnavailableError
from tasktrail.logs.place import LogPlace
from tasktrail.model.receipt import LimitKind
from tasktrail.runners.cgroup_limits import enable_limits
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.limit_words import limit_means
from tasktrail.runners.supervisor import SweepReceipt
from tasktrail.store.migrate import HEAD
from tasktrail.store.soundness import SQLITE_VERSION, damage, holdings
from tasktrail.store.store import Store
from tasktrail.verification.finding import Finding, Invariant
from tasktrail.verification.verify import verify

_ENOUGH_SPACE = 1024**3
_MOST_SHOWN = 20

Fact = dict[str, object]


@dataclass(frozen=True, slots=True)
class TemporalState:
    """What is known of Temporal, and what to do where that is not as it should be."""

    words: str
    hint: str | None = None


class Examination:
    """Looks at an installation, and says what is not as it should be and what to do about it."""

    def __init__(
        self,
        directory: DataDirectory,
        config: Config,
        store: Store,
        engine: EmbeddedEngine | None,
        swept: SweepReceipt,
        finished: FinishedLogs,
        shipping: LogShipping | None,
        temporal: TemporalState | None,
    ) -> None:
        """`temporal` is there where that is the engine."""
        self._directory = directory
        self._config = config
        self._store = store
        self._engine = engine
        self._swept = swept
        self._finished = finished
        self._shipping = shipping
        self._temporal = temporal
        self._answers = True
        """Whether the database did when it was last asked."""

    async def __call__(self, check: bool) -> list[Fact]:
        """The facts, each with `name`, `value`, `ok`, and a `hint` where something is wrong.

        With `check` every task, log and process is looked at, too.
        """
        overview = await self._overview()
        return [*overview, *(await self._verified() if check and self._answers else ())]

    async def _overview(self) -> list[Fact]:
        return [
            *_versions(),
            _fact("data directory", str(self._directory.path)),
            self._space(),
            *await self._records(),
            await self._log_store(),
            self._leftovers(),
            *_containment(),
            self._engine_fact(),
        ]

    def _space(self) -> Fact:
        free = shutil.disk_usage(self._directory.path).free
        return _fact(
            "free space",
            f"{free / 1024**3:.1f} GiB",
            ok=free > _ENOUGH_SPACE,
            hint="logs and records need space; remove something or move the data directory",
        )

    async def _records(self) -> list[Fact]:
        kind = "SQLite" if self._config.database is None else "PostgreSQL"
        try:
            harm, found = await self._store.read(damage), await self._store.read(holdings)
        except StoreUnavailableError as error:
            self._answers = False
            return [_away(f"{kind}, {error}", "does it answer, and let the engine in?")]
        self._answers = True
        return [
            _fact(
                "records",
                f"{kind}, schema {HEAD}, {harm or 'ok'}",
                ok=harm is None,
                hint="the database is damaged; restore a backup",
            ),
            _fact("tasks", f"{found.tasks} recorded, {found.live_tasks} not ended"),
            _fact("locks", f"{found.held_locks} held, {found.awaited_locks} waited for"),
        ]

    async def _verified(self) -> list[Fact]:
        directory = self._directory
        found = await verify(self._store, LogPlace(directory.logs), directory.identity)
        return [
            _fact("verified", f"{found.tasks} tasks, {found.attempts} attempts"),
            *(_verdict(invariant, found.of(invariant)) for invariant in Invariant),
        ]

    async def _log_store(self) -> Fact:
        if self._config.log_store is None:
            return _fact("finished logs", "stay in the data directory")
        waiting = 0 if self._shipping is None else self._shipping.waiting
        try:
            await self._finished.probe(f"{self._directory.identity}/probe")
        except LogStoreError as error:
            return _fact(
                "finished logs",
                f"{error.message}; {waiting} wait",
                ok=False,
                hint="logs stay in the data directory until they can be sent; see log_store in"
                " config.toml, and the credentials in the environment of the engine",
            )
        return _fact("finished logs", f"go to {self._config.log_store}, reachable; {waiting} wait")

    def _leftovers(self) -> Fact:
        killed, survived = len(self._swept.killed), len(self._swept.survived)
        return _fact(
            "processes left over by an earlier life",
            f"{killed} stopped at start, {survived} still running",
            ok=survived == 0,
            hint="they could not be killed; look at them with ps",
        )

    def _engine_fact(self) -> Fact:
        if (temporal := self._temporal) is not None:
            return _fact(
                "engine",
                f"Temporal; {temporal.words}",
                ok=temporal.hint is None,
                hint=temporal.hint,
            )
        if self._engine is None:
            return _fact("engine", "not running; start it with `tasktrail up`")
        running, live = self._engine.running_jobs, len(self._engine.live_tasks)
        return _fact(
            "engine",
            f"running, {running} of {self._config.slot_count} slots in use, {live} live tasks",
        )


def facts_without_records(data: Path, refusal: RecordsUnavailableError) -> list[Fact]:
    """What can be said of an installation whose records cannot be opened."""
    return [
        *_versions(),
        _fact("data directory", str(data)),
        _away(refusal.message, refusal.hint or "restore a backup"),
        *_containment(),
    ]


def _away(what: str, hint: str) -> Fact:
    return _fact("records", what, ok=False, hint=hint)


def _verdict(invariant: Invariant, findings: Sequence[Finding]) -> Fact:
    shown = "; ".join(map(str, findings[:_MOST_SHOWN]))
    more = len(findings) - _MOST_SHOWN
    return _fact(
        invariant.value,
        (f"{shown}; and {more} more" if more > 0 else shown) or "yes",
        ok=not findings,
        hint="a defect of Tasktrail, or something else has written here; please report it",
    )


def _versions() -> list[Fact]:
    return [
        _fact("tasktrail", version("tasktrail")),
        _fact("python", platform.python_version()),
        _fact("sqlite", SQLITE_VERSION),
    ]


def _containment() -> list[Fact]:
    base = find_cgroup_base()
    enforced = enable_limits(base) if base is not None else frozenset[LimitKind]()
    means = "process group, subreaper and marker"
    return [
        _fact("processes are held by", f"cgroup v2 below {base}" if base is not None else means),
        _fact("limits of steps are", limit_means(enforced)),
    ]


def _fact(name: str, value: str, *, ok: bool = True, hint: str | None = None) -> Fact:
    return {"name": name, "value": value, "ok": ok, "hint": None if ok else hint}
