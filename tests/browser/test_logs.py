"""The log of a step: any line of it at once, whatever its length."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from browser.conftest import Open
from browser.stage import Stage, has_ended


@pytest.fixture(scope="module")
def long_task(platform: Stage) -> int:
    """A task whose log has five million lines."""
    task = platform.submit("long")
    platform.until(task, has_ended, patience=110)
    return task


def step_of(platform: Stage, task: int) -> int:
    return platform.task(task)["jobs"][0]["steps"][0]["id"]


def test_a_permanent_link_opens_at_line_1_234_567(
    look: Open, platform: Stage, long_task: int
) -> None:
    shown = look(f"/tasks/{long_task}?step={step_of(platform, long_task)}&lines=1234567-1234569")
    line = shown.line(1_234_567)
    expect(line).to_contain_text("line 1234567 of a long log")
    expect(line).to_be_in_viewport()
    expect(shown.line(1_234_569)).to_have_class(re.compile("bg-picked"))
    expect(shown.line(1_234_570)).not_to_have_class(re.compile("bg-picked"))


def test_the_scrollbar_reaches_every_part_of_a_long_log(look: Open, long_task: int) -> None:
    shown = look(f"/tasks/{long_task}")
    expect(shown.line(1)).to_contain_text("line 1 of a long log")
    log = shown.page.get_by_role("region", name=re.compile("^Log of Write"))
    pull = "(element, part) => { element.scrollTop = part * element.scrollHeight; }"
    for part in (0.25, 0.5, 0.75):
        log.evaluate(pull, part)
        wanted = re.compile(f"^{str(round(part * 5_000_000))[:2]}\\d{{5}}$")
        first = shown.page.locator("[data-line]").first
        expect(first).to_have_attribute("data-line", wanted)
        expect(first).to_contain_text("of a long log")
    log.evaluate(pull, 1)
    expect(shown.line(5_000_000)).to_contain_text("line 5000000 of a long log")
    expect(shown.line(5_000_000)).to_be_in_viewport()


def test_a_turn_of_the_wheel_moves_a_long_log_by_a_few_lines(look: Open, long_task: int) -> None:
    shown = look(f"/tasks/{long_task}?lines=2500000")
    line = shown.line(2_500_000)
    expect(line).to_be_in_viewport()
    top = line.bounding_box()
    shown.page.get_by_role("region", name=re.compile("^Log of Write")).hover()
    shown.page.mouse.wheel(0, 100)
    assert top is not None
    moved = line.evaluate(_MOVED, top["y"])
    assert moved == pytest.approx(100, abs=2)


def test_few_lines_are_in_the_page_however_long_the_log_is(look: Open, long_task: int) -> None:
    shown = look(f"/tasks/{long_task}")
    shown.line(1).wait_for()
    assert shown.page.locator("[data-line]").count() < 80


def test_search_finds_lines_of_folded_steps_and_goes_through_them(
    look: Open, platform: Stage
) -> None:
    shown = look(f"/tasks/{platform.ids['done']}?tab=timeline")
    steps = shown.page.get_by_role("navigation", name="Jobs and steps")
    expect(steps.get_by_role("button", name="Build")).to_be_visible()
    expect(steps.get_by_text("Unit tests")).to_have_count(0)
    field = shown.page.get_by_role("searchbox", name="Search all logs of this task")
    field.press_sequentially("file 7", delay=10)
    expect(shown.page.get_by_role("main").get_by_role("status")).to_contain_text("1 line")
    field.press("Enter")
    expect(shown.page.locator("[aria-current=step]")).to_contain_text("Fetch sources")
    expect(shown.line(7)).to_contain_text("file 7")
    expect(shown.line(7)).to_be_in_viewport()
    field.fill("passed")
    expect(shown.page.get_by_role("main").get_by_role("status")).to_contain_text("2 lines")
    field.press("Enter")
    expect(shown.page.locator("[aria-current=step]")).to_contain_text("Unit tests")
    shown.page.get_by_role("button", name="Next hit").click()
    expect(shown.page.locator("[aria-current=step]")).to_contain_text("Browser tests")
    expect(shown.page.get_by_role("main").get_by_role("status")).to_contain_text("2 of 2")


def test_colours_become_spans_and_control_characters_nothing(look: Open, platform: Stage) -> None:
    step = platform.task(platform.ids["done"])["jobs"][0]["steps"][1]["id"]
    shown = look(f"/tasks/{platform.ids['done']}?step={step}")
    expect(shown.line(2).locator(".ansi-green-fg")).to_have_text("ok")
    assert "\x1b" not in shown.line(1).inner_text()
    shown.goto(f"/tasks/{platform.ids['done']}?step={step}&lines=62")
    expect(shown.page.get_by_text("error stream:").first).to_be_attached()


def test_a_progress_bar_is_what_is_left_of_it_and_found_by_what_is_not(
    look: Open, platform: Stage
) -> None:
    platform.runbook("progress", _PROGRESS)
    shown = look(f"/tasks/{platform.ran('progress')['id']}?q=20%25")
    expect(shown.line(1)).to_have_text("1progress 100%")
    assert shown.line(2).inner_text().endswith("9999%")
    expect(shown.page.get_by_role("main").get_by_role("status")).to_contain_text("2 lines")
    expect(shown.line(1).get_by_role("link").locator(".bg-found")).to_be_visible()
    expect(shown.line(1).locator("[data-found]")).to_have_count(0)
    expect(shown.line(3)).to_have_text("3and on")
    with shown.page.expect_download() as download:
        shown.page.get_by_role("link", name="Download the raw log").click()
    raw = download.value.path().read_bytes()
    assert raw.startswith(b"progress 20%\rprogress 40%\rprogress 100%\n")


def test_what_is_found_is_marked_within_its_lines(look: Open, platform: Stage) -> None:
    step = platform.task(platform.ids["done"])["jobs"][0]["steps"][1]["id"]
    shown = look(f"/tasks/{platform.ids['done']}?step={step}&q=OK++++MODULE-0")
    expect(shown.line(2).locator("[data-found]")).to_have_text(["ok", "    module-0"])
    expect(shown.line(2)).to_contain_text("ok    module-01")
    expect(shown.line(1).locator("[data-found]")).to_have_count(0)


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
def test_the_search_has_room_and_covers_no_tab(look: Open, platform: Stage, width: int) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.set_viewport_size({"width": width, "height": 800})
    field = shown.page.get_by_role("searchbox", name="Search all logs of this task")
    before = field.bounding_box()
    field.fill("applied")
    expect(shown.page.get_by_role("main").get_by_role("status")).to_contain_text("30 lines")
    after = field.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] >= 180
    assert after["y"] == before["y"]
    last = shown.page.get_by_role("tab", name="Origin and reruns")
    tabs = shown.page.get_by_role("tablist", name="Views of the task")
    assert tabs.evaluate("element => element.scrollWidth <= element.clientWidth")
    last.click()
    expect(last).to_have_attribute("aria-selected", "true")


def test_each_attempt_has_its_own_log(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['retried']}")
    shown.expect_text("3 attempts")
    choice = shown.page.get_by_role("combobox", name="Attempt")
    expect(choice).to_have_value("3")
    choice.select_option("1")
    shown.page.wait_for_url("**attempt=1**")
    expect(shown.line(1)).to_contain_text("asking")


def test_a_line_and_a_range_get_an_address(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.line(23).get_by_role("link").click()
    shown.page.wait_for_url("**lines=23")
    shown.line(26).get_by_role("link").click(modifiers=["Shift"])
    shown.page.wait_for_url("**lines=23-26")
    expect(shown.page.get_by_role("button", name="Copy the link to 23-26")).to_be_visible()


def test_a_line_that_is_picked_stays_where_it_is(look: Open, platform: Stage) -> None:
    task = platform.ran("counting")
    shown = look(f"/tasks/{task['id']}")
    line = shown.line(20)
    expect(line).to_contain_text("line 20 of many")
    before = line.bounding_box()
    line.get_by_role("link").click()
    shown.page.wait_for_url("**lines=20")
    expect(line).to_have_class(re.compile("bg-picked"))
    assert line.bounding_box() == before


def test_the_raw_log_of_an_attempt_is_downloaded(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['retried']}?attempt=1")
    with shown.page.expect_download() as download:
        shown.page.get_by_role("link", name="Download the raw log").click()
    assert download.value.suggested_filename.endswith("-attempt-1.log")
    assert download.value.path().read_text() == "asking\nconnection refused\n"


def test_a_log_that_is_not_there_is_told_of(look: Open, platform: Stage) -> None:
    shown = look(f"/tasks/{platform.ids['retried']}?attempt=9")
    log = shown.page.get_by_role("region", name="Log", exact=True)
    expect(log.get_by_role("alert")).to_contain_text("There was no attempt 9")


def test_lines_that_cannot_be_read_are_told_of_and_read_again(look: Open, platform: Stage) -> None:
    shown = look("/tasks")
    away = {"message": "the log store is away"}
    shown.page.route("**/log?*", lambda route: route.fulfill(status=500, json=away))
    shown.goto(f"/tasks/{platform.ids['failed']}")
    log = shown.page.get_by_role("region", name="Log", exact=True)
    expect(log.get_by_role("alert")).to_contain_text("The log store is away.")
    shown.page.unroute("**/log?*")
    expect(shown.line(31)).to_contain_text("contains null values")
    expect(log.get_by_role("alert")).to_have_count(0)


def test_long_lines_are_moved_by_arrows_or_wrapped_and_the_end_is_still_reached(
    look: Open, platform: Stage
) -> None:
    platform.runbook("wide", _WIDE)
    shown = look(f"/tasks/{platform.ran('wide')['id']}")
    shown.line(1).wait_for()
    number = shown.line(1).get_by_role("link")
    shown.page.get_by_role("region", name=re.compile("^Log of Write")).focus()
    shown.page.keyboard.press("ArrowRight")
    expect(number).not_to_be_in_viewport(ratio=0.9)
    shown.page.keyboard.press("ArrowLeft")
    expect(number).to_be_in_viewport(ratio=0.9)
    shown.page.get_by_role("button", name="Wrap lines").click()
    box = shown.line(1).bounding_box()
    assert box is not None
    assert box["height"] > 40
    shown.page.get_by_role("button", name="Show times").click()
    log = shown.page.get_by_role("region", name=re.compile("^Log of Write"))
    log.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(shown.line(300)).to_be_in_viewport()
    expect(shown.line(300)).to_contain_text("the end")


def test_a_short_wrapped_log_is_seen_whole_and_does_not_scroll(look: Open, platform: Stage) -> None:
    platform.runbook("short", _SHORT)
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.get_by_role("button", name="Wrap lines").click()
    task = platform.ran("short")["id"]
    for path in (f"/tasks/{task}", f"/tasks/{task}?lines=3"):
        shown.goto(path)
        for number in (1, 2, 3):
            expect(shown.line(number)).to_be_in_viewport(ratio=1)
        log = shown.page.get_by_role("region", name=re.compile("^Log of Fail"))
        assert log.evaluate("element => element.scrollHeight <= element.clientHeight")


def test_few_wrapped_lines_that_are_higher_than_the_view_are_followed_and_read(
    look: Open, platform: Stage
) -> None:
    platform.runbook("high", _HIGH)
    shown = look(f"/tasks/{platform.ids['failed']}")
    shown.page.get_by_role("button", name="Wrap lines").click()
    shown.goto(f"/tasks/{platform.ran('high')['id']}")
    expect(shown.line(4)).to_contain_text("the end")
    expect(shown.line(4)).to_be_in_viewport(ratio=0.9)
    log = shown.page.get_by_role("region", name=re.compile("^Log of Fail"))
    # As long as somebody pulls: the first movement only leaves the end.
    pulled = """(element) => {
      element.scrollTop = 0;
      const line = element.querySelector("[data-line='1']");
      const top = element.getBoundingClientRect().top;
      return line && Math.abs(line.getBoundingClientRect().top - top) < 2;
    }"""
    shown.wait(pulled, log.element_handle())
    log.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(shown.line(4)).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("where", ["", "&lines=2500000"])
def test_opening_a_log_asks_for_nothing_in_vain(
    look: Open, platform: Stage, long_task: int, where: str
) -> None:
    shown = look("/tasks")
    failed: list[str] = []
    shown.page.on("requestfailed", lambda request: failed.append(request.url))
    shown.goto(f"/tasks/{long_task}?step={step_of(platform, long_task)}{where}")
    expect(shown.line(2_500_000 if where else 1)).to_be_in_viewport()
    shown.page.wait_for_load_state("networkidle")
    # Leaving a page ends what it still asks for.
    assert [one for one in failed if "/log?" in one] == []


def test_a_log_that_opens_at_its_end_asks_for_nothing_in_vain(look: Open, platform: Stage) -> None:
    platform.runbook("fails-late", _FAILS_LATE)
    task = platform.ran("fails-late")["id"]
    shown = look("/tasks")
    failed: list[str] = []
    asked: list[str] = []
    shown.page.on("requestfailed", lambda request: failed.append(request.url))
    shown.page.on("request", lambda request: asked.append(request.url))
    shown.goto(f"/tasks/{task}")
    expect(shown.line(20_000)).to_be_in_viewport()
    shown.page.wait_for_load_state("networkidle")
    # Leaving a page ends what it still asks for.
    assert [one for one in failed if "/log?" in one] == []
    assert [one for one in asked if re.search(r"/log\?.*from=1(&|$)", one)] == []


def test_lines_that_tell_keep_their_indentation(look: Open, platform: Stage) -> None:
    platform.runbook("traceback", _TRACEBACK)
    shown = look(f"/tasks/{platform.ran('traceback')['id']}")
    lines = shown.page.get_by_role("list", name="Lines that tell")
    expect(lines.get_by_text("File")).to_have_text('  File "deploy.py", line 2, in <module>')
    expect(lines.get_by_text("File")).to_have_css("white-space", "pre")
    width = lines.evaluate("element => element.getBoundingClientRect().right")
    assert width <= shown.page.evaluate("window.innerWidth")


def test_a_long_log_is_there_within_a_second(look: Open, platform: Stage, long_task: int) -> None:
    shown = look("/tasks")
    shown.expect_text("Write a long log")
    started = time.monotonic()
    shown.page.get_by_role("link", name="Write a long log").first.click()
    shown.line(1).get_by_text("line 1 of").wait_for()
    assert time.monotonic() - started < 3, "a second, and room for a busy machine"


_MOVED = """
(element, before) => new Promise((found) => {
  let last = before;
  const look = () => {
    const now = element.getBoundingClientRect().top;
    if (now === last && now !== before) found(before - now);
    else { last = now; requestAnimationFrame(look); }
  };
  look();
})
"""
"""By how much the line has moved, once it has come to rest."""

_WIDE = """
name: wide
title: Write wide lines
jobs:
  main:
    steps:
      - name: Write
        run: |
          for i in $(seq 299); do printf '%0600d\\n' $i; done
          echo the end
"""

_PROGRESS = r"""
name: progress
title: Show progress
jobs:
  main:
    steps:
      - name: Load
        run: |
          printf 'progress 20%%\rprogress 40%%\rprogress 100%%\n'
          for i in $(seq 9999); do printf '\r%d%%' $i; done
          printf '\nand on\n'
"""

_SHORT = """
name: short
title: Fail soon
jobs: {main: {steps: [{name: Fail, run: 'printf "one\\ntwo\\nthree\\n"; exit 1'}]}}
"""

_HIGH = """
name: high
title: Fail at length
jobs:
  main:
    steps:
      - name: Fail
        run: |
          for i in 1 2 3; do printf '%04000d\\n' $i; done
          echo the end
          exit 1
"""

_FAILS_LATE = """
name: fails-late
title: Fail after a long log
jobs: {main: {steps: [{name: Fail, run: 'seq 20000; exit 1'}]}}
"""

_TRACEBACK = """
name: traceback
title: Fail in Python
jobs:
  main:
    steps:
      - name: Fail
        run: |
          cat >&2 <<'END'
          Traceback (most recent call last):
            File "deploy.py", line 2, in <module>
              raise ValueError("no such replica" + " and more" * 40)
          ValueError: no such replica
          END
          exit 1
"""
