"""The operations through a server: the same answers as on its machine, by the same client."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import pytest

from acceptance.doc_page import Page
from integration.api.api_bench import HELLO, ApiBench
from tasktrail.client import connect
from tasktrail.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
    ServerUnreachableError,
)
from tasktrail.local import request
from tasktrail.local.log_shape import FoundLines, HitCount, LogLines
from tasktrail.local.shape import TaskChanged, TaskList, read
from tasktrail.model.author import AuthorKind
from tasktrail.model.status import Status

pytestmark = pytest.mark.asyncio(loop_scope="module")

ME = request.Person(id=0, name="somebody")


def submission(target: str, **given: object) -> request.Submission:
    return request.Submission(
        author=AuthorKind.USER,
        user=ME,
        target=target,
        root="/",
        **given,  # pyright: ignore[reportArgumentType]
    )


async def test_the_program_of_the_documentation_runs_as_it_stands_there(
    shared: ApiBench, tmp_path: Path
) -> None:
    page = Page(Path(__file__).resolve().parents[3] / "docs" / "command-line.md")
    program = tmp_path / "run_there.py"
    program.write_text(page.files[program.name], encoding="utf-8")
    talk = "steps: [{name: Say, run: 'echo to $INPUT_WHO; exit $INPUT_CODE'}]"
    shared.runbook("greet", f"inputs: {{who: string, code: integer}}\njobs: {{main: {{{talk}}}}}")
    for code, status in ((0, "done"), (3, "failed")):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(program),
            "greet",
            "who=all=of you",
            f"code={code}",
            env={
                **os.environ,
                "TASKTRAIL_URL": shared.server.url,
                "TASKTRAIL_API_KEY": shared.keys["owner"],
            },
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        *lines, last = said.decode().splitlines()
        assert "[main/Say] to all=of you" in lines
        assert last.endswith(f": {status}")
        assert process.returncode == (1 if code else 0)


async def test_a_task_is_submitted_followed_and_read_as_on_its_machine(shared: ApiBench) -> None:
    shared.runbook(
        "talk", "steps: [{name: Say, run: 'for i in 1 2 3; do echo $i; sleep 0.3; done'}]"
    )
    async with connect(shared.server.url, shared.keys["owner"]) as client:
        task_id = await client.submit(submission("talk"))
        items = [item async for item in client.watch(request.WatchSelection(id=task_id, logs=True))]
        lines = [line.text for item in items if isinstance(item, LogLines) for line in item.lines()]
        assert lines == ["1", "2", "3"]
        states = [item.task.status for item in items if isinstance(item, TaskChanged)]
        assert states[-1] is Status.DONE
        assert Status.IN_PROGRESS in states
        listed = read(await client.tasks(request.TaskFilter(names=("talk",))), TaskList)
        assert [task.id for task in listed.items] == [task_id]
        history = await client.history(request.TaskSelection(id=task_id))
        assert history == await shared.get(f"/v1/tasks/{task_id}/events?pageSize=100")


async def test_lists_of_several_pages_are_read_to_their_end(shared: ApiBench) -> None:
    for number in range(102):
        shared.runbook(f"page-{number:03}", "steps: [{run: 'true'}]")
    steps = ", ".join(f"{{name: S{number}, run: 'true'}}" for number in range(60))
    shared.runbook("long", f"steps: [{steps}]")
    task = await shared.ran("long")
    async with connect(shared.server.url, shared.keys["owner"]) as client:
        definitions = cast("Any", await client.definitions())["items"]
        events = cast("Any", await client.history(request.TaskSelection(id=task["id"])))["items"]
    assert {f"page-{number:03}" for number in range(102)} < {one["name"] for one in definitions}
    ids = [event["id"] for event in events]
    assert len(ids) > 100
    assert ids == sorted(set(ids))
    assert (events[-1]["stepName"], events[-1]["to"]) == (None, "done")


async def test_logs_are_read_by_range_tail_search_and_raw(shared: ApiBench) -> None:
    shared.runbook("two", "steps: [{name: A, run: 'seq 1 5'}, {name: B, run: 'printf \"6\\n7\"'}]")
    task = await shared.ran("two")
    task_id = task["id"]
    async with connect(shared.server.url, shared.keys["owner"]) as client:

        async def texts(**wanted: object) -> list[str]:
            selection = request.LogSelection(id=task_id, **wanted)  # pyright: ignore[reportArgumentType]
            return [
                line.text
                async for item in client.logs(selection)
                if isinstance(item, LogLines)
                for line in item.lines()
            ]

        assert await texts() == ["1", "2", "3", "4", "5", "6", "7"]
        assert await texts(tail=3) == ["5", "6", "7"]
        assert await texts(step="A", first=2, last=3) == ["2", "3"]
        assert await texts(step="A", first=-1) == ["5"]
        assert await texts(since=task["endedAt"]) == []
        for last, given in (
            (request.LogSelection(id=task_id, follow=True, tail=3), "5 6 7"),
            (request.LogSelection(id=task_id, follow=True, first=-2), "4 5 6 7"),
        ):
            begins = await client.log_beginnings(last)
            assert await texts(begins=begins, follow=True) == given.split()
        for follow in (False, True):
            with pytest.raises(NotFoundError, match="has had an attempt 9"):
                await texts(attempt=9, follow=follow)
        wanted = request.LogSearch(id=task_id, text="[57]", regex=True, context=1)
        found = [item async for item in client.search(wanted)]
        assert [
            (line.text, line.hit is not None)
            for item in found
            if isinstance(item, FoundLines)
            for line in item.lines
        ] == [("4", False), ("5", True), ("6", False), ("7", True)]
        counted = request.LogSearch(id=task_id, text="[57]", regex=True, count=True)
        counts = [item async for item in client.search(counted)]
        assert [item.count for item in counts if isinstance(item, HitCount)] == [1, 1]
        raw = [part async for part in client.raw_log(request.LogSelection(id=task_id, step="B"))]
        assert b"".join(raw) == b"6\n7"
        with pytest.raises(ConflictError, match="2 steps"):
            _ = [part async for part in client.raw_log(request.LogSelection(id=task_id))]
        with pytest.raises(NotFoundError):
            await texts(step="C")


async def test_a_log_of_many_answers_is_followed_without_a_gap(shared: ApiBench) -> None:
    shared.runbook("many", "steps: [{name: Count, run: seq 1 25000}]")
    task = await shared.ran("many")
    async with connect(shared.server.url, shared.keys["owner"]) as client:
        wanted = request.LogSelection(id=task["id"], follow=True)
        lines = [
            line
            async for item in client.logs(wanted)
            if isinstance(item, LogLines)
            for line in item.lines()
        ]
    assert [line.line for line in lines] == list(range(1, 25001))
    assert lines[-1].text == "25000"


async def test_a_cancel_a_force_and_a_rerun_do_what_they_say(shared: ApiBench) -> None:
    shared.runbook(
        "stubborn", "steps: [{name: Sleep, run: \"trap '' TERM; echo up; sleep 60\", grace: 60s}]"
    )
    async with connect(shared.server.url, shared.keys["owner"]) as client:
        task_id = await client.submit(submission("stubborn"))
        watched = client.watch(request.WatchSelection(id=task_id, logs=True))
        async with aclosing(watched) as items:  # pyright: ignore[reportArgumentType]
            async for item in items:
                if isinstance(item, LogLines):
                    break
        deed = request.TaskDeed(id=task_id, author=AuthorKind.USER, user=ME)
        await client.cancel(deed)
        await client.cancel(
            request.TaskDeed(id=task_id, author=AuthorKind.USER, user=ME, force=True)
        )
        async with asyncio.timeout(20):  # far below the grace: the force has arrived
            assert (await shared.ended(task_id))["status"] == "canceled"
        shared.runbook("broken", "steps: [{run: 'false'}]")
        failed = await shared.ran("broken")
        again = await client.rerun(
            request.TaskDeed(id=failed["id"], author=AuthorKind.USER, user=ME, force=True)
        )
        rerun = await shared.ended(again)
        assert (rerun["status"], rerun["repeatedTaskId"]) == ("done_with_warnings", failed["id"])


async def test_refusals_are_of_the_class_that_they_have_on_the_machine(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)
    async with connect(shared.server.url, shared.keys["member"]) as client:
        with pytest.raises(NotFoundError, match="there is no task 4711"):
            await client.task(request.TaskSelection(id=4711))
        with pytest.raises(NotAllowedError):
            await client.submit(submission("hello"))
        with pytest.raises(InvalidInputError, match="is a file") as refused:
            await client.submit(submission("/tmp/hello.yml"))
        assert "definition list" in (refused.value.hint or "")
        with pytest.raises(InvalidInputError, match="is a file"):
            await client.definition(request.DefinitionSelection(target="/tmp/hello.yml", root="/"))
        with pytest.raises(ConflictError, match="machine of the server"):
            await client.doctor(request.Checkup())


async def test_a_wrong_key_and_a_wrong_address_are_told_apart(shared: ApiBench) -> None:
    async with connect(shared.server.url, "tt_1_nonsense") as client:
        with pytest.raises(NotSignedInError, match="does not take this key"):
            await client.tasks(request.TaskFilter())
    async with connect("http://127.0.0.1:9", "tt_1_nonsense") as client:
        with pytest.raises(ServerUnreachableError, match="cannot be reached"):
            await client.record(
                request.Recording(author=AuthorKind.USER, user=ME, name="x", title="y")
            )
    for wrong in ("ftp://here", "tasks.example.com", "http://", "http://tasks.example.com"):
        with pytest.raises(InvalidInputError):
            async with connect(wrong, "key"):
                pass


async def test_an_address_and_a_key_as_they_are_pasted_are_taken(shared: ApiBench) -> None:
    for address in ("", "/", "/v1", "/v1/"):
        async with connect(shared.server.url + address, f" {shared.keys['owner']}\n") as client:
            assert read(await client.tasks(request.TaskFilter()), TaskList).total_count >= 0


@pytest.mark.parametrize("key", ["tt_1_a\ntt_2_b", "tt_1_\x00", "tt_1_ü"])
async def test_a_key_that_no_header_can_hold_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        async with connect("http://127.0.0.1:9", key):
            pass
    assert key[:4] not in refused.value.message


async def test_the_command_line_works_through_a_server(shared: ApiBench) -> None:
    shared.runbook("hello", HELLO)

    async def tasktrail(*arguments: str) -> tuple[int | None, str, str]:
        command = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tasktrail.cli.main", *arguments,
            env={**os.environ, "TASKTRAIL_URL": shared.server.url,
                 "TASKTRAIL_API_KEY": shared.keys["owner"], "TASKTRAIL_DATA": "/nowhere"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await command.communicate()
        return command.returncode, out.decode(), err.decode()

    code, out, _ = await tasktrail("run", "hello")
    assert code == 0
    assert "hello" in out
    code, out, _ = await tasktrail("task", "list", "-o", "json")
    assert code == 0
    code, _, err = await tasktrail("run", "hello.yml")
    assert (code, "is a file" in err) == (2, True)
    code, _, err = await tasktrail("doctor")
    assert (code, "machine of the server" in err) == (2, True)
