"""What a Python step finds around it, whatever was done before it."""

from __future__ import annotations

from pathlib import Path

from integration.runners.python.python_calls import MakeCall, outputs_of
from tasktrail.runners.python.runner import PythonRunner


async def test_environment_and_directory_are_those_of_the_call(
    runner: PythonRunner, make_call: MakeCall, root: Path, tmp_path: Path
) -> None:
    one = make_call("place", environment={"VALUE": "1"}, working_directory=root)
    assert await outputs_of(runner, one) == {"cwd": str(root), "value": "1"}
    await runner.run(make_call("spoil"))
    assert await outputs_of(runner, make_call("place")) == {"cwd": str(tmp_path), "value": "none"}


async def test_what_a_step_starts_carries_the_marker_of_the_attempt(
    runner: PythonRunner, make_call: MakeCall, directory: str
) -> None:
    assert await outputs_of(runner, make_call("marker")) == {"marker": f"{directory}:1:9"}


async def test_changed_code_is_never_run_from_memory(
    runner: PythonRunner, make_call: MakeCall, root: Path
) -> None:
    for number in range(5):
        (root / "part.py").write_text(f"def part(): return {{'n': {number}}}\n")
        (root / "edited.py").write_text("from part import part\ndef f(): return part()\n")
        assert await outputs_of(runner, make_call("edited:f")) == {"n": str(number)}
