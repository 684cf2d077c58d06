"""What a step of a runbook does: exactly one of `run`, `python` and `spawn`."""

from __future__ import annotations

from tasktrail.definitions.names import function_name_problem, input_name_problem
from tasktrail.definitions.references import ReferenceScope, check_command, checked_text
from tasktrail.definitions.section import Section
from tasktrail.definitions.yaml_tree import ScalarNode
from tasktrail.model.plan import Action, Argument, CommandAction, PythonAction, SpawnAction
from tasktrail.model.template import references

ACTION_KEYS = {"run": ("shell",), "python": ("arguments",), "spawn": ("inputs", "wait")}
"""Each kind of action with the keys that only it has."""

_NOTHING = CommandAction(run="")


def read_action(step: Section, scope: ReferenceScope, root: str) -> Action:
    """The action of `step`; `root` is the directory of the runbook."""
    kinds = [kind for kind in ACTION_KEYS if step.has(kind)]
    if len(kinds) != 1:
        found = "`" + "` and `".join(kinds) + "`" if kinds else "none of them"
        step.note(f"a step has exactly one of `run`, `python` and `spawn`, here {found}")
        return _NOTHING
    for kind, keys in ACTION_KEYS.items():
        for key in keys:
            if kind != kinds[0] and step.has(key):
                step.note(f"`{key}` is for `{kind}` steps", step.place_of(key), key=key)
    if kinds[0] == "run":
        return _read_command(step)
    if kinds[0] == "python":
        return _read_call(step, scope, root)
    return _read_spawn(step, scope, root)


def _read_command(step: Section) -> CommandAction:
    scalar = _required(step, "run")
    if scalar is None:
        return _NOTHING
    check_command(step, "run", scalar)
    shell = step.text("shell", _NOTHING.shell).strip()
    if not shell:
        step.note("`shell` is empty", step.place_of("shell"), key="shell")
    return CommandAction(run=scalar.text, shell=shell)


def _read_call(step: Section, scope: ReferenceScope, root: str) -> PythonAction:
    scalar = _required(step, "python")
    function = "" if scalar is None else scalar.text
    problem = function_name_problem(function)
    if scalar is not None and problem is not None:
        step.note(f"`python` {problem}", scalar.place, key="python")
    return PythonAction(
        function=function, root=root, arguments=_read_arguments(step, "arguments", scope)
    )


def _read_spawn(step: Section, scope: ReferenceScope, root: str) -> SpawnAction:
    scalar = _required(step, "spawn")
    if scalar is not None and references(scalar.text):
        step.note("the target of `spawn` cannot be a template", scalar.place, key="spawn")
    return SpawnAction(
        target="" if scalar is None else scalar.text,
        root=root,
        inputs=_read_arguments(step, "inputs", scope),
        wait=step.flag("wait", default=True),
    )


def _required(step: Section, key: str) -> ScalarNode | None:
    scalar = step.scalar(key)
    if scalar is not None and not scalar.text.strip():
        step.note(f"`{key}` is empty", scalar.place, key=key)
        return None
    return scalar


def _read_arguments(step: Section, key: str, scope: ReferenceScope) -> dict[str, Argument]:
    section = step.section(key)
    if section is None:
        return {}
    arguments: dict[str, Argument] = {}
    for name, value in section.entries():
        problem = input_name_problem(name.text)
        if problem is not None:
            section.note(f"`{name.text[:60]}` {problem}", name.place, key=name.text)
        elif not isinstance(value, ScalarNode):
            section.note(f"`{name.text}` must be a single value", value.place, key=name.text)
        elif isinstance(value.value, str):
            arguments[name.text] = checked_text(section, name.text, value, scope)
        else:
            arguments[name.text] = value.value
    return arguments
