"""Serves the application over HTTP, in the event loop that runs already."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence

import uvicorn

from tasktrail.api.app import Pages, build_app
from tasktrail.api.http_protocol import ProblemProtocol
from tasktrail.api.listen_address import parse_listen
from tasktrail.api.services import Services
from tasktrail.api.tls import Tls
from tasktrail.api.uvicorn_server import UvicornServer
from tasktrail.errors import ConflictError
from tasktrail.model.address import is_loopback

_BACKLOG = 2048
_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: clients that poll must not meet one being closed."""
_CLOSING = 5
"""Seconds that requests are given to end when the server leaves."""


class HttpServer:
    """Listens at an address until it is closed."""

    def __init__(
        self,
        services: Services,
        listen: str,
        *,
        version: str,
        tls: Tls | None = None,
        trusted_proxies: Sequence[str] = (),
        pages: Pages | None = None,
    ) -> None:
        """`listen` is `HOST:PORT`, an IPv6 address in brackets; port 0 stands for a free one.

        What `trusted_proxies` say of a client's address and scheme counts. `pages` are what people
        open at it.
        """
        self._services = services
        self._tls = tls
        self._trusted_proxies = list(trusted_proxies)
        self._pages = pages
        self._host, self._port = parse_listen(listen)
        self._version = version
        self._server: UvicornServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    @property
    def readable_on_the_way(self) -> bool:
        """Whether other machines can reach it, and whoever is between them reads keys."""
        return self._tls is None and not self.loopback

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self._host)

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            ConflictError: it cannot, for example since another program does.
            DataDirectoryError: the files for TLS cannot be used.
        """
        if self._tls is not None:
            self._tls.check()
        listener = self._bind()
        try:
            app = build_app(self._services, version=self._version, pages=self._pages)
            self._server = UvicornServer(
                uvicorn.Config(
                    app,
                    http=ProblemProtocol,
                    ws="none",
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    proxy_headers=bool(self._trusted_proxies),
                    forwarded_allow_ips=self._trusted_proxies,
                    ssl_certfile=None if self._tls is None else self._tls.certificate,
                    ssl_keyfile=None if self._tls is None else self._tls.key,
                    timeout_keep_alive=_KEEP_ALIVE,
                    timeout_graceful_shutdown=_CLOSING,
                )
            )
        except BaseException:
            listener.close()
            raise
        self._serving = asyncio.ensure_future(self._server.serve([listener]))
        await self._server.listening(self._serving)

    async def close(self) -> None:
        """Take no new requests, and return when the present ones are answered. Idempotent."""
        if self._server is None or self._serving is None:
            return
        self._services.closing.set()
        self._server.leave()
        await self._serving
        self._server = None

    def _bind(self) -> socket.socket:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = socket.socket(family, kind, protocol)
        except OSError as error:
            raise self._refusal(error) from error
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise self._refusal(error) from error
        listener.settimeout(0)
        self._port = listener.getsockname()[1]
        return listener

    def _refusal(self, error: OSError) -> ConflictError:
        taken = error.errno == errno.EADDRINUSE
        return ConflictError(
            f"nothing can listen at {self._host}:{self._port}: {error.strerror or error}",
            hint="choose another address with --listen, or none with --no-http" if taken else None,
        )
