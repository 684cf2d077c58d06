"""What the endpoints work on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.decisions import Decisions
from tasktrail.actions.identity.identification import Identification
from tasktrail.actions.identity.identities import Identities
from tasktrail.actions.library import Library
from tasktrail.actions.live.news_stream import NewsStreams
from tasktrail.actions.live.task_stream import TaskStreams
from tasktrail.actions.logs import LogReading
from tasktrail.actions.public_address import PublicAddress
from tasktrail.actions.throttle import Throttle
from tasktrail.actions.work.work_desk import WorkDesk
from tasktrail.api.address_limit import AddressLimit
from tasktrail.api.attendance import Attendance
from tasktrail.api.instruments import Instruments
from tasktrail.config import Config
from tasktrail.logs.signed_link import LinkSigner
from tasktrail.model.instant import Instant

if TYPE_CHECKING:
    from tasktrail.api.openid.provider import OpenIdProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the endpoints work on.

    `organization_id` is of the organization that the installation works for; `oidc` the provider
    by which people may sign in; `work` what workers ask, where there are any. `driven` tells
    whether tasks go on at the moment. `closing` is set when the server is told to leave: answers
    that go on until somebody hangs up have to end then.
    """

    config: Config
    decisions: Decisions
    library: Library
    bulletin: Bulletin
    logs: LogReading
    identities: Identities
    organization_id: int
    oidc: OpenIdProvider | None
    links: LinkSigner
    instruments: Instruments
    clock: Callable[[], Instant]
    new_reference: Callable[[], str]
    task_streams: TaskStreams
    news_streams: NewsStreams
    attendance: Attendance
    address: PublicAddress
    address_limit: AddressLimit
    request_limit: Throttle
    work_limit: Throttle
    work: WorkDesk | None = None
    driven: Callable[[], bool] = lambda: True
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def identification(self) -> Identification:
        """Who stands behind credentials."""
        return self.identities.identification


def services_of(request: Request) -> Services:
    """The services of the application that got this request."""
    return cast("Services", request.app.state.services)


async def _services(request: Request) -> Services:
    return services_of(request)


Own = Annotated[Services, Depends(_services)]
"""The parameter by which an endpoint gets them."""
