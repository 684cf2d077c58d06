"""The kinds of tasks that are submitted. Each step first appends who it is to `starts`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tasktrail.model.status import Status

_NOTE = (
    'echo "$TASKTRAIL_TASK_ID/$TASKTRAIL_JOB/$TASKTRAIL_STEP#$TASKTRAIL_ATTEMPT" >> HERE/starts\n'
)

_MODULE = """
from tasktrail import Context

def call(context: Context):
    who = f"{context.task_id}/{context.job}/{context.step}#{context.attempt}\\n"
    with open("HERE/starts", "a") as starts:
        starts.write(who)
    print("called")
    context.outputs["number"] = 7
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A runbook, how often it is chosen, and how its tasks end when nothing goes wrong."""

    name: str
    weight: int
    text: str
    ends: Status = Status.DONE
    canceled: bool = False
    """Whether it is canceled after a moment, and may end so instead."""


KINDS = (
    Kind("echo", 30, "jobs: {main: {steps: [{name: Echo, run: START; echo hello}]}}"),
    Kind(
        "graph",
        12,
        """
jobs:
  one: {steps: [{name: First, run: 'START; echo number=7 >> "$TASKTRAIL_OUTPUT"'}]}
  two: {steps: [{name: Second, run: START, retry_safe: true}]}
  three:
    after: [one, two]
    steps:
      - {name: Third, run: 'START; test "$OUTPUT_NUMBER" = 7'}
      - {name: Clean up, run: START, when: always}
""",
    ),
    Kind(
        "flaky",
        8,
        """
jobs:
  main:
    steps:
      - name: Flaky
        run: START; test "$TASKTRAIL_ATTEMPT" -gt 1
        retry: {attempts: 3, backoff: 50ms, on: [user, system]}
""",
    ),
    Kind(
        "warning",
        4,
        "jobs: {main: {steps: [{name: Warn, run: START; exit 3, allow_failure: true}]}}",
        Status.DONE_WITH_WARNINGS,
    ),
    Kind("failing", 4, "jobs: {main: {steps: [{name: Fail, run: START; exit 3}]}}", Status.FAILED),
    Kind("python", 8, 'jobs: {main: {steps: [{name: Call, python: "faulty:call"}]}}'),
    *(
        Kind(f"lock-{number}", 4, f"locks: [lock-{number}]\njobs: {{main: {{steps: [START]}}}}")
        for number in range(3)
    ),
    Kind(
        "job-locks",
        4,
        """
jobs:
  one: {locks: [lock-1], steps: [{name: One, run: START}]}
  two: {locks: [lock-1, lock-2], steps: [{name: Two, run: START}]}
""",
    ),
    Kind("parent", 6, "jobs: {main: {steps: [{name: Spawn, spawn: echo.yml}, START]}}"),
    Kind("lines", 4, "jobs: {main: {steps: [{name: Lines, run: START; seq 3000; seq 300 >&2}]}}"),
    Kind(
        "daemon",
        5,
        """
jobs:
  main:
    steps:
      - name: Daemon
        run: |
          START
          setsid sh -c "trap '' TERM; sleep 300" &
          sleep 0.05
""",
    ),
    Kind(
        "long",
        6,
        """
jobs:
  main:
    steps:
      - {name: Long, run: START; sleep 2}
      - {name: Clean up, run: START, when: always}
""",
        canceled=True,
    ),
    Kind(
        "limit",
        4,
        "timeout: 500ms\njobs: {main: {steps: [{name: Long, run: START; sleep 300}]}}",
        Status.TIMED_OUT,
    ),
)


def write_runbooks(here: Path) -> None:
    """Write everything that tasks are made of."""
    for kind in KINDS:
        text = f"name: {kind.name}\n{kind.text}\n"
        (here / f"{kind.name}.yml").write_text(_filled(text, here))
    (here / "faulty.py").write_text(_filled(_MODULE, here))
    (here / "note").write_text(_filled(_NOTE, here))


def _filled(text: str, here: Path) -> str:
    return text.replace("START", ". HERE/note").replace("HERE", str(here))
