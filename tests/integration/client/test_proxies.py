"""Proxies that the environment names see what goes to other machines, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tasktrail.client.api import Api
from tasktrail.errors import InvalidInputError, StoreUnavailableError, TasktrailError
from tasktrail.worker.work_api import ServerAddress, WorkApi

Ask = Callable[[str], Awaitable[object]]


class Listener:
    """Notes the first line of whatever comes, and answers nothing that anybody understands."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readline()).decode().strip())
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    async with await asyncio.start_server(found.answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        found.address = f"{host}:{port}"
        yield found


server = pytest.fixture(listener, name="server")


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listener]:
    """The proxy for everything."""
    async for found in listener():
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{found.address}")
            monkeypatch.setenv(name.lower(), f"http://{found.address}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield found


async def ask_as_client(url: str) -> None:
    async with Api(url, "tt_1_key") as api:
        await api.post("tasks")


async def ask_as_worker(url: str) -> None:
    async with WorkApi(ServerAddress(url), "tw_1_key") as api:
        await api.myself()


both = pytest.mark.parametrize("ask", [ask_as_client, ask_as_worker])


@both
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_what_goes_to_this_machine_passes_no_proxy(
    ask: Ask, name: str, server: Listener, proxy: Listener
) -> None:
    with pytest.raises(TasktrailError):
        await ask(f"http://{server.address.replace('127.0.0.1', name)}")
    assert len(server.heard) == 1
    assert proxy.heard == []


@both
async def test_what_goes_to_another_machine_passes_the_proxy_unseen(
    ask: Ask, proxy: Listener
) -> None:
    with pytest.raises(TasktrailError):
        await ask("https://tasks.example.org")
    assert proxy.heard == ["CONNECT tasks.example.org:443 HTTP/1.1"]


@both
async def test_a_proxy_that_cannot_be_used_is_told(
    ask: Ask, server: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks4://127.0.0.1:9")
    with pytest.raises(InvalidInputError, match="the proxy that the environment names"):
        await ask("https://tasks.example.org")
    with pytest.raises(TasktrailError):
        await ask(f"http://{server.address}")
    assert len(server.heard) == 1


async def test_what_is_not_encrypted_passes_no_proxy_in_a_trusted_network(proxy: Listener) -> None:
    server = ServerAddress("http://tasks.invalid", trusted_network=True)
    async with WorkApi(server, "tw_1_key") as api:
        with pytest.raises(StoreUnavailableError):
            await api.myself()
    assert proxy.heard == []
