"""The system's own steps: workspaces, clones and caches."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded, Warned
from tasktrail.model.plan import CommandAction, SystemAction, SystemWork
from tasktrail.runners.file_tree import remove_tree
from tasktrail.runners.step_call import StepCall, StepResult, StepRunner, Stream
from tasktrail.runners.step_error import errored
from tasktrail.runners.workspace import (
    prepare_workspace,
    remove_empty_workspace,
    remove_workspace,
)

_HASH = re.compile(r"""\{\{\s*hash\s+["']([^"']*)["']\s*\}\}""")

_CLONE = """\
git init --quiet
git config remote.origin.url "$REPOSITORY"
git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
git fetch --quiet --tags origin '+HEAD:refs/tasktrail/head' '+refs/heads/*:refs/remotes/origin/*'
case "$REF" in HEAD) REF=refs/tasktrail/head ;; esac
commit=$(git rev-parse --verify --quiet "refs/remotes/origin/$REF^{commit}" \\
  || git rev-parse --verify "$REF^{commit}")
git -c advice.detachedHead=false checkout --quiet --force --detach "$commit"
git --no-pager log -1 --format='at %h %s'
"""
"""Not `git clone`: a cache may have been restored into the workspace before."""


class SystemRunner:
    """Carries out system actions. `caches` is where caches are kept between tasks.

    What goes wrong with a workspace is a system error; a clone or a cache is asked for by the user,
    so that a wrong repository or path is a user error.
    """

    def __init__(
        self, commands: StepRunner, *, caches: Path, new_reference: Callable[[], str]
    ) -> None:
        self._commands = commands
        self._caches = caches
        self._new_reference = new_reference

    async def run(self, call: StepCall) -> StepResult:
        """Carry out one system action."""
        action = call.action
        if not isinstance(action, SystemAction):
            raise TypeError(f"{type(action).__name__} is no system action")
        match action.work:
            case SystemWork.CLONE:
                return await self._clone(call, action)
            case SystemWork.PREPARE_WORKSPACE:
                return StepResult(outcome=self.prepared(call.workspace))
            case SystemWork.REMOVE_WORKSPACE if remove_empty_workspace(call.workspace):
                return StepResult(outcome=Succeeded())
            case _:
                return await self._done_in_thread(call, action)

    def prepared(self, workspace: Path) -> Outcome:
        """Make a workspace at once, ahead of the step that would do it."""
        try:
            prepare_workspace(workspace)
        except OSError as error:
            return self._errored(SystemWork.PREPARE_WORKSPACE, error)
        return Succeeded()

    def removed(self, workspace: Path) -> Outcome | None:
        """Remove a workspace at once in which nothing was left; None where there is more to do."""
        return Succeeded() if remove_empty_workspace(workspace) else None

    async def _done_in_thread(self, call: StepCall, action: SystemAction) -> StepResult:
        try:
            outcome = await asyncio.to_thread(self._work, call, action)
        except _StoppedError:
            return StepResult(outcome=Failed(message="stopped"), stopped=True)
        except OSError as error:
            outcome = self._errored(action.work, error)
        return StepResult(outcome=outcome)

    def _errored(self, work: SystemWork, error: OSError) -> Errored:
        what = work.value.replace("_", " ")
        return errored(error, self._new_reference(), f"{what}: {error}")

    def _work(self, call: StepCall, action: SystemAction) -> Outcome:
        match action.work:
            case SystemWork.REMOVE_WORKSPACE:
                remove_workspace(call.workspace)
            case SystemWork.CACHE_RESTORE:
                return self._restore(call, action)
            case SystemWork.CACHE_SAVE:
                return self._save(call, action)
            case SystemWork.PREPARE_WORKSPACE | SystemWork.CLONE:
                raise AssertionError("done elsewhere")
        return Succeeded()

    async def _clone(self, call: StepCall, action: SystemAction) -> StepResult:
        environment = {
            **call.environment,
            "REPOSITORY": str(action.arguments["repository"]),
            "REF": str(action.arguments.get("ref", "HEAD")),
            "GIT_TERMINAL_PROMPT": "0",
        }
        command = replace(call, action=CommandAction(run=_CLONE), environment=environment)
        return await self._commands.run(command)

    def _restore(self, call: StepCall, action: SystemAction) -> Outcome:
        cache, path = self._cache(call, action), self._cached(call, action)
        if path is None:
            return _refused(action)
        if not cache.is_dir():
            _say(call, f"no cache {cache.name}")
            return Succeeded()
        _copy(cache, path, call)
        _say(call, f"restored {action.arguments['path']} from cache {cache.name}")
        return Succeeded()

    def _save(self, call: StepCall, action: SystemAction) -> Outcome:
        cache, path = self._cache(call, action), self._cached(call, action)
        if path is None:
            return _refused(action)
        if cache.exists():
            _say(call, f"cache {cache.name} is there already")
            return Succeeded()
        if not path.is_dir():
            return Warned(message=f"there is no directory {action.arguments['path']} to cache")
        draft = cache.with_name(f".{cache.name}-{call.step_id}")
        remove_tree(draft)
        try:
            _copy(path, draft, call)
            draft.rename(cache)
            _say(call, f"saved {action.arguments['path']} to cache {cache.name}")
        except OSError:
            if not cache.is_dir():
                raise
            _say(call, f"cache {cache.name} was saved by somebody else meanwhile")
        finally:
            remove_tree(draft)
        return Succeeded()

    def _cached(self, call: StepCall, action: SystemAction) -> Path | None:
        """The directory that a cache is for: inside the workspace, or inside the home directory of
        the step (`~/.composer`); None for any other, and for one that holds our own caches."""
        text, home = str(action.arguments["path"]), call.environment.get("HOME")
        root = call.workspace
        if home and text.startswith("~/"):
            root, text = Path(home), text.removeprefix("~/")
            path = (root / text).resolve()
            allowed = path != root.resolve()
        else:
            path = (call.working_directory / text).resolve()
            allowed = not text.startswith("~")
        inside = path.is_relative_to(root.resolve())
        return path if allowed and inside and not _overlap(path, self._caches) else None

    def _cache(self, call: StepCall, action: SystemAction) -> Path:
        """The directory of a cache: one per key and per owner, so that two repositories never
        share one. `{{ hash "FILE" }}` in a key is replaced by a digest of the file."""

        def digest(match: re.Match[str]) -> str:
            file = call.working_directory / match.group(1)
            content = file.read_bytes() if file.is_file() else b""
            return hashlib.sha256(content).hexdigest()[:16]

        key = _HASH.sub(digest, str(action.arguments["key"]))
        owner = str(action.arguments.get("owner", ""))
        name = hashlib.sha256(f"{owner}\0{key}".encode()).hexdigest()[:32]
        return self._caches / name


class _StoppedError(Exception):
    """A stop came while files were copied."""


def _copy(source: Path, target: Path, call: StepCall) -> None:
    def copy(one: str, there: str) -> None:
        if call.stop.asked:
            raise _StoppedError
        shutil.copy2(one, there, follow_symlinks=False)

    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, copy_function=copy)


def _overlap(path: Path, caches: Path) -> bool:
    caches = caches.resolve()
    return caches.is_relative_to(path) or path.is_relative_to(caches)


def _refused(action: SystemAction) -> Failed:
    return Failed(
        message=f"the path {action.arguments['path']} is neither inside the workspace nor a"
        " directory below the home directory (~/...)"
    )


def _say(call: StepCall, text: str) -> None:
    call.output.write(Stream.SYSTEM, f"{text}\n".encode())
