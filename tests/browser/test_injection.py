"""Text of tasks stays text, wherever it comes from: nothing in it ever runs."""

from __future__ import annotations

from itertools import product

from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage

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


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 200


def test_nothing_in_a_log_runs(look: Open, platform: Stage) -> None:
    text = platform.definitions.parent / "payloads.txt"
    text.write_text("\n".join(PAYLOADS) + "\n")
    step = f"{{name: Print, run: 'cat {text}'}}"
    platform.runbook("payloads", f"name: payloads\njobs: {{main: {{steps: [{step}]}}}}\n")
    task = platform.ran("payloads")
    for first in range(1, len(PAYLOADS), 30):
        shown = look(f"/tasks/{task['id']}?lines={first}&q=harmed")
        expect(shown.line(first)).to_contain_text("harmed")
        assert shown.page.evaluate("window.harmed") is None
        assert (
            shown.page.evaluate("document.querySelectorAll('[data-line] :is(img, svg)').length")
            == 0
        )


def test_nothing_in_a_title_or_a_name_runs(look: Open, platform: Stage) -> None:
    last = 0
    for number, payload in enumerate(PAYLOADS):
        title = "".join(sign if sign.isprintable() else " " for sign in payload)
        note = {"immediate": True, "name": f"note.{number}", "title": f"harmless {title}"}
        last = platform.ask("ann", "POST", "/tasks", note)["taskId"]
    for page in range(1, 1 + len(PAYLOADS) // 30):
        shown = look(f"/tasks?search=harmless&page={page}")
        shown.expect_text("harmless")
        assert shown.page.evaluate("window.harmed") is None
    shown = look(f"/tasks/{last}")
    shown.expect_text("harmless")
    assert shown.page.evaluate("window.harmed") is None
