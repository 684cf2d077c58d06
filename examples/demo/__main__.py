"""The demo: the releases of a small web application, as recorded tasks.

    python examples/demo [--once] [DIRECTORY]

Everything happens in DIRECTORY (default: .demo in the checkout), which is emptied first. A server
is started on this machine, and all that the demo does goes through its REST API. What is shown of
tasks is what the command line says, and every exit code and status is checked: the demo ends with 1
when one is not what it has to be. At the end the dashboard stays open until Ctrl-C, unless it is
played `--once`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from background import Background
from expectation import UnexpectedError
from playground import Playground, PlaygroundInUseError
from rest_api import RestApi
from screen import Screen
from shop_deployment import ShopDeployment
from shop_repository import ShopRepository
from story import Story
from tasktrail_command import TasktrailCommand
from tasktrail_server import TasktrailServer

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "examples"
DIRECTORY = CHECKOUT / ".demo"
OWNER = ("Ann", "ann@shop.example")


def main() -> int:
    """Tell the story, and leave nothing running however it ends."""
    # SIGINT as well: a shell has programs that it starts in the background ignore it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    # All that the demo asks is on this machine, where no proxy is to be asked for it.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    arguments = read_arguments()
    screen = Screen(sys.stdout)
    told = False
    try:
        with ExitStack() as stack:
            playground = stack.enter_context(Playground(arguments.directory.absolute()))
            server, api = tell(stack, playground, screen)
            told = True
            if not arguments.once:
                leave_open(server, api, screen)
    except (UnexpectedError, PlaygroundInUseError) as error:
        screen.complain(str(error))
        return 1
    except KeyboardInterrupt:
        if not told:
            screen.complain("Interrupted; nothing is left running.")
            return 130
    screen.close(arguments.directory)
    return 0


def read_arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="demo", description="Release a shop as recorded tasks.")
    parser.add_argument("--once", action="store_true", help="end when the story has been told")
    parser.add_argument("directory", type=Path, nargs="?", default=DIRECTORY)
    return parser.parse_args()


def tell(
    stack: ExitStack, playground: Playground, screen: Screen
) -> tuple[TasktrailServer, RestApi]:
    """Set the scene and play it; what is entered into `stack` is stopped at its end."""
    started = time.monotonic()
    repository = ShopRepository(playground.directory / "repository", EXAMPLES)
    deployment = ShopDeployment(playground.directory / "deployment", EXAMPLES)
    screen.heading("The scene: a git repository, a server for the shop, and Tasktrail")
    repository.create()
    deployment.create()
    stack.enter_context(Background(deployment.keeper(), playground.log("service"), '"running"'))
    server = TasktrailServer(
        playground.directory / "data",
        [EXAMPLES, repository.pipeline.parent],
        playground.log("server"),
    )
    server.configure()
    stack.enter_context(server)
    url, token = server.invitation()
    api = stack.enter_context(RestApi(url))
    name, email = OWNER
    api.become_owner(token, name=name, email=email)
    tasktrail = TasktrailCommand(
        url, api.make_key("demo", "user"), api.make_key("nightly", "robot"), screen
    )
    screen.say(f"Tasktrail is up at {url}; {name} has signed in, and made two API keys.")
    screen.say("The commands below ask that server:")
    screen.say(f"export TASKTRAIL_URL={url} TASKTRAIL_API_KEY=...")
    Story(repository, deployment, tasktrail, api, screen).tell()
    screen.succeed(f"All as it should be, in {time.monotonic() - started:.0f} s.")
    return server, api


def leave_open(server: TasktrailServer, api: RestApi, screen: Screen) -> None:
    """Show where the dashboard is, until Ctrl-C.

    Raises:
        UnexpectedError: the server has ended by itself.
    """
    name, _ = OWNER
    screen.heading("The dashboard: the same tasks in a browser")
    if not api.serves_dashboard():
        screen.say("It has not been built here: run `make web`, and reload the page.")
    screen.say(f"It is open at {api.url}")
    screen.say(f"Sign in as {name} by this link, which works once:")
    screen.say(api.sign_in_link())
    screen.say("Ctrl-C stops everything.")
    server.wait()


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C ends it."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
