"""Everything that is done about people, rights and credentials, put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.change import SILENT_TASKS, Changes
from tasktrail.actions.identity.identification import Identification, PlatformNames
from tasktrail.actions.identity.keys import Keys
from tasktrail.actions.identity.links import SignInLinks
from tasktrail.actions.identity.member_links import MemberLinks
from tasktrail.actions.identity.members import Members
from tasktrail.actions.identity.organizations import Organizations
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.actions.identity.profiles import Profiles
from tasktrail.actions.identity.projects import Projects
from tasktrail.actions.identity.provider_people import ProviderPeople
from tasktrail.actions.identity.sessions import Sessions
from tasktrail.actions.identity.support import SupportAccess
from tasktrail.actions.identity.teams import Teams
from tasktrail.actions.identity.users import Users
from tasktrail.actions.identity.worker_keys import WorkerKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """One noun each. A change through any of them has `identification` believe nothing that it
    found before."""

    changes: Changes
    identification: Identification
    organizations: Organizations
    users: Users
    members: Members
    teams: Teams
    projects: Projects
    keys: Keys
    worker_keys: WorkerKeys
    support: SupportAccess
    sessions: Sessions
    links: SignInLinks
    member_links: MemberLinks
    profiles: Profiles
    provider_people: ProviderPeople


def identities(
    decisions: Decisions,
    passwords: Passwords,
    names: PlatformNames | None = None,
    silent: Iterable[str] = SILENT_TASKS,
    own_organization: str | None = None,
) -> Identities:
    """All of it, on the store of `decisions`."""
    names = names or PlatformNames()
    identification = Identification(decisions.store, decisions.clock, names)
    changes = Changes(decisions, identification.forget, silent)
    return Identities(
        changes=changes,
        identification=identification,
        organizations=Organizations(changes, own_organization),
        users=Users(changes),
        members=Members(changes),
        teams=Teams(changes),
        projects=Projects(changes),
        keys=Keys(changes),
        worker_keys=WorkerKeys(changes, own_organization),
        support=SupportAccess(changes, names.robot),
        sessions=Sessions(changes, passwords),
        links=SignInLinks(changes, passwords),
        member_links=MemberLinks(changes),
        profiles=Profiles(changes),
        provider_people=ProviderPeople(changes, names.robot),
    )
