"""Signing in by an OpenID provider: a real one, over HTTP, that lies when it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import Connection, select

from integration.api.api_bench import ApiBench, api_bench
from integration.api.asking_with_cookies import COOKIE, Browser
from integration.api.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Provider,
    openid_provider,
    signed_by_what_is_public,
    unsigned,
)
from plain_http import NO_TLS
from tasktrail.model.author import Role
from tasktrail.store.identity.tables import user_identities, users

START = "/v1/session/oidc"
BACK = "/v1/session/oidc/callback"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with openid_provider() as provider:
        yield provider


@pytest.fixture
def settings() -> str:
    """What `config.toml` says beside what is needed."""
    return ""


@pytest.fixture
async def api(tmp_path: Path, provider: Provider, settings: str) -> AsyncIterator[ApiBench]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "config.toml").write_text(
        f"""
[oidc]
issuer = "{provider.url}"
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
name = "Example SSO"
{settings}
"""
    )
    async with api_bench(tmp_path) as bench:
        yield bench


async def begin(browser: Browser) -> str:
    """Where the provider sends the browser back to."""
    answer = await browser.ask("GET", START)
    assert answer.status_code == 303, answer.text
    async with httpx2.AsyncClient(trust_env=False, verify=NO_TLS) as elsewhere:
        there = await elsewhere.get(answer.headers["location"])
    assert there.status_code == 302, there.text
    address = there.headers["location"]
    assert address.startswith(f"{browser.api.server.url}{BACK}?")
    return address.removeprefix(browser.api.server.url)


async def come(browser: Browser) -> str:
    """Sign in by the provider; where the browser is sent in the end."""
    answer = await browser.ask("GET", await begin(browser))
    assert answer.status_code == 303
    return answer.headers["location"]


def refusal(location: str) -> str:
    """Why nobody was signed in."""
    page, _, told = location.partition("#")
    assert page == "/sign-in"
    found = parse_qs(told)
    assert found["message"][0]
    return found["error"][0]


async def identities(api: ApiBench) -> list[tuple[str, int]]:
    def query(connection: Connection) -> list[tuple[str, int]]:
        columns = select(user_identities.c.subject, user_identities.c.user_id)
        return [(row.subject, row.user_id) for row in connection.execute(columns)]

    return await api.people.store.read(query)


async def test_the_provider_is_among_the_ways_to_sign_in(api: ApiBench) -> None:
    found = await api.get("/v1/sign-in-methods", None)
    assert found == {"password": True, "oidc": {"name": "Example SSO"}}


async def test_who_is_known_by_a_verified_email_comes_in_and_is_known_from_then_on(
    api: ApiBench, provider: Provider
) -> None:
    ann = await api.people.member("Ann", api.organization_id)
    browser = Browser(api)
    assert await come(browser) == "/"
    session = (await browser.ask("GET", "/v1/session")).json()
    assert session["user"]["id"] == ann
    assert await identities(api) == [("248289761001", ann)]
    provider.person |= {"email": "married@example.com", "email_verified": False}
    again = Browser(api)
    assert await come(again) == "/"
    assert (await again.ask("GET", "/v1/session")).json()["user"]["id"] == ann
    assert provider.asked == ["configuration", "keys"], "what it says of itself is kept"
    (linked,) = (await api.get("/v1/tasks?names=user.link-identity"))["items"]
    assert (linked["author"]["id"], linked["status"]) == (ann, "done")


async def test_the_sign_in_is_bound_to_the_browser_by_a_cookie_of_its_own(api: ApiBench) -> None:
    await api.people.member("Ann", api.organization_id)
    browser = Browser(api)
    answer = await browser.ask("GET", START)
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", f"path={START}", "max-age=600"} <= {
        one.strip() for one in cookie.split(";")
    }
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43
    victim = Browser(api)
    address = await begin(browser)
    stolen = await victim.ask("GET", address)
    assert refusal(stolen.headers["location"]) == "not_begun_here"
    assert COOKIE not in victim.cookies
    mixed = Browser(api)
    await begin(mixed)
    forged = await mixed.ask("GET", await begin(Browser(api)))
    assert refusal(forged.headers["location"]) == "not_begun_here"


async def test_a_sign_in_is_finished_once(api: ApiBench) -> None:
    await api.people.member("Ann", api.organization_id)
    browser = Browser(api)
    address = await begin(browser)
    held = dict(browser.cookies)
    assert (await browser.ask("GET", address)).headers["location"] == "/"
    replay = Browser(api)
    replay.cookies = held
    answer = await replay.ask("GET", address)
    assert refusal(answer.headers["location"]) == "not_begun_here"
    assert COOKIE not in replay.cookies


async def test_a_session_that_was_there_is_ended(api: ApiBench) -> None:
    await api.people.member("Ann", api.organization_id)
    browser = Browser(api)
    await come(browser)
    planted = browser.cookies[COOKIE]
    await come(browser)
    thief = Browser(api)
    thief.cookies[COOKIE] = planted
    assert await thief.knows() == 401
    assert await browser.knows() == 200


def changed(**claims: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda truth: truth | claims


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda truth: {name: one for name, one in truth.items() if name not in names}


@pytest.mark.parametrize(
    "lie",
    [
        changed(nonce="of another sign-in"),
        without("nonce"),
        changed(aud="somebody else"),
        changed(aud=[CLIENT_ID, "somebody else"]),
        changed(azp="somebody else"),
        without("aud"),
        changed(iss="https://evil.example.com"),
        changed(exp=1_000_000_000),
        without("exp"),
        changed(iat=4_000_000_000),
        changed(nbf=4_000_000_000),
        changed(sub=""),
        without("sub"),
    ],
)
async def test_a_token_for_somebody_or_something_else_signs_nobody_in(
    api: ApiBench, provider: Provider, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    await api.people.member("Ann", api.organization_id)
    provider.lie = lie
    browser = Browser(api)
    assert refusal(await come(browser)) == "not_proven"
    assert COOKIE not in browser.cookies
    assert await identities(api) == []


async def test_a_clock_may_be_a_minute_wrong(api: ApiBench, provider: Provider) -> None:
    await api.people.member("Ann", api.organization_id)
    provider.lie = lambda truth: truth | {"exp": truth["iat"] - 30, "iat": truth["iat"] + 30}
    assert await come(Browser(api)) == "/"
    provider.lie = lambda truth: truth | {"exp": truth["iat"] - 90}
    assert refusal(await come(Browser(api))) == "not_proven"


async def test_only_the_keys_of_the_provider_sign(api: ApiBench, provider: Provider) -> None:
    await api.people.member("Ann", api.organization_id)
    known = provider.keys[0]
    kid = known.kid or ""
    stranger = RSAKey.generate_key(2048, {"kid": kid}, private=True)

    def by_a_stranger(kid: str) -> Callable[[dict[str, Any]], str]:
        return lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, stranger)

    lies: list[Callable[[dict[str, Any]], str]] = [
        unsigned,
        by_a_stranger(kid),
        by_a_stranger("unknown"),
        lambda claims: signed_by_what_is_public(known, claims),
        lambda claims: provider.token(claims)[:-6] + "AAAAAA",
        lambda _: "no token at all",
    ]
    for sign in lies:
        provider.sign = sign
        assert refusal(await come(Browser(api))) == "not_proven"
    provider.sign = None
    assert await come(Browser(api)) == "/"


async def test_new_keys_of_the_provider_are_learned(api: ApiBench, provider: Provider) -> None:
    await api.people.member("Ann", api.organization_id)
    assert await come(Browser(api)) == "/"
    provider.rotate()
    assert await come(Browser(api)) == "/"
    assert provider.asked.count("keys") == 2


@pytest.mark.parametrize(
    "person",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": None},
        {"email": "no email"},
    ],
)
async def test_an_email_that_is_not_verified_makes_nobody_somebody(
    api: ApiBench, provider: Provider, person: dict[str, Any]
) -> None:
    await api.people.member("Ann", api.organization_id)
    provider.person |= person
    browser = Browser(api)
    assert refusal(await come(browser)) == "email_not_verified"
    assert COOKIE not in browser.cookies
    assert await identities(api) == []


async def test_who_is_not_known_stays_outside(api: ApiBench, provider: Provider) -> None:
    assert refusal(await come(Browser(api))) == "unknown_person"
    await api.people.user("Ann")
    assert refusal(await come(Browser(api))) == "unknown_person"
    assert await identities(api) == []


async def test_another_person_with_the_email_of_one_who_left_does_not_become_that_one(
    api: ApiBench, provider: Provider
) -> None:
    await api.people.member("Ann", api.organization_id)
    assert await come(Browser(api)) == "/"
    provider.person |= {"sub": "another"}
    assert refusal(await come(Browser(api))) == "known_otherwise"


async def test_who_is_disabled_or_removed_stays_outside(api: ApiBench, provider: Provider) -> None:
    ann = await api.people.member("Ann", api.organization_id)
    browser = Browser(api)
    await come(browser)
    assert (await api.ask("DELETE", f"/v1/members/{ann}")).status_code == 200
    assert await browser.knows() == 401
    assert refusal(await come(Browser(api))) == "not_allowed"
    await api.people.joins(ann, api.organization_id, Role.MEMBER)
    assert await come(Browser(api)) == "/"
    users_of = api.world.installation.identities.users
    await users_of.set_disabled(api.operator, "ann@example.com", disabled=True)
    assert refusal(await come(Browser(api))) == "not_signed_in"


@pytest.mark.parametrize("settings", ['provision = true\ndomains = ["example.com"]'])
async def test_unknown_people_of_a_domain_become_members_where_that_is_wanted(
    api: ApiBench, provider: Provider
) -> None:
    browser = Browser(api)
    assert await come(browser) == "/"
    session = (await browser.ask("GET", "/v1/session")).json()
    assert session["user"]["name"] == "Ann"
    assert [one["role"] for one in session["organizations"]] == ["member"]
    added = await api.get("/v1/tasks?names=member.add")
    assert [task["author"]["kind"] for task in added["items"]] == ["robot"]
    provider.person |= {"sub": "2", "email": "eve@example.com.evil.org"}
    assert refusal(await come(Browser(api))) == "domain_not_accepted"
    provider.person |= {"sub": "3", "email": "eve@example.com", "email_verified": False}
    assert refusal(await come(Browser(api))) == "email_not_verified"
    emails = await api.people.store.read(
        lambda connection: list(connection.execute(select(users.c.email)).scalars())
    )
    assert not [email for email in emails if email.startswith("eve")]


async def test_an_email_that_is_told_elsewhere_counts_if_it_is_of_the_same_person(
    api: ApiBench, provider: Provider
) -> None:
    await api.people.member("Ann", api.organization_id)
    provider.email_in_token = False
    provider.userinfo_subject = "another"
    assert refusal(await come(Browser(api))) == "not_proven"
    provider.userinfo_subject = None
    assert await come(Browser(api)) == "/"


async def test_what_the_provider_refuses_is_told(api: ApiBench, provider: Provider) -> None:
    provider.denies = "access_denied"
    assert refusal(await come(Browser(api))) == "denied"
    provider.denies = None
    browser = Browser(api)
    address = await begin(browser)
    provider.grants.clear()
    answer = await browser.ask("GET", address)
    assert refusal(answer.headers["location"]) == "not_proven"


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://evil.example.com"}, {"token_endpoint": 7}, {"jwks_uri": "file:///etc"}],
)
async def test_a_provider_that_says_something_else_is_not_used(
    api: ApiBench, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    answer = await Browser(api).ask("GET", START)
    assert refusal(answer.headers["location"]) == "provider_unavailable"


async def test_a_provider_that_is_away_is_told_and_passwords_go_on(tmp_path: Path) -> None:
    async with openid_provider() as provider:
        url = provider.url
    data = tmp_path / "data"
    data.mkdir()
    (data / "config.toml").write_text(f'oidc = {{issuer = "{url}", client_id = "tasktrail"}}')
    async with api_bench(tmp_path) as api:
        answer = await Browser(api).ask("GET", START)
        assert refusal(answer.headers["location"]) == "provider_unavailable"
        assert (await Browser(api).sign_in("nobody")).status_code == 401


async def test_without_a_provider_there_is_no_such_address(tmp_path: Path) -> None:
    async with api_bench(tmp_path) as api:
        for path in (START, f"{BACK}?state=x&code=y"):
            answer = await api.ask("GET", path, None)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
