"""Whether the API answers: who cannot ask for a job is not to take it from Temporal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from tasktrail.errors import RefusedError, StoreUnavailableError
from tasktrail.worker.work_api import WorkApi

ASKED_EVERY = 5.0
ASKED_WHILE_AWAY_EVERY = 1.0
"""Seconds between two questions, while it answers and while it does not."""

_log = logging.getLogger(__name__)


class ApiWatch:
    """`answers` is whether the API does, as far as is known."""

    def __init__(self, api: WorkApi) -> None:
        self._api = api
        self._turned: Callable[[bool], None] = lambda _answers: None
        self._missed = asyncio.Event()
        self.answers = True

    def missed(self, error: StoreUnavailableError) -> None:
        """It has not answered somebody."""
        if self.answers:
            _log.warning("no jobs are taken for the moment: %s", error)
            self._turn(answers=False)
            self._missed.set()

    async def until_refused(self, turned: Callable[[bool], None]) -> RefusedError:
        """Ask it again and again, also while nothing is asked for anyway, and tell `turned` when it
        begins or ceases to answer; return why it refuses this worker, once it does."""
        self._turned = turned
        while True:
            await self._pause()
            try:
                await self._api.myself()
            except StoreUnavailableError as error:
                self.missed(error)
            except RefusedError as error:
                return error
            except Exception:  # noqa: BLE001 - without it, nobody would ever ask again
                _log.exception("the API was not asked whether it answers")
            else:
                self._found()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ASKED_EVERY if self.answers else ASKED_WHILE_AWAY_EVERY):
                await self._missed.wait()
        self._missed.clear()

    def _found(self) -> None:
        if not self.answers:
            _log.info("the API answers, and jobs are taken again")
            self._turn(answers=True)

    def _turn(self, *, answers: bool) -> None:
        self.answers = answers
        self._turned(answers)
