"""`make demo` tells its whole story, leaves the record behind, and nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from plain_http import NO_TLS

CHECKOUT = Path(__file__).resolve().parents[2]
DEMO = CHECKOUT / "examples" / "demo"
TASKTRAIL = Path(sys.executable).parent / "tasktrail"

RECORD = [
    ("slow", "canceled"),
    ("hang", "timed_out"),
    ("smoke-test", "done"),
    ("release-shop", "done_with_warnings"),
    ("release-shop", "failed"),
    ("release-shop", "failed"),
    ("back-up", "done"),
    ("certificate-checked", "done"),
    ("user-added", "done"),
    ("smoke-test", "done"),
    ("release-shop", "done"),
    ("repository-pipeline", "done"),
]
"""What the demo tells of, newest first."""


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_demo_leaves_its_record_and_no_process_also_after_one_that_was_interrupted(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "demo"
    code, rest = interrupted_at("[test/Unit tests]", directory)
    assert code == 130, rest
    assert "Interrupted" in rest
    assert processes_of(directory) == []

    with playing(directory) as demo:
        told = read_until("Ctrl-C stops everything", demo)
        assert "All as it should be" in told
        assert "\033" not in told
        sign_in_and_look(told)
        code, rest = interrupted(demo)
    assert code == 0, rest
    assert processes_of(directory) == []
    check_record(ask(directory, "task", "list", "--silent")["items"])


def test_it_is_played_once_where_nobody_looks() -> None:
    def command(*words: str) -> str:
        return subprocess.check_output(["make", "-n", "demo", *words], cwd=CHECKOUT, text=True)

    assert "examples/demo --once" in command("ONCE=1")
    assert "--once" not in command()


def sign_in_and_look(told: str) -> None:
    """What a person at a browser does with the address and the link that were printed."""
    link = re.search(r"(http://127\.0\.0\.1:\d+)/welcome#(\S+)", told)
    assert link is not None, told
    url, token = link.groups()
    with httpx2.Client(
        base_url=url, trust_env=False, verify=NO_TLS, headers={"Origin": url}
    ) as browser:
        wish = {"token": token, "password": "a shop full of mugs"}
        assert browser.post("/v1/session/link", json=wish).json()["user"]["name"] == "Ann"
        listed = browser.get("/v1/tasks?names=release-shop").json()
        assert listed["totalCount"] == 4
        assert "Tasktrail" in browser.get("/", headers={"Accept": "text/html"}).text


def check_record(recorded: list[dict[str, Any]]) -> None:
    named = {name for name, _ in RECORD}
    # Who was let in, and which keys were made, is in it as well.
    tasks = [task for task in recorded if task["name"] in named]
    assert [(task["name"], task["status"]) for task in tasks] == RECORD
    assert [task["name"] for task in tasks if task["silent"]] == ["certificate-checked"]
    assert [task["name"] for task in tasks if task["forced"]] == ["release-shop"]
    _, _, smoke_test, forced, again, first, *_, first_smoke_test, good, _ = tasks
    assert (forced["repeatedTaskId"], again["repeatedTaskId"]) == (first["id"], first["id"])
    assert smoke_test["originTaskId"] == forced["id"]
    assert first_smoke_test["originTaskId"] == good["id"]
    assert {"title": "shop"}.items() <= forced["projects"][0].items()
    tests = next(job for job in forced["jobs"] if job["name"] == "test")
    assert tests["status"] == "done_with_warnings"


def interrupted_at(words: str, directory: Path) -> tuple[int, str]:
    with playing(directory) as demo:
        read_until(words, demo)
        assert processes_of(directory) != []
        return interrupted(demo)


@contextmanager
def playing(directory: Path) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, DEMO, directory],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            yield demo
        finally:
            # Where the test has failed; else it has ended.
            demo.terminate()


def read_until(words: str, demo: subprocess.Popen[str]) -> str:
    """What it says until then."""
    assert demo.stdout is not None
    told = ""
    for line in demo.stdout:
        told += line
        if words in line:
            return told
    pytest.fail(f"it ended before {words!r}:\n{told}")


def interrupted(demo: subprocess.Popen[str]) -> tuple[int, str]:
    """With which code it ends after Ctrl-C, and what else it says."""
    assert demo.stdout is not None
    demo.send_signal(signal.SIGINT)
    rest = demo.stdout.read()
    return demo.wait(), rest


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TASKTRAIL_")}


def ask(directory: Path, *arguments: str) -> Any:
    answer = subprocess.run(
        [TASKTRAIL, "--data", directory / "data", *arguments, "-o", "json"],
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def processes_of(directory: Path) -> list[str]:
    """Processes that work in `directory`, were told about it, or began with it."""
    place = str(directory)
    found: list[str] = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            told = any(place in value for value in process.environ().values())
            if told or any(place in word for word in words) or process.cwd().startswith(place):
                found.append(" ".join(words))
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            continue
    return found
