"""Python steps in real worker processes, from the call to the result."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
from process_trees import ENVIRONMENT, Recorder, lives

from tasktrail.errors import InvalidInputError
from tasktrail.model.outcome import Errored, Failed, Succeeded, Warned
from tasktrail.model.plan import Argument, PythonAction
from tasktrail.runners.python.pool import WorkerPool
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.python.worker_process import PythonWorker
from tasktrail.runners.readiness import readable
from tasktrail.runners.step_call import SpawnRequest, StepCall, StepResult, Stream
from tasktrail.runners.supervisor import Supervisor

STEPS = """
from __future__ import annotations

import asyncio, collections, itertools, os, signal, subprocess, sys, threading, time
from pathlib import Path
from tasktrail import Context, StepStopped, UserError

def nothing(): pass
def say(text): print(text)
def complain(text): print(text, file=sys.stderr)
def add(a: int, b: float, on: bool, where: Path):
    return {"sum": a + b, "on": on, "name": where.name}
def pid(): return {"pid": os.getpid()}
def meet(context: Context, others: int):
    "Return once so many others are at work at the same time, each in a worker of its own."
    (context.workspace / f"met-{os.getpid()}").touch()
    while len(list(context.workspace.glob("met-*"))) <= others: time.sleep(0.01)
    return {"pid": os.getpid()}
def user_error(): raise UserError("no such version")
def system_error(): return {}["missing"]
def leave(code): sys.exit(code)
def die(): os._exit(3)
def crash(): os.kill(os.getpid(), signal.SIGSEGV)
def bad_output(): return {"a b": 1}
def outputs(context: Context):
    context.outputs["one"] = True
    with open(os.environ["TASKTRAIL_OUTPUT"], "a") as file: file.write("three=3\\n")
    return {"two": 2}
def warn(context: Context):
    context.warn("disk nearly full")
    context.warn("slow")
def facts(context: Context):
    c = context
    return {"facts": f"{c.task_id} {c.job} {c.step} {c.attempt} {c.inputs['x']} {c.workspace}"}
def log(context: Context):
    context.log("hello")
    context.logger.info("there")
def place(): return {"cwd": os.getcwd(), "value": os.environ.get("VALUE", "none")}
def spoil():
    os.environ["VALUE"] = "spoilt"
    os.chdir("/tmp")
    sys.stdout = None
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
def close_output(): sys.stdout.close()
def spawn(context: Context, target="child"):
    first = context.spawn(target, {"x": 1})
    second = context.spawn(target, {"x": 2}, key="mine")
    return {"ids": f"{first} {second}"}
def loop():
    print("started", flush=True)
    while True: pass
def c_call():
    # Once this has started it never comes back to the interpreter.
    endless = itertools.chain(map(os.write, [1], [b"started\\n"]), itertools.repeat(0))
    collections.deque(endless, maxlen=0)
def lock():
    print("started", flush=True)
    held = threading.Lock(); held.acquire(); held.acquire()
def clean_up():
    try:
        print("started", flush=True)
        time.sleep(1000)
    finally:
        print("cleaned up")
def polite(context: Context):
    with context.hold_cancel():
        print("started", flush=True)
        while not context.cancel_asked: time.sleep(0.01)
        print("done with it")
    print("never reached")
def deaf():
    while True:
        try:
            print("started", flush=True)
            time.sleep(1000)
        except BaseException: pass
async def sleep():
    try:
        print("started", flush=True)
        await asyncio.sleep(1000)
    finally:
        print("cleaned up")
async def later():
    await asyncio.sleep(0)
    return {"x": "y"}
def parent():
    child = subprocess.Popen(["sleep", "1000"])
    print(child.pid, flush=True)
    time.sleep(1000)
def orphan():
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    child = subprocess.Popen(["sleep", "1000"], start_new_session=True, **quiet)
    return {"pid": child.pid}
def double_fork():
    script = "(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1 </dev/null' &)"
    return {"pid": int(subprocess.check_output(["sh", "-c", script]))}
def keep_output():
    global kept
    kept = os.dup(1)
def thread(): threading.Thread(target=time.sleep, args=(1000,)).start()
def fork_and_return():
    if os.fork() == 0: print("child")
    else: os.wait()
def marker():
    return {"marker": subprocess.check_output(["printenv", "TASKTRAIL_MARKER"], text=True).strip()}
def tell_much(): sys.stdout.write("x" * 1_000_000)
"""

MakeCall = Callable[..., StepCall]


@pytest.fixture
async def runner(supervisor: Supervisor, directory: str) -> AsyncIterator[PythonRunner]:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1")
    yield runner
    await runner.aclose()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the functions are."""
    root = tmp_path / "root"
    root.mkdir()
    write(root / "steps.py", STEPS)
    return root


@pytest.fixture
def make_call(directory: str, tmp_path: Path, root: Path) -> MakeCall:
    """Makes the call of one of the functions."""
    outputs = tmp_path / "outputs"

    def make(
        function: str,
        *,
        working_directory: Path = tmp_path,
        grace: float = 5.0,
        environment: Mapping[str, str] | None = None,
        stop_signal: str = "SIGTERM",
        spawn: Callable[[SpawnRequest], object] | None = None,
        **arguments: Argument,
    ) -> StepCall:
        target = function if ":" in function else f"steps:{function}"

        async def spawned(request: SpawnRequest) -> int:
            assert spawn is not None
            return int(str(spawn(request)))

        return StepCall(
            task_id=7,
            job_id=1,
            job_name="build",
            step_id=1,
            step_name="wheel",
            attempt=2,
            action=PythonAction(function=target, root=str(root), arguments=arguments),
            environment={**ENVIRONMENT, "TASKTRAIL_OUTPUT": str(outputs), **(environment or {})},
            workspace=tmp_path,
            working_directory=working_directory,
            outputs_file=outputs,
            marker=f"{directory}:1:9",
            stop_signal=stop_signal,
            grace=grace,
            output=Recorder(),
            inputs={"x": "y"},
            spawn=spawned if spawn is not None else None,
        )

    return make


def write(file: Path, text: str) -> None:
    """Write a module that is not so new that it could still change unnoticed."""
    file.write_text(text)
    earlier = file.stat().st_mtime - 1
    os.utime(file, (earlier, earlier))


def text(call: StepCall, stream: Stream = Stream.STDOUT) -> str:
    assert isinstance(call.output, Recorder)
    return call.output.text(stream)


async def stopped(runner: PythonRunner, call: StepCall, *, lines: int = 1) -> StepResult:
    """Order the stop once the step has written so many lines."""
    assert isinstance(call.output, Recorder)
    running = asyncio.ensure_future(runner.run(call))
    await call.output.lines(lines)
    call.stop.ask()
    return await running


async def end_of(pid: int) -> None:
    """Return once the process has ended."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    await readable(pidfd)
    os.close(pidfd)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def outputs_of(runner: PythonRunner, call: StepCall) -> Mapping[str, str]:
    outcome = (await runner.run(call)).outcome
    assert isinstance(outcome, Succeeded), outcome
    return outcome.outputs


# --- what a step comes to ---


async def test_a_step_succeeds(runner: PythonRunner, make_call: MakeCall) -> None:
    result = await runner.run(make_call("nothing"))
    assert result == StepResult(outcome=Succeeded())


async def test_arguments_become_what_the_parameters_are(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("add", a="1", b=2, on="false", where="/a/b")
    assert await outputs_of(runner, call) == {"sum": "3", "on": "false", "name": "b"}


async def test_outputs_come_from_the_context_the_file_and_what_is_returned(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outputs = await outputs_of(runner, make_call("outputs"))
    assert outputs == {"one": "true", "two": "2", "three": "3"}


async def test_a_coroutine_function_is_a_step(runner: PythonRunner, make_call: MakeCall) -> None:
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


async def test_the_context_knows_the_step(
    runner: PythonRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    outputs = await outputs_of(runner, make_call("facts"))
    assert outputs == {"facts": f"7 build wheel 2 y {tmp_path}"}


async def test_a_warning_is_an_outcome(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("warn")
    result = await runner.run(call)
    assert result.outcome == Warned(message="disk nearly full\nslow")
    assert text(call, Stream.STDERR) == "warning: disk nearly full\nwarning: slow\n"


async def test_a_user_error_fails(runner: PythonRunner, make_call: MakeCall) -> None:
    result = await runner.run(make_call("user_error"))
    assert result.outcome == Failed(message="no such version")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, Succeeded()),
        (None, Succeeded()),
        (3, Failed(message="exit code 3", exit_code=3)),
        ("no luck", Failed(message="no luck", exit_code=1)),
    ],
)
async def test_an_exit_is_taken_as_the_interpreter_does(
    runner: PythonRunner, make_call: MakeCall, code: Argument, outcome: object
) -> None:
    assert (await runner.run(make_call("leave", code=code))).outcome == outcome


async def test_another_exception_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("system_error"))).outcome
    assert isinstance(outcome, Errored)
    assert (outcome.message, outcome.reference) == ("KeyError: 'missing'", "ref-1")
    assert "in system_error" in (outcome.detail or "")


async def test_an_output_without_a_name_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("bad_output"))).outcome
    assert isinstance(outcome, Errored)
    assert "output 'a b' is no name" in outcome.message


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("steps:gone", {}, "module 'steps' has no function 'gone'"),
        ("gone:gone", {}, "cannot import 'gone:gone': ModuleNotFoundError: No module named 'gone'"),
        ("broken:f", {}, "cannot import 'broken:f': ZeroDivisionError: division by zero"),
        ("say", {}, "missing 1 required positional argument: 'text'"),
        ("say", {"text": "x", "more": 1}, "unexpected keyword argument 'more'"),
        ("add", {"a": "x", "b": 1, "on": True, "where": "/"}, "argument 'a' is no int: 'x'"),
    ],
)
async def test_a_call_that_cannot_be_made_fails_with_the_reason(
    runner: PythonRunner,
    make_call: MakeCall,
    root: Path,
    function: str,
    arguments: dict[str, Argument],
    message: str,
) -> None:
    write(root / "broken.py", "\n1 / 0")
    call = make_call(function, **arguments)
    outcome = (await runner.run(call)).outcome
    assert isinstance(outcome, Failed)
    assert message in outcome.message
    if function == "broken:f":
        assert "line 2" in text(call, Stream.STDERR)


async def test_a_missing_working_directory_fails(
    runner: PythonRunner, make_call: MakeCall, tmp_path: Path
) -> None:
    outcome = (await runner.run(make_call("nothing", working_directory=tmp_path / "no"))).outcome
    assert isinstance(outcome, Failed)
    assert "cannot enter the working directory" in outcome.message


@pytest.mark.parametrize(("function", "how"), [("die", "exit code 3"), ("crash", "SIGSEGV")])
async def test_a_worker_that_dies_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall, function: str, how: str
) -> None:
    result = await runner.run(make_call(function))
    assert isinstance(result.outcome, Errored)
    assert result.outcome.message == f"the worker process died: {how}"
    assert result.outcome.reference == "ref-1"
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


# --- output ---


async def test_each_call_has_its_own_output(runner: PythonRunner, make_call: MakeCall) -> None:
    pids: set[str] = set()
    for number in range(5):
        said = make_call("say", text=f"line {number}")
        assert (await runner.run(said)).outcome == Succeeded()
        assert text(said) == f"line {number}\n"
        complained = make_call("complain", text=f"error {number}")
        await runner.run(complained)
        assert (text(complained), text(complained, Stream.STDERR)) == ("", f"error {number}\n")
        pids.add((await outputs_of(runner, make_call("pid")))["pid"])
    assert len(pids) == 1


async def test_much_output_is_complete(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("tell_much")
    assert (await runner.run(call)).outcome == Succeeded()
    assert text(call) == "x" * 1_000_000


async def test_log_and_logger_write_to_the_log(runner: PythonRunner, make_call: MakeCall) -> None:
    for _ in range(2):
        call = make_call("log")
        await runner.run(call)
        assert text(call) == "hello\n"
        assert text(call, Stream.STDERR) == "INFO there\n"


# --- surroundings ---


async def test_environment_and_directory_are_those_of_the_call(
    runner: PythonRunner, make_call: MakeCall, root: Path, tmp_path: Path
) -> None:
    one = make_call("place", environment={"VALUE": "1"}, working_directory=root)
    assert await outputs_of(runner, one) == {"cwd": str(root), "value": "1"}
    await runner.run(make_call("spoil"))
    assert await outputs_of(runner, make_call("place")) == {"cwd": str(tmp_path), "value": "none"}


async def test_what_a_step_starts_carries_the_marker_of_the_attempt(
    runner: PythonRunner, make_call: MakeCall, directory: str
) -> None:
    assert await outputs_of(runner, make_call("marker")) == {"marker": f"{directory}:1:9"}


async def test_changed_code_is_never_run_from_memory(
    runner: PythonRunner, make_call: MakeCall, root: Path
) -> None:
    for number in range(5):
        (root / "part.py").write_text(f"def part(): return {{'n': {number}}}\n")
        (root / "edited.py").write_text("from part import part\ndef f(): return part()\n")
        assert await outputs_of(runner, make_call("edited:f")) == {"n": str(number)}


# --- spawning ---


async def test_a_step_spawns_tasks(runner: PythonRunner, make_call: MakeCall) -> None:
    asked: list[SpawnRequest] = []

    def spawn(request: SpawnRequest) -> int:
        asked.append(request)
        return 40 + len(asked)

    assert await outputs_of(runner, make_call("spawn", spawn=spawn)) == {"ids": "41 42"}
    assert asked == [
        SpawnRequest(target="child", inputs={"x": 1}, key="1:child"),
        SpawnRequest(target="child", inputs={"x": 2}, key="mine"),
    ]


async def test_a_refused_spawn_is_a_user_error(runner: PythonRunner, make_call: MakeCall) -> None:
    def refuse(request: SpawnRequest) -> int:
        raise InvalidInputError("an input is wrong")

    outcome = (await runner.run(make_call("spawn", spawn=refuse))).outcome
    assert outcome == Failed(message="an input is wrong")


async def test_a_spawn_that_the_system_cannot_do_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    outcome = (await runner.run(make_call("spawn"))).outcome
    assert isinstance(outcome, Errored)
    assert "cannot submit tasks" in outcome.message


# --- stopping ---


@pytest.mark.parametrize("function", ["loop", "clean_up", "sleep", "lock"])
@pytest.mark.parametrize("stop_signal", ["SIGTERM", "SIGINT"])
async def test_a_step_is_interrupted_where_it_is(
    runner: PythonRunner, make_call: MakeCall, function: str, stop_signal: str
) -> None:
    call = make_call(function, grace=20, stop_signal=stop_signal)
    result = await stopped(runner, call)
    assert result.stopped
    assert result.receipt is not None
    assert not result.receipt.killed
    assert result.receipt.proof
    assert ("cleaned up" in text(call)) == (function in {"clean_up", "sleep"})


async def test_a_step_may_end_in_its_own_time(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("polite", grace=20)
    result = await stopped(runner, call)
    assert result.stopped
    assert text(call) == "started\ndone with it\n"


@pytest.mark.parametrize("function", ["c_call", "deaf"])
async def test_a_step_that_takes_no_note_is_killed_after_the_grace(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    call = make_call(function, grace=0.3)
    begun = time.monotonic()
    result = await stopped(runner, call)
    assert result.stopped
    assert result.receipt is not None
    assert len(result.receipt.killed) == 1
    assert time.monotonic() - begun < 0.3 + 1 + 1  # the worker's own start included


async def test_a_forced_stop_does_not_wait(runner: PythonRunner, make_call: MakeCall) -> None:
    call = make_call("deaf", grace=100)
    assert isinstance(call.output, Recorder)
    running = asyncio.ensure_future(runner.run(call))
    await call.output.lines(1)
    call.stop.ask()
    call.stop.ask(force=True)
    assert (await running).stopped


async def test_a_stop_ends_what_the_step_has_started(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("parent", grace=20)
    result = await stopped(runner, call)
    assert result.stopped
    assert not lives(int(text(call)))


async def test_a_stopped_worker_is_not_used_again(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    before = await outputs_of(runner, make_call("pid"))
    await stopped(runner, make_call("loop", grace=20))
    assert await outputs_of(runner, make_call("pid")) != before


async def test_an_order_to_stop_before_the_start_starts_nothing(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("say", text="x")
    call.stop.ask()
    assert (await runner.run(call)).stopped
    assert text(call) == ""


# --- what a step leaves ---


@pytest.mark.parametrize("function", ["orphan", "double_fork"])
async def test_what_a_step_leaves_running_is_ended_and_named(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    call = make_call(function)
    before = await outputs_of(runner, make_call("pid"))
    result = await runner.run(call)
    assert isinstance(result.outcome, Succeeded)
    assert not lives(int(result.outcome.outputs["pid"]))
    assert result.receipt is not None
    assert [note.name for note in result.receipt.left_behind] == ["sleep"]
    assert "still running" in text(call, Stream.SYSTEM)
    assert await outputs_of(runner, make_call("pid")) != before


@pytest.mark.parametrize("function", ["thread", "close_output", "keep_output"])
async def test_a_worker_with_traces_of_a_step_is_not_used_again(
    runner: PythonRunner, make_call: MakeCall, function: str
) -> None:
    before = await outputs_of(runner, make_call("pid"))
    assert (await runner.run(make_call(function))).outcome == Succeeded()
    assert await outputs_of(runner, make_call("pid")) != before


async def test_a_fork_that_returns_does_not_answer_for_the_step(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("fork_and_return")
    assert (await runner.run(call)).outcome == Succeeded()
    assert text(call) == "child\n"
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


async def test_many_calls_leave_nothing_open(runner: PythonRunner, make_call: MakeCall) -> None:
    async def calls(number: int) -> None:
        for _ in range(number):
            assert (await runner.run(make_call("say", text="x"))).outcome == Succeeded()

    await asyncio.gather(*(runner.run(make_call("meet", others=3)) for _ in range(4)))
    await calls(2)
    before = open_descriptors()
    await asyncio.gather(*(calls(50) for _ in range(4)))
    assert open_descriptors() == before
    await runner.run(make_call("die"))
    assert open_descriptors() <= before


# --- the pool ---


async def test_a_worker_is_replaced_after_so_many_calls(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1", most_calls=2)
    pids = [(await outputs_of(runner, make_call("pid")))["pid"] for _ in range(4)]
    await runner.aclose()
    assert pids[0] == pids[1] != pids[2] == pids[3]


async def test_idle_workers_are_bounded_in_number_and_time(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(
        supervisor, f"{directory}:1", lambda: "ref-1", most_idle=1, idle_seconds=0.2
    )
    calls = (make_call("meet", others=1) for _ in range(2))
    both = await asyncio.gather(*(outputs_of(runner, call) for call in calls))
    pids = {int(outputs["pid"]) for outputs in both}
    assert len(pids) == 2
    async with asyncio.timeout(20):
        await asyncio.gather(*map(end_of, pids))
    await runner.aclose()


async def test_an_idle_worker_that_dies_is_not_given_out(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    os.kill(pid, 9)
    async with asyncio.timeout(20):
        await end_of(pid)
    assert await outputs_of(runner, make_call("later")) == {"x": "y"}


def kill_unnoticed(pid: int) -> None:
    """The worker is gone, and the event loop has had no chance to see it."""
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


async def test_a_call_is_not_lost_with_an_idle_worker_that_dies_just_before_it(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    """Nobody knows of the death yet, and nothing of the call was sent: another worker takes it."""
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    kill_unnoticed(pid)
    result = await runner.run(make_call("pid"))
    assert isinstance(result.outcome, Succeeded)
    assert int(result.outcome.outputs["pid"]) != pid
    await runner.aclose()
    assert not lives(pid)


async def test_a_call_whose_second_worker_is_gone_as_well_is_a_system_error(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    two = await asyncio.gather(*(outputs_of(runner, make_call("meet", others=1)) for _ in "12"))
    pids = [int(outputs["pid"]) for outputs in two]
    for pid in pids:
        kill_unnoticed(pid)
    result = await runner.run(make_call("pid"))
    assert isinstance(result.outcome, Errored)
    assert result.outcome.message == "the worker process died: SIGKILL"


@pytest.fixture
def pool(supervisor: Supervisor, directory: str) -> WorkerPool:
    return WorkerPool(supervisor, f"{directory}:1", most_idle=8, most_calls=50, idle_seconds=60)


async def test_who_waits_gets_a_worker_though_the_one_given_back_is_out_of_date(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await pool.take("/root")
    monkeypatch.setattr(PythonWorker, "fresh", property(lambda worker: worker is not old))
    old.root, old.calls = "/root", 1
    waiting = asyncio.ensure_future(pool.take("/root"))
    await asyncio.sleep(0)  # it waits now, and a start is under way
    pool.give_back(old)
    new = await asyncio.wait_for(waiting, 20)
    assert new is not old
    pool.give_back(new)
    await pool.aclose()
    assert not lives(old.tree.pid)


async def test_a_burst_of_short_calls_shares_few_workers(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    calls = 12 * (os.cpu_count() or 1)
    all_outputs = await asyncio.gather(
        *(outputs_of(runner, make_call("pid")) for _ in range(calls))
    )
    assert len({outputs["pid"] for outputs in all_outputs}) <= calls / 3


async def test_the_worker_of_who_stops_waiting_is_for_others(pool: WorkerPool) -> None:
    waiting = asyncio.ensure_future(pool.take("/root"))
    worker = await pool.take("/root")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    pool.give_back(worker)
    both = {await pool.take("/root"), await pool.take("/root")}
    assert len(both) == 2
    for one in both:
        pool.give_back(one)
    await pool.aclose()
    assert not any(lives(one.tree.pid) for one in both)


async def test_a_closed_pool_keeps_no_worker(pool: WorkerPool) -> None:
    worker = await pool.take("/root")
    await pool.aclose()
    pool.give_back(worker)
    await pool.aclose()
    assert not lives(worker.tree.pid)


async def test_a_call_that_cannot_be_sent_costs_its_worker(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    with pytest.raises(UnicodeEncodeError):
        await runner.run(make_call("say", text="\udcff"))
    async with asyncio.timeout(20):
        await end_of(pid)


async def test_a_stop_that_comes_before_the_worker_starts_nothing(
    runner: PythonRunner, make_call: MakeCall
) -> None:
    call = make_call("say", text="x")
    running = asyncio.ensure_future(runner.run(call))
    await asyncio.sleep(0)
    call.stop.ask()
    assert (await running).stopped
    assert text(call) == ""


async def test_closing_leaves_no_worker(
    supervisor: Supervisor, directory: str, make_call: MakeCall
) -> None:
    runner = PythonRunner(supervisor, f"{directory}:1", lambda: "ref-1")
    pid = int((await outputs_of(runner, make_call("pid")))["pid"])
    await runner.aclose()
    assert not lives(pid)


def test_a_worker_starts_without_what_only_the_engine_needs() -> None:
    heavy = {"msgspec", "sqlalchemy", "typer", "rich", "yaml", "psutil", "asyncio"}
    show = "import sys, tasktrail.runners.python.worker; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", show], text=True).split()
    assert "tasktrail.runners.python.worker" in loaded
    assert heavy.isdisjoint(loaded)
