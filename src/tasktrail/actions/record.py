"""Recording an immediate task (M11, M18)."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.standing import standing
from tasktrail.actions.ledger import Ledger
from tasktrail.actions.once import Once, enter_once
from tasktrail.actions.permission import require_record
from tasktrail.actions.submit import projects_of_names
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.access import Actor
from tasktrail.model.caller import Caller
from tasktrail.model.plan import Resource
from tasktrail.model.submission import new_record
from tasktrail.store.organizations import NO_PROJECTS, NamedProjects

_LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Something that was done. `silent` keeps it out of the tasks widget."""

    name: str
    title: str
    silent: bool = False
    projects: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()


async def record(
    decisions: Decisions, caller: Caller, recording: Recording, once: Once | None = None
) -> int:
    """Record a task that is done already; returns its id once it is durable. The same request with
    `once` gives the same task.

    Raises:
        InvalidInputError: the name or the title is empty or too long, or a part of a resource is.
        NotAllowedError: the caller may not record tasks in all of these projects.
        NotSignedInError: the caller has lost the credential, or all rights there, meanwhile.
    """
    _check(recording)

    def enter(ledger: Ledger) -> int:
        actor = standing(ledger, caller).actor
        linked = projects_of_names(ledger, actor.organization_id, recording.projects)
        require_record(actor, recording.name, linked.ids)
        return enter_record(ledger, actor, recording, linked)

    return await decisions.make(lambda ledger: enter_once(ledger, once, enter))


def enter_record(
    ledger: Ledger, actor: Actor, recording: Recording, linked: NamedProjects = NO_PROJECTS
) -> int:
    """Record a task that is done already, together with whatever else `ledger` is for. `linked` are
    the projects that it links, found for those that it names."""
    transaction = ledger.transaction
    state, changes = new_record(
        task_id=transaction.ids.task(),
        organization_id=actor.organization_id,
        author=actor.author,
        definition=recording.name,
        title=recording.title,
        silent=recording.silent,
        now=ledger.now,
        made_projects=linked.made,
    )
    transaction.create(state, changes, project_ids=linked.ids, resources=recording.resources)
    ledger.show_recorded(state)
    return state.task.id


def _check(recording: Recording) -> None:
    texts = [("name", recording.name), ("title", recording.title)]
    for resource in recording.resources:
        texts += [("kind of a resource", resource.kind), ("id of a resource", str(resource.id))]
    problems = tuple(
        Problem(f"the {field} must have 1 to {_LONGEST} characters", field=field)
        for field, text in texts
        if not 0 < len(text.strip()) <= _LONGEST
    )
    if problems:
        raise InvalidInputError("the task was not recorded", problems=problems)
