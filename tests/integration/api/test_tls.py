"""A server that speaks TLS, and one behind a proxy that does."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import httpx2
import pytest

from tasktrail.api.tls import Tls, tls_of
from tasktrail.bootstrap import open_world, serve_http
from tasktrail.config import Config
from tasktrail.errors import DataDirectoryError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """One for 127.0.0.1, signed by itself."""
    directory = tmp_path_factory.mktemp("tls")
    made = Tls(directory / "chain.pem", directory / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=tasktrail", "-addext",
         "subjectAltName=IP:127.0.0.1", "-out", made.certificate, "-keyout", made.key],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


def settings(data: Path, text: str) -> Path:
    data.mkdir(mode=0o700)
    (data / "config.toml").write_text(text)
    return data


async def test_with_a_certificate_the_server_speaks_tls(tmp_path: Path, certificate: Tls) -> None:
    text = f'tls_certificate = "{certificate.certificate}"\ntls_key = "{certificate.key}"\n'
    data = settings(tmp_path / "data", text)
    trusting = ssl.create_default_context(cafile=str(certificate.certificate))
    async with (
        open_world(data, engine=False) as world,
        serve_http(world, "127.0.0.1:0", "test") as server,
        httpx2.AsyncClient(verify=trusting, trust_env=False) as client,
    ):
        assert server.url.startswith("https://127.0.0.1:")
        answer = await client.get(f"{server.url}/healthz")
    assert not server.readable_on_the_way
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(("trusted", "secure"), [("127.0.0.1", True), ("10.0.0.5", False)])
async def test_only_a_trusted_proxy_says_that_it_speaks_tls(
    tmp_path: Path, trusted: str, secure: bool
) -> None:
    data = settings(tmp_path / "data", f'trusted_proxies = ["{trusted}"]\n')
    async with (
        open_world(data, engine=False) as world,
        serve_http(world, "127.0.0.1:0", "test") as server,
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(
            f"{server.url}/healthz",
            headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"},
        )
    assert ("Strict-Transport-Security" in answer.headers) is secure


def test_files_that_cannot_be_used_are_refused(tmp_path: Path, certificate: Tls) -> None:
    with pytest.raises(DataDirectoryError, match=r"none\.pem: No such file"):
        Tls(tmp_path / "none.pem", certificate.key).check()
    with pytest.raises(DataDirectoryError, match="cannot speak TLS"):
        Tls(certificate.key, certificate.key).check()
    with pytest.raises(DataDirectoryError, match="only one"):
        tls_of(Config(tls_key="key.pem"), tmp_path)
