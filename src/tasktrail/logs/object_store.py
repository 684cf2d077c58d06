"""A store of finished logs: S3, Google Cloud Storage, Azure, or another directory.

obstore does the talking; its errors become `LogStoreError`, with one sentence of what it says.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import obstore
from obstore.exceptions import BaseError, NotSupportedError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store, from_url

from tasktrail.errors import LogStoreError
from tasktrail.failpoints import Failpoint, reach
from tasktrail.logs.appender import sync_directory

_PART = 8 * 1024 * 1024
"""Bytes that are uploaded at once."""
_PARTS_AT_ONCE = 2
_TIMEOUTS = {"timeout": timedelta(seconds=60), "connect_timeout": timedelta(seconds=5)}
_RETRY = {"max_retries": 2, "retry_timeout": timedelta(seconds=60)}
"""Little: whoever uploads tries again on its own, and whoever reads wants to know."""
_LONGEST_REASON = 200
_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700

_Client = AzureStore | GCSStore | LocalStore | S3Store


class ObjectStore:
    """The store at `url`: `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix`,
    or the absolute path of a directory.

    Credentials come from the environment and the usual chains of the provider. `options` are the
    provider's settings by their name in obstore, for example `endpoint` and `region`.
    """

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        """Opens it; nothing is asked of it yet.

        Raises:
            LogStoreError: there is no such kind of store, or an option it does not know.
        """
        self.url = url
        with _said(f"the log store {url} cannot be used"):
            self._client = _client(url, options or {})

    async def upload(self, key: str, path: Path) -> str:
        """Put the file at `path` under `key`, in place of what was there; its SHA-256.

        Returns once the store has all of it, which was compared: by the MD5 that S3 answers with,
        elsewhere by reading it back.

        Raises:
            LogStoreError: it is not there as it should be.
            FileNotFoundError: there is no file.
        """
        digests = await asyncio.to_thread(_digests_of, path)
        with _said(f"{key} was not uploaded to {self.url}"):
            answer = await obstore.put_async(
                self._client, key, path, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE
            )
            if isinstance(self._client, LocalStore):
                await asyncio.to_thread(_sync, self._directory / key)
        reach(Failpoint.LOG_UPLOADED)
        await self._compare(key, answer["e_tag"], digests)
        return digests.sha256

    async def put(self, key: str, content: bytes) -> None:
        """Put a few bytes under `key`, where there is nothing yet. As `upload` otherwise.

        Raises:
            LogStoreError: it is not there as it should be.
        """
        with _said(f"{key} was not put into {self.url}"):
            answer = await obstore.put_async(self._client, key, content, use_multipart=False)
            if isinstance(self._client, LocalStore):
                await asyncio.to_thread(_sync, self._directory / key)
        await self._compare(key, answer["e_tag"], _Digests([content]))

    async def digest(self, key: str) -> str:
        """The SHA-256 of the object under `key`, which is read for it.

        Raises:
            LogStoreError: it cannot be read.
        """
        digest = hashlib.sha256()
        with _said(f"{key} cannot be read from {self.url}"):
            answer = await obstore.get_async(self._client, key)
            async for chunk in answer.stream():
                digest.update(chunk)
        return digest.hexdigest()

    def read(self, key: str, offset: int, length: int) -> bytes:
        """`length` bytes of the object under `key`, which has them; waits for the network.

        Raises:
            LogStoreError: they cannot be read.
        """
        with _said(f"{key} cannot be read from {self.url}"):
            return bytes(obstore.get_range(self._client, key, start=offset, length=length))

    def read_all(self, key: str) -> bytes:
        """The small object under `key`, empty when there is none; waits for the network.

        Raises:
            LogStoreError: it cannot be read.
        """
        with _said(f"{key} cannot be read from {self.url}"):
            try:
                return bytes(obstore.get(self._client, key).bytes())
            except FileNotFoundError:
                return b""

    async def remove(self, *keys: str) -> None:
        """Remove these objects, those of them that there are.

        Raises:
            LogStoreError: one may still be there.
        """
        with _said(f"{keys[0]} was not removed from {self.url}"):
            for key in keys:
                try:
                    await obstore.delete_async(self._client, key)
                except FileNotFoundError:
                    continue  # most stores do not even say so

    async def remove_below(self, prefix: str) -> None:
        """Remove all objects whose keys begin with `prefix` and a slash.

        Raises:
            LogStoreError: one may still be there.
        """
        found: list[str] = []
        with _said(f"{prefix} cannot be listed in {self.url}"):
            listed = obstore.list(self._client, prefix)  # pyright: ignore[reportUnknownMemberType] - one of its forms gives tables of another library
            async for some in listed:
                found += [one["path"] for one in some]
        if found:
            await self.remove(*found)
        if isinstance(self._client, LocalStore):
            # A directory is there as long as it was not removed itself.
            for directory in (self._directory / prefix, (self._directory / prefix).parent):
                with suppress(OSError):
                    directory.rmdir()

    async def probe(self, key: str) -> None:
        """Write, read and remove a small object under `key`.

        Raises:
            LogStoreError: that is not possible.
        """
        with _said(f"the log store {self.url} cannot be reached"):
            await obstore.put_async(self._client, key, b"tasktrail")
            await obstore.get_async(self._client, key)
            await obstore.delete_async(self._client, key)

    async def signed_url(self, key: str, lifetime: timedelta) -> str:
        """An address at which everybody may download the object for some time.

        Raises:
            LogStoreError: this store or these credentials cannot sign.
        """
        if isinstance(self._client, LocalStore):
            raise LogStoreError(f"{self.url} is a directory, which has no addresses")
        with _said(f"no address can be signed for {self.url}"):
            return await obstore.sign_async(self._client, "GET", key, lifetime)

    async def _compare(self, key: str, entity_tag: str | None, digests: _Digests) -> None:
        if (entity_tag or "").strip('"') != digests.entity_tag:
            found = await self.digest(key)
            if found != digests.sha256:
                raise LogStoreError(f"{key} in {self.url} is not what was sent there")

    @property
    def _directory(self) -> Path:
        return Path(str(cast("LocalStore", self._client).prefix))


class _Digests:
    """What some content, in parts as they are sent, comes to: its SHA-256, and what S3 calls it."""

    def __init__(self, content: Iterable[bytes]) -> None:
        sha256, parts = hashlib.sha256(), list[bytes]()
        for part in content:
            sha256.update(part)
            parts.append(hashlib.md5(part, usedforsecurity=False).digest())
        self.sha256 = sha256.hexdigest()
        self.entity_tag = parts[0].hex() if len(parts) == 1 else _joined(parts)


def _digests_of(path: Path) -> _Digests:
    with path.open("rb") as file:
        return _Digests(iter(lambda: file.read(_PART), b""))


def _joined(parts: list[bytes]) -> str:
    whole = hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()
    return f"{whole}-{len(parts)}"


def _client(url: str, options: Mapping[str, str]) -> _Client:
    if url.startswith("/"):
        Path(url).mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
        return LocalStore(url)
    endpoint = options.get("endpoint", "")
    client_options = {**_TIMEOUTS, "allow_http": endpoint.startswith("http://")}
    made = cast("Any", from_url)(
        url, config=dict(options), client_options=client_options, retry_config=_RETRY
    )
    if not isinstance(made, _Client):
        raise LogStoreError(
            f"{url} is no store of logs", hint="name s3://, gs:// or az://, or a directory"
        )
    return made


def _sync(path: Path) -> None:
    """Return when the file is on the disk and ours alone; a `LocalStore` sees to neither."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(descriptor, _FILE_MODE)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_directory(path.parent)


@contextmanager
def _said(what: str) -> Generator[None]:
    try:
        yield
    except LogStoreError:
        raise
    except (BaseError, NotSupportedError, OSError, ValueError) as error:
        raise LogStoreError(f"{what}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """The first line of what obstore says, without its dump of structures."""
    first = str(error).partition("\n")[0].strip() or type(error).__name__
    code = re.search(r"<Code>(\w+)</Code>", str(error))
    return f"{code[1]}: {first[:_LONGEST_REASON]}" if code else first[:_LONGEST_REASON]
