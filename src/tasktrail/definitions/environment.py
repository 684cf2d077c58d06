"""Environment variables of a task, job or step."""

from __future__ import annotations

from tasktrail.definitions.names import variable_name_problem
from tasktrail.definitions.references import ReferenceScope, checked_text
from tasktrail.definitions.section import Section
from tasktrail.definitions.yaml_tree import ScalarNode
from tasktrail.model.template import Text


def read_environment(owner: Section, scope: ReferenceScope | None) -> dict[str, Text]:
    """The variables below `env`.

    Values are texts as they are written (`1.10`, `true`); an empty value is an empty text. Without
    a scope they are literals, whatever they hold.
    """
    section = owner.section("env")
    if section is None:
        return {}
    variables: dict[str, Text] = {}
    for key, value in section.entries():
        problem = variable_name_problem(key.text)
        if problem is not None:
            section.note(f"`{key.text[:60]}`: {problem}", key.place, key=key.text)
        elif not isinstance(value, ScalarNode):
            section.note(f"`{key.text}` must be a single value", value.place, key=key.text)
        else:
            literal = scope is None
            text = value.text if literal else checked_text(section, key.text, value, scope)
            variables[key.text] = text
    return variables
