"""A program that runs beside the demo."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from expectation import UnexpectedError

START_SECONDS = 20.0
STOP_SECONDS = 20.0
PR_SET_PDEATHSIG = 1


class Background:
    """Started when entered and stopped when left, in an orderly way if it lets itself.

    It counts as started once it has printed a line that contains `ready`. It runs in a session of
    its own, so that Ctrl-C reaches only the demo, which then stops things in their order; should
    the demo be killed, the system sends it SIGTERM.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        ready: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._environment = environment
        self._started = threading.Event()

    def __enter__(self) -> Self:
        """Raises UnexpectedError when it does not start."""
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=ask_to_end_with_the_demo,  # noqa: PLW1509 - no thread runs yet that could hold a lock
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # A second Ctrl-C must not leave half of it running.
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._reader.join()
        finally:
            signal.signal(signal.SIGINT, previous)

    def wait(self) -> None:
        """Wait until it ends, which it is not to do.

        Raises:
            UnexpectedError: it has.
        """
        code = self._process.wait()
        raise UnexpectedError(f"{' '.join(self._command)} ended with {code}:\n{self._end_of_log()}")

    def _wait_until_ready(self) -> None:
        if not self._started.wait(START_SECONDS) or self._process.poll() is not None:
            raise UnexpectedError(f"{' '.join(self._command)} did not start:\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def _read(self, output: IO[str]) -> None:
        with self._log.open("w") as log, output:
            for line in output:
                log.write(line)
                log.flush()
                if self._ready in line:
                    self._started.set()
        # What ended will not get ready any more.
        self._started.set()


def ask_to_end_with_the_demo() -> None:
    """Called in the new process: have the system send it SIGTERM when the demo is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
