"""A stream is masked in the same way however it is cut into chunks."""

from __future__ import annotations

import time
import tracemalloc
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from secret_streams import halves, pieces, streamed

from tasktrail.logs.masker import MASK, Masker, mask_text
from tasktrail.logs.masking import Masking
from tasktrail.logs.secret_forms import forms_of

SECRETS = [
    "hunter2!",
    "pä/ss w+ör<d>\"'$\\",
    "aaaaabaaaaab",
    "-----BEGIN KEY-----\nMIIabc+/def==\n-----END KEY-----\n",
    "C:\\temp\\$HOME `id` 'it''s' \N{KEY}\t%41&~",
    "correct horse battery staple, and so on, which makes it longer than one line of base64",
]
LONG_SECRETS = ["x" * 600, "".join(chr(33 + number * number % 90) for number in range(600))]
"""They are looked for in pieces."""


def wrapped_forms(secret: str) -> list[bytes]:
    """The forms that tools break into lines, with line breaks at the usual places."""
    return [
        line_break.join(pieces(form, columns))
        for form in sorted(forms_of([secret]).wrappable)
        for columns in (64, 76)
        for line_break in (b"\n", b"\r\n")
        if len(form) > columns
    ]


def left_of(masked: bytes) -> bytes:
    """What is shown of a form that stood between an `a` and a `b`, without its line breaks."""
    return b"".join(masked.replace(MASK.encode(), b"").split())[1:-1]


@pytest.mark.parametrize("secret", [*SECRETS, *LONG_SECRETS])
def test_every_form_is_masked_at_every_split(secret: str) -> None:
    masking = Masking([secret])
    for form in sorted(forms_of([secret]).all):
        text = b"a " + form + b" b\n"
        whole = streamed(masking, [text])
        assert whole == b"a " + MASK.encode() + b" b\n"
        assert all(streamed(masking, chunks) == whole for chunks in halves(text)), form
        for size in (1, 2, 3, 7):
            assert streamed(masking, pieces(text, size)) == whole, form


@pytest.mark.parametrize("lines", [100, 480, 2_000])
def test_a_secret_of_very_many_lines_is_masked_line_by_line(lines: int) -> None:
    whole = [sha256(b"%d" % number).hexdigest() for number in range(lines)]
    masking = Masking(["\n".join(whole)])
    for line in whole[:: lines // 50]:
        text = b"key: " + line.encode() + b", and on\n"
        for cut in range(0, len(text), 9):
            masked = streamed(masking, [text[:cut], text[cut:]])
            assert masked == b"key: " + MASK.encode() + b", and on\n"


@pytest.mark.parametrize("secret", SECRETS)
def test_every_form_that_is_broken_into_lines_is_masked_at_every_split(secret: str) -> None:
    """A line that is complete is given at once, with at most the first bytes of what may be a
    further piece of a long secret."""
    masking = Masking([secret])
    for form in wrapped_forms(secret):
        text = b"a " + form + b" b\n"
        assert left_of(streamed(masking, [text])) == b""
        for chunks in halves(text):
            masked = streamed(masking, chunks)
            assert len(left_of(masked)) <= masking.releasable, (form, chunks)
            assert masked.count(b"\n") == text.count(b"\n")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_pause_at_any_split_shows_no_more_than_a_few_bytes_of_a_form(secret: str) -> None:
    masking = Masking([secret])
    for form in [*sorted(forms_of([secret]).all), *wrapped_forms(secret)]:
        text = b"a " + form + b" b\n"
        for chunks in halves(text):
            masker = Masker(masking)
            masked = b"".join(masker.feed(chunk) + masker.settle() for chunk in chunks)
            masked += masker.end()
            assert len(left_of(masked)) <= masking.releasable, (form, chunks)


_ALPHABET = st.sampled_from([b"a", b"b", b"ab", b"Y", b"W", b"\n", b"\r\n", b" ", b"%61", b"\xc3"])
_SECRETS = st.lists(st.text("abYW", min_size=4, max_size=12), min_size=1, max_size=3)
_CHUNKS = st.lists(st.lists(_ALPHABET, max_size=12).map(b"".join), max_size=12)


@given(_SECRETS, _CHUNKS)
def test_chunks_make_no_difference(secrets: list[str], chunks: list[bytes]) -> None:
    masking = Masking(secrets)

    assert streamed(masking, chunks) == streamed(masking, [b"".join(chunks)])


@given(_SECRETS, _CHUNKS)
def test_no_secret_is_left_and_nothing_else_is_lost(
    secrets: list[str], chunks: list[bytes]
) -> None:
    masked = streamed(Masking(secrets), chunks)

    assert all(secret.encode() not in masked for secret in secrets)
    text = b"".join(chunks)
    rest = iter(text)
    assert all(byte in rest for byte in masked.replace(MASK.encode(), b""))
    assert masked.count(b"\n") == text.count(b"\n")


@given(_SECRETS, _CHUNKS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_a_slow_writer_has_no_more_shown_than_the_first_bytes_of_a_secret(
    secrets: list[str], chunks: list[bytes], pauses: list[bool]
) -> None:
    masking = Masking(secrets)
    masker = Masker(masking)
    masked = b""
    for chunk, pause in zip(chunks, pauses, strict=False):
        masked += masker.feed(chunk)
        if pause:
            masked += masker.settle()
    masked += masker.end()

    assert all(secret.encode() not in masked for secret in secrets)
    assert masking.releasable <= 3
    assert masked.count(b"\n") == b"".join(chunks[:12]).count(b"\n")


@given(st.text(), st.text("abc\N{SNOWMAN}", min_size=4))
def test_text_is_masked_once_and_for_all(text: str, secret: str) -> None:
    masking = Masking([secret])
    masked = mask_text(masking, f"{text}{secret}{text}")

    assert secret not in masked
    assert mask_text(masking, masked) == masked


def test_what_cannot_be_a_secret_is_given_at_once() -> None:
    masker = Masker(Masking(["hunter2!"]))

    assert masker.feed(b"Password: ") == b"Password: "
    assert not masker.holds


def test_a_prompt_that_ends_as_a_secret_begins_is_given_when_nothing_follows() -> None:
    masker = Masker(Masking(["hunter2!-and-more"]))

    assert masker.feed(b"continue as hu") == b"continue as "
    assert masker.holds
    assert masker.settle() == b"hu"
    assert not masker.holds
    assert masker.feed(b"man? ") == b"man? "


def test_what_was_given_of_a_secret_is_not_followed_by_the_rest_of_it() -> None:
    masker = Masker(Masking(["hunter2!-and-more"]))
    masked = masker.feed(b"as hu") + masker.settle()

    assert masked + masker.feed(b"nter2!-and-more\n") == b"as hu" + MASK.encode() + b"\n"


def test_a_secret_that_is_typed_slowly_is_not_shown() -> None:
    masker = Masker(Masking(["hunter2!-and-more"]))
    masked = b""
    for byte in b"hunter2!-and-more":
        masked += masker.feed(bytes([byte])) + masker.settle()

    assert masked + masker.end() == b"hun" + MASK.encode()


def test_a_complete_line_is_not_held_back() -> None:
    masker = Masker(Masking(["correct horse battery staple"]))

    assert masker.feed(b"the letter Y\n") == b"the letter Y\n"


def test_a_secret_that_has_come_is_told_at_once_though_a_longer_one_may_follow() -> None:
    masker = Masker(Masking(["abcd", "abcdefgh"]))

    assert masker.feed(b"abcd") + masker.settle() == MASK.encode()
    assert masker.feed(b"efg") + masker.settle() == b""
    assert masker.feed(b"h!") == b"!"


def test_the_end_of_a_secret_may_be_the_beginning_of_another_one_that_does_not_come() -> None:
    masking = Masking(["xxab", "abcdefgh"])

    assert streamed(masking, [b"xxab", b"cd", b"ef", b"-"]) == MASK.encode() + b"cdef-"


def test_binary_and_broken_text_pass_as_they_are() -> None:
    text = bytes(range(256)) * 40 + b"\xff\xfe\x00"

    assert streamed(Masking(["hunter2!"]), pieces(text, 100)) == text


def test_what_is_held_back_is_bounded() -> None:
    masking = Masking(["ab" * 10_000])
    masker = Masker(masking)
    for _ in range(2_000):
        masker.feed(b"ab")
        masker.settle()

    assert len(masker.end()) <= 1_024


def test_a_text_of_nothing_but_secrets_takes_little_memory() -> None:
    masking = Masking(["aaaa"])
    tracemalloc.start()
    try:
        masked = streamed(masking, [b"a" * 256 * 1024])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert masked == MASK.encode()
    assert peak < 16 * 1024 * 1024


def test_text_that_nearly_is_a_secret_is_masked_in_linear_time() -> None:
    masking = Masking(["a" * 400 + "b"])
    before = time.perf_counter()
    for _ in range(20):
        streamed(masking, pieces(b"a" * 65_536, 65_536))

    assert time.perf_counter() - before < 5
