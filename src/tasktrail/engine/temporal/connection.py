"""Reaching a Temporal cluster."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, TLSConfig
from temporalio.service import RPCError, RPCStatusCode

from tasktrail.config import TemporalServer
from tasktrail.engine.temporal.core_log import logged_runtime
from tasktrail.engine.temporal.payloads import data_converter
from tasktrail.errors import InvalidInputError, ServerUnreachableError

PATIENCE = timedelta(seconds=10)
"""How long a cluster may take to answer before it counts as not there."""

_REFUSALS = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNAUTHENTICATED,
)
"""By what a cluster says that it will not answer these settings; all else may pass."""


async def connect(
    server: TemporalServer, payload_key: bytes, patience: timedelta = PATIENCE
) -> Client:
    """A client of the cluster's namespace, which can be used. It encrypts whatever it sends. Each
    of two answers may take as long as `patience`.

    Raises:
        ServerUnreachableError: nothing answers there, which may pass.
        InvalidInputError: it has no such namespace, or none that may be used; a file of
            certificates or the API key is not there.
    """
    client = await open_client(server, payload_key, patience)
    await namespace_id(client, server, patience)
    return client


async def open_client(
    server: TemporalServer, payload_key: bytes, patience: timedelta = PATIENCE
) -> Client:
    """As `connect`, for who asks for the namespace by itself: it may not be there.

    Raises:
        ServerUnreachableError: nothing answers there, which may pass.
        InvalidInputError: a file of certificates or the API key is not there.
    """
    api_key, tls = _api_key(server), _tls(server)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await Client.connect(
                server.address,
                namespace=server.namespace,
                api_key=api_key,
                tls=tls,
                data_converter=data_converter(payload_key),
                connect_timeout=patience,
                runtime=logged_runtime(),
            )
    except (RuntimeError, TimeoutError) as error:
        reason = str(error).partition("\n")[0] or f"no answer in {patience.total_seconds():.0f} s"
        raise _away(server, reason) from error


async def namespace_id(
    client: Client, server: TemporalServer, patience: timedelta = PATIENCE
) -> str:
    """What tells the namespace from every other one, also from one of its name in another cluster.

    Raises:
        ServerUnreachableError: nothing answers, which may pass.
        InvalidInputError: there is no such namespace, or no right to use it.
    """
    request = DescribeNamespaceRequest(namespace=server.namespace)
    try:
        found = await client.workflow_service.describe_namespace(request, timeout=patience)
    except RPCError as error:
        if error.status not in _REFUSALS:
            raise _away(server, error.message) from error
        hint = None
        if error.status is RPCStatusCode.NOT_FOUND:
            hint = f"make it: temporal operator namespace create --namespace {server.namespace}"
        raise InvalidInputError(
            f"the namespace {server.namespace} at {server.address} cannot be used: {error.message}",
            hint=hint,
        ) from error
    return found.namespace_info.id


def _away(server: TemporalServer, reason: str) -> ServerUnreachableError:
    return ServerUnreachableError(
        f"no Temporal server answers at {server.address}: {reason}",
        hint="is it running, and does it speak TLS? See docs/temporal.md",
    )


def _api_key(server: TemporalServer) -> str | None:
    if server.api_key_env is None:
        return None
    found = os.environ.get(server.api_key_env)
    if not found:
        raise InvalidInputError(
            f"the environment variable {server.api_key_env} is not set",
            hint="it is to hold the API key of the Temporal cluster",
        )
    return found


def _tls(server: TemporalServer) -> TLSConfig | bool | None:
    files = (server.tls_ca, server.tls_certificate, server.tls_key)
    if (server.tls_certificate is None) is not (server.tls_key is None):
        raise InvalidInputError("a certificate for Temporal needs its key, and a key a certificate")
    if any(files):
        ca, certificate, key = map(_content, files)
        return TLSConfig(server_root_ca_cert=ca, client_cert=certificate, client_private_key=key)
    # With an API key the client decides for TLS by itself.
    return True if server.tls else None


def _content(path: str | None) -> bytes | None:
    if path is None:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
