"""YAML as a tree that remembers where everything stands.

The tree is composed from the parser's events, not by PyYAML's own composer, so that size, depth
and the expansion of aliases are bounded before anything is built, and so that duplicate keys and
tags are problems of the file like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from tasktrail.definitions.core_schema import core_value
from tasktrail.definitions.problem_report import Place, ProblemReport
from tasktrail.definitions.yaml_syntax import note_syntax_error
from tasktrail.model.plan import JsonValue

LARGEST_FILE = 1024 * 1024
"""Bytes."""

_DEEPEST = 40
_MOST_NODES = 50_000
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value: `text` as it was written, `value` as it was meant."""

    text: str
    value: JsonValue
    place: Place
    size: int = 1


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence. `size` counts the nodes in it with every alias expanded."""

    items: tuple[Node, ...]
    place: Place
    size: int


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; no two keys have the same text."""

    entries: dict[str, tuple[ScalarNode, Node]]
    place: Place
    size: int


Node = ScalarNode | ListNode | MapNode


def parse_yaml(content: bytes, report: ProblemReport) -> MapNode:
    """The mapping that a YAML file consists of.

    Duplicate keys, tags and the like are noted in `report`.

    Raises:
        DefinitionError: `content` has no such tree (too big, not UTF-8, not YAML, no mapping);
            with everything that was noted so far.
    """
    text = _decoded(content, report)
    composer = _Composer(report)
    try:
        root = composer.compose(_events(text))
    except yaml.YAMLError as error:
        note_syntax_error(error, text, report)
        raise report.error() from None
    if root is None or (isinstance(root, ScalarNode) and root.value is None):
        report.add("the file is empty", hint="a definition begins with `name:` and `jobs:`")
        raise report.error()
    if not isinstance(root, MapNode):
        report.add("a definition is a mapping of keys to values", root.place)
        raise report.error()
    return root


def _decoded(content: bytes, report: ProblemReport) -> str:
    if len(content) > LARGEST_FILE:
        report.add(f"the file is larger than 1 MiB ({len(content):,} bytes)")
        raise report.error()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        report.add("the file is not valid UTF-8", place, hint="save it with the encoding UTF-8")
        raise report.error() from None


def _events(text: str) -> Iterator[Event]:
    # PyYAML's stubs give `parse` no type.
    yield from yaml.parse(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType]


class _Composer:
    """Builds the tree of one document."""

    def __init__(self, report: ProblemReport) -> None:
        self._report = report
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0

    def compose(self, events: Iterator[Event]) -> Node | None:
        """The root of the only document, or None when there is no document."""
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop("a file holds one document", event, hint="remove the second `---`")
            elif isinstance(event, NodeEvent):
                root = self._node(event, events, depth=0)
        return root

    def _node(self, event: NodeEvent, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, AliasEvent):
            node = self._aliased(event)
            self._count(node.size, event)
            return node
        if depth > _DEEPEST:
            self._stop(f"nested deeper than {_DEEPEST} levels", event)
        self._count(1, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node = self._content(event, events, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _content(self, event: NodeEvent, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth)
        return self._list(event, events, depth)

    def _aliased(self, event: AliasEvent) -> Node:
        assert event.anchor is not None
        node = self._anchors.get(event.anchor)
        if node is None:
            reason = "refers to itself" if event.anchor in self._anchors else "is not defined"
            self._stop(f"the alias `*{event.anchor}` {reason}", event)
        return node

    def _count(self, nodes: int, event: Event) -> None:
        self._nodes += nodes
        if self._nodes > _MOST_NODES:
            self._stop(f"more than {_MOST_NODES:,} values, with aliases expanded", event)

    def _scalar(self, event: ScalarEvent) -> ScalarNode:
        self._refuse_tag(event.tag, event)
        text = event.value
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            self._report.add("a NUL or a lone surrogate cannot be used", _place(event))
        plain = event.implicit[0]
        return ScalarNode(text, core_value(text) if plain else text, _place(event))

    def _list(self, start: NodeEvent, events: Iterator[Event], depth: int) -> ListNode:
        assert isinstance(start, CollectionStartEvent)
        self._refuse_tag(start.tag, start)
        before = self._nodes
        items: list[Node] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            assert isinstance(event, NodeEvent)
            items.append(self._node(event, events, depth + 1))
        return ListNode(tuple(items), _place(start), self._nodes - before + 1)

    def _mapping(self, start: MappingStartEvent, events: Iterator[Event], depth: int) -> MapNode:
        self._refuse_tag(start.tag, start)
        before = self._nodes
        entries: dict[str, tuple[ScalarNode, Node]] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            assert isinstance(event, NodeEvent)
            key = self._node(event, events, depth + 1)
            value_event = next(events)
            assert isinstance(value_event, NodeEvent)
            value = self._node(value_event, events, depth + 1)
            self._enter(entries, key, value, _place(event))
        return MapNode(entries, _place(start), self._nodes - before + 1)

    def _enter(
        self,
        entries: dict[str, tuple[ScalarNode, Node]],
        key: Node,
        value: Node,
        place: Place,
    ) -> None:
        if not isinstance(key, ScalarNode):
            self._report.add(
                "a key must be a single word",
                place,
                hint='quote a value that begins with `{`: "{{ inputs.version }}"',
            )
        elif key.text == "<<":
            self._report.add(
                "merge keys (`<<`) are not part of YAML 1.2",
                place,
                hint="write the keys out, or give the whole value an anchor",
            )
        elif key.text in entries:
            first = entries[key.text][0].place.line
            self._report.add(f"`{key.text}` is there already, on line {first}", place)
        else:
            entries[key.text] = (key, value)

    def _refuse_tag(self, tag: str | None, event: Event) -> None:
        if tag is not None:
            self._report.add(f"the tag `{tag}` is not allowed", _place(event), hint="leave it out")

    def _stop(self, message: str, event: Event, hint: str | None = None) -> NoReturn:
        self._report.add(message, _place(event), hint=hint)
        raise self._report.error()


def _place(event: Event) -> Place:
    mark = event.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)
