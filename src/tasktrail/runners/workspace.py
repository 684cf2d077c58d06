"""The directory that the steps of a job share, made before the first and removed after the last."""

from __future__ import annotations

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
    """Remove a workspace in which nothing was left, nor beside it; returns whether it is gone.

    Quick enough for an event loop.
    """
    try:
        workspace.rmdir()
        workspace.parent.rmdir()
    except OSError:
        return False
    reach(Failpoint.WORKSPACE_REMOVED)
    return True


def remove_workspace(workspace: Path) -> None:
    """Remove the workspace, and the outputs beside it, with all that they hold.

    Raises:
        OSError: something of it cannot be removed.
    """
    remove_tree(workspace.parent)
    reach(Failpoint.WORKSPACE_REMOVED)
