"""A server with what is hard to show, and a browser that is signed in there.

The server keeps its tasks in `.bench/browser-COUNT`, since a million of them take minutes to make.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize

from benchmarks.contest import progress
from benchmarks.list_history import fill, seal
from benchmarks.turn import BENCH, CHECKOUT
from tasktrail.data_directory import own_data_directory
from tasktrail.store.sqlite import SqliteStore

EMAIL, PASSWORD = "ann@example.com", "plenty of horses and staples"
VIEW = ViewportSize(width=1440, height=900)
_PATIENCE = 120.0
_TOLD = 100_000
"""Tasks after which progress is shown."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

_LONG = """
name: long
title: Write {{ inputs.lines }} lines
inputs: {lines: integer}
jobs: {main: {steps: [{name: Write, run: 'seq -f "line %.0f of a long log" "$INPUT_LINES"'}]}}
"""
_LIVE = """
name: live
title: Write a line all the time
timeout: 10h
inputs: {until: string}
jobs:
  main:
    steps:
      - name: Write
        run: |
          line=0
          until test -e "$INPUT_UNTIL"; do
            for one in 1 2 3 4 5; do
              line=$((line + 1))
              printf '\\033[32mok\\033[0m line %d: what a task says while somebody looks\\n' $line
            done
            sleep 0.05
          done
"""


@dataclass(frozen=True, slots=True)
class BrowserStage:
    """The server at `url`, and the session of its owner."""

    url: str
    client: httpx2.Client
    directory: Path

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the API answers."""
        answer = self.client.request(method, f"/v1/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def submit(self, definition: str, **inputs: object) -> int:
        """Submit a task; its id."""
        wish = {"definition": definition, "inputs": inputs}
        return int(self.ask("POST", "tasks", wish)["taskId"])

    def ended(self, definition: str, **inputs: object) -> int:
        """A task of that definition and these inputs that has ended well, of an earlier run if
        there is one; its id."""
        found = self.ask("GET", f"tasks?names={definition}&statuses=done&pageSize=100")["items"]
        known = [task["id"] for task in found if task["inputs"] == inputs]
        task_id = known[0] if known else self.submit(definition, **inputs)
        deadline = time.monotonic() + _PATIENCE
        while (task := self.ask("GET", f"tasks/{task_id}"))["endedAt"] is None:
            if time.monotonic() > deadline:
                sys.exit(f"task {task_id} does not end")
            time.sleep(0.2)
        if task["status"] != "done":
            sys.exit(f"task {task_id} is {task['status']}")
        return task_id

    def context(self, browser: Browser) -> BrowserContext:
        """A browser of the owner that remembers nothing else."""
        context = browser.new_context(viewport=VIEW)
        for name, value in self.client.cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": self.url}])
        return context


@contextmanager
def browser_stage(tasks: int, jobs: int) -> Generator[BrowserStage]:
    """A server with a history of so many tasks, and a definition `wide` of so many jobs."""
    directory = BENCH / f"browser-{tasks}"
    data = directory / "data"
    (data / "definitions").mkdir(parents=True, exist_ok=True)
    (data / "config.toml").write_text('organization = "acme"\n')
    for name, text in {"long": _LONG, "live": _LIVE, "wide": _wide(jobs)}.items():
        (data / "definitions" / f"{name}.yml").write_text(text)
    _history(data, tasks)
    said = directory / "server.log"
    command = [sys.executable, "-m", "tasktrail", "--data", data, "up", "--listen", "127.0.0.1:0"]
    with said.open("w") as output, subprocess.Popen(command, cwd=CHECKOUT, stderr=output) as server:
        try:
            url = _address(server, said)
            with httpx2.Client(
                base_url=url, headers={"Origin": url}, trust_env=False, timeout=_PATIENCE
            ) as client:
                _sign_in(client, said.read_text())
                yield BrowserStage(url, client, directory)
        finally:
            server.send_signal(signal.SIGTERM)


def chromium(playwright: Playwright) -> Browser:
    """The system's browser, which draws without a graphics card."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("this needs a Chromium on the path: apt-get install chromium")
    return playwright.chromium.launch(executable_path=found, args=_FLAGS)


def _history(data: Path, tasks: int) -> None:
    directory = own_data_directory(data)
    try:
        if directory.database.stat().st_size > 0:
            asyncio.run(_sealed(directory.database))
            return
        # Under another name first: what was interrupted is no history.
        part = data.with_suffix(".part")
        known = BENCH / f"lists-sqlite-{tasks}" / "tasktrail.db"
        if known.exists():
            print("copying the history of bench-lists")
            shutil.copyfile(known, part)
        else:
            asyncio.run(_fill(part, tasks))
        _end_all(part)
        asyncio.run(_sealed(part))
        part.rename(directory.database)
    finally:
        directory.release()


def _end_all(database: Path) -> None:
    """The last tasks only look as if they were queued: an engine could do nothing with them."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE tasks SET status = 'done', ended_at = created_at WHERE status = 'queued'"
        )


async def _fill(database: Path, tasks: int) -> None:
    store = SqliteStore(database)
    try:
        with progress(tasks // _TOLD + 1) as begin:
            begin("tasks")

            def tell(done: int) -> None:
                if done % _TOLD == 0:
                    begin(f"{done:,} tasks")

            await fill(store, tasks, tell)
    finally:
        await store.aclose()


async def _sealed(database: Path) -> None:
    """Or the engine sums up the whole history while the browser waits for the server."""
    store = SqliteStore(database)
    try:
        await seal(store)
    finally:
        await store.aclose()


def _wide(jobs: int) -> str:
    """Jobs in ranks of 20; each needs two of the rank before it."""
    lines = ["name: wide", "title: Many jobs", "jobs:"]
    for number in range(jobs):
        rank, place = divmod(number, 20)
        above = 20 * (rank - 1)
        before = sorted((above + place, above + (place + 1) % 20)) if rank else []
        after = ", ".join(f"job-{one:03}" for one in before)
        lines.append(f"  job-{number:03}:")
        lines.append(f"    after: [{after}]")
        lines.append("    steps: [{run: 'true'}]")
    return "\n".join(lines)


def _address(server: subprocess.Popen[bytes], said: Path) -> str:
    deadline = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        found = re.search(r"Dashboard: (http://\S+);[\s\S]*Ctrl-C stops it", said.read_text())
        if found is not None:
            return found[1]
        time.sleep(0.05)
    sys.exit(f"the server did not come up:\n{said.read_text()}")


def _sign_in(client: httpx2.Client, said: str) -> None:
    link = re.search(r"/welcome#(\S+)", said)
    if link is None:
        person = {"email": EMAIL, "password": PASSWORD}
        client.post("/v1/session", json=person).raise_for_status()
        return
    first = {"token": link[1], "password": PASSWORD, "email": EMAIL, "name": "Ann"}
    client.post("/v1/session/link", json=first).raise_for_status()
