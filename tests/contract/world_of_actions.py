"""Authors, definitions and the actions on a real store, without an engine."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store_bench import ANN, Bench

from tasktrail.actions.browse import show, show_history
from tasktrail.actions.cancel import cancel
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.library import Library
from tasktrail.actions.record import Recording, record
from tasktrail.actions.rerun import rerun
from tasktrail.actions.submit import Order, submit
from tasktrail.actions.submit_spawned import SpawnWish, submit_spawned
from tasktrail.definitions.catalog import Catalog
from tasktrail.definitions.python.load import load_python
from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role, superadmin
from tasktrail.model.caller import operator
from tasktrail.model.status import Status
from tasktrail.store.store import Store

EVE = Author(kind=AuthorKind.USER, name="Eve", id=9, role=Role.ADMIN)
ROOT = superadmin()


@dataclass
class ActionBench:
    """What people do, by short calls; Ann does it unless somebody else is named."""

    bench: Bench
    directory: Path
    decisions: Decisions
    library: Library

    def actor(self, author: Author = ANN) -> Actor:
        return Actor(author=author, organization_id=self.bench.organization_id)

    def runbook(self, name: str, text: str) -> str:
        """Write a runbook into the catalog; its name."""
        body = textwrap.dedent(text)
        (self.directory / f"{name}.yml").write_text(f"name: {name}\n{body}")
        return name

    async def submit(self, name: str, author: Author = ANN, **order: Any) -> int:
        definition = await self.library.load(name, self.directory)
        wanted = Order(definition=definition, **order)
        return await submit(self.decisions, self.library, self.actor(author), wanted)

    async def record(self, title: str, **recording: Any) -> int:
        wanted = Recording(name="note", title=title, **recording)
        return await record(self.decisions, operator(self.actor()), wanted)

    async def rerun(self, task_id: int, author: Author = ANN, *, forced: bool = False) -> int:
        return await rerun(self.decisions, self.library, self.actor(author), task_id, forced=forced)

    async def cancel(self, task_id: int, author: Author = ANN, *, forced: bool = False) -> None:
        await cancel(self.decisions, operator(self.actor(author)), task_id, forced=forced)

    async def spawn(self, wish: SpawnWish) -> int:
        return await submit_spawned(self.decisions, self.library, wish)

    async def show(self, task_id: int, author: Author = ROOT) -> dict[str, Any]:
        return await show(self.bench.store, self.actor(author), task_id, self.bench.now)

    async def history(self, task_id: int, author: Author = ROOT) -> list[dict[str, Any]]:
        return (await show_history(self.bench.store, self.actor(author), task_id))["items"]

    async def play(self, task_id: int, *outcomes: Any) -> Status:
        """A worker takes a task of one job and reports these outcomes; the rest goes well."""
        await self.bench.claim(task_id)
        given = iter(outcomes)
        while not (await self.bench.status(task_id)).final:
            ended = await self.bench.report(task_id, outcome=next(given, None))
            await self.bench.happen(task_id, ended)
        return await self.bench.status(task_id)


async def action_bench(store: Store, directory: Path) -> ActionBench:
    """A bench whose catalog is `directory`."""
    directory.mkdir()
    bench = await Bench.of(store)
    library = Library(Catalog([directory], load_python), load_python)
    return ActionBench(bench, directory, Decisions(store, bench.tick), library)
