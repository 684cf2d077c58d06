from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from tasktrail.api import address_limit
from tasktrail.api.address_limit import AddressLimit, site_of
from tasktrail.errors import NotSignedInError, StoreUnavailableError, TooManyRequestsError
from tasktrail.model.instant import Instant

NOW = Instant(1_800_000_000_000_000)


def request(host: str | None) -> Request:
    return Request({"type": "http", "client": None if host is None else (host, 1), "headers": []})


async def fail(limit: AddressLimit, host: str, shown: str = "wrong") -> None:
    with pytest.raises(NotSignedInError):
        async with limit.trying(request(host), shown):
            raise NotSignedInError("no")


async def refuse(limit: AddressLimit, host: str, shown: str = "wrong") -> None:
    with pytest.raises(TooManyRequestsError):
        async with limit.trying(request(host), shown):
            raise NotSignedInError("no")


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_a_site_is_an_address_or_what_a_host_may_choose_from(host: str | None, site: str) -> None:
    assert site_of(request(host)) == site


async def test_every_address_fails_for_itself() -> None:
    limit = AddressLimit(lambda: NOW, failures=2)
    for _ in range(2):
        await fail(limit, "203.0.113.7")
    await refuse(limit, "203.0.113.7")
    await fail(limit, "203.0.113.8")


@pytest.mark.parametrize("before", [True, False], ids=["known", "never seen before"])
async def test_what_is_right_is_let_in_whatever_has_failed_from_there(before: bool) -> None:
    limit = AddressLimit(lambda: NOW, failures=2, between_failures=60)
    if before:
        async with limit.trying(request("::1"), "right"):
            pass
    for _ in range(2):
        await fail(limit, "::1")
    for _ in range(3):
        async with limit.trying(request("::1"), "right"):
            pass
        await refuse(limit, "::1")
    await refuse(limit, "::1", "right")  # it was revoked


async def test_once_too_much_has_failed_unknown_secrets_are_looked_at_one_by_one() -> None:
    limit = AddressLimit(lambda: NOW, failures=1)
    async with limit.trying(request("::1"), "known"):
        pass
    await fail(limit, "::1")
    looking, done = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def slow() -> None:
        async with limit.trying(request("::1"), "new"):
            looking.set()
            await done.wait()
            order.append("new")

    async def second() -> None:
        async with limit.trying(request("::1"), "newer"):
            order.append("newer")

    waiting = [asyncio.ensure_future(slow()), asyncio.ensure_future(second())]
    await looking.wait()
    async with limit.trying(request("::1"), "known"):
        order.append("known")
    done.set()
    await asyncio.gather(*waiting)
    assert order == ["known", "new", "newer"]


async def test_a_store_that_is_away_is_nobody_s_failure() -> None:
    limit = AddressLimit(lambda: NOW, failures=1)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            async with limit.trying(request("::1"), "right"):
                raise StoreUnavailableError("away")


async def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_limit, "_MOST_KNOWN", 2)
    limit = AddressLimit(lambda: NOW)
    for shown in ("a", "b", "c"):
        async with limit.trying(request("::1"), shown):
            pass
    assert len(limit._right) == 2
