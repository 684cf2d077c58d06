"""How often a step of a runbook is tried."""

from __future__ import annotations

from tasktrail.definitions.section import Section
from tasktrail.definitions.yaml_tree import ScalarNode
from tasktrail.model.plan import RetryOn, RetryPolicy

KEYS = ("attempts", "backoff", "factor", "max_backoff", "on")
"""The keys of `retry`, each described in docs/runbook-reference.md."""

_MOST_ATTEMPTS = 100
_STEEPEST_FACTOR = 10.0
_DEFAULT = RetryPolicy()

SPAWN_PROBLEM = "a step with `spawn` cannot have `retry`"
SPAWN_HINT = "a spawned task is tried again by its own steps; put `retry` there"
"""A second attempt at the step would find the very task that the first one has submitted (M17)."""


def read_retry(step: Section) -> RetryPolicy:
    """The policy below `retry`; a single number is the number of attempts."""
    if step.has("spawn") and step.has("retry"):
        step.note(SPAWN_PROBLEM, step.place_of("retry"), key="retry", hint=SPAWN_HINT)
        return _DEFAULT
    if isinstance(step.get("retry"), ScalarNode):
        return RetryPolicy(attempts=_read_attempts(step, "retry"))
    section = step.section("retry")
    if section is None:
        return _DEFAULT
    section.allow_only(KEYS, {"delay": "did you mean `backoff`?"})
    backoff = section.duration("backoff", zero=True)
    longest = section.duration("max_backoff", zero=True)
    kinds = [section.choice_of("on", kind, RetryOn.SYSTEM) for kind in section.scalars("on")]
    backoff = _DEFAULT.backoff if backoff is None else backoff
    return RetryPolicy(
        attempts=_read_attempts(section, "attempts"),
        backoff=backoff,
        factor=float(section.number("factor", _DEFAULT.factor, lowest=1, highest=_STEEPEST_FACTOR)),
        max_backoff=max(backoff, _DEFAULT.max_backoff) if longest is None else longest,
        on=tuple(dict.fromkeys(kinds)) or _DEFAULT.on,
    )


def _read_attempts(section: Section, key: str) -> int:
    if not section.has(key):
        section.note("`retry` needs `attempts`", section.place, key=key)
        return 1
    return section.integer(key, 1, lowest=1, highest=_MOST_ATTEMPTS)
