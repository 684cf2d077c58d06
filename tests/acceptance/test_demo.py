"""`make demo` tells its whole story, leaves the record behind, and nothing else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

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
"""Every task of the demo, newest first."""


# Most of a minute on two cores that have nothing else to do, which they may have.
@pytest.mark.timeout(400)
def test_the_demo_leaves_its_record_and_no_process_also_after_one_that_was_interrupted(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "demo"
    interrupt_in_the_middle(directory)
    assert processes_of(directory) == []

    played = play(directory)

    assert played.returncode == 0, played.stdout + played.stderr
    assert "All as it should be" in played.stdout
    assert "\033" not in played.stdout
    assert processes_of(directory) == []
    check_record(ask(directory, "task", "list", "--silent")["items"])


def check_record(tasks: list[dict[str, Any]]) -> None:
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


def interrupt_in_the_middle(directory: Path) -> None:
    with subprocess.Popen(
        [sys.executable, DEMO, directory],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "[test/Unit tests]" in line:
                break
        else:
            pytest.fail("the first task never began")
        assert processes_of(directory) != []
        demo.send_signal(signal.SIGINT)
        rest = demo.stdout.read()
    assert demo.returncode == 130, rest
    assert "Interrupted" in rest


def play(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, DEMO, directory],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


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
