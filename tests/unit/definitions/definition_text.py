"""Definitions written in tests, read without a file."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tasktrail.definitions.definition_file import parse_definition
from tasktrail.definitions.pipeline import Pipeline
from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.definitions.runbook import Runbook
from tasktrail.errors import DefinitionError, Problem

PATH = Path("/srv/shop/deploy.yml")


def parse(text: str | bytes, path: Path = PATH) -> Runbook | Pipeline:
    """The definition that `text` is."""
    content = text if isinstance(text, bytes) else dedent(text).encode()
    return parse_definition(content, path, ProblemReport(path.name))


def runbook(text: str) -> Runbook:
    """The runbook that `text` is."""
    found = parse(text)
    assert isinstance(found, Runbook)
    return found


def pipeline(text: str, path: Path = Path("/srv/shop/.wodby/pipeline.yml")) -> Pipeline:
    """The pipeline that `text` is."""
    found = parse(text, path)
    assert isinstance(found, Pipeline)
    return found


def problems(text: str | bytes, path: Path = PATH) -> tuple[Problem, ...]:
    """What is wrong with `text`; empty when it is a definition."""
    try:
        parse(text, path)
    except DefinitionError as error:
        found = error.problems
    else:
        return ()
    assert found
    return found
