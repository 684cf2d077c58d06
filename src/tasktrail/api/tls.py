"""The certificate and the key of the server."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from tasktrail.config import FILE_NAME, Config
from tasktrail.errors import DataDirectoryError


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM; the certificate's with those that it depends on."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Accept files that belong together.

        Raises:
            DataDirectoryError: one cannot be read, or they do not.
        """
        for path in (self.certificate, self.key):
            _check_readable(path)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate, self.key)
        except OSError as error:  # an error of TLS is one, too
            raise DataDirectoryError(
                f"the server cannot speak TLS: {error.strerror or error}",
                hint=f"look at `tls_certificate` and `tls_key` in {FILE_NAME}",
            ) from error


def _check_readable(path: Path) -> None:
    """Tell which file it is; OpenSSL does not."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise DataDirectoryError(
            f"the server cannot speak TLS: {path}: {error.strerror or error}",
            hint=f"look at `tls_certificate` and `tls_key` in {FILE_NAME}",
        ) from error


def tls_of(config: Config, data: Path) -> Tls | None:
    """What the settings of the data directory `data` say; None for no TLS.

    Raises:
        DataDirectoryError: they name only one of the two files.
    """
    if config.tls_certificate is None and config.tls_key is None:
        return None
    if config.tls_certificate is None or config.tls_key is None:
        raise DataDirectoryError(
            f"{FILE_NAME} has only one of `tls_certificate` and `tls_key`", hint="TLS needs both"
        )
    return Tls(data / config.tls_certificate, data / config.tls_key)
