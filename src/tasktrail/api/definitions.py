"""What can be run: the definitions of the catalog."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from tasktrail.actions.identity.require import require
from tasktrail.actions.may_run import MayRun, may_run
from tasktrail.actions.present_definition import (
    present_definition,
    present_summary,
    without_system,
)
from tasktrail.api.answer import json_answer
from tasktrail.api.credentials import SignedIn
from tasktrail.api.input_schema import input_schema
from tasktrail.api.paging import Paging
from tasktrail.api.route import answers
from tasktrail.api.services import Own
from tasktrail.api.shapes.definition import DefinitionList, DefinitionWithJobs
from tasktrail.definitions.catalog import BrokenFile
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.model.access import Actor, allows_in_organization
from tasktrail.model.permission import Permission

DefinitionName = Annotated[
    str,
    Path(
        alias="name",
        max_length=100,
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="The name of a definition.",
        examples=["deploy"],
    ),
]


@answers(shape=DefinitionList)
async def list_definitions(own: Own, caller: SignedIn, page: Paging) -> Response:
    """List definitions

    What can be run, by name, each with a JSON Schema of its inputs.
    """
    require(caller.actor, Permission.SEE_DEFINITIONS)
    listing = await own.library.listing()
    may = await may_run(own.decisions.store, caller.actor, listing.definitions)
    found = page.of([_present(one, may[one.name]) for one in listing.definitions])
    return json_answer(found | {"broken": _broken(caller.actor, listing.broken)})


@answers(shape=DefinitionWithJobs, refusals=(HTTPStatus.NOT_FOUND,))
async def get_definition(own: Own, caller: SignedIn, name: DefinitionName) -> Response:
    """Get a definition

    With the jobs and steps that its tasks have; those of the system are for who may see them.
    """
    require(caller.actor, Permission.SEE_DEFINITIONS)
    definition = await own.library.named(name)
    jobs = (await own.library.ask(definition, present_definition))["jobs"]
    if not allows_in_organization(caller.actor, Permission.SEE_SYSTEM):
        jobs = without_system(jobs)
    may = await may_run(own.decisions.store, caller.actor, [definition])
    return json_answer(_present(definition, may[definition.name]) | {"jobs": jobs})


def _present(definition: TaskDefinition, may: MayRun) -> dict[str, Any]:
    schema = input_schema(definition.inputs)
    return present_summary(definition) | {"mayRun": may, "inputSchema": schema}


def _broken(actor: Actor, files: tuple[BrokenFile, ...]) -> list[dict[str, Any]]:
    """Files are for those who are responsible for them."""
    if not allows_in_organization(actor, Permission.CHANGE_ORGANIZATION):
        return []
    return [
        {"name": file.path.stem, "problems": [str(one) for one in file.problems]} for file in files
    ]
