"""Everything about one definition, on one page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from tasktrail.cli.safe_text import plain, plain_lines
from tasktrail.local.definition_shape import Definition, InputShape
from tasktrail.model.plan import DEFAULT_POOL


def definition_page(definition: Definition) -> Text:
    """Name, description, inputs and jobs."""
    lines = [Text(plain(definition.name), "bold")]
    if definition.description:
        lines.append(Text(plain_lines(definition.description)))
    lines += [Text(f"{key:<11}{value}") for key, value in _facts(definition) if value]
    if definition.inputs:
        lines += [Text(), Text("inputs", "bold")]
        lines += [Text(f"  {_input_words(each)}") for each in definition.inputs]
    if definition.jobs:
        lines += [Text(), Text("jobs", "bold")]
    for job in definition.jobs:
        after = f"  after {', '.join(map(plain, job.after))}" if job.after else ""
        pool = f"  in the pool {plain(job.pool)}" if job.pool != DEFAULT_POOL else ""
        lines.append(Text(f"  {plain(job.name)}").append(after + pool, "dim"))
        lines += [Text(f"    {plain(step.name)}", "dim") for step in job.steps]
    return Text("\n").join(lines)


def _facts(definition: Definition) -> Iterator[tuple[str, str]]:
    yield "kind", plain(definition.kind)
    yield "title", plain(definition.title or "")
    yield "rerunnable", plain(definition.rerunnable or "")
    yield "support", "members of support may run it" if definition.support else ""
    yield "file", plain(definition.file or "")


def _input_words(spec: InputShape) -> str:
    words = [f"{plain(spec.name)} ({plain(spec.kind)})"]
    if spec.choices:
        words.append("one of " + ", ".join(map(plain, spec.choices)))
    if spec.pattern:
        words.append(f"matching {plain(spec.pattern)}")
    if spec.default is not None:
        words.append(f"default {plain(str(spec.default))}")
    else:
        words.append("required" if spec.required else "optional")
    text = ", ".join(words)
    return f"{text}: {plain(spec.description)}" if spec.description else text
