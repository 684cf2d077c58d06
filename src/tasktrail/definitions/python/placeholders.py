"""Values that exist only while a task runs; a plan holds references to them.

A secret must not be stored in a plan, and what a step hands on is not known when the plan is made.
So the function that builds the plan gets objects in their place, which can be passed on as a whole
and cannot become part of a text by accident.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasktrail.model.template import Template

if TYPE_CHECKING:
    from tasktrail.definitions.python.plan_builder import Step


class _Placeholder:
    """Refuses to be turned into text."""

    __slots__ = ()

    def _refuse(self) -> str:
        raise TypeError(
            f"{self!r} has no value while the plan is made: pass it on as it is, as the value of "
            "an environment variable or as an argument of a call or spawn"
        )

    def __str__(self) -> str:
        return self._refuse()

    def __format__(self, format_spec: str) -> str:
        return self._refuse()


class Secret(_Placeholder):
    """A secret input. As an annotation it declares one; its value never reaches the plan."""

    __slots__ = ("_input",)

    def __init__(self, input_name: str) -> None:
        self._input = input_name

    def __repr__(self) -> str:
        return f"<Secret {self._input}>"

    def template(self) -> Template:
        """The reference that stands for it in a plan."""
        return Template(f"{{{{ inputs.{self._input} }}}}")


class Output(_Placeholder):
    """A value that a step will hand on under `key`."""

    __slots__ = ("key", "step")

    def __init__(self, step: Step, key: str) -> None:
        self.step = step
        self.key = key

    def __repr__(self) -> str:
        return f"<Output {self.key}>"
