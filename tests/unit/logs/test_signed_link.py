from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.errors import NotAllowedError, NotFoundError
from tasktrail.logs.place import LogName
from tasktrail.logs.signed_link import KEY_SIZE, LONGEST_LIFE, LinkSigner, link_key
from tasktrail.model.instant import Instant, after

NAME = LogName(12, 345, 1)
NOW = Instant(1_764_000_000_000_000)
SIGNER = LinkSigner(b"k" * KEY_SIZE)
TOKEN = SIGNER.sign(NAME, NOW, 60)


def test_a_link_is_good_for_its_log_until_it_expires() -> None:
    assert set(TOKEN) <= set(string.ascii_letters + string.digits + ".-_")
    assert SIGNER.check(TOKEN, NOW) == NAME
    assert SIGNER.check(TOKEN, Instant(after(NOW, 60) - 1)) == NAME
    with pytest.raises(NotAllowedError, match="expired"):
        SIGNER.check(TOKEN, after(NOW, 60))


@pytest.mark.parametrize("position", range(len(TOKEN)))
def test_a_link_with_any_character_changed_leads_nowhere(position: int) -> None:
    for other in "0A9.-/":
        if other == TOKEN[position]:
            continue
        changed = TOKEN[:position] + other + TOKEN[position + 1 :]
        # The last of 43 characters holds four bits only, of which Base64 ignores two.
        with pytest.raises(NotFoundError):
            SIGNER.check(changed, NOW)


def test_a_link_of_another_key_leads_nowhere() -> None:
    with pytest.raises(NotFoundError):
        LinkSigner(b"j" * KEY_SIZE).check(TOKEN, NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "../../etc/passwd",
        TOKEN + "\n",
        " " + TOKEN,
        "0" + TOKEN,
        TOKEN.replace("12-", "١٢-"),
        TOKEN.rpartition(".")[0],
        TOKEN + "=",
        TOKEN * 1000,
        "\udc80" + TOKEN,
        TOKEN[:-1] + "\udc80",
    ],
)
def test_what_is_no_link_leads_nowhere(token: str) -> None:
    with pytest.raises(NotFoundError):
        SIGNER.check(token, NOW)


@given(token=st.text(max_size=120))
def test_no_text_is_a_link_by_chance(token: str) -> None:
    with pytest.raises(NotFoundError):
        SIGNER.check(token, NOW)


@pytest.mark.parametrize("lifetime", [0, -1, LONGEST_LIFE + 1, float("nan")])
def test_no_link_lives_for_ever(lifetime: float) -> None:
    with pytest.raises(ValueError, match="good for up to"):
        SIGNER.sign(NAME, NOW, lifetime)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="less than"):
        LinkSigner(b"short")


def test_the_key_of_a_directory_stays_and_is_ours_alone(tmp_path: Path) -> None:
    key = link_key(tmp_path)
    assert len(key) == KEY_SIZE
    assert link_key(tmp_path) == key
    assert (tmp_path / "link.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link.key").write_bytes(b"torn")
    (tmp_path / "link.draft").write_bytes(b"left by a kill")
    assert link_key(tmp_path) not in (key, b"torn")
