"""Definitions in directories, by name."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tasktrail.definitions.catalog import Catalog
from tasktrail.definitions.definition_file import read_definition_file
from tasktrail.definitions.python.load import load_python
from tasktrail.definitions.target import check, load
from tasktrail.errors import DefinitionError, NotFoundError

STEPS = "jobs: {a: {steps: [make]}}\n"
PYTHON = """
import tasktrail


@tasktrail.task(name="scale")
def scale_it(plan: tasktrail.Plan, replicas: int = 2) -> None:
    plan.job("scale").run("true")


def other() -> None: ...
"""


def put(directory: Path, file: str, text: str) -> Path:
    path = directory / file
    path.write_text(text)
    return path


def runbook(name: str) -> str:
    return f"name: {name}\n{STEPS}"


def test_finds_definitions_by_name(tmp_path: Path) -> None:
    put(tmp_path, "one.yml", runbook("deploy"))
    put(tmp_path, "two.yaml", runbook("backup"))
    put(tmp_path, "ci.yml", "version: 0.1\njobs: {a: {steps: [clone]}}\n")
    put(tmp_path, "notes.txt", "x")
    put(tmp_path, ".hidden.yml", "x")
    catalog = Catalog([tmp_path, tmp_path / "missing"], load_python)
    assert catalog.names() == ("backup", "ci", "deploy")
    assert catalog.get("deploy").source.target == str(tmp_path / "one.yml")
    assert catalog.list().broken == ()


def test_finds_tasks_in_python_files(tmp_path: Path) -> None:
    put(tmp_path, "cluster_tasks.py", PYTHON)
    put(tmp_path, "other.py", "raise SystemExit")
    catalog = Catalog([tmp_path], load_python)
    assert catalog.names() == ("scale",)
    assert catalog.get("scale").kind == "python"
    assert catalog.get("scale").source.target == "cluster_tasks:scale_it"


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    put(tmp_path, "deploy.yml", runbook("deploy"))
    bad = put(tmp_path, "backup.yml", "name: backup\njobs: {}\nx: 1\n")
    worse = put(tmp_path, "b_tasks.py", "def (:\n")
    listing = Catalog([tmp_path], load_python).list()
    assert [definition.name for definition in listing.definitions] == ["deploy"]
    assert {broken.path for broken in listing.broken} == {bad, worse}
    problems = {broken.path: broken.problems for broken in listing.broken}
    assert [problem.line for problem in problems[bad]] == [2, 3]
    assert [problem.line for problem in problems[worse]] == [1]


def test_a_broken_file_tells_why_its_name_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, "backup.yml", "name: backup\n")
    with pytest.raises(DefinitionError, match="`jobs` is missing") as refused:
        Catalog([tmp_path], load_python).get("backup")
    # Where it is is said by its problems alone, which not everybody is shown.
    assert refused.value.message == "backup.yml is broken"
    assert refused.value.problems[0].file == str(tmp_path / "backup.yml")


def test_an_unknown_name_gets_a_suggestion(tmp_path: Path) -> None:
    put(tmp_path, "deploy.yml", runbook("deploy"))
    with pytest.raises(NotFoundError) as caught:
        Catalog([tmp_path], load_python).get("depoly")
    assert caught.value.hint == "did you mean `deploy`?"
    with pytest.raises(NotFoundError) as caught:
        Catalog([], load_python).get("deploy")
    assert caught.value.hint == "the catalog is empty"


def test_a_name_that_two_files_claim_belongs_to_neither(tmp_path: Path) -> None:
    first = put(tmp_path, "a.yml", runbook("deploy"))
    second = put(tmp_path, "b.yml", runbook("deploy"))
    catalog = Catalog([tmp_path], load_python)
    assert catalog.names() == ()
    (broken,) = catalog.list().broken
    assert broken.path == second
    assert [problem.file for problem in broken.problems] == [str(first), str(second)]
    assert {problem.message for problem in broken.problems} == {
        "the name `deploy` is used by 2 files"
    }
    with pytest.raises(DefinitionError) as caught:
        catalog.get("deploy")
    assert str(first) in str(caught.value)
    assert str(second) in str(caught.value)


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = put(tmp_path, "a.yml", runbook("deploy"))
    catalog = Catalog([tmp_path], load_python)
    first = catalog.get("deploy")
    assert catalog.get("deploy") is first
    path.write_text(runbook("backup"))
    os.utime(path, ns=(1, 1))
    assert catalog.names() == ("backup",)
    path.unlink()
    assert catalog.names() == ()


def test_a_target_is_a_file_a_function_or_a_name(tmp_path: Path) -> None:
    put(tmp_path, "a.yml", runbook("deploy"))
    put(tmp_path, "cluster.py", PYTHON)
    catalog = Catalog([tmp_path], load_python)
    assert load("a.yml", tmp_path, catalog, load_python).name == "deploy"
    assert load(str(tmp_path / "a.yml"), Path("/"), catalog, load_python).name == "deploy"
    assert load("deploy", tmp_path, catalog, load_python).name == "deploy"
    assert load("cluster:scale_it", tmp_path, catalog, load_python).name == "scale"


@pytest.mark.parametrize("target", ["b.yml", "sub/b.yml", "sub/b", "a\0.yml", "nothing", ""])
def test_a_target_that_is_not_there(target: str, tmp_path: Path) -> None:
    put(tmp_path, "a.yml", runbook("deploy"))
    with pytest.raises(NotFoundError):
        load(target, tmp_path, Catalog([tmp_path], load_python), load_python)


def test_a_file_that_is_not_there_gets_a_suggestion(tmp_path: Path) -> None:
    put(tmp_path, "deploy.yml", runbook("deploy"))
    with pytest.raises(NotFoundError) as caught:
        load("depoly.yml", tmp_path, Catalog([], load_python), load_python)
    assert caught.value.hint == "did you mean `deploy.yml`?"


def test_check_gives_all_problems(tmp_path: Path) -> None:
    put(tmp_path, "good.yml", runbook("deploy"))
    put(tmp_path, "bad.yml", "nam: x\ntimeout: 0\n")
    assert check("good.yml", tmp_path, Catalog([], load_python), load_python) == ()
    problems = check("bad.yml", tmp_path, Catalog([], load_python), load_python)
    assert {problem.line for problem in problems} == {1, 2}
    assert all(problem.file == str(tmp_path / "bad.yml") for problem in problems)


def test_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    path = put(tmp_path, "a.yml", "name: " + "x" * 10_000_000)
    start = time.perf_counter()
    with pytest.raises(DefinitionError, match="larger than 1 MiB"):
        read_definition_file(path)
    assert time.perf_counter() - start < 0.1


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    fifo = tmp_path / "b.yml"
    os.mkfifo(fifo)
    for path, reason in [(tmp_path, "is not a file"), (fifo, "is not a file")]:
        with pytest.raises(DefinitionError, match=reason):
            read_definition_file(path)
    with pytest.raises(DefinitionError, match="does not exist"):
        read_definition_file(tmp_path / "c.yml")
