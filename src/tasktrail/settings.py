"""The settings of an installation, as every command that opens it has them.

They are resolved here and nowhere else: what a command was given comes before what the environment
says, and that before `config.toml`. So all commands work on the same records as `tasktrail up`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tasktrail.config import Config, EngineKind, TemporalServer, read_config
from tasktrail.errors import InvalidInputError

ENGINE: Final = "TASKTRAIL_ENGINE"
DATABASE: Final = "TASKTRAIL_DATABASE"
LOG_STORE: Final = "TASKTRAIL_LOG_STORE"
TEMPORAL: Final = "TASKTRAIL_TEMPORAL"
NAMESPACE: Final = "TASKTRAIL_TEMPORAL_NAMESPACE"
TLS: Final = "TASKTRAIL_TEMPORAL_TLS"
TLS_CA: Final = "TASKTRAIL_TEMPORAL_TLS_CA"
TLS_CERTIFICATE: Final = "TASKTRAIL_TEMPORAL_TLS_CERTIFICATE"
TLS_KEY: Final = "TASKTRAIL_TEMPORAL_TLS_KEY"
API_KEY_ENV: Final = "TASKTRAIL_TEMPORAL_API_KEY_ENV"

_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCluster:
    """How a Temporal cluster is reached, as far as it was given. The names are those of
    `TemporalServer`."""

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
                _wrong_cluster(self, configured, error),
                hint="for example --temporal localhost:7233",
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSettings:
    """The settings that somebody gave; None for each that is left as it is."""

    engine: EngineKind | None = None
    database: str | None = None
    log_store: str | None = None
    temporal: GivenCluster = GivenCluster()

    def over(self, config: Config) -> Config:
        """`config` with what was given in its place.

        Raises:
            InvalidInputError: see `GivenCluster.server`.
        """
        return msgspec.structs.replace(
            config,
            engine=self.engine or config.engine,
            database=self.database or config.database,
            log_store=self.log_store or config.log_store,
            temporal=self.temporal.server(config.temporal),
        )


NOTHING_GIVEN: Final = GivenSettings()


def read_settings(
    data: Path,
    given: GivenSettings = NOTHING_GIVEN,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """The settings of the installation in a data directory; `environment` is that of this process
    where there is none.

    Raises:
        DataDirectoryError: `config.toml` cannot be used.
        InvalidInputError: what was given, or is in the environment, cannot be.
    """
    around = given_by(os.environ if environment is None else environment)
    return given.over(around.over(read_config(data)))


def given_by(environment: Mapping[str, str]) -> GivenSettings:
    """What the environment says; an empty variable says nothing.

    Raises:
        InvalidInputError: there is no such engine, or a yes or no is neither.
    """

    def said(name: str) -> str | None:
        return environment.get(name) or None

    return GivenSettings(
        engine=_engine(said(ENGINE)),
        database=said(DATABASE),
        log_store=said(LOG_STORE),
        temporal=GivenCluster(
            address=said(TEMPORAL),
            namespace=said(NAMESPACE),
            tls=_yes_or_no(TLS, said(TLS)),
            tls_ca=said(TLS_CA),
            tls_certificate=said(TLS_CERTIFICATE),
            tls_key=said(TLS_KEY),
            api_key_env=said(API_KEY_ENV),
        ),
    )


def _engine(text: str | None) -> EngineKind | None:
    if text is None:
        return None
    try:
        return EngineKind(text.lower())
    except ValueError as error:
        raise InvalidInputError(
            f"{ENGINE} is {text!r}, and there is no such engine",
            hint=f"one of {', '.join(EngineKind)}",
        ) from error


def _yes_or_no(name: str, text: str | None) -> bool | None:
    if text is None:
        return None
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise InvalidInputError(f"{name} is {text!r}", hint="true or false")
    return word in _YES


def _wrong_cluster(
    given: GivenCluster, configured: TemporalServer | None, error: msgspec.ValidationError
) -> str:
    if given.address is None and configured is None:
        return "something is said about a Temporal cluster, and not where it is"
    if "`$.address`" in str(error):
        return f"{given.address!r} is no address of a Temporal cluster: HOST:PORT is"
    return f"the Temporal cluster cannot be reached so: {error}"
