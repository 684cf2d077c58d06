"""The system's own steps: workspaces, clones and caches."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tasktrail.model.outcome import Errored, Failed, Outcome, Succeeded
from tasktrail.model.plan import CommandAction, SystemAction, SystemWork
from tasktrail.runners.step_call import StepCall, StepResult, StepRunner, Stream

_HASH = re.compile(r"""\{\{\s*hash\s+["']([^"']*)["']\s*\}\}""")

_CLONE = """\
git clone --quiet --no-checkout -- "$REPOSITORY" .
git -c advice.detachedHead=false checkout --quiet "$(git rev-parse --verify "$REF^{commit}")"
git --no-pager log -1 --format='at %h %s'
"""


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
        if action.work is SystemWork.CLONE:
            return await self._clone(call, action)
        try:
            outcome = await asyncio.to_thread(self._work, call, action)
        except OSError as error:
            outcome = Errored(
                message=f"{action.work.value.replace('_', ' ')}: {error}",
                reference=self._new_reference(),
                detail="".join(traceback.format_exception(error)),
            )
        return StepResult(outcome=outcome)

    def _work(self, call: StepCall, action: SystemAction) -> Outcome:
        match action.work:
            case SystemWork.PREPARE_WORKSPACE:
                call.workspace.mkdir(parents=True, exist_ok=True)
            case SystemWork.REMOVE_WORKSPACE:
                _remove(call.workspace)
            case SystemWork.CACHE_RESTORE:
                return self._restore(call, action)
            case SystemWork.CACHE_SAVE:
                return self._save(call, action)
            case SystemWork.CLONE:
                raise AssertionError("a clone is a command")
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
        cache, path = self._cache(call, action), _inside(call, action)
        if path is None:
            return _outside(action)
        if not cache.is_dir():
            _say(call, f"no cache {cache.name}")
            return Succeeded()
        shutil.copytree(cache, path, symlinks=True, dirs_exist_ok=True)
        _say(call, f"restored {action.arguments['path']} from cache {cache.name}")
        return Succeeded()

    def _save(self, call: StepCall, action: SystemAction) -> Outcome:
        cache, path = self._cache(call, action), _inside(call, action)
        if path is None:
            return _outside(action)
        if cache.exists():
            _say(call, f"cache {cache.name} is there already")
            return Succeeded()
        if not path.is_dir():
            return Failed(message=f"there is no directory {action.arguments['path']} to cache")
        draft = cache.with_name(f".{cache.name}-{call.step_id}")
        _remove(draft)
        shutil.copytree(path, draft, symlinks=True)
        try:
            draft.rename(cache)
        except OSError:  # somebody saved the same key meanwhile: theirs is as good
            _remove(draft)
        _say(call, f"saved {action.arguments['path']} to cache {cache.name}")
        return Succeeded()

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


def _inside(call: StepCall, action: SystemAction) -> Path | None:
    """The path of a cache in the workspace; None when it leads out of it."""
    path = (call.working_directory / str(action.arguments["path"])).resolve()
    return path if path.is_relative_to(call.workspace.resolve()) else None


def _outside(action: SystemAction) -> Failed:
    return Failed(message=f"the path {action.arguments['path']} is not inside the workspace")


def _say(call: StepCall, text: str) -> None:
    call.output.write(Stream.SYSTEM, f"{text}\n".encode())


def _remove(directory: Path) -> None:
    """Remove a directory with all it holds, read-only directories included."""

    def make_writable(_function: object, path: str, error: object) -> None:
        if isinstance(error, tuple) and isinstance(error[1], FileNotFoundError):
            return
        target = Path(path)
        target.parent.chmod(0o700)
        if target.is_dir() and not target.is_symlink():
            target.chmod(0o700)
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    if directory.exists():
        shutil.rmtree(directory, onerror=make_writable)
