from __future__ import annotations

import json

import pytest

from tasktrail.cli.output import OutputFormat, print_error, print_json, print_json_line
from tasktrail.errors import ConnectionLostError, DefinitionError, NotFoundError, Problem


def test_json_is_harmless_to_a_terminal_and_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "Größe \x1b[2J \x9b31m \x7f"}
    print_json(value)
    shown = capsys.readouterr().out
    assert json.loads(shown) == value
    assert "Größe" in shown
    assert not set(shown) & set("\x1b\x9b\x7f")


def test_a_line_of_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json_line({"text": "a\nb"})
    assert capsys.readouterr().out == '{"text": "a\\nb"}\n'


def test_an_error_is_text_or_a_problem_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = DefinitionError(
        "It is wrong.", hint="Mend it.", problems=(Problem("no", file="a.yml", line=3),)
    )
    print_error(refusal, OutputFormat.TABLE)
    print_error(refusal, OutputFormat.JSON)
    print_error(ConnectionLostError("gone"), OutputFormat.JSON)
    captured = capsys.readouterr()
    assert captured.out == ""
    text, _, rest = captured.err.partition("{")
    assert text == "error: It is wrong.\na.yml:3: no\nhint: Mend it.\n"
    decoder = json.JSONDecoder()
    problem, end = decoder.raw_decode("{" + rest)
    assert problem == {
        "code": "invalid_definition",
        "message": "It is wrong.",
        "hint": "Mend it.",
        "errors": [{"message": "no", "file": "a.yml", "line": 3}],
    }
    assert decoder.raw_decode(("{" + rest)[end:].strip())[0]["message"] == "gone"


def test_an_escape_sequence_in_an_error_does_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_error(NotFoundError("no 'a\x1b[2J'"), OutputFormat.TABLE)
    assert capsys.readouterr().err == "error: no 'a'\n"
