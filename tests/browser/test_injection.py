"""Text of tasks stays text, wherever it comes from: nothing in it ever runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import Open
from browser.stage import Stage, has_ended, stage
from browser.window import Window

DEED = "window.harmed=1"
_SHAPES = (
    "<script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<img src=x onerror={}>",
    "<img/src=x/onerror='{}'>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<body onload={}>",
    "<iframe srcdoc='<script>parent.{}</script>'>",
    "<iframe src=javascript:{}>",
    "<a href=javascript:{}>x</a>",
    "<details open ontoggle={}>",
    "<video><source onerror={}>",
    "<input autofocus onfocus={}>",
    "<style>@import 'javascript:{}'</style>",
    "<math><mtext><img src=x onerror={}></mtext></math>",
    "<template><script>{}</script></template>",
    "javascript:{}",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "&lt;script&gt;{}&lt;/script&gt;",
    "<object data='data:text/html,<script>{}</script>'>",
    "<form action=javascript:{}><button autofocus>",
)
_AROUND = (
    "{}",
    '">{}',
    "'>{}",
    "</script>{}",
    "-->{}",
    "]]>{}",
    "\x1b[31m{}\x1b[0m",
    "\x1b]8;;https://evil.example\x07{}\x1b]8;;\x07",
    "</textarea></title>{}",
    "\u202e{}\u202c",
)
PAYLOADS = [around.format(shape.format(DEED)) for around, shape in product(_AROUND, _SHAPES)]


NAMES = ["".join(sign if sign.isprintable() else " " for sign in one) for one in PAYLOADS]
"""Names have one line of signs that can be seen."""


TITLES = [name for name in NAMES if "{{" not in name]
"""Two braces are a reference of a runbook."""

HOSTILE = ("hostile", "hostile-steps")


@dataclass(frozen=True)
class Hostile:
    tasks: dict[str, int]
    projects: list[int]


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert len(set(TITLES)) >= 200


def test_they_would_run_where_text_becomes_html(browser: Browser) -> None:
    ran = 0
    page = browser.new_page()
    page.goto("about:blank")
    for payload in PAYLOADS:
        page.evaluate("window.harmed = 0")
        page.evaluate("(html) => { document.body.innerHTML = html; }", payload)
        ran += page.evaluate("new Promise((tell) => setTimeout(() => tell(window.harmed), 20))")
    page.close()
    assert ran >= 40


def test_nothing_in_a_log_runs(look: Open, platform: Stage) -> None:
    text = platform.definitions.parent / "payloads.txt"
    text.write_text("\n".join(PAYLOADS) + "\n")
    step = f"{{name: Print, run: 'cat {text}'}}"
    platform.runbook("payloads", f"name: payloads\njobs: {{main: {{steps: [{step}]}}}}\n")
    task = platform.ran("payloads")
    for first in range(1, len(PAYLOADS), 30):
        shown = look(f"/tasks/{task['id']}?lines={first}&q=harmed")
        expect(shown.line(first)).to_contain_text("harmed")
        shown.unharmed()
        elements = "document.querySelectorAll('[data-line] :not(a, span)').length"
        assert shown.page.evaluate(elements) == 0


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server of its own: hundreds of hostile tasks would push those of others out of sight."""
    with stage(tmp_path_factory.mktemp("hostile") / "data") as found:
        found.furnish()
        yield found


@pytest.fixture(scope="module")
def hostile(platform: Stage) -> Hostile:
    """A task whose title and jobs are called by payloads, one with such steps, and projects, people
    and a team of such names."""
    jobs = {
        f"job-{number:03}": {"title": title, "steps": [{"name": "Go", "run": "true"}]}
        for number, title in enumerate(TITLES)
    }
    definition = {"name": "hostile", "title": TITLES[0], "description": TITLES[1], "jobs": jobs}
    # JSON is YAML as well.
    platform.runbook("hostile", json.dumps(definition))
    # Only steps of pipelines may be called as anybody likes.
    steps = [{"run": {"name": title, "command": "true"}} for title in TITLES]
    pipeline = {
        "version": 0.1,
        "workflows": {"default": {"jobs": ["main"]}},
        "jobs": {"main": {"steps": steps}},
    }
    platform.runbook("hostile-steps", json.dumps(pipeline))
    # Projects whose names differ in case only would be taken for one.
    names = {" ".join(name.casefold().split()): name for name in NAMES}
    projects = [
        platform.ask("ann", "POST", "/projects", {"name": name})["id"] for name in names.values()
    ]
    for number, name in enumerate(NAMES):
        person = {"email": f"hostile-{number}@example.com", "name": name, "role": "member"}
        link = platform.ask("ann", "POST", "/members", person)["link"]
        if number < 3:
            platform.let_in(f"hostile-{number}", link)
    platform.ask("ann", "POST", "/teams", {"name": NAMES[2]})
    tasks = {name: platform.submit(name, projectIds=projects[:50]) for name in HOSTILE}
    for task in tasks.values():
        platform.until(task, has_ended, patience=100)
    return Hostile(tasks, projects)


def test_nothing_in_a_title_runs(look: Open, platform: Stage) -> None:
    for number, name in enumerate(NAMES):
        note = {"immediate": True, "name": f"note.{number}", "title": f"harmless {name}"}
        platform.ask("ann", "POST", "/tasks", note)
    for page in range(1, 1 + len(NAMES) // 30):
        look_at(look, f"/tasks?search=harmless&page={page}", "harmless")


@pytest.mark.parametrize("tab", ["log", "graph", "timeline", "history", "inputs", "origin"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_job_step_or_project_runs(
    look: Open, hostile: Hostile, name: str, tab: str
) -> None:
    shown = look_at(look, f"/tasks/{hostile.tasks[name]}?tab={tab}", None)
    # Beside each tab stand all jobs, and the steps of the one that is looked at.
    beside = shown.page.get_by_role("navigation", name="Jobs and steps")
    many = beside.get_by_role("button", name="more jobs done")
    beside.get_by_role("listitem").first.wait_for()
    if many.count():
        many.click()
    expect(beside).to_contain_text(TITLES[-1])
    # Not what is painted: rows out of sight are not.
    text = "".join((beside.text_content() or "").split())
    assert [title for title in TITLES if "".join(title.split()) not in text] == []
    shown.unharmed()


@pytest.mark.parametrize(
    "path",
    [
        "/tasks",
        "/run",
        "/run/hostile",
        "/projects",
        "/members",
        "/teams",
        "/support",
        "/organization",
    ],
)
def test_no_name_of_a_project_person_or_definition_runs(
    look: Open, hostile: Hostile, path: str
) -> None:
    shown = look_at(look, path, None)
    if path in ("/projects", "/members"):
        for name in (NAMES[0], NAMES[-1]):
            expect(shown.page.get_by_role("main")).to_contain_text(name)
        shown.unharmed()
    shown.page.keyboard.press("Control+k")
    shown.page.get_by_role("dialog").get_by_role("combobox").fill("harmed")
    shown.page.get_by_role("dialog").get_by_role("option").first.wait_for()
    shown.unharmed()


def test_the_name_of_an_author_and_of_who_is_signed_in_does_not_run(
    look: Open, platform: Stage, hostile: Hostile
) -> None:
    for number in range(3):
        grant = {"userId": platform.ids[f"hostile-{number}"], "role": "write"}
        platform.ask("ann", "PUT", f"/projects/{hostile.projects[0]}/grants", grant)
        what = {"name": "note", "title": "Written by somebody"}
        note = {"immediate": True, "projectIds": [hostile.projects[0]], **what}
        platform.ask(f"hostile-{number}", "POST", "/tasks", note)
        shown = look_at(look, "/tasks?search=Written", "Written by somebody", f"hostile-{number}")
        note_of = shown.page.get_by_role("main").get_by_role("listitem")
        expect(note_of.filter(has_text=NAMES[number]).first).to_contain_text("Written by somebody")
    shown = look_at(look, f"/projects/{hostile.projects[0]}", "Give access to")
    expect(shown.page.get_by_role("main")).to_contain_text(NAMES[0])
    shown.unharmed()


def look_at(look: Open, path: str, sight: str | None, who: str = "ann") -> Window:
    shown = look(path, who)
    shown.page.get_by_role("heading", level=1).first.wait_for()
    if sight is not None:
        shown.page.get_by_text(sight).first.wait_for(state="attached")
    shown.page.wait_for_load_state("networkidle")
    shown.unharmed()
    return shown
