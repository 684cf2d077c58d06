"""The directory that the steps of a job share, made before the first and removed after the last."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tasktrail.failpoints import Failpoint, reach
from tasktrail.runners.file_tree import remove_tree


def prepare_workspace(workspace: Path) -> None:
    """Make the directory; nothing happens when it is there.

    Raises:
        OSError: it cannot be made.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    reach(Failpoint.WORKSPACE_MADE)


def remove_empty_workspace(workspace: Path) -> bool:
    """Remove a workspace in which nothing was left; returns whether it is gone.

    Quick enough for an event loop.
    """
    try:
        workspace.rmdir()
    except OSError:
        return False
    reach(Failpoint.WORKSPACE_REMOVED)
    return True


def remove_workspace(workspace: Path) -> None:
    """Remove the workspace with all that it holds.

    Raises:
        OSError: something of it cannot be removed.
    """
    remove_tree(workspace)
    reach(Failpoint.WORKSPACE_REMOVED)


def discard_outputs(file: Path) -> None:
    """Remove what an attempt wrote to the file for its outputs, or whatever it put there."""
    try:
        file.unlink()
    except FileNotFoundError:
        return
    except OSError:
        with suppress(OSError):  # the next start removes what is left
            remove_tree(file)
