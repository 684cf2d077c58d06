"""Answers in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

_encoder = msgspec.json.Encoder()


def json_answer(
    content: object,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """`content`, which already has the shape of the contract, as it stands.

    It is not validated once more: the tests hold the shapes against what is really answered.
    """
    return Response(
        _encoder.encode(content), status, None if headers is None else dict(headers), media_type
    )


def encoded(content: Any) -> bytes:
    """`content` as JSON."""
    return _encoder.encode(content)
