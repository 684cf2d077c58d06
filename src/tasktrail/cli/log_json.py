"""Prints what is read of logs as JSON, line by line, however much it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from tasktrail.cli.output import json_text
from tasktrail.local.log_shape import FoundLines, LogItem, LogLines, SearchItem


async def print_lines(items: AsyncIterator[LogItem], *, each_at_once: bool) -> None:
    """All lines as one JSON value; with `each_at_once` a value a line, printed when it comes."""
    blocks = (item async for item in items if isinstance(item, LogLines))
    if not each_at_once:
        await _print_list(_lines(block) async for block in blocks)
        return
    async for block in blocks:
        print("\n".join(json_text(line, indent=None) for line in _lines(block)), flush=True)


async def print_found(items: AsyncIterator[SearchItem]) -> None:
    """What a search finds, or its counts, as one JSON value."""
    await _print_list(_found(item) async for item in items)


async def _print_list(groups: AsyncIterator[Iterator[dict[str, Any]]]) -> None:
    total = 0
    print('{"items": [', end="")
    async for group in groups:
        texts = [json_text(one, indent=None) for one in group]
        if texts:
            print(("," if total else "") + "\n" + ",\n".join(texts), end="", flush=True)
            total += len(texts)
    print(f'\n], "totalCount": {total}, "nextPage": null}}')


def _lines(block: LogLines) -> Iterator[dict[str, Any]]:
    return (msgspec.to_builtins(line) for line in block.lines())


def _found(item: SearchItem) -> Iterator[dict[str, Any]]:
    shown: dict[str, Any] = msgspec.to_builtins(item)
    if isinstance(item, FoundLines):
        names = {name: value for name, value in shown.items() if name != "lines"}
        return ({**names, **line} for line in shown["lines"])
    return iter([shown])
