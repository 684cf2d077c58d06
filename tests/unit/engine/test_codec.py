"""What goes through Temporal can be read and written by nobody else."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter

from tasktrail.engine.temporal.codec import EncryptingCodec, PayloadError

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"claim": "canary"}')


async def test_what_was_encrypted_is_read_back() -> None:
    codec = EncryptingCodec(KEY)
    assert await codec.decode(await codec.encode([PLAIN, Payload()])) == [PLAIN, Payload()]


async def test_nothing_of_it_can_be_seen_and_the_same_never_looks_the_same() -> None:
    first, second = await EncryptingCodec(KEY).encode([PLAIN, PLAIN])
    assert first.data != second.data
    for payload in (first, second):
        assert b"canary" not in payload.SerializeToString()
        assert b"json" not in payload.SerializeToString()


async def test_what_is_not_encrypted_counts_as_nothing() -> None:
    (payload,) = await EncryptingCodec(KEY).decode([PLAIN])
    assert DataConverter.default.payload_converter.from_payload(payload) is None


async def test_what_another_installation_has_encrypted_is_refused() -> None:
    theirs = await EncryptingCodec(OTHER_KEY).encode([PLAIN])
    with pytest.raises(PayloadError, match="another key"):
        await EncryptingCodec(KEY).decode(theirs)


async def test_what_was_changed_on_the_way_is_refused() -> None:
    codec = EncryptingCodec(KEY)
    (payload,) = await codec.encode([PLAIN])
    for change in (payload.data[:-1], payload.data[:-1] + b"?", b""):
        with pytest.raises(PayloadError):
            await codec.decode([Payload(metadata=payload.metadata, data=change)])
