"""Python definitions are loaded by a process beside the engine; whatever it suffers, we live."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tasktrail import load_python
from tasktrail.actions.definition_host import DefinitionHost
from tasktrail.actions.host_process import HostProcess
from tasktrail.actions.hosted_python import HostedPython
from tasktrail.actions.library import Library
from tasktrail.definitions.catalog import Catalog
from tasktrail.definitions.definition import TaskDefinition
from tasktrail.definitions.python.host_messages import Reply
from tasktrail.errors import (
    ConflictError,
    DefinitionError,
    InvalidInputError,
    NotFoundError,
    Problem,
    RefusedError,
)
from tasktrail.model.instant import Instant
from tasktrail.model.plan import CommandAction, JsonValue, PythonAction
from tasktrail.runners.os_process import every_process, marker_of
from tasktrail.runners.supervisor import Supervisor

TASK = """
import tasktrail
from enum import Enum

class Channel(Enum):
    STABLE = "stable"
    BETA = "beta"

@tasktrail.task(title="Deploy {version}", locks=["app:{channel}"], support=True)
def deploy(
    plan: tasktrail.Plan,
    version: str,
    channel: Channel = Channel.BETA,
    copies: int = 2,
    share: float = 0.5,
    dry: bool = False,
    token: tasktrail.Secret | None = None,
) -> None:
    "Put it out."
    if copies > 9:
        raise tasktrail.UserError("at most 9 copies")
    job = plan.job("go")
    job.call(put, copies=copies, share=share, dry=dry, token=token, channel=channel)
    if version == "?":
        raise KeyError(version)

def put(copies: int, share: float, dry: bool, channel: str, token: str | None = None) -> None: ...

@deploy.rerun
def again(inputs):
    return {**inputs, "copies": inputs["copies"] + 1}
"""
INPUTS: dict[str, JsonValue] = {"version": "1.2", "copies": 3, "share": 1.0, "token": "s3cret"}
ECHO = """
import tasktrail

@tasktrail.task
def deploy(plan: tasktrail.Plan) -> None:
    plan.job("go").command("echo one")
"""


@dataclass
class Bench:
    """A library whose catalog is `root`, and what its host is made of."""

    root: Path
    life: str
    host: DefinitionHost
    library: Library

    def write(self, file: str, text: str) -> Path:
        """Write a module that is not so new that it could still change unnoticed."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        earlier = path.stat().st_mtime - 1
        os.utime(path, (earlier, earlier))
        return path

    async def load(self, target: str = "ops:deploy") -> TaskDefinition:
        return await self.library.load(target, self.root)

    async def refusal(self, target: str = "ops:deploy") -> RefusedError:
        with pytest.raises(RefusedError) as caught:
            await self.load(target)
        return caught.value

    async def begun_loading(self) -> asyncio.Task[RefusedError]:
        """The refusal of `ops:deploy`, whose module says that it has begun by opening `begun`."""
        os.mkfifo(self.root / "begun")
        loading = asyncio.create_task(self.refusal())
        await asyncio.to_thread((self.root / "begun").read_text)
        return loading

    async def without_process(self) -> None:
        """Return once no process is left."""
        for _ in range(1000):
            if not self.processes():
                return
            await asyncio.sleep(0.01)
        pytest.fail("the host is still there")

    async def script(self) -> str:
        plan = await self.library.plan(await self.load(), {})
        action = plan.jobs[0].steps[1].action
        assert isinstance(action, CommandAction)
        return action.run

    def processes(self) -> set[int]:
        """The live processes of the hosts of this bench, and what they have started."""
        return {
            process.pid
            for process in every_process()
            if process.alive and marker_of(process.pid).startswith(self.life)
        }


@pytest.fixture
def limit() -> float:
    return 30.0


@pytest.fixture
async def bench(tmp_path: Path, limit: float) -> AsyncIterator[Bench]:
    life = f"{uuid4().hex[:12]}:1"
    supervisor = Supervisor(life=life, clock=lambda: Instant(time.time_ns() // 1000))
    host = DefinitionHost(supervisor, life, limit=limit)
    python = HostedPython(host)
    library = Library(Catalog([tmp_path], python.load), python.load, hosted=python)
    bench = Bench(tmp_path, life, host, library)
    yield bench
    await host.aclose()
    assert bench.processes() == set()
    await supervisor.aclose()


async def test_a_definition_is_what_it_is_without_a_host(bench: Bench) -> None:
    bench.write("ops.py", TASK)
    here, hosted = load_python("ops:deploy", bench.root), await bench.load()
    for field in ("name", "title", "description", "inputs", "rerunnable", "support", "source"):
        assert getattr(hosted, field) == getattr(here, field)
    assert hosted.kind == "python"
    planned = await bench.library.plan(hosted, INPUTS)
    plan = here.plan(INPUTS)
    assert (planned.jobs, planned.locks, planned.title) == (plan.jobs, ("app:beta",), "Deploy 1.2")
    assert planned.source == plan.source
    action = planned.jobs[0].steps[1].action
    assert isinstance(action, PythonAction)
    types = {name: type(value) for name, value in action.arguments.items()}
    assert (types["copies"], types["share"], types["dry"]) == (int, float, bool)
    assert "s3cret" not in repr(planned)
    again = await bench.library.rerun_inputs(hosted, INPUTS)
    assert (again["copies"], again["token"]) == (4, "s3cret")


async def test_what_cannot_have_changed_is_not_asked_for_again(bench: Bench) -> None:
    """A function that is no definition has the plan that follows from its inputs."""
    bench.write("ops.py", "def greet(name: str) -> None:\n    print(name)\n")

    async def greeting(name: str) -> object:
        definition = await bench.library.load("ops:greet", bench.root)
        plan = await bench.library.plan(definition, {"name": name})
        action = plan.jobs[0].steps[1].action
        assert isinstance(action, PythonAction)
        return action.arguments["name"]

    assert await greeting("Ada") == "Ada"
    (host,) = bench.processes()
    os.kill(host, signal.SIGSTOP)
    assert await asyncio.wait_for(greeting("Ada"), 5) == "Ada"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(greeting("Bob"), 0.2)
    assert await greeting("Bob") == "Bob"


async def test_one_process_answers_until_a_file_changes(bench: Bench) -> None:
    bench.write("text.py", "TEXT = 'echo one'")
    bench.write("ops.py", "from text import TEXT\n" + ECHO.replace('"echo one"', "TEXT"))
    assert await bench.script() == "echo one"
    before = bench.processes()
    assert len(before) == 1
    assert await bench.script() == "echo one"
    assert bench.processes() == before
    bench.write("text.py", "TEXT = 'echo three'")
    assert await bench.script() == "echo three"
    assert bench.processes().isdisjoint(before)


async def test_a_runbook_starts_no_process_and_a_catalog_with_python_starts_one(
    bench: Bench,
) -> None:
    bench.write("a.yml", "name: a\njobs: {a: {steps: [make]}}\n")
    await bench.library.plan(await bench.load("a.yml"), {})
    await bench.load("a")
    assert bench.processes() == set()
    bench.write("one_tasks.py", ECHO.replace("def deploy", "def one"))
    bench.write("two_tasks.py", ECHO.replace("def deploy", "def two"))
    listing = await bench.library.listing()
    assert [found.name for found in listing.definitions] == ["a", "one", "two"]
    first = bench.processes()
    assert len(first) == 1
    await bench.library.listing()
    assert bench.processes() == first


async def test_a_catalog_follows_what_its_files_import(bench: Bench) -> None:
    bench.write("names.py", "1 / 0")
    bench.write("ops_tasks.py", "import names\n" + ECHO)
    (broken,) = (await bench.library.listing()).broken
    assert broken.path.name == "ops_tasks.py"
    bench.write("names.py", "")
    listing = await bench.library.listing()
    assert [found.name for found in listing.definitions] == ["deploy"]


@pytest.mark.parametrize(
    ("module", "message", "line"),
    [
        ("import os\nos._exit(3)", "ended the interpreter: exit status 3", None),
        ("import os\nos._exit(0)", "ended the interpreter: exit status 0", None),
        (
            "import ctypes\n\nctypes.string_at(0)",
            "ended the interpreter: signal SIGSEGV",
            3,
        ),
        (
            "import os, time\nos.closerange(3, 100)\ntime.sleep(60)",
            "cut the connection",
            None,
        ),
        ("import sys\nsys.exit('no')", "importing `ops` failed", 2),
        ("raise KeyboardInterrupt", "loading `ops:deploy` failed", 1),
        ("raise BaseException", "loading `ops:deploy` failed", 1),
        ("\nimport nothing", "importing `ops` failed", 2),
    ],
)
async def test_a_module_that_ends_everything_ends_only_the_host(
    module: str, message: str, line: int | None, bench: Bench
) -> None:
    bench.write("ops.py", module)
    bench.write("good.py", ECHO)
    refusal = await bench.refusal()
    assert isinstance(refusal, DefinitionError)
    assert message in refusal.message
    assert [(problem.file, problem.line) for problem in refusal.problems] == (
        [] if line is None else [(str(bench.root / "ops.py"), line)]
    )
    assert (await bench.load("good:deploy")).name == "deploy"


@pytest.mark.parametrize("limit", [2.5])
async def test_a_loop_at_import_is_ended_and_nobody_else_waits_for_it(bench: Bench) -> None:
    bench.write("ops.py", "open('begun', 'w').close()\nwhile True: pass")
    bench.write("a.yml", "name: a\njobs: {a: {steps: [make]}}\n")
    began = time.monotonic()
    loading = await bench.begun_loading()
    assert (await bench.load("a.yml")).name == "a"
    assert not loading.done()
    refusal = await loading
    assert time.monotonic() - began < 10
    assert refusal.message == "loading `ops:deploy` did not come to an end within 2.5 s"
    assert refusal.problems == (
        Problem(
            "this did not come to an end within 2.5 s", file=str(bench.root / "ops.py"), line=2
        ),
    )
    assert bench.processes() == set()


@pytest.mark.parametrize("limit", [1.0])
async def test_a_module_that_ignores_the_stop_signal_and_its_child_are_killed(
    bench: Bench,
) -> None:
    bench.write(
        "ops.py",
        "import signal, subprocess, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen(['sleep', '60'], start_new_session=True)\ntime.sleep(60)",
    )
    refusal = await bench.refusal()
    assert "within 1 s" in refusal.message
    assert bench.processes() == set()


async def test_what_is_printed_goes_to_standard_error(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.write("ops.py", "import os\nprint('NOISE')\nos.write(1, b'MORE\\n')\n" + ECHO)
    assert await bench.script() == "echo one"
    await bench.host.aclose()
    assert capfd.readouterr() == ("", "NOISE\nMORE\n")


async def test_the_last_words_of_a_crash_are_told(bench: Bench) -> None:
    bench.write("ops.py", "import os\nprint('no licence')\nos._exit(3)")
    assert (await bench.refusal()).hint == "the last that it printed: no licence"


async def test_refusals_arrive_with_all_that_they_say(bench: Bench) -> None:
    bench.write("ops.py", TASK)
    definition = await bench.load()
    with pytest.raises(InvalidInputError, match="at most 9 copies"):
        await bench.library.plan(definition, {"version": "1", "copies": 10})
    with pytest.raises(InvalidInputError) as caught:
        await bench.library.plan(definition, {"version": "1", "channel": "gamma"})
    assert [problem.field for problem in caught.value.problems] == ["channel"]
    with pytest.raises(DefinitionError) as failed:
        await bench.library.plan(definition, {"version": "?"})
    (problem,) = failed.value.problems
    assert (problem.message, problem.file) == ("KeyError: '?'", str(bench.root / "ops.py"))
    assert problem.line == TASK[: TASK.index("raise KeyError")].count("\n") + 1
    missing = await bench.refusal("ops:deplpy")
    assert isinstance(missing, NotFoundError)
    assert missing.hint == "did you mean `deploy`?"
    assert isinstance(await bench.refusal("nothing:deploy"), NotFoundError)


async def test_no_error_shows_the_default_of_a_secret(bench: Bench) -> None:
    bench.write(
        "ops.py",
        TASK.replace(
            "token: tasktrail.Secret | None = None", 'token: tasktrail.Secret = "hunter2"'
        ),
    )
    refusal = await bench.refusal()
    assert "cannot have a default" in str(refusal)
    assert "hunter2" not in f"{refusal!r} {refusal}"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "for n in range(10**6): plan.job(f'j{n}').command('true')",
            "a plan has at most 50,000 jobs and steps",
        ),
        ("plan.job('go').command('x' * 20_000_000)", "gives more than 16 MiB"),
        ("plan.job('go').command('\\ud800')", "gives what cannot be stored"),
        ("plan.job('go').call(put, n=2**70)", "gives what cannot be stored"),
        ("plan.job('go').command('true', system='yes')", "Expected `bool`, got `str`"),
    ],
)
async def test_a_plan_that_cannot_be_kept_is_refused(body: str, message: str, bench: Bench) -> None:
    planned = ECHO.replace('plan.job("go").command("echo one")', body)
    bench.write("ops.py", f"{planned}\ndef put(n: int) -> None: ...\n")
    definition = await bench.load()
    with pytest.raises(DefinitionError) as caught:
        await bench.library.plan(definition, {})
    assert message in str(caught.value)


async def test_a_definition_finds_the_files_beside_it_and_no_secrets_of_the_engine(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "s3cret")
    bench.write("script.sh", "echo beside")
    bench.write(
        "ops.py",
        "import os\nfrom pathlib import Path\nassert 'DATABASE_PASSWORD' not in os.environ\n"
        + ECHO.replace('"echo one"', "Path('script.sh').read_text()"),
    )
    assert await bench.script() == "echo beside"


async def test_a_fork_at_import_does_not_answer_as_well(bench: Bench) -> None:
    bench.write("ops.py", "import os\nos.fork()\n" + ECHO)
    for _ in range(3):
        assert await bench.script() == "echo one"


async def test_calls_are_answered_one_after_another_by_one_process(bench: Bench) -> None:
    bench.write("ops.py", ECHO)
    scripts = await asyncio.gather(*(bench.script() for _ in range(10)))
    assert scripts == ["echo one"] * 10
    assert len(bench.processes()) == 1


async def test_an_idle_host_ends(bench: Bench) -> None:
    supervisor = Supervisor(life=bench.life, clock=lambda: Instant(time.time_ns() // 1000))
    host = DefinitionHost(supervisor, bench.life, limit=10, idle_seconds=0.05)
    bench.write("ops.py", ECHO)
    python = HostedPython(host)
    definition = await asyncio.to_thread(python.load, "ops:deploy", bench.root)
    await bench.without_process()
    assert (await asyncio.to_thread(definition.plan, {})).jobs
    await host.aclose()
    await supervisor.aclose()


async def test_an_idle_time_that_ends_during_a_question_is_not_its_end(bench: Bench) -> None:
    """What is known is answered meanwhile, and counted as a use of the process."""
    supervisor = Supervisor(life=bench.life, clock=lambda: Instant(time.time_ns() // 1000))
    host = DefinitionHost(supervisor, bench.life, limit=20, idle_seconds=0.3)
    python = HostedPython(host)
    bench.write("ops.py", "def greet(name: str) -> None: ...")
    bench.write("slow.py", "from time import sleep\nsleep(1)\ndef work() -> None: ...")
    await python.found("ops:greet", bench.root)
    slow = asyncio.ensure_future(python.found("slow:work", bench.root))
    await asyncio.sleep(0)
    await python.found("ops:greet", bench.root)
    assert (await slow).name == "work"
    await host.aclose()
    await supervisor.aclose()


async def test_an_engine_that_leaves_does_not_wait_for_a_hanging_load(bench: Bench) -> None:
    bench.write("ops.py", "open('begun', 'w').close()\nwhile True: pass")
    loading = await bench.begun_loading()
    began = time.monotonic()
    await bench.host.aclose()
    assert time.monotonic() - began < 10
    assert isinstance(await loading, ConflictError)
    assert isinstance(await bench.refusal(), ConflictError)


async def test_a_host_that_died_before_it_read_a_question_is_replaced(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("ops.py", ECHO)
    await bench.script()
    (pid,) = bench.processes()
    os.kill(pid, signal.SIGSTOP)
    asked = asyncio.Event()
    reply = HostProcess.reply

    async def noted(process: HostProcess, question: bytes) -> Reply:
        asked.set()
        return await reply(process, question)

    monkeypatch.setattr(HostProcess, "reply", noted)
    script = asyncio.create_task(bench.script())
    await asked.wait()
    os.kill(pid, signal.SIGKILL)
    assert await script == "echo one"


async def test_a_host_that_died_idle_is_replaced(bench: Bench) -> None:
    bench.write("ops.py", ECHO)
    await bench.script()
    (pid,) = bench.processes()
    os.kill(pid, 9)
    await bench.without_process()
    assert await bench.script() == "echo one"
