"""What pictures are taken of: every page, in its usual and its unusual states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Deed = Callable[[Page], object]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: whose page, at which address, and what is done there first.

    `address` may name tasks of the stage, such as `/tasks/{failed}`.
    """

    name: str
    address: str
    who: str | None = "ann"
    deed: Deed | None = None
    phone: bool = False
    theme: str | None = None
    """The only theme; None for both."""


def _click(name: str) -> Deed:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def _press(*keys: str) -> Deed:
    return lambda page: [page.keyboard.press(key) for key in keys]


def _search(text: str) -> Deed:
    return lambda page: page.get_by_role("searchbox", name="Search all logs").fill(text)


def _go_down(page: Page) -> None:
    page.get_by_role("region", name="Graph of jobs").scroll_into_view_if_needed()


def _try_to_run(page: Page) -> None:
    page.get_by_label("replicas").fill("some")
    page.get_by_role("button", name="Run", exact=True).click()


SHOTS: tuple[Shot, ...] = (
    Shot(name="sign-in", address="/sign-in", who=None),
    Shot(name="sign-in-refused", address="/sign-in#error=unknown_person", who=None, theme="light"),
    Shot(name="welcome", address="/welcome#{guest}", who=None),
    Shot(name="tasks", address="/tasks"),
    Shot(name="tasks-by-origin", address="/tasks?view=tree"),
    Shot(name="tasks-filtered", address="/tasks?status=failed,timed_out&project={shop}"),
    Shot(name="tasks-none", address="/tasks", who="dora", theme="light"),
    Shot(name="tasks-no-match", address="/tasks?search=no+such+task", theme="light"),
    Shot(name="task-failed", address="/tasks/{failed}"),
    Shot(name="task-done", address="/tasks/{done}"),
    Shot(name="task-running", address="/tasks/{holding}"),
    Shot(name="task-waiting", address="/tasks/{waiting}"),
    Shot(name="task-scheduled", address="/tasks/{scheduled}", theme="light"),
    Shot(name="task-canceling", address="/tasks/{stopping}"),
    Shot(name="task-canceled", address="/tasks/{stopped}", theme="light"),
    Shot(name="task-retried", address="/tasks/{retried}", theme="light"),
    Shot(name="task-warned", address="/tasks/{warned}", theme="light"),
    Shot(name="task-system-error", address="/tasks/{broken}"),
    Shot(name="task-for-support", address="/tasks/{broken}", who="sue", theme="light"),
    Shot(name="task-immediate", address="/tasks/{immediate}", theme="light"),
    Shot(name="task-graph", address="/tasks/{done}?tab=graph"),
    Shot(name="task-timeline", address="/tasks/{done}?tab=timeline"),
    Shot(name="task-history", address="/tasks/{done}?tab=history"),
    Shot(name="task-inputs", address="/tasks/{done}?tab=inputs", theme="light"),
    Shot(name="task-origin", address="/tasks/{rerun}?tab=origin"),
    Shot(name="task-search", address="/tasks/{done}", deed=_search("module"), theme="light"),
    Shot(name="task-forced", address="/tasks/{failed}", deed=_click("Run again, forced")),
    Shot(name="task-copy", address="/tasks/{failed}", deed=_click("Copy"), theme="light"),
    Shot(name="run", address="/run"),
    Shot(name="run-form", address="/run/deploy?version=1.4.3"),
    Shot(name="run-form-wrong", address="/run/deploy", deed=_try_to_run, theme="light"),
    Shot(name="projects", address="/projects"),
    Shot(name="project", address="/projects/{shop}"),
    Shot(name="members", address="/members"),
    Shot(name="member-new", address="/members", deed=_click("Add member"), theme="light"),
    Shot(name="teams", address="/teams"),
    Shot(name="keys", address="/keys"),
    Shot(name="key-new", address="/keys", deed=_click("New key"), theme="light"),
    Shot(name="support", address="/support"),
    Shot(name="support-open", address="/support", deed=_click("Open access"), theme="light"),
    Shot(name="organization", address="/organization"),
    Shot(name="not-found", address="/nothing", theme="light"),
    Shot(name="palette", address="/tasks", deed=_press("Control+k")),
    Shot(name="keys-help", address="/tasks", deed=_press("?"), theme="light"),
    Shot(name="phone-tasks", address="/tasks", phone=True),
    Shot(name="phone-menu", address="/tasks", phone=True, deed=_click("Open the menu")),
    Shot(name="phone-task", address="/tasks/{failed}", phone=True),
    Shot(name="phone-running", address="/tasks/{holding}", phone=True, theme="light"),
    Shot(
        name="phone-graph",
        address="/tasks/{done}?tab=graph",
        phone=True,
        theme="light",
        deed=_go_down,
    ),
    Shot(name="phone-run", address="/run/deploy", phone=True, theme="light"),
    Shot(name="phone-members", address="/members", phone=True, theme="light"),
)
