"""Limits of steps, with real processes: by cgroup where the machine has the controllers, or else as
far as it goes without."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from msgspec import convert
from process_trees import ENVIRONMENT, Recorder

from tasktrail.model.instant import Instant
from tasktrail.model.outcome import Failed, Succeeded
from tasktrail.model.plan import Action, CommandAction, PythonAction, StepLimits
from tasktrail.model.receipt import LimitKind
from tasktrail.model.stream import Stream
from tasktrail.runners.cgroup import group_name
from tasktrail.runners.cgroup_limits import enable_limits
from tasktrail.runners.cgroup_mount import find_cgroup_base
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import StepCall, StepResult
from tasktrail.runners.supervisor import Supervisor

GREEDY = f"exec {sys.executable} -c 'x = bytearray(400_000_000); print(len(x))'"
MANY = "for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; wait"
ENFORCED = enable_limits(base) if (base := find_cgroup_base()) else frozenset[LimitKind]()
MEMORY_MESSAGE = "ended because it used more than its memory limit of 100 MB"


def needs(kind: LimitKind) -> pytest.MarkDecorator:
    return pytest.mark.skipif(kind not in ENFORCED, reason=f"no cgroup limits {kind.value} here")


class Steps:
    """Carries out steps with limits."""

    def __init__(self, supervisor: Supervisor, directory: Path, life: str) -> None:
        self._commands = CommandRunner(supervisor, lambda: "ref-1")
        self._python = PythonRunner(supervisor, life, lambda: "ref-1")
        self._directory = directory
        self._life = life
        self.output = Recorder()

    async def command(self, script: str, **limits: float) -> StepResult:
        """Run a script."""
        return await self._commands.run(self._call(CommandAction(run=script), limits))

    async def function(self, name: str, **limits: float) -> StepResult:
        """Call a function of a module that is written beside."""
        action = PythonAction(function=name, root=str(self._directory))
        return await self._python.run(self._call(action, limits))

    async def aclose(self) -> None:
        """Stop idle workers."""
        await self._python.aclose()

    def _call(self, action: Action, limits: dict[str, float]) -> StepCall:
        return StepCall(
            task_id=1,
            job_id=1,
            job_name="job",
            step_id=1,
            step_name="step",
            attempt=1,
            action=action,
            environment=ENVIRONMENT,
            workspace=self._directory,
            working_directory=self._directory,
            outputs_file=self._directory / "outputs",
            marker=f"{self._life}:1",
            stop_signal="SIGTERM",
            grace=1,
            output=self.output,
            limits=convert(limits, StepLimits),
        )


@pytest.fixture
def steps(supervisor: Supervisor, tmp_path: Path, directory: str) -> Steps:
    (tmp_path / "greedy.py").write_text(
        "def small(): return {'pid': __import__('os').getpid()}\n"
        "def large(): return {'size': len(bytearray(400_000_000))}\n"
    )
    return Steps(supervisor, tmp_path, f"{directory}:1")


async def test_a_command_that_takes_too_much_memory_fails(steps: Steps) -> None:
    result = await steps.command(GREEDY, memory=100_000_000)
    assert isinstance(result.outcome, Failed)
    assert steps.output.text() == ""
    told = steps.output.text(Stream.SYSTEM)
    assert ("holds for each process by itself" in told) == ("reached its limit" not in told)


async def test_a_command_within_its_limits_does_not_notice_them(steps: Steps) -> None:
    result = await steps.command(GREEDY, memory=2_000_000_000, processes=50, cpu=2)
    assert result.outcome == Succeeded(exit_code=0)
    assert steps.output.text() == "400000000\n"
    assert result.receipt is not None
    assert result.receipt.limits_hit == ()


async def test_a_python_step_that_takes_too_much_memory_is_a_user_error(steps: Steps) -> None:
    result = await steps.function("greedy:large", memory=100_000_000)
    assert isinstance(result.outcome, Failed)
    assert result.outcome.message == MEMORY_MESSAGE
    await steps.aclose()


async def test_a_python_step_with_limits_has_a_worker_of_its_own(steps: Steps) -> None:
    pids: list[str] = []
    for _ in range(2):
        result = await steps.function("greedy:small", memory=500_000_000)
        assert isinstance(result.outcome, Succeeded)
        assert result.receipt is not None
        pids.append(result.outcome.outputs["pid"])
    assert pids[0] != pids[1]
    await steps.aclose()


@pytest.fixture
async def enclosed(directory: str) -> Supervisor:
    """A supervisor with cgroups."""
    return Supervisor(life=f"{directory}:1", clock=lambda: Instant(time.time_ns() // 1000))


@needs(LimitKind.MEMORY)
async def test_more_than_the_memory_limit_ends_the_whole_step(
    enclosed: Supervisor, tmp_path: Path, directory: str
) -> None:
    steps = Steps(enclosed, tmp_path, f"{directory}:1")
    result = await steps.command(f"({GREEDY}) & wait; sleep 50", memory=100_000_000)
    assert result.outcome == Failed(message=MEMORY_MESSAGE, signal="SIGKILL")
    assert result.receipt is not None
    assert result.receipt.limits_hit == (LimitKind.MEMORY,)
    assert "reached its limit: memory" in steps.output.text(Stream.SYSTEM)
    await enclosed.aclose()


@needs(LimitKind.PROCESSES)
async def test_a_step_that_starts_too_many_processes_is_told_of_its_limit(
    enclosed: Supervisor, tmp_path: Path, directory: str
) -> None:
    steps = Steps(enclosed, tmp_path, f"{directory}:1")
    result = await steps.command(MANY, processes=5)
    assert isinstance(result.outcome, Failed)
    assert result.outcome.message.endswith("it had reached its limit of 5 processes")
    await enclosed.aclose()


@needs(LimitKind.CPU)
async def test_a_step_that_wants_more_of_a_processor_than_its_limit_has_to_wait(
    enclosed: Supervisor, tmp_path: Path, directory: str
) -> None:
    assert base is not None
    steps = Steps(enclosed, tmp_path, f"{directory}:1")
    group = base / group_name(f"{directory}:1") / "1"
    spin = "import time; end = time.monotonic() + 1\nwhile time.monotonic() < end: pass"
    script = (
        f"{sys.executable} -c '{spin}'; cat {group}/cpu.max; grep nr_throttled {group}/cpu.stat"
    )
    result = await steps.command(script, cpu=0.2)
    assert result.outcome == Succeeded(exit_code=0)
    limit, throttled = steps.output.text().splitlines()
    assert limit == "20000 100000"
    assert int(throttled.split()[1]) > 0
    await enclosed.aclose()
