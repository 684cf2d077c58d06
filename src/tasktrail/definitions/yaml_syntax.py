"""Syntax errors of YAML, told so that people find them."""

from __future__ import annotations

import yaml

from tasktrail.definitions.problem_report import Place, ProblemReport


def note_syntax_error(error: yaml.YAMLError, text: str, report: ProblemReport) -> None:
    """Note what the parser stumbled over in `text`, with a hint for the usual mistakes."""
    if not isinstance(error, yaml.MarkedYAMLError):
        report.add(f"not valid YAML: {_one_line(error)}", _place_of_reader_error(error, text))
        return
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else None
    context = f" ({error.context})" if error.context else ""
    report.add(
        f"not valid YAML: {error.problem}{context}", place, hint=place and _syntax_hint(text, place)
    )


def _syntax_hint(text: str, place: Place) -> str | None:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "\t" in line[: place.column]:
        return "indent with spaces: YAML does not allow tabs here"
    if "{{" in line:
        return 'quote a value that begins with `{{`: "{{ inputs.version }}"'
    if line.count(": ") > 1:
        return "quote a value that holds `: `"
    return None


def _place_of_reader_error(error: yaml.YAMLError, text: str) -> Place | None:
    """The place of a character that YAML does not allow (counted in bytes by libyaml)."""
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return None
    before = text.encode()[:position] if yaml.__with_libyaml__ else text[:position].encode()
    return Place(before.count(b"\n") + 1, position - before.rfind(b"\n"))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
