"""Processes tell each other what has changed, and wake who looks at it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.elsewhere import Elsewhere, Matter
from tasktrail.actions.identity.identification import Identification
from tasktrail.actions.ledger import Decided
from tasktrail.actions.live.news_wire import NewsWire
from tasktrail.model.author import Author, AuthorKind
from tasktrail.model.changes import Changes
from tasktrail.model.instant import Instant
from tasktrail.model.plan import JobPlan, TaskPlan
from tasktrail.model.status import Status
from tasktrail.model.task import Task
from tasktrail.store.sqlite import SqliteStore


class Pair:
    """Two processes, each of which hears at once what the other one says."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.here = Elsewhere(lambda word: self._pass(word, self.there))
        self.there = Elsewhere(lambda word: self._pass(word, self.here))

    def _pass(self, word: str, hearer: Elsewhere) -> None:
        assert len(self.said) < 10, "they go on and on"
        self.said.append(word)
        hearer.heard(word)


def decided(*, locks: tuple[str, ...] = (), silent: bool = False) -> Decided:
    """A decision about the task 7 that releases its locks."""
    task = Task(
        id=7,
        organization_id=1,
        definition="d",
        title="d",
        status=Status.DONE,
        author=Author(kind=AuthorKind.ROBOT, name="Robot"),
        created_at=Instant(1),
        updated_at=Instant(1),
        silent=silent,
    )
    plan = TaskPlan(definition="d", title="d", jobs=(JobPlan(name="a", steps=(), locks=locks),))
    changes = Changes(7, task)
    changes.releases.append(None)
    return Decided(task, plan, changes)


def woken(bulletin: Bulletin, pair: Pair, one: Decided, *, task_id: int, at_locks: bool) -> bool:
    """Whether somebody there who looks at `task_id` is woken by a decision here."""
    tell = pair.here.exchange_tasks(Bulletin())
    pair.there.exchange_tasks(bulletin)
    with bulletin.changes_of(task_id) as changed:
        bulletin.note_locks(changed, waits=at_locks)
        tell(one)
        return changed.is_set()


async def test_a_decision_wakes_who_looks_at_its_task_in_another_process() -> None:
    assert woken(Bulletin(), Pair(), decided(), task_id=7, at_locks=False)
    assert not woken(Bulletin(), Pair(), decided(), task_id=8, at_locks=True)


async def test_a_release_of_locks_wakes_who_waits_at_one() -> None:
    assert woken(Bulletin(), Pair(), decided(locks=("one",)), task_id=8, at_locks=True)
    assert not woken(Bulletin(), Pair(), decided(locks=("one",)), task_id=8, at_locks=False)


async def test_news_are_told_unless_the_task_is_silent() -> None:
    for silent in (False, True):
        pair, wire = Pair(), NewsWire()
        tell = pair.here.exchange_tasks(Bulletin())
        pair.there.exchange_news(wire)
        with wire.changes() as changed:
            tell(decided(silent=silent))
            assert changed.is_set() is not silent


async def test_a_change_of_rights_is_told_once_and_not_back_and_forth(tmp_path: Path) -> None:
    pair, forgotten = Pair(), asyncio.Event()
    store = SqliteStore(tmp_path / "tasktrail.db")
    here, there = (Identification(store, lambda: Instant(1)) for _ in range(2))
    pair.here.exchange_rights(here)
    pair.there.exchange_rights(there)
    there.subscribe(forgotten.set)
    here.forget()
    await store.aclose()
    assert forgotten.is_set()
    assert pair.said == ["rights:"]


async def test_everybody_is_woken_when_words_may_be_lost() -> None:
    there, bulletin, wire = Elsewhere(lambda _: None), Bulletin(), NewsWire()
    there.exchange_tasks(bulletin)
    there.exchange_news(wire)
    with bulletin.changes_of(3) as changed, wire.changes() as news:
        there.missed()
        assert changed.is_set()
        assert news.is_set()


async def test_what_a_newer_version_says_is_left_alone() -> None:
    there, heard = Elsewhere(lambda _: None), list[str]()
    there.subscribe(Matter.LOG, heard.append, lambda: None)
    for word in ("weather:fine", "", "log:5-1"):
        there.heard(word)
    assert heard == ["5-1"]
