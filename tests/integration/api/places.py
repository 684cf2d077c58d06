"""Everybody asks about things in all places: where things are, and who asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from integration.api.api_bench import HELLO, ApiBench
from integration.api.everybody import Everybody, Somebody, ask
from tasktrail.model.access import Scope
from tasktrail.model.author import Author

OWN, OTHER, PLAIN, FOREIGN = "own project", "other project", "organization", "foreign organization"
PLACES = (OWN, OTHER, PLAIN, FOREIGN)
"""Where a thing is: in the project `shop`, in another project of the organization, in none, or in
another organization. `own` is seen from the organization whose people ask most."""


@dataclass
class Place:
    """One place and what there is in it."""

    name: str
    organization_id: int
    project_ids: tuple[int, ...] = ()
    task: dict[str, Any] = field(default_factory=dict[str, Any])

    def scope(self, *, author: Author | None = None) -> Scope:
        return Scope(
            organization_id=self.organization_id,
            definition="hello",
            project_ids=frozenset(self.project_ids),
            author=author,
        )

    @property
    def owner(self) -> str:
        return "foreign" if self.name == FOREIGN else "owner"


@dataclass
class Matrix:
    """The server, who asks it, and where things are."""

    api: ApiBench
    people: list[Somebody]
    nobody: list[Somebody]
    places: dict[str, Place]
    _number: int = 0

    @classmethod
    async def of(cls, api: ApiBench) -> Matrix:
        api.runbook("hello", f"rerunnable: always\njobs: {{main: {{{HELLO}}}}}")
        api.runbook("nothing", HELLO)
        api.runbook("sleepy", "steps: [{run: 'sleep 600', grace: 1s}]")
        other = await api.people.project(api.organization_id, name="other")
        there = await api.people.project(api.foreign_organization_id, name="there")
        everybody = Everybody(api, other)
        places = [
            Place(OWN, api.organization_id, (api.project_id,)),
            Place(OTHER, api.organization_id, (other,)),
            Place(PLAIN, api.organization_id),
            Place(FOREIGN, api.foreign_organization_id, (there,)),
        ]
        for place in places:
            wish = {"projectIds": list(place.project_ids)}
            place.task = await api.ran("hello", place.owner, **wish)
        people, nobody = await everybody.known(), await everybody.nobody()
        return cls(api, people, nobody, {place.name: place for place in places})

    def name(self) -> str:
        self._number += 1
        return f"thing-{self._number}"

    async def sleepy(self, place: Place) -> int:
        return await self.api.submit("sleepy", place.owner, projectIds=list(place.project_ids))

    async def member(self, place: Place) -> int:
        return await self.api.people.member(self.name(), place.organization_id)

    async def answered(
        self, who: Somebody, method: str, path: str, body: object = None
    ) -> tuple[int, Any]:
        answer = await ask(self.api, who, method, path, body)
        return answer.status_code, answer
