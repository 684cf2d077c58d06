"""The arguments of the operations about people, in the camelCase JSON of the REST contract."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tasktrail.local.request import Request
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind


class InOrganization(Request, frozen=True, kw_only=True, rename="camel"):
    """A request about an organization, by name; None stands for the installation's own."""

    organization: str | None = None


class NewUser(InOrganization, frozen=True, kw_only=True, rename="camel"):
    """Asks for somebody to belong to an organization; `staff`: of the platform's support staff."""

    email: str
    name: str
    role: Role = Role.MEMBER
    staff: bool = False


class UserDeed(InOrganization, frozen=True, kw_only=True, rename="camel"):
    """Asks for something to be done about the person with this email."""

    email: str


class UserSwitch(UserDeed, frozen=True, kw_only=True, rename="camel"):
    """Asks for a person to be shut out, or let in again."""

    disabled: bool


class NewOrganization(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for an organization."""

    name: str


class NewKey(InOrganization, frozen=True, kw_only=True, rename="camel"):
    """Asks for an API key; `user` is the email of whose rights it has, `lasts` seconds."""

    kind: KeyKind
    name: str
    user: str | None = None
    lasts: Annotated[float, Meta(gt=0, le=10 * 365 * 86400.0)] | None = None


class NewWorkerKey(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for a key for the workers of a pool; `lasts` seconds."""

    pool: str
    name: str = ""
    lasts: Annotated[float, Meta(gt=0, le=10 * 365 * 86400.0)] | None = None


class AllWorkerKeys(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for the keys of all workers."""


class WorkerKeyDeed(Request, frozen=True, kw_only=True, rename="camel"):
    """Asks for something to be done to the key of a worker."""

    id: int


class KeyDeed(InOrganization, frozen=True, kw_only=True, rename="camel"):
    """Asks for something to be done to an API key."""

    id: int
