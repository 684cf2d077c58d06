"""One mapping of a definition file, read key by key; what is wrong is noted, never raised."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from tasktrail.definitions.duration import parse_duration
from tasktrail.definitions.problem_report import Place, ProblemReport
from tasktrail.definitions.suggestion import suggestion, suggestion_or_listing
from tasktrail.definitions.yaml_tree import ListNode, MapNode, Node, ScalarNode

_Choice = TypeVar("_Choice", bound=StrEnum)


class Section:
    """Reads the keys of one mapping. A key whose value is empty counts as absent."""

    def __init__(self, node: MapNode, report: ProblemReport, path: str = "") -> None:
        self.node = node
        self.report = report
        self.path = path

    @property
    def place(self) -> Place:
        """Where the mapping begins."""
        return self.node.place

    def allow_only(self, keys: Collection[str], misplaced: Mapping[str, str] | None = None) -> None:
        """Note every key that is not in `keys`; `misplaced` has hints for keys often written here
        by mistake."""
        for name, (key, _) in self.node.entries.items():
            if name not in keys:
                listing = suggestion_or_listing(name, sorted(keys), "known here")
                self.note(
                    f"unknown key `{name[:60]}`",
                    key.place,
                    key=name,
                    hint=(misplaced or {}).get(name) or listing,
                )

    def note(
        self, message: str, place: Place | None = None, *, key: str = "", hint: str | None = None
    ) -> None:
        """Note a problem with `key` of this mapping, or with the mapping itself."""
        self.report.add(message, place or self.place, field=self.path_of(key) or None, hint=hint)

    def path_of(self, key: str) -> str:
        """The path of keys that leads to `key`."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def has(self, key: str) -> bool:
        """Whether `key` is there with a value."""
        return self.get(key) is not None

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None when it is absent or empty."""
        entry = self.node.entries.get(key)
        if entry is None or (isinstance(entry[1], ScalarNode) and entry[1].value is None):
            return None
        return entry[1]

    def place_of(self, key: str) -> Place:
        """Where the value of `key` stands, or else the mapping."""
        node = self.get(key)
        return self.place if node is None else node.place

    def scalar(self, key: str) -> ScalarNode | None:
        """The single value of `key`."""
        node = self.get(key)
        if node is None or isinstance(node, ScalarNode):
            return node
        self.note(f"`{key}` must be a single value", node.place, key=key)
        return None

    def text(self, key: str, default: str = "") -> str:
        """The value of `key` as it is written."""
        scalar = self.scalar(key)
        return default if scalar is None else scalar.text

    def quiet_text(self, key: str) -> str:
        """The value of `key` as it is written, or an empty text whatever is wrong with it."""
        node = self.get(key)
        return node.text if isinstance(node, ScalarNode) else ""

    def flag(self, key: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        scalar = self.scalar(key)
        if scalar is None:
            return default
        if not isinstance(scalar.value, bool):
            self.note(f"`{key}` must be true or false", scalar.place, key=key)
            return default
        return scalar.value

    def integer(self, key: str, default: int, *, lowest: int, highest: int) -> int:
        """A whole number between two limits."""
        number = self.number(key, default, lowest=lowest, highest=highest)
        if not isinstance(number, int):
            self.note(f"`{key}` must be a whole number", self.place_of(key), key=key)
            return default
        return number

    def number(self, key: str, default: float, *, lowest: float, highest: float) -> int | float:
        """A number between two limits."""
        scalar = self.scalar(key)
        if scalar is None:
            return default
        value = scalar.value
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.note(f"`{key}` must be a number", scalar.place, key=key)
            return default
        if not lowest <= value <= highest:
            self.note(f"`{key}` must be from {lowest} to {highest}", scalar.place, key=key)
            return default
        return value

    def duration(self, key: str, *, zero: bool = False) -> float | None:
        """Seconds, more than zero unless `zero` is allowed; None when the key is absent."""
        scalar = self.scalar(key)
        if scalar is None:
            return None
        try:
            seconds = parse_duration(scalar.text)
        except ValueError as error:
            self.note(
                f"`{key}` {error}", scalar.place, key=key, hint="write 90, 90s, 5m, 1h30m or 1.5h"
            )
            return None
        if seconds == 0 and not zero:
            self.note(f"`{key}` must be more than zero", scalar.place, key=key)
            return None
        return seconds

    def choice(self, key: str, default: _Choice) -> _Choice:
        """One of the values of an enumeration."""
        scalar = self.scalar(key)
        return default if scalar is None else self.choice_of(key, scalar, default)

    def choice_of(self, key: str, scalar: ScalarNode, default: _Choice) -> _Choice:
        """`scalar` as a value of the enumeration that `default` belongs to."""
        kinds = type(default)
        known = [kind.value for kind in kinds]
        if scalar.text in known:
            return kinds(scalar.text)
        self.note(
            f"`{key}` must be one of {', '.join(known)}",
            scalar.place,
            key=key,
            hint=suggestion(scalar.text, known),
        )
        return default

    def scalars(self, key: str) -> tuple[ScalarNode, ...]:
        """The values of a list; a single value is a list of one."""
        node = self.get(key)
        if node is None:
            return ()
        if isinstance(node, ScalarNode):
            return (node,)
        items = node.items if isinstance(node, ListNode) else ()
        if isinstance(node, MapNode):
            self.note(f"`{key}` must be a list", node.place, key=key)
        for item in items:
            if not _filled(item):
                self.note(f"`{key}` must be a list of single values", item.place, key=key)
        return tuple(item for item in items if isinstance(item, ScalarNode) and _filled(item))

    def items(self, key: str) -> tuple[Node, ...]:
        """The elements of a list."""
        node = self.get(key)
        if node is None or isinstance(node, ListNode):
            return () if node is None else node.items
        self.note(f"`{key}` must be a list", node.place, key=key)
        return ()

    def section(self, key: str) -> Section | None:
        """The mapping below `key`."""
        node = self.get(key)
        if node is None or isinstance(node, MapNode):
            return None if node is None else Section(node, self.report, self.path_of(key))
        self.note(f"`{key}` must be a mapping", node.place, key=key)
        return None

    def entries(self) -> Iterator[tuple[ScalarNode, Node]]:
        """Keys and values in the order of the file."""
        yield from self.node.entries.values()


def _filled(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is not None
