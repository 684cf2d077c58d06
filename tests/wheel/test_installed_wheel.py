"""What `make wheel` has built, installed where nothing of the checkout and no Node is."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
HELLO = "name: hello\njobs: {main: {steps: [{run: echo hello}]}}\n"


@pytest.fixture(scope="module")
def tasktrail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that the wheel alone was installed into."""
    (wheel,) = (CHECKOUT / "dist").glob("tasktrail-*.whl")
    environment = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python", "install"]
    quietly = ["-qq", "--no-input", "--disable-pip-version-check"]
    locked = ["--require-hashes", "-r", CHECKOUT / "requirements" / "runtime.txt"]
    subprocess.run([*pip, *quietly, *locked], check=True)
    subprocess.run([*pip, *quietly, "--no-deps", wheel], check=True)
    return environment / "bin" / "tasktrail"


def surroundings(program: Path) -> dict[str, str]:
    """An environment in which nothing but what was installed is found."""
    return {"PATH": str(program.parent), "HOME": os.environ["HOME"]}


@contextmanager
def serving(program: Path, data: Path) -> Generator[str]:
    """The address of a server that runs meanwhile."""
    with subprocess.Popen(
        [program, "--data", data, "up", "--listen", "127.0.0.1:0"],
        cwd=data.parent,
        env=surroundings(program),
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        try:
            said = server.stderr.readline()
            address = re.search(r"Dashboard: (http://127\.0\.0\.1:\d+);", said)
            assert address is not None, said + server.stderr.read()
            yield address[1]
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)
    assert server.returncode == 0


def test_the_dashboard_is_served(tasktrail: Path, tmp_path: Path) -> None:
    with (
        serving(tasktrail, tmp_path / "data") as url,
        httpx2.Client(base_url=url, trust_env=False) as browser,
    ):
        page = browser.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 200, page.text
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
        assert any(file.endswith(".js") for file in files)
        assert any(file.endswith(".css") for file in files)
        for file in files:
            assert browser.get(file).status_code == 200, file
        asset = next(file for file in files if file.startswith("/assets/"))
        sent = browser.get(asset, headers={"Accept-Encoding": "gzip"}).headers
        assert (sent["Content-Encoding"], sent["Cache-Control"].rpartition(" ")[2]) == (
            "gzip",
            "immutable",
        )


def test_a_task_runs(tasktrail: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.yml").write_text(HELLO)
    ran = subprocess.run(
        [tasktrail, "--data", tmp_path / "data", "run", "hello.yml"],
        cwd=tmp_path,
        env=surroundings(tasktrail) | {"PATH": f"{tasktrail.parent}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "hello" in ran.stdout
