"""Jobs that are claimed with the decision before their own, until it is known what came of that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tasktrail.engine.lane import Lane
from tasktrail.engine.reserved_place import ReservedPlace
from tasktrail.engine.successor import Successor
from tasktrail.engine.workshop import Workshop


class EarlyClaims:
    """The first jobs of tasks that are being accepted, and the successors of jobs that end.

    `freed` is called when a place, or a job that waits for one, is free again because the claim
    came to nothing.
    """

    def __init__(self, workshop: Workshop, freed: Callable[[], None]) -> None:
        self._workshop = workshop
        self._freed = freed
        self._pending: dict[str, ReservedPlace | Successor] = {}
        """By their claim."""
        self._given_back: set[str] = set()
        """Claims whose transaction failed, though its commit may have been kept."""

    def reserve(self, lane: Lane) -> ReservedPlace:
        """Keep a place of `lane` for the first job of a task that is about to be accepted."""

        def take_back(place: ReservedPlace) -> None:
            if not place.used:
                self._give_up(place)
                lane.give()
                self._freed()

        place = ReservedPlace(self._workshop, take_back)
        self._pending[place.claim_token] = place
        lane.take()
        return place

    def succeed(self, predecessor: int, turn: tuple[int, int, bool], lane: Lane) -> Successor:
        """Have the job whose `turn` it is in `lane` take the place of `predecessor`."""

        def put_back(successor: Successor) -> None:
            self._give_up(successor)
            task_id, job_id, new = turn
            lane.offer(task_id, job_id, new=new)
            self._freed()

        successor = Successor(self._workshop, turn, predecessor, put_back)
        self._pending[successor.claim_token] = successor
        return successor

    def kept(self, claim: str) -> ReservedPlace | Successor | None:
        """What is to be begun now that `claim` is durable; told once."""
        early = self._pending.pop(claim, None)
        if early is not None:
            early.used = True
        return early

    def kept_unasked(self, claim: str) -> bool:
        """Whether `claim` came to be durable after it had been given up; told once."""
        if claim not in self._given_back:
            return False
        self._given_back.discard(claim)
        return True

    async def places_settled(self) -> None:
        """Return once no task is being accepted with a place."""
        settled = [one.settled for one in self._pending.values() if isinstance(one, ReservedPlace)]
        if settled:
            await asyncio.wait(settled)

    def _give_up(self, early: ReservedPlace | Successor) -> None:
        del self._pending[early.claim_token]
        if early.assignment is not None:
            self._given_back.add(early.claim_token)
