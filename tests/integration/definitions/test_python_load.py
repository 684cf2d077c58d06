"""Loading `module:function` from a directory, in a process that lives on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tasktrail import load_python
from tasktrail.errors import DefinitionError, NotFoundError, RefusedError
from tasktrail.model.plan import CommandAction, DefinitionSource, InputKind, PythonAction
from tasktrail.model.template import Template

TASK = """
import tasktrail

@tasktrail.task
def deploy(plan: tasktrail.Plan, version: str) -> None:
    plan.job("go").command("echo one")
"""


def write(file: Path, text: str) -> None:
    """Write a module that is not so new that it could still change unnoticed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    earlier = file.stat().st_mtime - 1
    os.utime(file, (earlier, earlier))


def script_of(root: Path) -> str:
    action = load_python("ops:deploy", root).plan({"version": "1"}).jobs[0].steps[1].action
    assert isinstance(action, CommandAction)
    return action.run


def test_a_task_is_loaded_with_its_source(tmp_path: Path) -> None:
    write(tmp_path / "ops.py", TASK)
    definition = load_python("ops:deploy", tmp_path)
    assert definition.name == "deploy"
    source = DefinitionSource(target="ops:deploy", root=str(tmp_path))
    assert definition.source == source
    assert definition.plan({"version": "1"}).source == source


def test_loading_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "ops.py", TASK)
    path = list(sys.path)
    load_python("ops:deploy", tmp_path)
    assert sys.path == path
    assert "ops" not in sys.modules
    assert not (tmp_path / "__pycache__").exists()


def test_a_changed_file_is_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "ops.py").write_text(TASK)
    assert script_of(tmp_path) == "echo one"
    (tmp_path / "ops.py").write_text(TASK.replace("echo one", "echo two"))
    assert script_of(tmp_path) == "echo two"


def test_a_definition_that_is_held_never_plans_from_old_code(tmp_path: Path) -> None:
    write(tmp_path / "text.py", "TEXT = 'echo one'")
    write(tmp_path / "ops.py", "from text import TEXT\n" + TASK.replace('"echo one"', "TEXT"))
    definition = load_python("ops:deploy", tmp_path)
    write(tmp_path / "text.py", "TEXT = 'echo three'")
    action = definition.plan({"version": "1"}).jobs[0].steps[1].action
    assert action == CommandAction(run="echo three")


def test_unchanged_files_are_imported_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    noting = f"with open({str(count)!r}, 'a') as count: count.write('x')\n"
    write(tmp_path / "ops.py", noting + TASK)
    for _ in range(3):
        script_of(tmp_path)
    assert count.read_text() == "x"


def test_two_roots_may_have_modules_of_one_name(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder / "shared" / "text.py", f"TEXT = 'echo {folder}'")
        write(
            tmp_path / folder / "ops.py",
            "from shared.text import TEXT\n" + TASK.replace('"echo one"', "TEXT"),
        )
    assert [script_of(tmp_path / folder) for folder in ("one", "two", "one")] == [
        "echo one",
        "echo two",
        "echo one",
    ]


def test_a_plain_function_is_a_task_of_one_step(tmp_path: Path) -> None:
    write(
        tmp_path / "ops.py",
        """
from __future__ import annotations
from tasktrail import Context, Secret

def publish(context: Context, wheel: str, copies: int = 1, token: Secret | None = None) -> None:
    "Put it out."
""",
    )
    definition = load_python("ops:publish", tmp_path)
    assert definition.description == "Put it out."
    assert [(spec.name, spec.kind, spec.required) for spec in definition.inputs] == [
        ("wheel", InputKind.STRING, True),
        ("copies", InputKind.INTEGER, False),
        ("token", InputKind.SECRET, False),
    ]
    plan = definition.plan({"wheel": "{{ task.id }}", "token": "s3cret"})
    assert plan.secret_inputs == ("token",)
    _, step, _ = plan.jobs[0].steps
    assert step.action == PythonAction(
        function="ops:publish",
        root=str(tmp_path),
        arguments={
            "wheel": "{{ task.id }}",
            "copies": 1,
            "token": Template("{{ inputs.token }}"),
        },
    )


@pytest.mark.parametrize(
    ("source", "target", "kind", "message"),
    [
        (TASK, "nothing:deploy", NotFoundError, "there is no module `nothing`"),
        (TASK, "ops.sub:deploy", NotFoundError, "there is no module"),
        (TASK, "ops:deplpy", NotFoundError, "did you mean `deploy`?"),
        (TASK, "ops.py:deploy", DefinitionError, "there is no module"),
        (TASK, "ops", DefinitionError, "write module:function"),
        (TASK, "./ops.py:deploy", DefinitionError, "write"),
        ("deploy = 3", "ops:deploy", DefinitionError, "neither a task nor a function, but int"),
        ("import missing_lib", "ops:deploy", DefinitionError, "No module named 'missing_lib'"),
        ("\n1 / 0", "ops:deploy", DefinitionError, "ops.py:2: ZeroDivisionError"),
        ("x = (", "ops:deploy", DefinitionError, "ops.py:1: SyntaxError"),
        ("raise SystemExit(3)", "ops:deploy", DefinitionError, "SystemExit: 3"),
        ("def deploy(x): ...", "ops:deploy", DefinitionError, "has no annotation"),
        (TASK.replace("str", "object"), "ops:deploy", DefinitionError, "cannot be an input"),
    ],
)
def test_what_cannot_be_loaded_says_why(
    tmp_path: Path, source: str, target: str, kind: type[RefusedError], message: str
) -> None:
    write(tmp_path / "ops.py", source)
    with pytest.raises(RefusedError) as caught:
        load_python(target, tmp_path)
    assert message in str(caught.value)
    if target != "ops.py:deploy":
        assert isinstance(caught.value, kind)
    assert "ops" not in sys.modules


def test_a_file_with_the_name_of_an_installed_module_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "json.py", TASK)
    with pytest.raises(DefinitionError, match="has the name of an installed module"):
        load_python("json:deploy", tmp_path)


def test_the_example_of_the_reference_makes_the_plan_that_it_describes(tmp_path: Path) -> None:
    reference = Path(__file__).parents[3] / "docs" / "python-reference.md"
    example = reference.read_text().partition("```python\n")[2].partition("```")[0]
    write(tmp_path / "ops.py", example)
    plan = load_python("ops:release", tmp_path).plan({"version": "1.2", "token": "s3cret"})
    assert plan.title == "Release 1.2"
    assert [(job.name, job.after) for job in plan.jobs] == [
        ("build", ()),
        ("release", ("build",)),
    ]
    assert [step.name for step in plan.jobs[1].steps[1:-1]] == ["publish", "spawn smoke-test"]
    assert "s3cret" not in str(plan)
    assert load_python("ops:publish", tmp_path).plan({"wheel": "x", "channel": "beta"}).jobs
