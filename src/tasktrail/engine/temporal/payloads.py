"""How what goes through Temporal is written: JSON, encrypted."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import msgspec
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
)

from tasktrail.engine.temporal.codec import EncryptingCodec

_ENCODING = "json/plain"


class CallConverter(EncodingPayloadConverter):
    """Writes and reads calls and orders, which are dataclasses, as plain JSON.

    The converter of the SDK does the same, but finds out anew for each of them what types the
    fields have: that took longer than most of what a workflow does.
    """

    @property
    def encoding(self) -> str:
        """See `EncodingPayloadConverter`."""
        return _ENCODING

    def to_payload(self, value: Any) -> Payload | None:
        """See `EncodingPayloadConverter`."""
        if not dataclasses.is_dataclass(value) or isinstance(value, type):
            return _plain.to_payload(value)
        return Payload(metadata={"encoding": _ENCODING.encode()}, data=msgspec.json.encode(value))

    def from_payload(self, payload: Payload, type_hint: type[Any] | None = None) -> Any:
        """See `EncodingPayloadConverter`."""
        if type_hint is None or not dataclasses.is_dataclass(type_hint):
            return _plain.from_payload(payload, type_hint)
        return _decoder(type_hint).decode(payload.data)


class Payloads(CompositePayloadConverter):
    """What the SDK writes, with calls as `CallConverter` does."""

    def __init__(self) -> None:
        others = DefaultPayloadConverter.default_encoding_payload_converters
        calls = CallConverter()
        super().__init__(*(calls if one.encoding == _ENCODING else one for one in others))


def data_converter(key: bytes) -> DataConverter:
    """Writes and reads everything of an installation, whose key that is."""
    return DataConverter(payload_converter_class=Payloads, payload_codec=EncryptingCodec(key))


_plain = JSONPlainPayloadConverter()


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
