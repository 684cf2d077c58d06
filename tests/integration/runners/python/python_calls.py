"""Functions that are Python steps, and what is asked about their calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from integration.runners.process_trees import Recorder
from tasktrail.model.outcome import Succeeded
from tasktrail.runners.python.runner import PythonRunner
from tasktrail.runners.readiness import readable
from tasktrail.runners.step_call import StepCall, Stream

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


def write(file: Path, text: str) -> None:
    """Write a module that is not so new that it could still change unnoticed."""
    file.write_text(text)
    earlier = file.stat().st_mtime - 1
    os.utime(file, (earlier, earlier))


def text(call: StepCall, stream: Stream = Stream.STDOUT) -> str:
    assert isinstance(call.output, Recorder)
    return call.output.text(stream)


async def outputs_of(runner: PythonRunner, call: StepCall) -> Mapping[str, str]:
    outcome = (await runner.run(call)).outcome
    assert isinstance(outcome, Succeeded), outcome
    return outcome.outputs


async def end_of(pid: int) -> None:
    """Return once the process has ended."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    await readable(pidfd)
    os.close(pidfd)
