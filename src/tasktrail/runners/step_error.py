"""A system error, from what was raised."""

from __future__ import annotations

import traceback

from tasktrail.model.outcome import Errored


def errored(error: Exception, reference: str, message: str | None = None) -> Errored:
    """The outcome of an attempt that could not be carried out.

    `reference` names it for support; the traceback is for those who may see system steps.
    `message` is what the error says of itself unless something clearer is given.
    """
    return Errored(
        message=str(error) if message is None else message,
        reference=reference,
        detail="".join(traceback.format_exception(error)),
    )
