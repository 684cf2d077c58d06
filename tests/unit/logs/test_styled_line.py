from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.logs.styled_line import PLAIN, Span, Style, StyledLine, styled_line

PARTS = st.sampled_from(
    [
        "\x1b[",
        "\x1b]",
        "38;5;",
        "48;2;1;2;",
        "1",
        ";",
        ":",
        "31m",
        "m",
        "K",
        "\r",
        "\b",
        "\x9b",
        "0",
    ]
)

RED = Style(foreground=1)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", ()),
        ("\x1b[31mred\x1b[0m", (Span(0, 3, RED),)),
        ("a\x1b[31mb\x1b[mc", (Span(1, 2, RED),)),
        ("\x1b[31ma\x1b[31mb", (Span(0, 2, RED),)),
        ("\x1b[1;4;97;104mx", (Span(0, 1, Style(15, 12, bold=True, underline=True)),)),
        ("\x1b[38;5;200mx\x1b[39my", (Span(0, 1, Style(200)),)),
        ("\x1b[38:5:200mx", (Span(0, 1, Style(200)),)),
        ("\x1b[48;2;255;0;16mx", (Span(0, 1, Style(background="#ff0010")),)),
        ("\x1b[1;2mx\x1b[22my", (Span(0, 1, Style(bold=True, dim=True)),)),
        (
            "\x1b[3;7;9mx\x1b[23;27;29my",
            (Span(0, 1, Style(italic=True, inverse=True, strike=True)),),
        ),
        (
            "\x1b[38;5;999mx\x1b[38;7mx\x1b[38mx\x1b[99999mx\x1b[5;8mx",
            (),
        ),
        ("\x1b[31mold\r\x1b[32mnew", (Span(0, 3, Style(foreground=2)),)),
    ],
)
def test_sequences_of_colour_become_spans(text: str, spans: tuple[Span, ...]) -> None:
    assert styled_line(text).spans == spans


def test_nothing_else_is_left_of_sequences() -> None:
    attack = "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9b31mred"
    assert styled_line(attack) == StyledLine("link red", (Span(5, 8, RED),))


@given(st.lists(st.one_of(PARTS, st.text(max_size=4))).map("".join))
def test_any_text_gives_harmless_text_with_spans_in_order(text: str) -> None:
    line = styled_line(text)
    assert not any((c < " " and c != "\t") or "\x7f" <= c <= "\x9f" for c in line.text)
    position = 0
    for start, end, style in line.spans:
        assert position <= start < end <= len(line.text)
        assert style != PLAIN
        position = end
