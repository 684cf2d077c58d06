"""The system's own steps: workspaces, clones and caches."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tasktrail.model.outcome import Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import JsonValue, SystemAction, SystemWork
from tasktrail.runners.command import CommandRunner
from tasktrail.runners.step_call import StepCall, Stream
from tasktrail.runners.supervisor import Supervisor
from tasktrail.runners.system import SystemRunner


class Kept:
    """Keeps what a step says."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, stream: Stream, chunk: bytes) -> None:
        self.text += chunk.decode()


class SystemBench:
    """Carries out system actions in one workspace, with a home directory of its own."""

    def __init__(self, runner: SystemRunner, directory: Path) -> None:
        self.runner = runner
        self.workspace = directory / "job" / "work"
        self.home = directory / "home"
        self.home.mkdir()
        self.said = ""

    def call(self, work: SystemWork, **arguments: JsonValue) -> StepCall:
        return StepCall(
            task_id=1,
            job_id=1,
            job_name="main",
            step_id=1,
            step_name="step",
            attempt=1,
            action=SystemAction(work=work, arguments=arguments),
            environment={**os.environ, "HOME": str(self.home)},
            workspace=self.workspace,
            working_directory=self.workspace,
            outputs_file=self.workspace.parent / "outputs-1-1",
            marker=f"{uuid4().hex}:1-1",
            stop_signal="SIGTERM",
            grace=1,
            output=Kept(),
        )

    async def do(self, work: SystemWork, **arguments: JsonValue) -> Outcome:
        call = self.call(work, **arguments)
        result = await self.runner.run(call)
        assert isinstance(call.output, Kept)
        self.said = call.output.text
        return result.outcome

    async def fresh(self) -> None:
        """Another workspace."""
        await self.do(SystemWork.REMOVE_WORKSPACE)
        await self.do(SystemWork.PREPARE_WORKSPACE)


@pytest.fixture
async def system(supervisor: Supervisor, tmp_path: Path) -> SystemBench:
    commands = CommandRunner(supervisor, lambda: "R1")
    runner = SystemRunner(commands, caches=tmp_path / "caches", new_reference=lambda: "R1")
    bench = SystemBench(runner, tmp_path)
    await bench.do(SystemWork.PREPARE_WORKSPACE)
    return bench


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    """Runs git in a repository with one commit, a tag on it, and a second one on a branch."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        return subprocess.run(
            ["git", *who, *arguments], cwd=repository, check=True, capture_output=True, text=True
        ).stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    (repository / "shop.txt").write_text("one")
    run("add", ".")
    run("commit", "--quiet", "-m", "First")
    run("tag", "v1")
    run("switch", "--quiet", "-c", "next")
    (repository / "shop.txt").write_text("two")
    run("commit", "--quiet", "-a", "-m", "Second")
    run("switch", "--quiet", "main")
    return run


async def test_a_workspace_is_removed_with_read_only_directories(
    system: SystemBench,
) -> None:
    locked = system.workspace / "locked"
    locked.mkdir()
    (locked / "file").touch()
    locked.chmod(0o500)

    assert await system.do(SystemWork.REMOVE_WORKSPACE) == Succeeded()

    assert not system.workspace.exists()
    assert await system.do(SystemWork.REMOVE_WORKSPACE) == Succeeded()


@pytest.mark.parametrize(
    ("ref", "content"), [("HEAD", "one"), ("next", "two"), ("v1", "one"), ("commit", "two")]
)
async def test_a_clone_is_at_the_commit_that_was_asked_for(
    system: SystemBench, git: Callable[..., str], tmp_path: Path, ref: str, content: str
) -> None:
    wanted = git("rev-parse", "next") if ref == "commit" else ref

    outcome = await system.do(SystemWork.CLONE, repository=str(tmp_path / "repository"), ref=wanted)

    assert isinstance(outcome, Succeeded), system.said
    assert (system.workspace / "shop.txt").read_text() == content
    assert system.said.startswith("at ")


async def test_a_clone_works_in_a_directory_that_is_not_empty(
    system: SystemBench, git: Callable[..., str], tmp_path: Path
) -> None:
    (system.workspace / "vendor").mkdir()
    (system.workspace / "vendor" / "cached").write_text("kept")
    (system.workspace / "shop.txt").write_text("in the way")

    outcome = await system.do(SystemWork.CLONE, repository=str(tmp_path / "repository"))

    assert isinstance(outcome, Succeeded), system.said
    assert (system.workspace / "shop.txt").read_text() == "one"
    assert (system.workspace / "vendor" / "cached").read_text() == "kept"


async def test_a_clone_can_be_tried_again(
    system: SystemBench, git: Callable[..., str], tmp_path: Path
) -> None:
    for _ in range(2):
        outcome = await system.do(SystemWork.CLONE, repository=str(tmp_path / "repository"))
        assert isinstance(outcome, Succeeded), system.said


@pytest.mark.parametrize("ref", ["no-such-branch", "--upload-pack=touch x"])
async def test_a_wrong_ref_or_repository_is_a_user_error(
    system: SystemBench, git: Callable[..., str], tmp_path: Path, ref: str
) -> None:
    of_ref = await system.do(SystemWork.CLONE, repository=str(tmp_path / "repository"), ref=ref)
    of_repository = await system.do(SystemWork.CLONE, repository=str(tmp_path / "nowhere"))

    assert isinstance(of_ref, Failed)
    assert isinstance(of_repository, Failed)
    assert not (system.workspace / "x").exists()


@pytest.mark.parametrize("path", ["vendor", "~/.composer", "~/.cache/pip"])
async def test_a_cache_brings_back_what_was_saved(system: SystemBench, path: str) -> None:
    place = (
        system.home / path.removeprefix("~/") if path.startswith("~") else system.workspace / path
    )
    place.mkdir(parents=True)
    (place / "package").write_text("bytes")
    (place / "latest").symlink_to("package")

    saved = await system.do(SystemWork.CACHE_SAVE, key="k", path=path, owner="o")
    (place / "package").unlink()
    (place / "latest").unlink()
    restored = await system.do(SystemWork.CACHE_RESTORE, key="k", path=path, owner="o")

    assert (saved, restored) == (Succeeded(), Succeeded())
    assert (place / "package").read_text() == "bytes"
    assert (place / "latest").readlink() == Path("package")


async def test_caches_of_other_owners_and_other_keys_are_not_seen(system: SystemBench) -> None:
    (system.workspace / "vendor").mkdir()
    (system.workspace / "vendor" / "mine").touch()
    await system.do(SystemWork.CACHE_SAVE, key="k", path="vendor", owner="a")
    await system.fresh()

    await system.do(SystemWork.CACHE_RESTORE, key="k", path="vendor", owner="b")
    await system.do(SystemWork.CACHE_RESTORE, key="other", path="vendor", owner="a")

    assert not (system.workspace / "vendor").exists()
    assert "no cache" in system.said


async def test_a_key_follows_the_content_of_the_file_that_it_hashes(system: SystemBench) -> None:
    key = 'composer-{{ hash "composer.lock" }}-v1'
    lock = system.workspace / "composer.lock"
    (system.workspace / "vendor").mkdir()
    (system.workspace / "vendor" / "one").touch()
    lock.write_text("1")
    await system.do(SystemWork.CACHE_SAVE, key=key, path="vendor")
    await system.fresh()

    lock.write_text("2")
    await system.do(SystemWork.CACHE_RESTORE, key=key, path="vendor")
    missed = (system.workspace / "vendor").exists()
    lock.write_text("1")
    await system.do(SystemWork.CACHE_RESTORE, key=key, path="vendor")

    assert not missed
    assert (system.workspace / "vendor" / "one").exists()


async def test_what_was_saved_first_under_a_key_stays(system: SystemBench) -> None:
    file = system.workspace / "vendor" / "file"
    file.parent.mkdir()
    for content in ("first", "second"):
        file.write_text(content)
        await system.do(SystemWork.CACHE_SAVE, key="k", path="vendor")

    await system.do(SystemWork.CACHE_RESTORE, key="k", path="vendor")

    assert file.read_text() == "first"


async def test_nothing_to_save_is_a_warning(system: SystemBench) -> None:
    assert isinstance(await system.do(SystemWork.CACHE_SAVE, key="k", path="vendor"), Warned)


@pytest.mark.parametrize(
    "path", ["..", "/etc", "~", "~/", "~/..", "~/../caches", "~root/.ssh", "link/below"]
)
@pytest.mark.parametrize("work", [SystemWork.CACHE_SAVE, SystemWork.CACHE_RESTORE])
async def test_a_path_outside_of_workspace_and_home_is_refused(
    system: SystemBench, work: SystemWork, path: str
) -> None:
    (system.workspace / "link").symlink_to("/etc")

    assert isinstance(await system.do(work, key="k", path=path), Failed)


async def test_a_stop_ends_a_copy(system: SystemBench) -> None:
    (system.workspace / "vendor").mkdir()
    (system.workspace / "vendor" / "file").touch()
    call = system.call(SystemWork.CACHE_SAVE, key="k", path="vendor")
    call.stop.ask()

    result = await system.runner.run(call)

    assert result.stopped
    await system.do(SystemWork.CACHE_RESTORE, key="k", path="vendor")
    assert "no cache" in system.said
