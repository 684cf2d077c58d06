"""`tasktrail task ...`: looking at tasks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from tasktrail.cli import task_control, task_logs
from tasktrail.cli.answer import show_answer
from tasktrail.cli.examples import examples
from tasktrail.cli.options import (
    DataOption,
    OutputOption,
    SystemOption,
    TaskArgument,
    remember,
)
from tasktrail.cli.output import console, note, print_text
from tasktrail.cli.resource_links import read_resources
from tasktrail.errors import InvalidInputError
from tasktrail.local.request import Scope, TaskFilter, TaskSelection
from tasktrail.local.shape import History, Task, TaskList, read
from tasktrail.local.transport import JsonObject
from tasktrail.model.author import AuthorKind, Role
from tasktrail.model.status import TASK_STATUSES, Status, parse_status

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at tasks; wait, cancel, rerun."
)


@app.callback()
def group(ctx: typer.Context, data: DataOption = None, output: OutputOption = None) -> None:
    """Look at tasks; wait for them, cancel or rerun them."""
    remember(ctx, data, output)


@app.command(
    "list",
    short_help="List tasks, newest first.",
    epilog=examples(
        "tasktrail task list --status failed,timed-out --since 2d",
        "tasktrail task list --project shop --tree",
        "tasktrail task list --search 1.4.2 -o json",
    ),
)
def list_tasks(
    ctx: typer.Context,
    statuses: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATUS", help="Only these; repeat or use commas."),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Only of these operations; may be repeated."),
    ] = None,
    projects: Annotated[
        list[str] | None,
        typer.Option("--project", metavar="NAME", help="Only of these projects; may be repeated."),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", help="Only with this text; or by the reference of an error."),
    ] = None,
    authors: Annotated[
        list[AuthorKind] | None,
        typer.Option("--author", metavar="user|robot|superadmin", help="Only by these."),
    ] = None,
    scope: Annotated[
        Scope | None,
        typer.Option("--scope", metavar="project|org", help="Only with a project, or without."),
    ] = None,
    resources: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="KIND:ID", help="Only about these; may be repeated."),
    ] = None,
    users: Annotated[
        list[str] | None,
        typer.Option("--user", metavar="NAME", help="Only by authors of this name."),
    ] = None,
    roles: Annotated[
        list[Role] | None,
        typer.Option("--role", metavar="|".join(Role), help="Only by authors who had this role."),
    ] = None,
    origin: Annotated[
        int | None, typer.Option("--origin", metavar="ID", min=1, help="Only spawned by this task.")
    ] = None,
    rerun_of: Annotated[
        int | None, typer.Option("--rerun-of", metavar="ID", min=1, help="Only its reruns.")
    ] = None,
    silent: Annotated[bool, typer.Option("--silent", help="Silent tasks, too.")] = False,
    tree: Annotated[bool, typer.Option("--tree", help="Spawned tasks below their origin.")] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Created after: 2h, 3d, 2026-11-24."),
    ] = None,
    page: Annotated[int, typer.Option("--page", min=1, help="Which page.")] = 1,
    page_size: Annotated[int, typer.Option("--page-size", min=1, max=100, help="Per page.")] = 30,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """List tasks, newest first. Silent ones are left out unless asked for."""
    wanted = TaskFilter(
        statuses=_statuses(statuses or ()),
        names=tuple(names or ()),
        search=search,
        projects=tuple(projects or ()),
        view="tree" if tree else "flat",
        silent=silent,
        scope=scope,
        resources=read_resources(resources or ()),
        authors=tuple(authors or ()),
        users=tuple(users or ()),
        roles=tuple(roles or ()),
        origin_task_id=origin,
        repeated_task_id=rerun_of,
        created_after=None if since is None else _since(since),
        page=page,
        page_size=page_size,
        system=system,
    )
    return show_answer(ctx, (data, output), lambda client: client.tasks(wanted), _print_list)


def _print_list(answer: JsonObject) -> None:
    from tasktrail.cli.tables import task_table

    page = read(answer, TaskList)
    if page.items:
        console().print(task_table(page, datetime.now(UTC), console().width))
    else:
        note("No tasks.")
    if page.next_page is not None:
        note(f"{len(page.items)} of {page.total_count} tasks; --page {page.next_page} shows more.")


@app.command(
    "show",
    short_help="Show everything about a task.",
    epilog=examples("tasktrail task show 12", "tasktrail task show 12 --system"),
)
def show(
    ctx: typer.Context,
    task_id: TaskArgument,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Show everything about one task: times, author, jobs, steps, attempts, and why it failed."""
    wanted = TaskSelection(id=task_id, system=system)
    return show_answer(ctx, (data, output), lambda client: client.task(wanted), _print_page)


def _print_page(answer: JsonObject) -> None:
    from tasktrail.cli.task_page import task_page

    console().print(task_page(read(answer, Task), datetime.now(UTC)))


@app.command(
    "graph", short_help="Draw the graph of its jobs.", epilog=examples("tasktrail task graph 12")
)
def graph(
    ctx: typer.Context,
    task_id: TaskArgument,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Draw the graph of a task's jobs. With -o json: the task, whose jobs name what they need."""
    wanted = TaskSelection(id=task_id, system=system)
    return show_answer(ctx, (data, output), lambda client: client.task(wanted), _print_graph)


def _print_graph(answer: JsonObject) -> None:
    from rich.text import Text

    from tasktrail.cli.graph_drawing import draw_graph, legend
    from tasktrail.cli.plain_view import waits

    task, terminal = read(answer, Task), console()
    width = terminal.width if terminal.is_terminal else 100
    print_text(draw_graph(task, width, datetime.now(UTC)).append("\n"))
    print_text(legend(task))
    if not task.status.final and (said := "; ".join(waits(task))):
        print_text(Text(f"waits for {said}", "dim"))


@app.command(
    "history",
    short_help="Show what happened to a task.",
    epilog=examples("tasktrail task history 12"),
)
def history(
    ctx: typer.Context,
    task_id: TaskArgument,
    system: SystemOption = False,
    data: DataOption = None,
    output: OutputOption = None,
) -> int:
    """Show what happened to a task: every change, when, by whom and why."""
    wanted = TaskSelection(id=task_id, system=system)
    return show_answer(ctx, (data, output), lambda client: client.history(wanted), _print_history)


def _print_history(answer: JsonObject) -> None:
    from tasktrail.cli.tables import history_table

    events = read(answer, History).items
    console().print(history_table(events, datetime.now(UTC), console().width))


def _statuses(given: list[str] | tuple[()]) -> tuple[Status, ...]:
    words = [word for text in given for word in text.split(",") if word.strip()]
    return tuple(_status(word) for word in words)


def _status(word: str) -> Status:
    try:
        return parse_status(word)
    except ValueError as error:
        raise InvalidInputError(
            f"no status is called '{word.strip()}'",
            hint=f"statuses are {', '.join(status.value for status in TASK_STATUSES)}",
        ) from error


def _since(text: str) -> str:
    from tasktrail.cli.times import parse_moment

    try:
        return parse_moment(text, datetime.now(UTC)).isoformat()
    except ValueError as error:
        raise InvalidInputError(f"--since: {error}") from error


task_logs.add_to(app)
task_control.add_to(app)
