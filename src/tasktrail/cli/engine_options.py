"""Options that say which engine works, and where its parts are: each is an environment variable,
too, as it is easiest in a container. What is not given stays as config.toml has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import msgspec
import typer

from tasktrail.config import Config, EngineKind, TemporalServer
from tasktrail.errors import InvalidInputError

EngineOption = Annotated[
    EngineKind | None,
    typer.Option(
        "--engine",
        envvar="TASKTRAIL_ENGINE",
        help="Who carries tasks out: this process, or workers by Temporal.",
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="TASKTRAIL_DATABASE",
        metavar="URL",
        help="postgresql://... where the records are. Others can see it on the command line: "
        "a password belongs in the variable.",
    ),
]
LogStoreOption = Annotated[
    str | None,
    typer.Option(
        "--log-store",
        envvar="TASKTRAIL_LOG_STORE",
        metavar="URL",
        help="Where finished logs go: s3://BUCKET/PREFIX, or the absolute path of a directory. "
        "Several control processes need one that all of them reach.",
    ),
]
TemporalOption = Annotated[
    str | None,
    typer.Option(
        "--temporal",
        envvar="TASKTRAIL_TEMPORAL",
        metavar="HOST:PORT",
        help="The frontend of the Temporal cluster.",
    ),
]
NamespaceOption = Annotated[
    str | None,
    typer.Option(
        "--namespace",
        envvar="TASKTRAIL_TEMPORAL_NAMESPACE",
        metavar="NAME",
        help="The namespace there; one for each installation.",
    ),
]
TlsOption = Annotated[
    bool | None,
    typer.Option(
        "--temporal-tls/--no-temporal-tls",
        envvar="TASKTRAIL_TEMPORAL_TLS",
        help="Whether the cluster is reached by TLS.",
    ),
]
CaOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-ca",
        envvar="TASKTRAIL_TEMPORAL_TLS_CA",
        metavar="FILE",
        help="Who may have signed its certificate, if not whom the machine trusts.",
    ),
]
CertificateOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-certificate",
        envvar="TASKTRAIL_TEMPORAL_TLS_CERTIFICATE",
        metavar="FILE",
        help="The certificate by which this side proves itself.",
    ),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-key",
        envvar="TASKTRAIL_TEMPORAL_TLS_KEY",
        metavar="FILE",
        help="The key of that certificate.",
    ),
]
ApiKeyVariableOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-api-key-env",
        envvar="TASKTRAIL_TEMPORAL_API_KEY_ENV",
        metavar="VARIABLE",
        help="The environment variable that holds an API key of the cluster.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalOptions:
    """How a cluster is reached, as far as it was given. The names are those of `TemporalServer`."""

    address: str | None = None
    namespace: str | None = None
    tls: bool | None = None
    tls_ca: str | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    api_key_env: str | None = None

    def server(self, configured: TemporalServer | None) -> TemporalServer | None:
        """The cluster, with what was given in place of what is configured.

        Raises:
            InvalidInputError: that is no address, or something is given and no address is known.
        """
        given = {
            name: value
            for name in TemporalServer.__struct_fields__
            if (value := getattr(self, name)) is not None
        }
        if not given:
            return configured
        known: dict[str, object] = {} if configured is None else msgspec.to_builtins(configured)
        try:
            return msgspec.convert({**known, **given}, TemporalServer)
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                f"the Temporal cluster cannot be reached so: {error}",
                hint="for example --temporal localhost:7233",
            ) from error


def adapted(
    engine: EngineKind | None,
    database: str | None,
    log_store: str | None,
    temporal: TemporalOptions,
) -> Callable[[Config], Config]:
    """What changes the settings to what was given."""

    def adapt(config: Config) -> Config:
        return msgspec.structs.replace(
            config,
            engine=engine or config.engine,
            database=database or config.database,
            log_store=log_store or config.log_store,
            temporal=temporal.server(config.temporal),
        )

    return adapt
