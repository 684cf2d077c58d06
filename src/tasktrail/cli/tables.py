"""Tables of tasks, definitions and facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tasktrail.cli.output import UNLIMITED
from tasktrail.cli.safe_text import plain
from tasktrail.cli.status_style import COLOURS, badge
from tasktrail.cli.times import moment_text, span_text
from tasktrail.local.definition_shape import Definition, Fact
from tasktrail.local.pruned_shape import ForgottenMonth, PrunedTask
from tasktrail.local.shape import Event, Task, TaskList


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and when it is shown."""

    title: str
    from_width: int = 0
    """The narrowest terminal on which it is shown."""
    fold: bool = False
    """Whether it gives way: what does not fit is cut, visibly."""
    right: bool = False


_LEAST_FOLDED = 8

_WIDEST_PADDED = 60
"""Columns to which the cells of a column are padded at most, where there is no terminal."""

_BETWEEN = "  "

_TASK_COLUMNS = (
    Column("ID", right=True),
    Column("STATUS"),
    Column("TITLE", fold=True),
    Column("AUTHOR", from_width=76),
    Column("PROJECT", from_width=110),
    Column("CREATED", from_width=60),
    Column("DURATION", from_width=50, right=True),
    Column("NOTE", from_width=96),
)


def task_table(tasks: TaskList, now: datetime, width: int) -> Table | Group:
    """A page of tasks; in a tree view the spawned ones stand below their origin."""
    rows = (_task_cells(task, depth, now) for task, depth in _in_tree_order(tasks))
    return filled_table(_TASK_COLUMNS, rows, width)


def definition_table(definitions: Iterable[Definition], width: int) -> Table | Group:
    """The catalog."""
    columns = (
        Column("NAME"),
        Column("KIND"),
        Column("INPUTS", from_width=60, fold=True),
        Column("DESCRIPTION", fold=True),
    )
    return filled_table(columns, (_definition_cells(each) for each in definitions), width)


def history_table(events: Iterable[Event], now: datetime, width: int) -> Table | Group:
    """What happened to a task, oldest first."""
    columns = (
        Column("WHEN"),
        Column("WHAT", fold=True),
        Column("CHANGE"),
        Column("BY", from_width=70),
        Column("MESSAGE", from_width=60, fold=True),
    )
    return filled_table(columns, (_event_cells(event, now) for event in events), width)


def pruned_table(items: Iterable[PrunedTask], width: int) -> Table | Group:
    """Tasks whose logs were removed, or would be."""
    columns = (
        Column("TASK", right=True),
        Column("ENDED"),
        Column("LOGS", right=True),
        Column("BYTES", right=True),
    )
    rows = (
        [
            Text(str(item.task_id)),
            Text(item.ended_at.strftime("%Y-%m-%d %H:%M")),
            Text(str(item.logs)),
            Text(str(item.bytes)),
        ]
        for item in items
    )
    return filled_table(columns, rows, width)


def forgotten_table(items: Iterable[ForgottenMonth], width: int) -> Table | Group:
    """Months whose histories were removed, or would be."""
    columns = (Column("MONTH"), Column("BYTES", right=True))
    rows = ([Text(item.month), Text(str(item.bytes))] for item in items)
    return filled_table(columns, rows, width)


def fact_table(facts: Iterable[Fact], width: int) -> Table | Group:
    """What `doctor` found."""
    columns = (
        Column(""),
        Column("WHAT"),
        Column("VALUE", fold=True),
        Column("HINT", fold=True),
    )
    rows = (
        [
            Text("✓ ok", "green") if fact.ok else Text("✗ bad", "bold red"),
            Text(plain(fact.name)),
            Text(plain(str(fact.value))),
            Text(plain(fact.hint or "")),
        ]
        for fact in facts
    )
    return filled_table(columns, rows, width)


def filled_table(
    columns: tuple[Column, ...], rows: Iterable[list[Text]], width: int
) -> Table | Group:
    """A table of cells, as much of it as a terminal of `width` columns shows.

    Where there is no terminal nothing is cut, and one long cell makes no other row longer.
    """
    if width >= UNLIMITED:
        return _lines(columns, list(rows))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    shown = [index for index, column in enumerate(columns) if width >= column.from_width]
    filled = list(rows)
    for index in shown:
        column = columns[index]
        widest = max((cells[index].cell_len for cells in filled), default=0)
        table.add_column(
            column.title,
            no_wrap=True,
            overflow="ellipsis",
            justify="right" if column.right else "left",
            # What must not be cut is given its width before the rest is shared out.
            min_width=min(widest, _LEAST_FOLDED) if column.fold else widest,
        )
    for cells in filled:
        table.add_row(*(cells[index] for index in shown))
    return table


def _lines(columns: tuple[Column, ...], rows: list[list[Text]]) -> Group:
    """A line for each row; what is longer than `_WIDEST_PADDED` pushes the rest of its own line."""
    titles = [Text(column.title, "bold") for column in columns]
    lines = [titles, *rows]
    widths = [
        min(_WIDEST_PADDED, max(cells[index].cell_len for cells in lines))
        for index in range(len(columns))
    ]
    return Group(*(_line(columns, cells, widths) for cells in lines))


def _line(columns: tuple[Column, ...], cells: list[Text], widths: list[int]) -> Text:
    line = Text(no_wrap=True, overflow="ignore")
    for column, cell, width in zip(columns, cells, widths, strict=True):
        padding = " " * (width - cell.cell_len)
        line.append(padding if column.right else "").append_text(cell)
        line.append(_BETWEEN if column.right else f"{padding}{_BETWEEN}")
    line.rstrip()
    return line


def _in_tree_order(tasks: TaskList) -> Iterator[tuple[Task, int]]:
    below: dict[int, list[Task]] = {}
    for item in tasks.tree_items or ():
        below.setdefault(item.parent_id, []).append(item.task)

    def walk(task: Task, depth: int) -> Iterator[tuple[Task, int]]:
        yield task, depth
        for child in below.get(task.id, []):
            yield from walk(child, depth + 1)

    for task in tasks.items:
        yield from walk(task, 0)


def _task_cells(task: Task, depth: int, now: datetime) -> list[Text]:
    return [
        Text(str(task.id)),
        Text(badge(task.status), COLOURS[task.status]),
        Text("  " * depth + ("└ " if depth else "") + plain(task.title or task.name)),
        Text(plain(task.author.name) if task.author else ""),
        Text(", ".join(plain(project.title or str(project.id)) for project in task.projects)),
        Text(moment_text(task.created_at, now)),
        Text(span_text(task.started_at, task.ended_at, now)),
        Text(", ".join(_notes(task)), "dim"),
    ]


def _notes(task: Task) -> Iterator[str]:
    if task.repeated_task_id is not None:
        yield f"rerun of {task.repeated_task_id}"
    if task.origin_task_id is not None:
        yield f"from {task.origin_task_id}"
    for word, applies in (
        ("forced", task.forced),
        ("silent", task.silent),
        ("immediate", task.immediate and not task.silent),
    ):
        if applies:
            yield word
    if task.author is not None and task.author.role == "support":
        yield "by support"


def _definition_cells(definition: Definition) -> list[Text]:
    inputs = (f"{plain(each.name)}{'' if each.required else '?'}" for each in definition.inputs)
    about = definition.description or definition.title or ""
    if definition.problems:
        about = f"cannot be used: {definition.problems[0]}"
    return [
        Text(plain(definition.name)),
        Text(plain(definition.kind)),
        Text(", ".join(inputs)),
        Text(plain(about), "red" if definition.problems else ""),
    ]


def _event_cells(event: Event, now: datetime) -> list[Text]:
    where = "/".join(plain(part) for part in (event.job_name, event.step_name) if part)
    change = " → ".join(each.replace("_", " ") for each in (event.before, event.after) if each)
    return [
        Text(moment_text(event.at, now)),
        Text(plain(event.kind).replace("_", " ") + (f"  {where}" if where else "")),
        Text(change),
        Text(plain(event.by.name) if event.by else ""),
        Text(plain(event.message or "")),
    ]
