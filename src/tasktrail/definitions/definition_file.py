"""A definition in a YAML file: a runbook or a pipeline."""

from __future__ import annotations

from pathlib import Path

from tasktrail.definitions.pipeline import Pipeline
from tasktrail.definitions.pipeline_file import is_pipeline, read_pipeline
from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.definitions.runbook import Runbook
from tasktrail.definitions.runbook_file import read_runbook
from tasktrail.definitions.yaml_tree import LARGEST_FILE, parse_yaml


def read_definition_file(path: Path) -> Runbook | Pipeline:
    """The definition in the file `path`.

    Raises:
        DefinitionError: it cannot be read, or holds no valid definition; with all problems.
    """
    report = ProblemReport(str(path))
    return parse_definition(_content(path, report), path.absolute(), report)


def parse_definition(content: bytes, path: Path, report: ProblemReport) -> Runbook | Pipeline:
    """The definition in `content`, which the file of the absolute `path` holds.

    Raises:
        DefinitionError: it holds no valid definition; with all problems.
    """
    root = parse_yaml(content, report)
    if is_pipeline(root):
        return read_pipeline(root, path, report)
    return read_runbook(root, path, report)


def _content(path: Path, report: ProblemReport) -> bytes:
    """The bytes of a file that is not too large; the size is looked at before anything is read."""
    try:
        if not path.is_file():
            report.add("is not a file" if path.exists() else "does not exist")
        elif (size := path.stat().st_size) > LARGEST_FILE:
            report.add(f"the file is larger than 1 MiB ({size:,} bytes)")
        else:
            with path.open("rb") as file:
                return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        report.add(f"cannot be read: {reason}")
    raise report.error()
