"""Serving a world over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from tasktrail.actions.shared_installation import KeyFor
from tasktrail.bootstrap.machine import new_reference
from tasktrail.bootstrap.world import World
from tasktrail.config import Config, EngineKind
from tasktrail.logs.signed_link import LinkSigner
from tasktrail.model.access import Actor
from tasktrail.model.author import robot
from tasktrail.model.instant import Instant

if TYPE_CHECKING:
    from tasktrail.actions.work.work_desk import WorkDesk
    from tasktrail.api.openid.provider import OpenIdProvider
    from tasktrail.api.server import HttpServer
    from tasktrail.api.services import Services


@asynccontextmanager
async def serve_http(
    world: World, listen: str | None, version: str, public_url: str | None = None
) -> AsyncGenerator[HttpServer]:
    """Serve a world over HTTP, at `listen` or where its settings say; people reach it at
    `public_url`, or what they say of that.

    Raises:
        RefusedError: nothing can listen there, or no link can begin with `public_url`.
    """
    # What speaks HTTP is loaded with a server: no other command needs it. It takes long, and the
    # engine works already.
    await asyncio.to_thread(import_module, "tasktrail.api.server")
    from tasktrail.api.server import HttpServer
    from tasktrail.api.tls import tls_of
    from tasktrail.dashboard.built_files import BuiltFiles
    from tasktrail.dashboard.site import Dashboard

    config = world.installation.config
    server = HttpServer(
        http_services(world),
        listen or config.listen,
        version=version,
        tls=tls_of(config, world.directory.path),
        trusted_proxies=config.trusted_proxies,
        pages=partial(Dashboard, files=BuiltFiles()),
    )
    world.installation.address.say(public_url)
    await server.start()
    world.installation.address.listens_at(server.url)
    try:
        yield server
    finally:
        await server.close()


async def first_owner_link(world: World) -> str | None:
    """A one-time link for the first owner, where nobody can sign in yet at the server."""
    own = world.installation
    author = robot(own.config.robot)
    actor = Actor(author=author, organization_id=own.organization_id)
    token = await own.identities.links.first_owner(actor)
    return None if token is None else f"{own.address.url}/welcome#{token}"


def http_services(world: World) -> Services:
    """What a server of HTTP works on."""
    from tasktrail.actions.live.news_stream import NewsStreams
    from tasktrail.actions.live.news_wire import NewsWire
    from tasktrail.actions.live.outlet import Pace
    from tasktrail.actions.live.task_stream import Sources, TaskStreams
    from tasktrail.api.address_limit import AddressLimit
    from tasktrail.api.attendance import Attendance
    from tasktrail.api.instruments import Instruments
    from tasktrail.api.request_limit import request_limit, work_limit
    from tasktrail.api.services import Services

    own, engine = world.installation, world.engine
    slots = own.config.slot_count if own.config.engine is EngineKind.EMBEDDED else 0
    instruments = Instruments(lambda: engine.running_jobs if engine is not None else 0, slots)
    own.decisions.subscribe(instruments.follow)
    store, identification = own.decisions.store, own.identities.identification
    closing = asyncio.Event()
    wire, pace = NewsWire(), Pace()
    own.decisions.subscribe(wire.follow)
    if world.elsewhere is not None:
        world.elsewhere.exchange_news(wire)
    return Services(
        config=own.config,
        decisions=own.decisions,
        library=own.library,
        bulletin=own.bulletin,
        logs=own.logs,
        identities=own.identities,
        organization_id=own.organization_id,
        oidc=_oidc(own.config, own.decisions.clock),
        links=LinkSigner(world.link_key),
        instruments=instruments,
        clock=own.decisions.clock,
        new_reference=new_reference,
        task_streams=TaskStreams(Sources(store, own.bulletin, own.logs, own.decisions.clock), pace),
        news_streams=NewsStreams(store, wire, pace),
        attendance=Attendance(identification, closing),
        address=own.address,
        address_limit=AddressLimit(own.decisions.clock),
        request_limit=request_limit(own.decisions.clock),
        work_limit=work_limit(own.decisions.clock),
        work=_work_desk(world),
        driven=lambda: world.cluster is None or world.cluster.problem is None,
        closing=closing,
    )


def _work_desk(world: World) -> WorkDesk | None:
    """What workers ask, where there are any."""
    own, config = world.installation, world.installation.config
    if world.own is None or config.temporal is None or world.intake is None:
        return None
    from tasktrail.actions.work.terms import Terms
    from tasktrail.actions.work.work_desk import WorkDesk

    terms = Terms(
        installation=world.own.name,
        namespace=config.temporal.namespace,
        payload_key=world.own.key(KeyFor.PAYLOADS),
        log_cap=config.log_cap,
    )
    return WorkDesk(own.decisions, own.bulletin, world.intake, terms)


def _oidc(config: Config, clock: Callable[[], Instant]) -> OpenIdProvider | None:
    if config.oidc is None:
        return None
    from tasktrail.api.openid.provider import OpenIdProvider

    _ = config.oidc.secret  # A secret that is missing is told now, and not to who signs in first.
    return OpenIdProvider(config.oidc, clock)
