"""What a server answers to browsers, with a build of the dashboard and without one."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx2
import pytest

from integration.api.api_bench import api_bench
from tasktrail.api.app import build_app
from tasktrail.bootstrap import http_services
from tasktrail.dashboard.built_files import BuiltFiles
from tasktrail.dashboard.site import POLICY, Dashboard

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def static(tmp_path: Path) -> Path:
    return tmp_path / "static"


@pytest.fixture
async def browser(tmp_path: Path, static: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with api_bench(tmp_path) as bench:
        app = build_app(
            http_services(bench.world), pages=partial(Dashboard, files=BuiltFiles(static))
        )
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


def build(static: Path, page: str = "<p>the page") -> None:
    (static / "assets").mkdir(parents=True, exist_ok=True)
    (static / "assets" / "main-1a2b.js").write_text("run()")
    (static / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(b"run()"))
    (static / "index.html").write_text(page)


@pytest.mark.parametrize("path", ["/", "/tasks", "/tasks/4711?step=2", "/no/such/page"])
async def test_every_address_that_a_person_opens_is_the_page(
    browser: httpx2.AsyncClient, static: Path, path: str
) -> None:
    build(static)
    answer = await browser.get(path, headers=PERSON)
    assert (answer.status_code, answer.text) == (200, "<p>the page")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/assets/gone-1a2b.js"])
async def test_what_is_not_there_is_told_as_a_problem(
    browser: httpx2.AsyncClient, static: Path, path: str
) -> None:
    build(static)
    answer = await browser.get(path, headers=PERSON)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_programs_get_no_page_for_an_address_that_is_not_there(
    browser: httpx2.AsyncClient, static: Path
) -> None:
    build(static)
    answer = await browser.get("/task", headers={"Accept": "*/*"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (await browser.post("/tasks", headers=PERSON)).status_code == 404


async def test_files_whose_name_has_their_hash_are_kept_forever(
    browser: httpx2.AsyncClient, static: Path
) -> None:
    build(static)
    answer = await browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    assert answer.text == "run()"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    weighed = await browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip; q=0.5"})
    assert weighed.headers["Content-Encoding"] == "gzip"
    for none in ("identity", "gzip;q=0", "gzip; q=0.000, identity"):
        plain = await browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": none})
        assert plain.content == b"run()"
        assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/assets/../../secret", "/..%2Fsecret", "/%2e%2e/secret"])
async def test_nothing_outside_the_build_is_read(
    browser: httpx2.AsyncClient, static: Path, path: str
) -> None:
    build(static)
    (static.parent / "secret").write_text("secret")
    assert "secret" not in (await browser.get(path, headers=PERSON)).text


async def test_a_new_build_is_served_without_a_restart(
    browser: httpx2.AsyncClient, static: Path
) -> None:
    build(static)
    assert (await browser.get("/", headers=PERSON)).text == "<p>the page"
    build(static, "<p>the next page")
    assert (await browser.get("/", headers=PERSON)).text == "<p>the next page"


async def test_without_a_build_the_page_says_how_to_build(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/", headers=PERSON)
    assert answer.status_code == 404
    assert "make web" in answer.text
    assert (await browser.get("/healthz")).json() == {"status": "alive"}
