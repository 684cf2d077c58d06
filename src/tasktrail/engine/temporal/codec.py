"""Encrypts whatever goes through Temporal, though it is nothing but ids and claims."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/tasktrail-1"
_NULL = b"binary/null"
_NONCE_SIZE = 12


class PayloadError(Exception):
    """A payload was not written with our key."""


class EncryptingCodec(PayloadCodec):
    """AES-GCM with a key of 32 bytes. What is encrypted with another one is refused. What is not
    encrypted counts as nothing: a cluster adds some of that, such as why an activity was canceled,
    but who can write to it cannot make up payloads. So nothing itself need not be encrypted."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See `PayloadCodec`."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """See `PayloadCodec`.

        Raises:
            PayloadError: one of them was encrypted by somebody else.
        """
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") == _NULL:
            return payload
        nonce = secrets.token_bytes(_NONCE_SIZE)
        content = self._cipher.encrypt(nonce, payload.SerializeToString(), ENCODING)
        return Payload(metadata={"encoding": ENCODING}, data=nonce + content)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return Payload(metadata={"encoding": _NULL})
        nonce, content = payload.data[:_NONCE_SIZE], payload.data[_NONCE_SIZE:]
        try:
            return Payload.FromString(self._cipher.decrypt(nonce, content, ENCODING))
        except (InvalidTag, ValueError) as error:
            raise PayloadError("a payload was encrypted with another key") from error
