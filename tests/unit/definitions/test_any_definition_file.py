"""Whatever a file holds, it is a definition or it is refused with problems."""

from __future__ import annotations

import msgspec
import yaml
from definition_text import PATH, problems
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.definition_file import parse_definition
from tasktrail.definitions.inputs import resolve_inputs
from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.errors import DefinitionError, InvalidInputError
from tasktrail.model.plan import TaskPlan

_WORDS = st.sampled_from(
    [
        *("name", "title", "inputs", "env", "timeout", "jobs", "steps", "run", "python", "spawn"),
        *("after", "when", "retry", "on", "attempts", "locks", "resources", "kind", "id", "type"),
        *("default", "pattern", "choices", "version", "workflows", "build", "clone", "0.1", "a"),
        *("cache_restore", "path", "key", "stop_signal", "SIGTERM", "always", "choice", "(a+)+"),
        *("{{ inputs.a }}", "{{ inputs.", "}}", "x:y", "5m", "-1", "on_failure", "arguments"),
    ]
)
_LEAVES = st.one_of(
    _WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=6),
    max_leaves=40,
)


def _loads_or_refuses(content: bytes) -> None:
    try:
        definition = parse_definition(content, PATH, ProblemReport("a.yml"))
    except DefinitionError as error:
        found = [problem.message for problem in error.problems]
    else:
        _plans_or_refuses(definition)
        return
    assert found
    assert all(found)


def _plans_or_refuses(definition: TaskDefinition) -> None:
    try:
        plan = definition.plan(resolve_inputs(definition.inputs, {}))
    except InvalidInputError:
        return
    assert msgspec.json.decode(msgspec.json.encode(plan), type=TaskPlan) == plan


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    _loads_or_refuses(content)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    _loads_or_refuses(text.encode())


@given(st.dictionaries(_WORDS, _TREES, max_size=8))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100, deadline=None)
def test_any_tree_of_the_words_of_a_definition(tree: dict[str, object]) -> None:
    _loads_or_refuses(yaml.safe_dump(tree, allow_unicode=True).encode())


@given(step=_TREES, job=st.dictionaries(_WORDS, _TREES, max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=100, deadline=None)
def test_any_step_and_job(step: object, job: dict[str, object]) -> None:
    tree = {"name": "a", "inputs": {"a": "string"}, "jobs": {"b": {"steps": [step]}, "c": job}}
    _loads_or_refuses(yaml.safe_dump(tree, allow_unicode=True).encode())


def test_the_trees_of_words_can_be_definitions() -> None:
    tree = {"name": "a", "jobs": {"build": {"steps": [{"run": "x"}]}}}
    assert problems(yaml.safe_dump(tree).encode()) == ()
