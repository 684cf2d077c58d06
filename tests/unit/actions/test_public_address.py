"""The address with which links begin."""

from __future__ import annotations

import pytest

from tasktrail.actions.public_address import PublicAddress
from tasktrail.config import Config
from tasktrail.errors import InvalidInputError
from tasktrail.model.address import plain_public_url


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("https://tasks.example.com", "https://tasks.example.com"),
        ("https://Tasks.Example.com/", "https://tasks.example.com"),
        ("https://tasks.example.com:443", "https://tasks.example.com"),
        ("http://tasks.example.com:80", "http://tasks.example.com"),
        (" http://10.0.0.5:8090 ", "http://10.0.0.5:8090"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_address_is_written_as_browsers_name_it(given: str, plain: str) -> None:
    assert plain_public_url(given) == plain


@pytest.mark.parametrize(
    "given",
    [
        "",
        "tasks.example.com",
        "tasks.example.com:8090",
        "ftp://tasks.example.com",
        "https://",
        "https:///x",
        "https://tasks.example.com/tasktrail",
        "https://tasks.example.com?x=1",
        "https://tasks.example.com#x",
        "https://ann@tasks.example.com",
        "https://tasks.example.com:0",
        "https://tasks.example.com:99999",
        "https://tasks.example.com:x",
        "https://tasks example.com",
        "https://[::1",
        "http://0.0.0.0:8090",
        "http://[::]:8090",
    ],
)
def test_what_no_link_can_begin_with_is_refused(given: str) -> None:
    with pytest.raises(InvalidInputError, match="no address that links can begin with"):
        plain_public_url(given)


def test_without_one_links_name_where_the_server_listens() -> None:
    address = PublicAddress(Config(listen="127.0.0.1:9000"))
    assert address.url == "http://127.0.0.1:9000"
    address.listens_at("http://127.0.0.1:9001")
    assert address.url == "http://127.0.0.1:9001"
    assert not address.everywhere


@pytest.mark.parametrize(
    ("listen", "url"),
    [("0.0.0.0:80", "https://127.0.0.1:80"), ("[::]:8090", "https://[::1]:8090")],
)
def test_a_server_that_listens_everywhere_is_reached_from_its_own_machine(
    listen: str, url: str
) -> None:
    address = PublicAddress(Config(listen=listen, tls_certificate="chain.pem"))
    assert (address.url, address.everywhere) == (url, True)


def test_what_was_said_counts_wherever_the_server_listens() -> None:
    address = PublicAddress(Config(listen="0.0.0.0:80", public_url="https://tasks.example.com/"))
    address.listens_at("http://0.0.0.0:80")
    assert (address.url, address.everywhere) == ("https://tasks.example.com", False)
    address.say(None)
    address.say("https://other.example.com")
    assert address.url == address.given == "https://other.example.com"
