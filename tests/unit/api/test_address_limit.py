from __future__ import annotations

import pytest
from starlette.requests import Request

from tasktrail.api import address_limit
from tasktrail.api.address_limit import AddressLimit, site_of
from tasktrail.errors import NotSignedInError, StoreUnavailableError, TooManyRequestsError
from tasktrail.model.instant import Instant

NOW = Instant(1_800_000_000_000_000)


def request(host: str | None) -> Request:
    return Request({"type": "http", "client": None if host is None else (host, 1), "headers": []})


def fail(limit: AddressLimit, host: str, shown: str = "wrong") -> None:
    with pytest.raises(NotSignedInError), limit.trying(request(host), shown):
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


def test_every_address_fails_for_itself() -> None:
    limit = AddressLimit(lambda: NOW, failures=2)
    for _ in range(2):
        fail(limit, "203.0.113.7")
    with pytest.raises(TooManyRequestsError), limit.trying(request("203.0.113.7"), "x"):
        raise AssertionError("it is not looked at")
    fail(limit, "203.0.113.8")


def test_what_was_right_is_looked_at_until_it_is_wrong() -> None:
    limit = AddressLimit(lambda: NOW, failures=2, between_failures=60)
    with limit.trying(request("::1"), "right"):
        pass
    for _ in range(2):
        fail(limit, "::1")
    with limit.trying(request("::1"), "right"):
        pass
    with pytest.raises(TooManyRequestsError), limit.trying(request("::1"), "right"):
        raise NotSignedInError("revoked")
    with pytest.raises(TooManyRequestsError), limit.trying(request("::1"), "right"):
        raise AssertionError("it is not looked at any more")


def test_a_store_that_is_away_is_nobody_s_failure() -> None:
    limit = AddressLimit(lambda: NOW, failures=1)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError), limit.trying(request("::1"), "right"):
            raise StoreUnavailableError("away")


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_limit, "_MOST_KNOWN", 2)
    limit = AddressLimit(lambda: NOW)
    for shown in ("a", "b", "c"):
        with limit.trying(request("::1"), shown):
            pass
    assert len(limit._right) == 2
