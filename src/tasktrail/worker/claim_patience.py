"""For how long a worker asks for a job that Temporal gave it before it gives the job back."""

from __future__ import annotations

import asyncio

from tasktrail.errors import StoreUnavailableError
from tasktrail.worker.answer import UnaskedError
from tasktrail.worker.api_watch import ApiWatch

UNASKED = 3.0
"""Seconds without a connection after which others are to have the job."""

UNANSWERED = 20.0
"""The same where a question was sent. It may have been taken: then a job that is given back counts
as one that lost its worker."""


class ClaimPatience:
    """Begins with the first question. Where nothing is reached, and was not before, a job is given
    back at once."""

    def __init__(self, watch: ApiWatch) -> None:
        self._watch = watch
        self._unasked = UNASKED if watch.answers else 0.0
        self._sent = False
        self._since = asyncio.get_running_loop().time()

    def ends_with(self, error: StoreUnavailableError) -> bool:
        """Whether this is the last failure to be waited for."""
        self._watch.missed(error)
        self._sent = self._sent or not isinstance(error, UnaskedError)
        waited = asyncio.get_running_loop().time() - self._since
        return waited >= (UNANSWERED if self._sent else self._unasked)
