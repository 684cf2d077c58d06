from __future__ import annotations

import asyncio

import pytest

from tasktrail.client import Person, Submission, api, connect
from tasktrail.errors import ConnectionLostError, ServerUnreachableError
from tasktrail.model.author import AuthorKind

WANTED = Submission(
    target="deploy", root="/", author=AuthorKind.USER, user=Person(id=0, name="somebody")
)


async def test_a_submission_that_may_have_been_heard_is_not_called_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "_TRIES", 2)

    async def hear_and_die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        server.close()
        writer.close()

    server = await asyncio.start_server(hear_and_die, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with connect(f"http://127.0.0.1:{port}", "tt_1_key") as client:
        with pytest.raises(ConnectionLostError):
            await client.submit(WANTED)
        with pytest.raises(ServerUnreachableError):
            await client.submit(WANTED)
