"""Options that say which engine works, and where its parts are. Each is an environment variable,
too, as it is easiest in a container; those count for every command (see `tasktrail.settings`)."""

from __future__ import annotations

from typing import Annotated

import typer

from tasktrail import settings
from tasktrail.config import EngineKind

EngineOption = Annotated[
    EngineKind | None,
    typer.Option(
        "--engine",
        envvar=settings.ENGINE,
        help="Who carries tasks out: this process, or workers by Temporal.",
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar=settings.DATABASE,
        metavar="URL",
        help="postgresql://... where the records are. Others can see it on the command line: "
        "a password belongs in the variable.",
    ),
]
LogStoreOption = Annotated[
    str | None,
    typer.Option(
        "--log-store",
        envvar=settings.LOG_STORE,
        metavar="URL",
        help="Where finished logs go: s3://BUCKET/PREFIX, or the absolute path of a directory. "
        "Several control processes need one that all of them reach.",
    ),
]
TemporalOption = Annotated[
    str | None,
    typer.Option(
        "--temporal",
        envvar=settings.TEMPORAL,
        metavar="HOST:PORT",
        help="The frontend of the Temporal cluster.",
    ),
]
NamespaceOption = Annotated[
    str | None,
    typer.Option(
        "--namespace",
        envvar=settings.NAMESPACE,
        metavar="NAME",
        help="The namespace there; one for each installation.",
    ),
]
TlsOption = Annotated[
    bool | None,
    typer.Option(
        "--temporal-tls/--no-temporal-tls",
        envvar=settings.TLS,
        help="Whether the cluster is reached by TLS.",
    ),
]
CaOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-ca",
        envvar=settings.TLS_CA,
        metavar="FILE",
        help="Who may have signed its certificate, if not whom the machine trusts.",
    ),
]
CertificateOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-certificate",
        envvar=settings.TLS_CERTIFICATE,
        metavar="FILE",
        help="The certificate by which this side proves itself.",
    ),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-tls-key",
        envvar=settings.TLS_KEY,
        metavar="FILE",
        help="The key of that certificate.",
    ),
]
ApiKeyVariableOption = Annotated[
    str | None,
    typer.Option(
        "--temporal-api-key-env",
        envvar=settings.API_KEY_ENV,
        metavar="VARIABLE",
        help="The environment variable that holds an API key of the cluster.",
    ),
]
