"""The environment that the peers are installed in, apart from the product's own."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

_PINS = Path(__file__).parent.parent / "peers.txt"


class PeersMissingError(Exception):
    """The peers cannot be installed; the message says why."""


def peers_python(directory: Path) -> Path:
    """The interpreter of the peers' environment in `directory`, which is made when needed.

    Raises:
        PeersMissingError: it cannot be made.
    """
    python = directory / "bin" / "python"
    installed = directory / "installed"
    pins = _PINS.read_text()
    if not installed.exists() or installed.read_text() != pins:
        print("Installing the peers, which takes about a minute, once.", file=sys.stderr)
        venv.create(directory, clear=True, with_pip=False)
        _install(python)
        installed.write_text(pins)
    return python


def _install(python: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "-qq", "--no-input")
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(_PINS)],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or "pip failed").splitlines()[-1]
        raise PeersMissingError(f"could not be installed: {last}")
