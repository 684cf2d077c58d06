from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest

from integration.runners.process_trees import ENVIRONMENT, Recorder
from integration.runners.python.python_calls import STEPS, MakeCall, write
from tasktrail.model.plan import Argument, PythonAction
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.step_call import SpawnRequest, StepCall
from tasktrail.runners.supervisor import Supervisor


@pytest.fixture
async def runner(supervisor: Supervisor, directory: str) -> AsyncIterator[PythonRunner]:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1")
    yield runner
    await runner.aclose()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the functions are."""
    root = tmp_path / "root"
    root.mkdir()
    write(root / "steps.py", STEPS)
    return root


@pytest.fixture
def make_call(directory: str, tmp_path: Path, root: Path) -> MakeCall:
    """Makes the call of one of the functions."""
    outputs = tmp_path / "outputs"

    def make(
        function: str,
        *,
        working_directory: Path = tmp_path,
        grace: float = 5.0,
        environment: Mapping[str, str] | None = None,
        stop_signal: str = "SIGTERM",
        spawn: Callable[[SpawnRequest], object] | None = None,
        **arguments: Argument,
    ) -> StepCall:
        target = function if ":" in function else f"steps:{function}"

        async def spawned(request: SpawnRequest) -> int:
            assert spawn is not None
            return int(str(spawn(request)))

        return StepCall(
            task_id=7,
            job_id=1,
            job_name="build",
            step_id=1,
            step_name="wheel",
            attempt=2,
            action=PythonAction(function=target, root=str(root), arguments=arguments),
            environment={**ENVIRONMENT, "TASKTRAIL_OUTPUT": str(outputs), **(environment or {})},
            workspace=tmp_path,
            working_directory=working_directory,
            outputs_file=outputs,
            marker=f"{directory}:1:9",
            stop_signal=stop_signal,
            grace=grace,
            output=Recorder(),
            inputs={"x": "y"},
            spawn=spawned if spawn is not None else None,
        )

    return make
