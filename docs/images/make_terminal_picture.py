"""Makes terminal.svg: a release of the example shop, as it looks while it runs.

Needs tmux, which plays the terminal: .venv/bin/python docs/images/make_terminal_picture.py
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES / "demo"))

from shop_deployment import ShopDeployment  # noqa: E402 - of the demo, which is no package
from shop_repository import ShopRepository  # noqa: E402

WIDTH, HEIGHT = 100, 30
COMMAND = 'tasktrail run release-shop -i ref=v1.0.0 -i repository="$SHOP" -i deployment="$SERVER"'
MOMENT = "[go-live/Health check]"
"""What is on the screen when the picture is taken."""
SECONDS = 30
THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [
        (72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34),
        (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196),
    ],
)  # fmt: skip


def main() -> None:
    """Play the release, and write the picture of its middle."""
    with tempfile.TemporaryDirectory(prefix="tasktrail-picture-") as place:
        environment = set_up(Path(place))
        with shop_running(Path(place, "server")):
            screen = play(Path(place), environment)
    (HERE / "terminal.svg").write_text(svg(screen), encoding="utf-8")


def set_up(place: Path) -> dict[str, str]:
    """A repository, a server and a data directory; returns the environment of the terminal."""
    repository = ShopRepository(place / "shop", EXAMPLES)
    repository.create()
    ShopDeployment(place / "server", EXAMPLES).create()
    definitions = place / "data" / "definitions"
    definitions.mkdir(parents=True)
    for name in ("release.yml", "smoke-test.yml"):
        (definitions / name).write_text((EXAMPLES / name).read_text())
    return {
        "SHOP": str(repository.path),
        "SERVER": str(place / "server"),
        "TASKTRAIL_DATA": str(place / "data"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PS1": "$ ",
        "LANG": "C.UTF-8",
    }


@contextmanager
def shop_running(server: Path) -> Generator[None]:
    """What keeps the shop running on its server."""
    with subprocess.Popen(ShopDeployment(server, EXAMPLES).keeper()) as keeper:
        try:
            yield
        finally:
            keeper.terminate()


def play(place: Path, environment: dict[str, str]) -> str:
    """What the terminal shows at the moment, with its colours."""
    socket = str(place / "tmux")
    size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
    # As separate words, so that no login shell comes between with a PATH and prompt of its own.
    variables = [f"{name}={value}" for name, value in environment.items()]
    shell = ["env", *variables, "bash", "--norc", "--noprofile"]
    tmux(socket, "-f", os.devnull, "new-session", "-d", *size, "-c", str(place), *shell)
    try:
        wait_for(socket, "$")
        tmux(socket, "send-keys", COMMAND, "Enter")
        wait_for(socket, MOMENT)
        screen = tmux(socket, "capture-pane", "-p", "-e")
        wait_for(socket, "task 1, done")
    finally:
        tmux(socket, "kill-server")
    return screen


def tmux(socket: str, *arguments: str) -> str:
    """Give a command to our terminal; returns what it prints."""
    command = ["tmux", "-S", socket, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def wait_for(socket: str, text: str) -> None:
    """Return once the screen shows a text.

    Raises:
        TimeoutError: it does not.
    """
    give_up = time.monotonic() + SECONDS
    while text not in (screen := tmux(socket, "capture-pane", "-p")):
        if time.monotonic() > give_up:
            raise TimeoutError(f"{text!r} is not on the screen:\n{screen}")
        time.sleep(0.02)


def svg(screen: str) -> str:
    """The screen as a picture."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.from_ansi(screen.rstrip()), soft_wrap=True)
    return console.export_svg(
        title="tasktrail", theme=THEME, unique_id="tasktrail", code_format=without_fonts()
    )


def without_fonts() -> str:
    """Rich's picture, without the fonts that it would load from elsewhere."""
    return re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


if __name__ == "__main__":
    main()
