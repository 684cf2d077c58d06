"""A secret is masked in every form in which programs print it."""

from __future__ import annotations

import base64
import json
import re
import shlex
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tasktrail.logs.masker import MASK, mask_text
from tasktrail.logs.masking import Masking
from tasktrail.logs.secret_forms import LONGEST_FORM, forms_of

SECRETS = [
    "hunter2!",
    "pässwörd/+=",
    "<a href='x'>&\"quoted\"</a>",
    r"C:\temp\$HOME `id` 'it''s'",
    "two words and a\ttab",
    "\N{KEY} 1234",
    "0123",
]


def _double_quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("$", "\\$").replace('"', '\\"').replace("`", "\\`")


WRITTEN: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": json.dumps,
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON with slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON of Go": lambda text: (
        json.dumps(text, ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
    ),
    "repr": repr,
    "ascii": ascii,
    "URL": lambda text: quote(text, safe=""),
    "URL, path": quote,
    "URL, form": quote_plus,
    "URL, lower case": lambda text: re.sub(
        "%..", lambda byte: byte[0].lower(), quote(text, safe="")
    ),
    "encodeURIComponent": lambda text: quote(text, safe="!'()*"),
    "shell": shlex.quote,
    "shell, xtrace": lambda text: "'" + text.replace("'", "'\\''") + "'",
    "shell, double quotes": lambda text: f'"{_double_quoted(text)}"',
    "hex": lambda text: text.encode().hex(),
    "hex, upper case": lambda text: text.encode().hex().upper(),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_is_masked_however_it_is_written(secret: str, written: str) -> None:
    form = WRITTEN[written](secret)

    shown = mask_text(Masking([secret]), f"before:{form}:after")

    assert MASK in shown
    assert shown.startswith("before:")
    assert shown.endswith(":after")
    # All that may be left of the form are its quotes.
    assert len(shown) - len(MASK) <= len("before::after") + 2


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("before", ["", "x", "user", "user:", "Bearer "])
@pytest.mark.parametrize("after", ["", "y", "@host", ".zip"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["=", ""])
def test_base64_is_masked_wherever_the_secret_stands_in_it(
    secret: str, before: str, after: str, encode: Callable[[bytes], bytes], padding: str
) -> None:
    encoded = encode(f"{before}{secret}{after}".encode()).decode().replace("=", padding)

    shown = mask_text(Masking([secret]), f"[{encoded}]")

    assert MASK in shown
    # What is left holds the text around, and at most four bits at each end of the secret.
    around = len(encode(before.encode())) + len(encode(after.encode()))
    assert len(shown.replace(MASK, "")) <= around + 2 + 4


def test_a_base64_form_that_ends_with_the_secret_is_masked_with_its_padding() -> None:
    masking = Masking(["hunter2!"])

    for before in (b"", b"abc", b"abcdef"):
        encoded = base64.b64encode(before + b"hunter2!").decode()
        shown = mask_text(masking, f"<{encoded}>")
        assert shown == f"<{base64.b64encode(before).decode()}{MASK}>"


def test_each_line_of_a_secret_is_masked_by_itself() -> None:
    masking = Masking(["first line\r\n  second line\n\nab\n"])

    assert mask_text(masking, "a first line b") == f"a {MASK} b"
    assert mask_text(masking, "first line\n  second line\n") == f"{MASK}\n  {MASK}\n"
    assert mask_text(masking, r'"first line\n  second line\n"') == rf'"{MASK}\n  {MASK}\n"'
    # A line of two characters is in too many words.
    assert mask_text(masking, "about") == "about"


@pytest.mark.parametrize("columns", [64, 76])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("before", range(80))
def test_base64_is_masked_though_it_is_broken_into_lines(
    columns: int, line_break: str, before: int
) -> None:
    secret = "correct horse battery staple"
    encoded = base64.b64encode(b"x" * before + secret.encode() + b"y" * 50).decode()
    printed = line_break.join(textwrap.wrap(encoded, columns))

    shown = mask_text(Masking([secret]), printed)

    assert MASK in shown
    joined = shown.replace(line_break, "")
    hidden = len(encoded) - len(joined.replace(MASK, ""))
    assert hidden >= len(secret) * 8 // 6 - 2
    assert shown.count(line_break) == printed.count(line_break)


def test_a_key_of_many_lines_is_masked_line_by_line_and_encoded_as_a_whole() -> None:
    lines = [f"{number:02}{'abcdefgh' * 7}{number:06}" for number in range(40)]
    key = "\n".join(lines) + "\n"
    masking = Masking([key])

    assert set(mask_text(masking, key).split()) == {MASK}
    encoded = base64.b64encode(key.encode()).decode()
    assert mask_text(masking, encoded).replace(MASK, "") == ""
    wrapped = "\n".join(textwrap.wrap(encoded, 76))
    assert set(mask_text(masking, wrapped).split()) == {MASK}
    assert mask_text(masking, key.encode().hex()).replace(MASK, "") == ""


def test_no_form_is_longer_than_the_longest() -> None:
    forms = forms_of(["x/y+" * 5_000])

    assert max(map(len, forms.all)) <= LONGEST_FORM


def test_two_secrets_that_overlap_are_masked_both() -> None:
    assert mask_text(Masking(["abcdef", "defghi"]), "-abcdefghi-") == f"-{MASK}-"
    assert mask_text(Masking(["abcd", "abcdefgh"]), "abcdefgh abcdefg.") == f"{MASK} {MASK}efg."


def test_the_larger_part_of_a_secret_at_the_end_of_a_text_is_masked() -> None:
    masking = Masking(["correct horse"])

    assert mask_text(masking, "it was correct h") == f"it was {MASK}"
    assert mask_text(masking, "it was cor") == "it was cor"


def test_without_secrets_nothing_is_masked() -> None:
    assert Masking([]).empty
    assert Masking(["", "abc"]).empty
    assert mask_text(Masking([]), "anything") == "anything"
