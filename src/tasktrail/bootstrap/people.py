"""The people of an installation, and how they sign in."""

from __future__ import annotations

from contextlib import AsyncExitStack

from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identification import PlatformNames
from tasktrail.actions.identity.identities import Identities, identities
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.config import Config


def open_identities(stack: AsyncExitStack, decisions: Decisions, config: Config) -> Identities:
    """All that is done about people and their rights."""
    passwords = Passwords()
    stack.callback(passwords.close)
    people = identities(
        decisions,
        passwords,
        PlatformNames(config.robot, config.superadmin),
        config.silent_tasks,
        config.organization,
    )
    stack.push_async_callback(people.sessions.settled)
    return people
