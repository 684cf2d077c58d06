"""What a worker is told about the installation that it works for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The same for all workers.

    Attributes:
        installation: the name that tells it from every other.
        namespace: of Temporal, where its workflows are.
        payload_key: 32 bytes with which everything is encrypted that goes through Temporal.
        log_cap: bytes of log text that are kept of one attempt.
    """

    installation: str
    namespace: str
    payload_key: bytes
    log_cap: int
