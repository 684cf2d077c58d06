"""Sessions of people: how they begin, what they are good for, and how they end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import argon2
import httpx2
import pytest

from integration.api.api_bench import HELLO, ApiBench, api_bench
from integration.api.asking_with_cookies import COOKIE, PASSWORD, Browser
from integration.api.conformity import Conformity
from plain_http import NO_TLS
from quick_hashes import QUICK
from tasktrail.actions.identity.failed_sign_ins import FREE_FAILURES
from tasktrail.actions.identity.passwords import Passwords
from tasktrail.bootstrap import first_owner_link, open_world, serve_http
from tasktrail.model.author import Role
from tasktrail.store.identity.users import set_password


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hashes must cost is the subject of other tests."""
    monkeypatch.setattr(argon2, "PasswordHasher", lambda: QUICK)


async def person(api: ApiBench, name: str = "Ann", role: Role = Role.MEMBER) -> int:
    """Somebody new who has a password."""
    user_id = await api.people.member(name, api.organization_id, role)
    passwords = Passwords()
    hashed = await passwords.hash(PASSWORD)
    passwords.close()
    await api.people.write(lambda connection: set_password(connection, user_id, hashed))
    return user_id


async def signed_in(api: ApiBench, name: str = "Ann", role: Role = Role.MEMBER) -> Browser:
    await person(api, name, role)
    browser = Browser(api)
    assert (await browser.sign_in(name.lower())).status_code == 200
    return browser


async def test_signing_in_begins_a_session_that_no_script_and_no_other_page_can_use(
    api: ApiBench,
) -> None:
    user_id = await person(api)
    browser = Browser(api)
    assert await browser.knows() == 401
    answer = await browser.sign_in("ann")
    (await Conformity.of(api)).check("POST", "/v1/session", answer)
    assert answer.json() == {
        "user": {"id": user_id, "name": "Ann", "email": "ann@example.com"},
        "organizations": [{"id": api.organization_id, "name": "default", "role": "member"}],
        "orgId": api.organization_id,
    }
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {one.strip() for one in cookie.split(";")}
    assert "max-age=4" in cookie
    assert "secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    assert await browser.knows() == 200
    session = await browser.ask("GET", "/v1/session")
    (await Conformity.of(api)).check("GET", "/v1/session", session)
    assert session.json() == answer.json()


async def test_every_sign_in_is_a_new_session_and_ends_the_one_that_was_there(
    api: ApiBench,
) -> None:
    browser = await signed_in(api)
    planted = browser.cookies[COOKIE]
    assert (await browser.sign_in("ann")).status_code == 200
    assert browser.cookies[COOKIE] != planted
    assert await browser.knows() == 200
    thief = Browser(api)
    thief.cookies[COOKIE] = planted
    assert await thief.knows() == 401


async def test_a_made_up_session_is_not_taken_over_by_signing_in(api: ApiBench) -> None:
    await person(api)
    browser = Browser(api)
    browser.cookies[COOKIE] = "chosen-by-somebody-else-1234567890abcdef"
    assert (await browser.sign_in("ann")).status_code == 200
    assert browser.cookies[COOKIE] != "chosen-by-somebody-else-1234567890abcdef"
    thief = Browser(api)
    thief.cookies[COOKIE] = "chosen-by-somebody-else-1234567890abcdef"
    assert await thief.knows() == 401


async def test_nobody_learns_why_a_sign_in_failed(api: ApiBench) -> None:
    await person(api)
    browser = Browser(api)
    wrong = await browser.sign_in("ann", "another long password")
    nobody = await browser.sign_in("nobody")
    without = await browser.sign_in("member")
    assert {one.status_code for one in (wrong, nobody, without)} == {401}
    assert wrong.json() == nobody.json() == without.json()
    assert not browser.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
async def test_a_foreign_page_changes_nothing_with_a_session(
    api: ApiBench, headers: dict[str, str]
) -> None:
    browser = await signed_in(api, "Olga", Role.OWNER)
    browser.headers = headers
    for method, path, body in (
        ("POST", "/v1/members", {"email": "x@example.com", "name": "X", "role": "owner"}),
        ("POST", "/v1/keys", {"name": "x"}),
        ("DELETE", "/v1/session", None),
        ("PATCH", f"/v1/organizations/{api.organization_id}", {"supportDefault": False}),
        ("PUT", "/v1/session/password", {"before": PASSWORD, "after": "another long password"}),
    ):
        options = {} if body is None else {"json": body}
        answer = await browser.ask(method, path, **options)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert await browser.knows() == 200


async def test_a_foreign_page_signs_nobody_in(api: ApiBench) -> None:
    await person(api)
    for headers in ({"Origin": "https://evil.example.com"}, {"Sec-Fetch-Site": "cross-site"}):
        browser = Browser(api, headers)
        assert (await browser.sign_in("ann")).status_code == 403
        link = await browser.ask("POST", "/v1/session/link", json={"token": "x"})
        assert link.status_code == 403
        assert not browser.cookies
    program = Browser(api, {})
    assert (await program.sign_in("ann")).status_code == 200


async def test_signing_out_ends_the_session_for_whoever_holds_it(api: ApiBench) -> None:
    browser = await signed_in(api)
    held = dict(browser.cookies)
    answer = await browser.ask("DELETE", "/v1/session")
    (await Conformity.of(api)).check("DELETE", "/v1/session", answer)
    assert answer.status_code == 200
    assert not browser.cookies
    browser.cookies = held
    assert await browser.knows() == 401


async def test_who_is_removed_or_changed_feels_it_with_the_next_request(api: ApiBench) -> None:
    browser = await signed_in(api, "Ann", Role.ADMIN)
    user_id = (await browser.ask("GET", "/v1/session")).json()["user"]["id"]
    key = (await browser.ask("POST", "/v1/keys", json={"name": "mine"})).json()["key"]
    assert (await browser.ask("POST", "/v1/projects", json={"name": "one"})).status_code == 201
    path = f"/v1/members/{user_id}"
    assert (await api.ask("PATCH", path, json={"role": "member"})).status_code == 200
    assert (await browser.ask("POST", "/v1/projects", json={"name": "two"})).status_code == 403
    assert await browser.knows() == 200
    assert (await api.ask("DELETE", path)).status_code == 200
    assert await browser.knows() == 401
    with_key = await api.client.get("/v1/tasks", headers={"X-API-KEY": key})
    assert with_key.status_code == 401


async def test_who_is_disabled_is_out_at_once(api: ApiBench) -> None:
    browser = await signed_in(api)
    own = api.world.installation
    operator = own.identities.users
    await operator.set_disabled(api.operator, "ann@example.com", disabled=True)
    assert await browser.knows() == 401
    assert (await browser.sign_in("ann")).status_code == 401


async def test_after_some_failures_no_password_is_accepted_for_a_while(api: ApiBench) -> None:
    await person(api)
    browser = Browser(api)
    for _ in range(FREE_FAILURES):
        assert (await browser.sign_in("ann", "a wrong password")).status_code == 401
        await api.world.installation.identities.sessions.settled()
    assert (await browser.sign_in("ann")).status_code == 401
    assert not browser.cookies


async def test_who_tries_too_often_is_told_when_to_come_back(api: ApiBench) -> None:
    browser = Browser(api)
    tries = [browser.sign_in("nobody", f"password {number}") for number in range(15)]
    answers = await asyncio.gather(*tries)
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert len(refused) < len(answers)
    (await Conformity.of(api)).check("POST", "/v1/session", refused[0])
    assert int(refused[0].headers["retry-after"]) >= 1


async def test_a_new_member_sets_a_password_by_a_link_that_works_once(api: ApiBench) -> None:
    conformity = await Conformity.of(api)
    body = {"email": "Bea@Example.com", "name": "Bea", "role": "member"}
    added = await api.post("/v1/members", body)
    address, _, token = added["link"].partition("#")
    assert address == f"{api.server.url}/welcome"
    browser = Browser(api)
    looked = await browser.ask("POST", "/v1/session/link/look", json={"token": token})
    conformity.check("POST", "/v1/session/link/look", looked)
    seen = looked.json()
    assert (seen["purpose"], seen["name"], seen["email"]) == (
        "invitation",
        "Bea",
        "bea@example.com",
    )
    short = await browser.ask(
        "POST", "/v1/session/link", json={"token": token, "password": "short"}
    )
    conformity.check("POST", "/v1/session/link", short)
    assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "password")
    wish = {"token": token, "password": PASSWORD}
    answer = await browser.ask("POST", "/v1/session/link", json=wish)
    conformity.check("POST", "/v1/session/link", answer)
    assert answer.json()["user"] == {
        "id": added["userId"],
        "name": "Bea",
        "email": "bea@example.com",
    }
    assert await browser.knows() == 200
    again = await Browser(api).ask("POST", "/v1/session/link", json=wish)
    assert again.status_code == 401
    looked = await browser.ask("POST", "/v1/session/link/look", json={"token": token})
    conformity.check("POST", "/v1/session/link/look", looked)
    assert looked.status_code == 401
    assert (await Browser(api).sign_in("bea")).status_code == 200
    known = await api.post("/v1/members", {**body, "email": "foreign@example.com"})
    assert known["link"] is None


async def test_a_link_signs_in_without_a_new_password_too(api: ApiBench) -> None:
    user_id = await person(api)
    made = await api.post(f"/v1/members/{user_id}/link")
    token = made["link"].partition("#")[2]
    browser = Browser(api)
    assert (await browser.ask("POST", "/v1/session/link", json={"token": token})).is_success
    assert await browser.knows() == 200
    assert (await Browser(api).sign_in("ann")).status_code == 200
    used = await Browser(api).ask("POST", "/v1/session/link", json={"token": token})
    assert used.status_code == 401


async def test_a_lost_password_is_replaced_and_all_sessions_end(api: ApiBench) -> None:
    browser = await signed_in(api)
    user_id = (await browser.ask("GET", "/v1/session")).json()["user"]["id"]
    first = (await api.post(f"/v1/members/{user_id}/link"))["link"].partition("#")[2]
    second = (await api.post(f"/v1/members/{user_id}/link"))["link"].partition("#")[2]
    replaced = {"token": first, "password": "another long password"}
    assert (await Browser(api).ask("POST", "/v1/session/link", json=replaced)).status_code == 401
    assert await browser.knows() == 200
    replaced["token"] = second
    assert (await Browser(api).ask("POST", "/v1/session/link", json=replaced)).is_success
    assert await browser.knows() == 401
    assert (await browser.sign_in("ann")).status_code == 401
    assert (await browser.sign_in("ann", "another long password")).status_code == 200


async def test_no_organization_makes_links_for_people_of_others_too(api: ApiBench) -> None:
    ann = await person(api)
    await api.people.joins(ann, api.foreign_organization_id, Role.OWNER)
    for user_id in (ann, api.user_ids["support"]):
        answer = await api.ask("POST", f"/v1/members/{user_id}/link")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_password_is_changed_by_who_knows_it_and_the_other_sessions_end(
    api: ApiBench,
) -> None:
    browser = await signed_in(api)
    other = Browser(api)
    await other.sign_in("ann")
    wrong = {"before": "not the password", "after": "another long password"}
    refused = await browser.ask("PUT", "/v1/session/password", json=wrong)
    assert refused.status_code == 401
    change = {"before": PASSWORD, "after": "another long password"}
    answer = await browser.ask("PUT", "/v1/session/password", json=change)
    (await Conformity.of(api)).check("PUT", "/v1/session/password", answer)
    assert answer.status_code == 200
    assert await browser.knows() == 200
    assert await other.knows() == 401


async def test_a_person_of_two_organizations_asks_about_either(api: ApiBench) -> None:
    browser = await signed_in(api)
    session = (await browser.ask("GET", "/v1/session")).json()
    there = api.foreign_organization_id
    assert (await browser.ask("GET", f"/v1/organizations/{there}")).status_code == 404
    await api.people.joins(session["user"]["id"], there, Role.OWNER)
    api.world.installation.identities.identification.forget()
    found = await browser.ask("GET", "/v1/organizations")
    assert [(one["name"], one["role"]) for one in found.json()["items"]] == [
        ("default", "member"),
        ("foreign", "owner"),
    ]
    shown = await browser.ask("GET", f"/v1/organizations/{there}")
    assert shown.json()["role"] == "owner"
    renamed = await browser.ask(
        "PATCH", f"/v1/organizations/{there}", json={"name": "far away", "supportDefault": False}
    )
    assert renamed.status_code == 200
    assert (await browser.ask("GET", f"/v1/organizations/{there}")).json()["name"] == "far away"
    members = await browser.ask("GET", f"/v1/members?orgId={there}")
    assert {one["name"] for one in members.json()["items"]} == {"Ann", "Foreign"}
    tasks = await browser.ask("GET", f"/v1/tasks?orgId={there}&names=organization.change")
    assert tasks.json()["totalCount"] == 1
    here = await browser.ask("GET", "/v1/tasks?names=organization.change")
    assert here.json()["totalCount"] == 0


async def test_an_api_key_is_no_session(api: ApiBench) -> None:
    passwords = {"before": "x", "after": "another long password"}
    for answer in (
        await api.ask("GET", "/v1/session"),
        await api.ask("DELETE", "/v1/session"),
        await api.ask("PUT", "/v1/session/password", json=passwords),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_over_tls_the_cookie_and_the_links_stay_on_tls(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "config.toml").write_text('trusted_proxies = ["127.0.0.1"]')
    async with (
        open_world(data, engine=False) as world,
        serve_http(world, "127.0.0.1:0", "test") as server,
        httpx2.AsyncClient(
            base_url=server.url,
            headers={"X-Forwarded-Proto": "https", "Host": "tasks.example.com"},
            trust_env=False,
            verify=NO_TLS,
        ) as client,
    ):
        link = await first_owner_link(world) or ""
        wish = {"token": link.partition("#")[2], "password": PASSWORD}
        looked = await client.post("/v1/session/link/look", json={"token": wish["token"]})
        owner = {"purpose": "first_owner", "name": None, "email": None}
        assert looked.json().items() >= owner.items(), "it is for them to say how they are called"
        answer = await client.post("/v1/session/link", json=wish)
        cookie = answer.headers["set-cookie"]
        assert "secure" in {one.strip().lower() for one in cookie.split(";")}
        body = {"email": "bea@example.com", "name": "Bea", "role": "member"}
        own = {"Cookie": cookie.partition(";")[0], "Origin": "https://tasks.example.com"}
        added = await client.post("/v1/members", json=body, headers=own)
        assert added.json()["link"].startswith("https://tasks.example.com/welcome#")


async def test_links_begin_with_the_public_address_whatever_a_request_says(tmp_path: Path) -> None:
    public = "https://tasks.example.com"
    async with api_bench(tmp_path) as api:
        api.services.address.say(public)
        host = {"Host": "evil.example.com"}
        step = (await api.ran(api.runbook("hello", HELLO)))["jobs"][0]["steps"][0]["id"]
        for path in (f"/v1/task-steps/{step}/log-url", f"/v1/task-steps/{step}/logs?delivery=url"):
            assert (await api.get(path, headers=host))["url"].startswith(f"{public}/v1/task-logs/")
        body = {"email": "bea@example.com", "name": "Bea", "role": "member"}
        added = await api.ask("POST", "/v1/members", json=body, headers=host)
        assert added.json()["link"].startswith(f"{public}/welcome#")
        # The pages there are ours, and their cookies stay on TLS.
        wish = {"token": added.json()["link"].partition("#")[2], "password": PASSWORD}
        at_home = {"Host": "tasks.example.com", "Origin": public}
        foreign = {"Host": "tasks.example.com", "Origin": "https://evil.example.com"}
        refused = await api.ask("POST", "/v1/session/link", None, json=wish, headers=foreign)
        assert refused.status_code == 403
        answer = await api.ask("POST", "/v1/session/link", None, json=wish, headers=at_home)
        assert "secure" in answer.headers["set-cookie"].lower()
        sign_in = {"email": "bea@example.com", "password": PASSWORD}
        direct = await api.ask("POST", "/v1/session", None, json=sign_in)
        assert "secure" not in direct.headers["set-cookie"].lower()
