"""Starting trees, their output and what they cost."""

from __future__ import annotations

import asyncio
import hashlib
import os
import resource
import subprocess
import time
from pathlib import Path

import pytest
from process_trees import ENVIRONMENT, Bench, Recorder, lives

from tasktrail.runners.os_process import children_of, look_at
from tasktrail.runners.step_call import Stream
from tasktrail.runners.supervisor import CommandSpec, ExitStatus, SpawnError, Supervisor

MEBIBYTE = 1024 * 1024


def spec(*argv: str, cwd: Path = Path("/"), **env: str) -> CommandSpec:
    return CommandSpec(argv=argv, env={**ENVIRONMENT, **env}, cwd=cwd, marker="d:1:1")


async def test_a_tree_has_its_environment_directory_and_marker_and_no_input(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    output = Recorder()
    script = 'pwd; echo "$COLOR $TASKTRAIL_MARKER"; cat; env | cut -d= -f1 | sort | tr "\\n" " "'
    tree = await supervisor.start(spec("/bin/sh", "-c", script, cwd=tmp_path, COLOR="blue"), output)
    await tree.finish()
    where, values, names = output.text().splitlines()
    assert (where, values) == (str(tmp_path), "blue d:1:1")
    assert names.split() == ["COLOR", "PATH", "PWD", "TASKTRAIL_MARKER"]


async def test_a_tree_has_a_session_and_group_of_its_own(bench: Bench) -> None:
    tree = await bench.start('read x <"$FIFO"')
    leader = look_at(tree.pid)
    assert leader is not None
    assert leader.session == leader.group == tree.pid


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("exit 0", ExitStatus(code=0)),
        ("exit 255", ExitStatus(code=255)),
        ("kill -SEGV $$", ExitStatus(signal="SIGSEGV")),
        ("kill -KILL $$", ExitStatus(signal="SIGKILL")),
    ],
)
async def test_how_the_leader_ended_is_told(
    bench: Bench, script: str, expected: ExitStatus
) -> None:
    tree = await bench.start(script)
    assert await tree.wait() == expected
    await tree.finish()
    assert await tree.wait() == expected


@pytest.mark.parametrize(
    "shell",
    [
        ("/bin/sh", "-c"),
        ("/bin/sh", "-e", "-c"),
        ("/bin/sh", "-x", "-c"),
        ("bash", "-c"),
        ("python3", "-c"),
    ],
)
async def test_entering_a_cgroup_leaves_no_trace_in_the_output(
    supervisor: Supervisor, shell: tuple[str, ...]
) -> None:
    output = Recorder()
    script = "print(1)" if "python3" in shell else "echo 1 # $0 $*"
    tree = await supervisor.start(spec(*shell, script), output)
    receipt = await tree.finish()
    assert await tree.wait() == ExitStatus(code=0)
    assert output.text() == "1\n"
    assert output.text(Stream.STDERR) == ("+ echo 1\n" if "-x" in shell else "")
    assert receipt.proof is not None


async def test_a_syntax_error_is_told_with_the_line_of_the_author(supervisor: Supervisor) -> None:
    output = Recorder()
    tree = await supervisor.start(spec("/bin/sh", "-c", "echo 1\necho 2 ; ; done"), output)
    await tree.finish()
    assert await tree.wait() == ExitStatus(code=2)
    assert "2: Syntax error" in output.text(Stream.STDERR)


async def test_a_missing_command_is_told_by_name(supervisor: Supervisor) -> None:
    for command in ("no-such-shell", "/no/such/shell", "/etc/passwd", "/etc"):
        with pytest.raises(SpawnError, match=f"cannot start '{command}'") as caught:
            await supervisor.start(spec(command, "-c", "true"), Recorder())
        assert caught.value.asked_wrongly


async def test_a_missing_working_directory_is_told_by_name(supervisor: Supervisor) -> None:
    with pytest.raises(SpawnError, match="working directory '/no/such'") as caught:
        await supervisor.start(spec("/bin/sh", "-c", "true", cwd=Path("/no/such")), Recorder())
    assert caught.value.asked_wrongly


async def test_a_nul_byte_and_a_script_that_is_too_long_are_refused(
    supervisor: Supervisor,
) -> None:
    for script in ("echo \0", "x" * (3 * MEBIBYTE)):
        with pytest.raises(SpawnError) as caught:
            await supervisor.start(spec("/bin/sh", "-c", script), Recorder())
        assert caught.value.asked_wrongly


async def test_without_file_handles_the_machine_is_to_blame_and_nothing_leaks(
    supervisor: Supervisor,
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = open_descriptors()
    for spare in range(9):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(before) + spare, hard))
        try:
            tree = await supervisor.start(spec("/bin/sh", "-c", "true"), Recorder())
        except SpawnError as error:
            assert not error.asked_wrongly  # noqa: PT017 - some of these limits suffice
        else:
            await tree.finish()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(open_descriptors()) == len(before)
    tree = await supervisor.start(spec("/bin/sh", "-c", "true"), Recorder())
    await tree.finish()


async def test_all_of_a_large_output_arrives_on_both_streams(bench: Bench) -> None:
    output = Recorder()
    script = (
        "yes out | head -c 5242880 & yes err | head -c 5242880 >&2; wait; printf end; printf E >&2"
    )
    tree = await bench.start(script, output)
    await tree.finish()
    wanted = {Stream.STDOUT: "out\n", Stream.STDERR: "err\n"}
    for stream, end in ((Stream.STDOUT, "end"), (Stream.STDERR, "E")):
        expected = wanted[stream] * (5 * MEBIBYTE // 4) + end
        assert _digest(output.text(stream)) == _digest(expected)


async def test_without_capture_nothing_is_read(bench: Bench) -> None:
    output = Recorder()
    tree = await bench.start("echo 1; echo 2 >&2", output, capture=False)
    await tree.finish()
    assert output.text() + output.text(Stream.STDERR) == ""


async def test_passed_descriptors_stay_open_and_no_others(supervisor: Supervisor) -> None:
    read_end, write_end = os.pipe()
    kept_end, other_end = os.pipe()
    os.set_inheritable(other_end, True)
    listing = CommandSpec(
        argv=("/bin/sh", "-c", f"echo passed >/proc/self/fd/{write_end}; ls /proc/self/fd"),
        env=ENVIRONMENT,
        cwd=Path("/"),
        marker="d:1:1",
        pass_fds=(write_end,),
    )
    output = Recorder()
    try:
        tree = await supervisor.start(listing, output)
        await tree.finish()
        assert os.read(read_end, 100) == b"passed\n"
        assert set(output.text().split()) == {"0", "1", "2", "3", str(write_end)}
    finally:
        for fd in (read_end, write_end, kept_end, other_end):
            os.close(fd)


async def test_a_process_outside_of_the_tree_cannot_hold_up_the_end(bench: Bench) -> None:
    output = Recorder()
    tree = await bench.start('echo 1; read x <"$FIFO"', output)
    await output.lines(1)
    # What `sudo` to a daemon, or a descriptor sent over a socket, amounts to.
    holder = _hold(f"/proc/{tree.pid}/fd/1")
    try:
        started = time.monotonic()
        await tree.stop(stop_signal="SIGTERM", grace=5)
        assert time.monotonic() - started < 4
        assert lives(holder.pid)
    finally:
        holder.kill()
        holder.wait()


async def test_many_quick_trees_leave_no_descriptor_and_no_zombie(
    bench: Bench, supervisor: Supervisor, cgroup_base: Path | None, directory: str
) -> None:
    """The cgroups that were in use at once are kept for the next trees, until the very end."""
    await _one(bench)
    descriptors = len(open_descriptors())
    children = children_of(os.getpid())

    async def worker() -> None:
        for _ in range(50):
            await _one(bench)

    await asyncio.gather(*(worker() for _ in range(4)))
    assert len(open_descriptors()) == descriptors
    assert children_of(os.getpid()) == children
    if cgroup_base is not None:
        life = next(cgroup_base.glob(f"*{directory}*"))
        assert len([path for path in life.iterdir() if path.is_dir()]) == 4
        await supervisor.aclose()
        assert not life.exists()


async def test_orphans_that_end_meanwhile_do_not_stay_zombies(bench: Bench) -> None:
    output = Recorder()
    before = children_of(os.getpid())
    script = "for i in 1 2 3 4 5 6 7 8 9; do (setsid true &); done; echo ready; sleep 1000"
    tree = await bench.start(script, output)
    await output.lines(1)
    async with asyncio.timeout(10):
        # The kernel has no event for "reaped".
        while set(children_of(os.getpid())) - {*before, tree.pid}:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert lives(tree.pid)


async def test_exit_codes_of_children_that_others_started_are_theirs(bench: Bench) -> None:
    other = _ended_child(code=5)
    tree = await bench.start("(setsid true &)")
    await tree.finish()
    assert other.wait() == 5


def open_descriptors() -> list[int]:
    return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]


def _hold(path: str) -> subprocess.Popen[bytes]:
    """A process that has `path` open for writing."""
    with Path(path).open("wb") as held:
        return subprocess.Popen(["sleep", "1000"], stdout=held)


def _ended_child(code: int) -> subprocess.Popen[bytes]:
    """A child of ours that has ended and that nobody has waited for yet."""
    child = subprocess.Popen(["/bin/sh", "-c", f"exit {code}"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    return child


async def _one(bench: Bench) -> None:
    output = Recorder()
    tree = await bench.start("echo 1", output)
    assert await tree.wait() == ExitStatus(code=0)
    await tree.finish()
    assert output.text() == "1\n"


def _digest(text: str) -> tuple[int, str]:
    """Compared instead of the text, which pytest would try to show the differences of."""
    return len(text), hashlib.sha256(text.encode()).hexdigest()
