"""The demo: the releases of a small web application, as recorded tasks.

    python examples/demo [DIRECTORY]

Everything happens in DIRECTORY (default: .demo in the checkout), which is emptied first. What is
shown of tasks is what the command line says, and every exit code and status is checked: the demo
ends with 1 when one is not what it has to be.
"""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from background import Background
from expectation import UnexpectedError
from playground import Playground, PlaygroundInUseError
from screen import Screen
from shop_deployment import ShopDeployment
from shop_repository import ShopRepository
from story import Story
from tasktrail_command import TasktrailCommand

CHECKOUT = Path(__file__).resolve().parents[2]
DIRECTORY = CHECKOUT / ".demo"


def main() -> int:
    """Tell the story, and leave nothing running however it ends."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    directory = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else DIRECTORY
    screen = Screen(sys.stdout)
    started = time.monotonic()
    try:
        with ExitStack() as stack:
            playground = stack.enter_context(Playground(directory))
            tell(stack, playground, screen)
    except (UnexpectedError, PlaygroundInUseError) as error:
        screen.complain(str(error))
        return 1
    except KeyboardInterrupt:
        screen.complain("Interrupted; nothing is left running.")
        return 130
    screen.close(f"All as it should be, in {time.monotonic() - started:.0f} s.", directory)
    return 0


def tell(stack: ExitStack, playground: Playground, screen: Screen) -> None:
    """Set the scene and play it; what is entered into `stack` is stopped at its end."""
    repository = ShopRepository(playground.directory / "repository", CHECKOUT / "examples")
    deployment = ShopDeployment(playground.directory / "deployment", CHECKOUT / "examples")
    tasktrail = TasktrailCommand(playground.directory / "data", CHECKOUT / "examples", screen)
    screen.heading("The scene: a git repository, a server, and Tasktrail")
    repository.create()
    deployment.create()
    stack.enter_context(Background(deployment.keeper(), playground.log("service"), '"running"'))
    stack.enter_context(
        Background(
            tasktrail.up(), playground.log("engine"), "Tasktrail is up", tasktrail.environment
        )
    )
    Story(repository, deployment, tasktrail, screen).tell()


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C ends it."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
