"""What asks a server over HTTP, in the name of a key."""

from __future__ import annotations

import ssl

import httpx2

from tasktrail.errors import InvalidInputError
from tasktrail.server_url import checked_url, stays_here

_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=20)


def server_client(
    url: str,
    path: str,
    *,
    key: str,
    agent: str,
    timeout: httpx2.Timeout,
    limits: httpx2.Limits = _LIMITS,
    ca_file: str | None = None,
    trusted_network: bool = False,
) -> httpx2.AsyncClient:
    """A client of what is below `path` at the server, which sends the key with every request.

    The proxies that the environment names (`HTTPS_PROXY`, `NO_PROXY`, ...) are used as everywhere,
    but not for an address of this machine, or without encryption: a proxy would come to see the
    key. `trusted_network` is as in `checked_url`.

    Raises:
        InvalidInputError: `url` is no address of a server, or the key would travel in clear text;
            or a proxy cannot be used.
    """
    server = checked_url(url, trusted_network=trusted_network)
    verify = True if ca_file is None else _trusting(ca_file)
    direct = None
    if stays_here(server) or server.startswith("http://"):
        direct = httpx2.AsyncHTTPTransport(verify=verify, limits=limits)
    try:
        return httpx2.AsyncClient(
            base_url=f"{server}{path}",
            headers={"X-API-KEY": key, "User-Agent": agent},
            timeout=timeout,
            limits=limits,
            verify=verify,
            transport=direct,
        )
    except (ImportError, ValueError) as error:
        raise InvalidInputError(
            f"the proxy that the environment names cannot be used: {error}",
            hint="one of http:// or https:// is needed, or NO_PROXY with the server's name",
        ) from error


def _trusting(ca_file: str) -> ssl.SSLContext:
    """
    Raises:
        InvalidInputError: it cannot be read, or holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one, too
        raise InvalidInputError(
            f"the certificates in {ca_file} cannot be used: {error.strerror or error}",
            hint="give the file with the certificate of who has signed the server's, in PEM",
        ) from error
