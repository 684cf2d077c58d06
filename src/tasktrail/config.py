"""Settings of an installation: `config.toml` in the data directory, all of it optional."""

from __future__ import annotations

import ipaddress
import json
import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from tasktrail.errors import DataDirectoryError, InvalidInputError
from tasktrail.model.address import is_loopback, plain_public_url
from tasktrail.model.plan import DEFAULT_GRACE, DEFAULT_TIMEOUT, Limits
from tasktrail.model.retention import Retention

FILE_NAME = "config.toml"

_MIB = 1024 * 1024

LONGEST = 10 * 365 * 86400.0
"""Seconds: no limit may be longer, so that every sum of times stays a time."""


class LogFormat(StrEnum):
    """What a line of the log looks like."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """What is worth a line."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class EngineKind(StrEnum):
    """Who carries tasks out."""

    EMBEDDED = "embedded"
    TEMPORAL = "temporal"


class TemporalServer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Temporal cluster, and how it is reached.

    Attributes:
        address: `HOST:PORT` of its frontend.
        namespace: where the workflows are; one for each installation.
        tls: whether the connection is encrypted; the files below, and an API key, say so, too.
        tls_ca: file with the certificates of who may have signed that of the server, in PEM; those
            that the machine trusts where there is none.
        tls_certificate, tls_key: files with what this side proves itself by.
        api_key_env: the environment variable that holds an API key, as Temporal Cloud gives them.
    """

    address: Annotated[str, Meta(pattern=r"^[^\s/:]+:\d+$|^\[[0-9A-Fa-f:.]+\]:\d+$")]
    namespace: Annotated[str, Meta(min_length=1)] = "default"
    tls: bool = False
    tls_ca: str | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    api_key_env: str | None = None


class Oidc(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An OpenID provider by which people may sign in.

    Attributes:
        issuer: its address; what it is and can do is read at `/.well-known/openid-configuration`.
            Without TLS only on this machine.
        client_id: what this installation is called there.
        client_secret: what it proves that by; None for a public client.
        client_secret_env: the environment variable that holds the secret instead.
        name: what people know the provider by.
        scopes: what is asked for.
        provision: whether somebody who is not known here becomes a member of this installation's
            organization by signing in; otherwise only people who were added come in.
        domains: of emails that are accepted from it; none stands for all.
    """

    issuer: Annotated[str, Meta(pattern=r"^https?://[^?#]+$")]
    client_id: Annotated[str, Meta(min_length=1)]
    client_secret: str | None = None
    client_secret_env: str | None = None
    name: Annotated[str, Meta(min_length=1, max_length=100)] = "Single sign-on"
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    provision: bool = False
    domains: tuple[str, ...] = ()

    @property
    def secret(self) -> str | None:
        """The secret, from wherever it is.

        Raises:
            DataDirectoryError: the environment variable is not there.
        """
        if self.client_secret_env is None:
            return self.client_secret
        found = os.environ.get(self.client_secret_env)
        if not found:
            raise DataDirectoryError(
                f"the environment variable {self.client_secret_env} is not set",
                hint="`oidc.client_secret_env` in config.toml names it",
            )
        return found


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be set.

    Attributes:
        organization: the name of the organization that this installation works for.
        robot: the name of the author of automated tasks (M6).
        superadmin: the name shown for technical actions by the support team.
        slots: jobs that run at once; 0 stands for eight times the number of cores: most jobs wait
            for something else than a core.
        database: a PostgreSQL URL; without one the records are in SQLite in the data directory.
        engine: who carries tasks out: `embedded`, this process, or `temporal`, workers on many
            machines to which a Temporal cluster gives jobs.
        temporal: that cluster.
        definitions: directories of the catalog, relative to the data directory.
        timeout: seconds that a task is given when its definition does not say (M9).
        grace: seconds between a stop signal and SIGKILL when a definition does not say.
        loading_limit: seconds that a Python definition may take to load, and to make a plan.
        log_cap: bytes of log text that are kept of one attempt.
        log_store: where finished logs go: `s3://bucket/prefix`, `gs://bucket/prefix`,
            `az://container/prefix` or the absolute path of a directory; None leaves them where
            they are, which the Temporal engine does not allow.
        log_store_options: settings of that store, such as `endpoint` and `region`; credentials
            belong in the environment.
        retention: how long finished logs are kept.
        listen: `HOST:PORT` at which `tasktrail up` serves HTTP.
        public_url: `https://HOST` as people and programs reach it, where that is something else,
            such as a proxy: all links that are given out begin with it.
        tls_certificate, tls_key: files with the certificate chain and the key of the server, in
            PEM, relative to the data directory.
        trusted_proxies: addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto count.
        log_format: what the lines of the program's own log look like: `text` or `json`.
        log_level: from which level on something is written there.
        silent_tasks: names of the tasks that record changes to people, rights and credentials
            without showing in the widget (M18); `*` stands for anything.
        oidc: an OpenID provider by which people may sign in beside their passwords.
        stop_patience: seconds that running steps are given when the engine is told to leave.
    """

    organization: str = "default"
    robot: str = "Robot"
    superadmin: str = "Superadmin"
    slots: Annotated[int, Meta(ge=0)] = 0
    database: str | None = None
    engine: EngineKind = EngineKind.EMBEDDED
    temporal: TemporalServer | None = None
    definitions: tuple[str, ...] = ("definitions",)
    timeout: Annotated[float, Meta(gt=0, le=LONGEST)] = DEFAULT_TIMEOUT
    grace: Annotated[float, Meta(ge=0, le=LONGEST)] = DEFAULT_GRACE
    loading_limit: Annotated[float, Meta(gt=0, le=LONGEST)] = 60.0
    log_cap: Annotated[int, Meta(gt=0)] = 1024 * _MIB
    log_store: str | None = None
    log_store_options: dict[str, str] = {}
    retention: Retention = Retention()
    listen: str = "127.0.0.1:8090"
    public_url: str | None = None
    tls_certificate: str | None = None
    tls_key: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.INFO
    silent_tasks: tuple[str, ...] = ("session.*",)
    oidc: Oidc | None = None
    stop_patience: Annotated[float, Meta(ge=0, le=LONGEST)] = 0.0

    @property
    def limits(self) -> Limits:
        """What tasks are given where their definitions do not say."""
        return Limits(timeout=self.timeout, grace=self.grace)

    @property
    def slot_count(self) -> int:
        """Jobs that run at once."""
        return self.slots if self.slots > 0 else 8 * (os.cpu_count() or 1)


def read_config(data: Path) -> Config:
    """The settings of the data directory.

    Raises:
        DataDirectoryError: the file cannot be read, is not TOML, or sets something unknown.
    """
    path = data / FILE_NAME
    try:
        config = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Config)
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DataDirectoryError(f"{path} cannot be used: {error}", hint=_hint(error)) from error
    for proxy in config.trusted_proxies:
        _check_proxy(path, proxy)
    if config.oidc is not None:
        _check_issuer(path, config.oidc.issuer)
    if config.public_url is not None:
        try:
            plain_public_url(config.public_url)
        except InvalidInputError as error:
            message = f"{path} cannot be used: `public_url`: {error.message}"
            raise DataDirectoryError(message, hint=error.hint) from error
    return config


def check_engine(config: Config) -> None:
    """Accept settings that have all that their kind of engine needs.

    Raises:
        DataDirectoryError: something is missing.
    """
    if config.engine is EngineKind.EMBEDDED:
        return
    needed = ("database", "temporal", "log_store")
    missing = [f"`{name}`" for name in needed if getattr(config, name) is None]
    if missing:
        raise DataDirectoryError(
            f"the Temporal engine needs {', '.join(missing)}",
            hint="for example: tasktrail up --engine temporal"
            " --database postgresql://user@localhost/tasktrail --temporal localhost:7233"
            " --log-store s3://bucket/logs (or a directory that all control processes reach:"
            " none of them sees what another one has on its own disk)",
        )


def set_database(data: Path, url: str) -> None:
    """Have the settings of a data directory, which name no database yet, name this one.

    The rest of the file stays as it is. If the address holds a password, only the owner of the file
    may read it from now on. A kill leaves the old settings or the new ones.

    Raises:
        DataDirectoryError: the file cannot be read or written.
    """
    path = (data / FILE_NAME).resolve()
    try:
        text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777
    except FileNotFoundError:
        text, mode = "", 0o600
    except (OSError, UnicodeDecodeError) as error:
        raise DataDirectoryError(f"{path} cannot be read: {error}") from error
    draft = path.with_name(f".{path.name}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            # First of all: what stands behind a [section] belongs to it.
            file.write(f"database = {json.dumps(url, ensure_ascii=False)}\n{text}")
            file.flush()
            os.fchmod(descriptor, mode & 0o700 if _holds_password(url) else mode)
            os.fsync(descriptor)
        draft.replace(path)
    except OSError as error:
        raise DataDirectoryError(f"{path} cannot be written: {error.strerror}") from error


def _holds_password(url: str) -> bool:
    parts = urlsplit(url)
    return parts.password is not None or "password" in parts.query


def _hint(error: Exception) -> str | None:
    """What may be set where something unknown was; else the error has said it all."""
    if not isinstance(error, msgspec.ValidationError) or "unknown field" not in str(error):
        return None
    parts = {"oidc": Oidc, "retention": Retention, "temporal": TemporalServer}
    place = next((one for one in parts if f"`$.{one}`" in str(error)), None)
    fields = parts.get(place or "", Config).__struct_fields__
    return f"{'it' if place is None else f'[{place}]'} may set: {', '.join(fields)}"


def _check_proxy(path: Path, proxy: str) -> None:
    """A name is never the address of a client, and so would silently not count."""
    if proxy == "*":
        return
    try:
        ipaddress.ip_network(proxy)
    except ValueError as error:
        raise DataDirectoryError(
            f"{path} cannot be used: {proxy!r} in `trusted_proxies` is no address",
            hint="for example 10.0.0.5 or 10.0.0.0/24",
        ) from error


def _check_issuer(path: Path, issuer: str) -> None:
    """Whoever is between could sign in as anybody: what the provider says comes unprotected."""
    try:
        parts = urlsplit(issuer)
        safe = parts.scheme == "https" or is_loopback(parts.hostname or "")
    except ValueError:
        safe = False
    if not safe:
        raise DataDirectoryError(
            f"{path} cannot be used: `oidc.issuer` is {issuer!r}, where anybody on the way could"
            " speak for the provider",
            hint="use an address that begins with https://; http:// is for a provider on this"
            " machine, such as http://127.0.0.1:8080",
        )
