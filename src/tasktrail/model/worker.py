"""Who carries out jobs from afar: a worker, known by the key of its pool."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as it asks: it has no rights but to the jobs of its pool, of any organization."""

    key_id: int
    pool: str

    @property
    def credential(self) -> str:
        """By what it was identified, for limits and logs. It holds no secret."""
        return f"worker-key:{self.key_id}"
