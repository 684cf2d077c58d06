"""How streams end: followers that leave, are too slow or too many, and servers that leave."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2

from integration.api.api_bench import ApiBench, api_bench
from integration.api.event_reader import Event, followed, lines_of
from integration.api.test_task_streams import say, tap
from plain_http import NO_TLS
from tasktrail.api.attendance import Attendance
from tasktrail.api.server import HttpServer
from tasktrail.bootstrap import http_services, open_world


def anybody(api: ApiBench) -> int:
    """What is left of those who have followed something."""
    services = api.services
    channels = services.task_streams.channel_count + services.news_streams.channel_count
    return services.attendance.count + channels


async def until(condition: Callable[[], bool]) -> None:
    """Return when something holds of which nobody is told."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.01)


async def nobody(api: ApiBench) -> None:
    """Return when nobody follows anything any more, and nothing is left of it."""
    await until(lambda: not anybody(api))


def deaf(api: ApiBench, path: str) -> socket.socket:
    """A connection that asks for a stream and reads nothing of it."""
    port = int(api.server.url.rpartition(":")[2])
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-KEY: {api.keys['owner']}\r\n\r\n"
    client.sendall(head.encode())
    return client


async def test_a_slow_follower_is_dropped_and_nobody_waits_for_it(
    api: ApiBench, tmp_path: Path
) -> None:
    with tap(api, tmp_path / "pipe") as pipe:
        task_id = await api.submit("tapped")
        path = f"/v1/tasks/{task_id}/stream"
        with deaf(api, path):
            async with followed(api, path) as reader:
                events: list[Event] = []
                for number in range(400):
                    say(pipe, *(f"{number}.{part} {'x' * 100}" for part in range(300)))
                    while sum(len(e.data["lines"]) for e in events) < 300 * (number + 1):
                        events.append(await reader.of("lines"))
                await until(lambda: api.services.attendance.count == 1)
                await api.ask("POST", f"/v1/tasks/{task_id}/cancel")
                events += await reader.rest()
    assert len(next(iter(lines_of(events).values()))) == 120_001  # with the note of its cancel
    async with followed(api, path, after=events[0].id) as reader:
        assert [events[0], *await reader.rest()][-1].kind == "end"
    await nobody(api)


async def test_followers_that_leave_at_random_leave_nothing_behind(
    api: ApiBench, tmp_path: Path
) -> None:
    chance = random.Random(1)
    with tap(api, tmp_path / "pipe") as pipe:
        task_id = await api.submit("tapped")

        async def follow() -> None:
            path = chance.choice([f"/v1/tasks/{task_id}/stream", "/v1/tasks/stream"])
            async with followed(api, path) as reader:
                await reader.some(chance.randrange(3) if "s/s" not in path else 1)

        for number in range(5):
            work = [asyncio.ensure_future(follow()) for _ in range(30)]
            say(pipe, *(f"line {number}.{part}" for part in range(20)))
            for one in chance.sample(work, 10):
                one.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        await nobody(api)
        assert not api.world.installation.bulletin.watched
        await api.ask("POST", f"/v1/tasks/{task_id}/cancel")
        await api.ended(task_id)


async def test_a_server_that_leaves_ends_all_streams_at_once(api: ApiBench, tmp_path: Path) -> None:
    with tap(api, tmp_path / "pipe") as pipe:
        task_id = await api.submit("tapped")
        path = f"/v1/tasks/{task_id}/stream"
        with deaf(api, path):
            async with followed(api, path) as one, followed(api, "/v1/tasks/stream") as other:
                await one.of("task")
                await other.of("task")
                await asyncio.to_thread(say, pipe, *("x" * 1000 for _ in range(3000)))
                async with asyncio.timeout(3):
                    await api.server.close()
                    await one.rest()
                    assert await other.rest() == []
        await nobody(api)


async def test_a_stream_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with api_bench(tmp_path) as api:
        with tap(api, tmp_path / "pipe") as pipe:
            task_id = await api.submit("tapped")
            async with followed(api, "/v1/tasks/stream") as news:
                told = await news.of("task")
            async with followed(api, f"/v1/tasks/{task_id}/stream") as reader:
                say(pipe, "one", "two")
                events = [await reader.of("task"), await reader.of("lines")]
                while sum(len(one.data["lines"]) for one in events[1:]) < 2:
                    events.append(await reader.of("lines"))
            say(pipe, "three")
            await api.ask("POST", f"/v1/tasks/{task_id}/cancel")
            await api.ended(task_id)
    async with open_world(tmp_path / "data", engine=True) as world:
        server = HttpServer(http_services(world), "127.0.0.1:0", version="test")
        await server.start()
        api.server = server
        async with httpx2.AsyncClient(
            base_url=server.url, trust_env=False, verify=NO_TLS
        ) as api.client:
            path = f"/v1/tasks/{task_id}/stream"
            async with followed(api, path, after=events[-1].id) as reader:
                events += await reader.rest()
            async with followed(api, "/v1/tasks/stream", after=told.id) as news:
                assert (await news.of("task")).data["status"] == "canceled"
        await server.close()
    assert next(iter(lines_of(events).values()))[:-1] == ["one", "two", "three"]
    assert events[-1].kind == "end"


async def test_there_is_a_limit_of_followers_for_each_key_and_for_all(tmp_path: Path) -> None:
    async with api_bench(tmp_path) as api:
        services = replace(
            api.services,
            attendance=Attendance(
                api.services.identification, api.services.closing, most=3, most_of_one=2
            ),
        )
        server = HttpServer(services, "127.0.0.1:0", version="test")
        await server.start()
        path = f"{server.url}/v1/tasks/stream"
        async with followed(api, path), followed(api, path):
            third = await api.ask("GET", path)
            assert (third.status_code, third.headers["Retry-After"]) == (429, "5")
            async with followed(api, path, "admin"):
                fourth = await api.ask("GET", path, "reader")
                assert (fourth.status_code, fourth.headers["Retry-After"]) == (503, "5")
                assert fourth.json()["code"] == "service_unavailable"
            await until(lambda: services.attendance.count == 2)
            async with followed(api, path, "reader") as reader:
                assert reader.answer.status_code == 200
        await server.close()
