"""The steps of a pipeline's job: `run`, `clone`, `cache_restore` and `cache_save`."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from tasktrail.definitions.section import Section
from tasktrail.definitions.step_names import FreeNames, shortened
from tasktrail.definitions.suggestion import suggestion_or_listing
from tasktrail.definitions.yaml_tree import MapNode, Node, ScalarNode
from tasktrail.model.plan import CommandAction, StepPlan, SystemAction, SystemWork

_KINDS = ("run", "clone", "cache_restore", "cache_save")
_CACHES = {
    "cache_restore": ("Restore cache", SystemWork.CACHE_RESTORE),
    "cache_save": ("Save cache", SystemWork.CACHE_SAVE),
}
_HASH = re.compile(r"\{\{\s*hash\s+\"[^\"{}]+\"\s*\}\}")


def read_pipeline_steps(job: Section, repository: Path) -> tuple[StepPlan, ...]:
    """The steps below `steps`; `repository` is what `clone` clones and what owns the caches."""
    nodes = job.items("steps")
    if not nodes:
        job.note("a job needs steps", job.place_of("steps"), key="steps")
    names = FreeNames()
    steps: list[StepPlan] = []
    for index, node in enumerate(nodes):
        step = _read_step(job, node, f"{job.path_of('steps')}[{index}]", repository)
        if step is not None:
            steps.append(replace(step, name=names.take(step.name)))
    return tuple(steps)


def _read_step(job: Section, node: Node, path: str, repository: Path) -> StepPlan | None:
    if isinstance(node, ScalarNode):
        if node.text == "clone":
            return _clone(repository)
        _note_unknown(job, node, path)
        return None
    if not isinstance(node, MapNode) or len(node.entries) != 1:
        job.report.add(
            "a step must be a mapping with one key",
            node.place,
            field=path,
            hint=f"known here: {', '.join(_KINDS)}",
        )
        return None
    section = Section(node, job.report, path)
    (key, _) = next(section.entries())
    if key.text == "run":
        return _read_command(section)
    if key.text in _CACHES:
        return _read_cache(section, key.text, repository)
    if key.text == "clone":
        if section.has("clone"):
            section.note("`clone` has no options", section.place_of("clone"), key="clone")
        return _clone(repository)
    _note_unknown(job, key, path)
    return None


def _note_unknown(job: Section, word: ScalarNode, path: str) -> None:
    job.report.add(
        f"unknown step `{word.text[:60]}`",
        word.place,
        field=path,
        hint=suggestion_or_listing(word.text, _KINDS, "known here"),
    )


def _clone(repository: Path) -> StepPlan:
    return StepPlan(
        name="Clone repository",
        action=SystemAction(
            work=SystemWork.CLONE, arguments={"repository": str(repository), "ref": "HEAD"}
        ),
    )


def _read_command(section: Section) -> StepPlan | None:
    named = section.get("run")
    if isinstance(named, MapNode):
        inner = Section(named, section.report, section.path_of("run"))
        inner.allow_only(("name", "command"))
        return _command(inner, "command", inner.text("name"))
    return _command(section, "run", "")


def _command(section: Section, key: str, name: str) -> StepPlan | None:
    text = section.text(key)
    if not text.strip():
        if section.get(key) is None or isinstance(section.get(key), ScalarNode):
            section.note(f"`{key}` is empty", section.place_of(key), key=key)
        return None
    return StepPlan(name=name.strip() or shortened(text), action=CommandAction(run=text))


def _read_cache(step: Section, kind: str, repository: Path) -> StepPlan | None:
    section = step.section(kind)
    if section is None:
        if not step.has(kind):
            step.note(f"`{kind}` needs `path` and `key`", step.place, key=kind)
        return None
    section.allow_only(("path", "key"), {"paths": "one `path` a step"})
    for key in ("path", "key"):
        if not section.text(key).strip():
            section.note(f"`{kind}` needs `{key}`", section.place_of(key), key=key)
    if "{{" in _HASH.sub("", section.text("key")):
        section.note(
            'only `{{ hash "FILE" }}` can be used in a key', section.place_of("key"), key="key"
        )
    name, work = _CACHES[kind]
    return StepPlan(
        name=f"{name} {section.text('path')}"[:60],
        action=SystemAction(
            work=work,
            arguments={
                "key": section.text("key"),
                "path": section.text("path"),
                "owner": str(repository),
            },
        ),
    )
