"""Secrets that are carried, and digests that are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.actions.identity.token import KeySecret, digest_of, matches, new_token, read_key


@given(st.integers(1, 10**18 - 1))
def test_a_key_reads_back(key_id: int) -> None:
    secret = KeySecret(key_id, new_token())
    assert read_key(str(secret)) == secret


@given(st.text())
def test_whatever_somebody_sends_is_a_key_or_none(text: str) -> None:
    found = read_key(text)
    assert found is None or str(found) == text
    assert len(digest_of(text)) == 64
    assert matches(text, digest_of(text))


SECRET = "a" * 43


@pytest.mark.parametrize(
    "key_id", ["0", "01", "-1", "", " 1", "1" * 19, "\N{ARABIC-INDIC DIGIT THREE}"]
)
def test_ids_are_plain_numbers(key_id: str) -> None:
    assert read_key(f"tt_{key_id}_{SECRET}") is None


@pytest.mark.parametrize(
    "wrong",
    ["tt_1_short", f"TT_1_{SECRET}", f" tt_1_{SECRET}", f"tt_1_{SECRET}\n", f"tt_1_{SECRET}ä"],
)
def test_what_is_no_key_is_none(wrong: str) -> None:
    assert read_key(wrong) is None


def test_tokens_are_long_and_never_the_same_and_their_keys_show_no_secret() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 43 for token in tokens)
    token = tokens.pop()
    assert token not in repr(KeySecret(1, token))
