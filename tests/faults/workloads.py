"""Small workloads, in which each failpoint is reached by one at least.

Every step first appends who it is to the file `starts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_START = (
    'echo "$TASKTRAIL_TASK_ID/$TASKTRAIL_JOB/$TASKTRAIL_STEP#$TASKTRAIL_ATTEMPT" >> HERE/starts'
)

_COMMANDS = """
locks: [database]
jobs:
  build:
    steps:
      - name: First
        run: |
          START
          echo hello
          echo number=7 >> "$TASKTRAIL_OUTPUT"
      - {name: Safe, run: START, retry_safe: true}
      - name: Flaky
        run: START; test "$TASKTRAIL_ATTEMPT" -gt 1
        retry: {attempts: 3, backoff: 10ms, on: [user, system]}
      - {name: Warns, run: START; exit 3, allow_failure: true}
      - {name: Clean up, run: START, when: always}
  publish:
    after: [build]
    locks: [index]
    steps:
      - {name: Last, run: START; test "$OUTPUT_NUMBER" = 7}
"""

_STUBBORN = """
jobs:
  main:
    steps:
      - name: Stubborn
        run: |
          START
          trap '' TERM
          setsid sh -c "trap '' TERM; sleep 300" &
          echo ready
          sleep 300
      - {name: Clean up, run: START, when: always}
"""

_PARENT = """
jobs:
  main:
    steps:
      - {name: Spawn, spawn: child.yml}
      - {name: After, run: START}
"""

_CHILD = """
jobs: {main: {steps: [{name: Child, run: START}]}}
"""

_PYTHON = """
jobs:
  main:
    steps:
      - {name: Call, python: "faulty:call"}
      - {name: Safe call, python: "faulty:call", retry_safe: true}
"""

_FAULTY = """
import os
from tasktrail import Context

def call(context: Context):
    who = f"{context.task_id}/{context.job}/{context.step}#{context.attempt}\\n"
    with open("HERE/starts", "a") as starts:
        starts.write(who)
    print("called")
    context.outputs["number"] = 7
"""

_SPEAKING = """
jobs:
  main:
    steps:
      - {name: First, run: START; echo hello}
      - {name: Safe, run: START; echo hello, retry_safe: true}
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """A task to submit by the name of its runbook. It is canceled when it writes `canceled_at`."""

    name: str
    text: str
    canceled_at: str | None = None
    beside: tuple[tuple[str, str], ...] = ()
    """Files that it needs, by name."""

    def write(self, here: Path) -> None:
        """Write the runbook and what it needs, as it stays through all lives."""
        runbook = f"{self.name}.yml", f"name: {self.name}\n{self.text}"
        for name, text in (*self.beside, runbook):
            (here / name).write_text(text.replace("START", _START).replace("HERE", str(here)))


WORKLOADS: dict[str, tuple[Deed, ...]] = {
    "commands": (Deed("one", _COMMANDS), Deed("two", _COMMANDS)),
    "python": (Deed("calls", _PYTHON, beside=(("faulty.py", _FAULTY),)),),
    "spawn": (Deed("parent", _PARENT, beside=(("child.yml", f"name: child\n{_CHILD}"),)),),
    "ship": (Deed("sends", _SPEAKING),),
    "prune": (Deed("forgets", _SPEAKING),),
    "stop": (Deed("stubborn", _STUBBORN, canceled_at="ready"),),
}
"""What is submitted at once, by the name of the workload."""

STORING = frozenset({"ship", "prune"})
"""Workloads whose finished logs go to another directory; those of `prune` are removed then."""
