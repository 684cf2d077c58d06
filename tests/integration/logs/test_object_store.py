from __future__ import annotations

import os
import urllib.request
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from s3_server import S3Server
from tasktrail.errors import LogStoreError
from tasktrail.logs.object_store import ObjectStore
from tasktrail.logs.reader import LogReader
from tasktrail.logs.remote_file import BLOCK, BlockCache, RemoteLogFile
from tasktrail.logs.segment import index_key, index_path
from tasktrail.logs.writer import LogWriter
from tasktrail.model.instant import Instant

KEY = "here/0/1/2-1.log"


def store_of(s3: S3Server, bucket: str) -> ObjectStore:
    s3.make_bucket(bucket)
    return ObjectStore(f"s3://{bucket}/pre/fix", s3.options)


def written(path: Path, *, chunks: int, size: int) -> Path:
    """A finished log of `chunks` times `size` bytes that cannot be compressed."""
    writer = LogWriter(path, clock=lambda: Instant(0))
    for _ in range(chunks):
        writer.write(1, os.urandom(size).hex().encode() + b"\n")
    writer.close()
    return path


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("size", [0, 1, 100_000, 8 * 1024 * 1024, 20_000_000])
async def test_what_was_uploaded_is_there_byte_by_byte(
    s3: S3Server, tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    path = tmp_path / "log"
    path.write_bytes(content)
    for store in (store_of(s3, f"upload-{size}"), ObjectStore(str(tmp_path / "archive"))):
        assert await store.upload(KEY, path) == sha256(content).hexdigest()
        assert await store.digest(KEY) == sha256(content).hexdigest()
        assert store.read_all(KEY) == content
        if size:
            assert store.read(KEY, size // 2, 1) == content[size // 2 : size // 2 + 1]


async def test_any_lines_of_a_remote_log_are_read_with_few_requests(
    s3: S3Server, tmp_path: Path
) -> None:
    path = written(tmp_path / "step.log", chunks=160, size=64 * 1024)
    size = path.stat().st_size
    assert size > 10 * BLOCK
    store = store_of(s3, "ranges")
    await store.upload(index_key(KEY), index_path(path))
    await store.upload(KEY, path)
    with LogReader(path) as reader:
        expected = list(reader.lines())
    for start, end in ((1, 3), (80, 85), (158, 160), (100, None)):
        before = s3.requests("GET")
        with LogReader(RemoteLogFile(store, KEY, size, BlockCache())) as reader:
            assert list(reader.lines(start, end)) == expected[start - 1 : end]
        assert s3.requests("GET") - before <= 8


async def test_blocks_that_were_read_are_not_asked_for_again_and_take_bounded_memory(
    s3: S3Server, tmp_path: Path
) -> None:
    path = written(tmp_path / "step.log", chunks=60, size=64 * 1024)
    size = path.stat().st_size
    store = store_of(s3, "cached")
    await store.upload(KEY, path)
    large, small = BlockCache(), BlockCache(limit=2 * BLOCK)
    for cache in (large, small):
        with LogReader(RemoteLogFile(store, KEY, size, cache)) as reader:
            assert len(list(reader.lines())) == 60
    before = s3.requests("GET")
    with LogReader(RemoteLogFile(store, KEY, size, large)) as reader:
        assert len(reader.tail(5)) == 5
    assert s3.requests("GET") == before
    assert large.size >= size
    assert small.size <= 2 * BLOCK


async def test_removed_objects_are_gone_and_removing_them_again_is_no_error(
    s3: S3Server, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"text")
    for store in (store_of(s3, "removal"), ObjectStore(str(tmp_path / "archive"))):
        await store.upload(KEY, path)
        for _ in range(2):
            await store.remove(KEY, index_key(KEY))
        assert store.read_all(KEY) == b""
        with pytest.raises(LogStoreError, match=f"{KEY} cannot be read"):
            store.read(KEY, 0, 1)


async def test_everybody_may_download_from_a_signed_address(s3: S3Server, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"text")
    store = store_of(s3, "signed")
    await store.upload(KEY, path)
    address = await store.signed_url(KEY, timedelta(minutes=5))
    assert "X-Amz-Signature" in address
    assert "secret" not in address
    assert fetched(address) == b"text"
    with pytest.raises(LogStoreError, match="has no addresses"):
        await ObjectStore(str(tmp_path / "archive")).signed_url(KEY, timedelta(minutes=5))


async def test_a_store_that_is_not_there_is_reported_in_one_line(
    s3: S3Server, tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"text")
    stopped = ObjectStore("s3://logs", {**s3.options, "endpoint": "http://127.0.0.1:9"})
    missing = ObjectStore("s3://no-such-bucket", s3.options)
    for store, reason in ((stopped, "error sending request"), (missing, "NoSuchBucket")):
        with pytest.raises(LogStoreError, match=reason) as upload:
            await store.upload(KEY, path)
        with pytest.raises(LogStoreError, match="cannot be reached") as probe:
            await store.probe("probe")
        for error in (upload, probe):
            assert "\n" not in str(error.value)
            assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("nonsense", {}),
        ("ftp://host/logs", {}),
        ("memory:///", {}),
        ("s3://bucket", {"regin": "x"}),
        ("az://container/logs", {}),
    ],
)
def test_wrong_settings_are_refused(url: str, options: dict[str, str]) -> None:
    with pytest.raises(LogStoreError):
        ObjectStore(url, options)


async def test_a_working_store_is_probed_without_a_trace(s3: S3Server) -> None:
    store = store_of(s3, "probed")
    await store.probe("here/probe")
    assert s3.keys("probed") == []
