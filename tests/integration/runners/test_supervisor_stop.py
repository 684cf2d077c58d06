"""Stopping whole trees, whatever they do to get away."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from process_trees import NASTY, Bench, Recorder, lives

from tasktrail.model.receipt import Means
from tasktrail.runners.step_call import StopOrder
from tasktrail.runners.supervisor import ExitStatus


@pytest.mark.parametrize("kind", NASTY)
async def test_a_stop_ends_whatever_tried_to_escape(bench: Bench, kind: str) -> None:
    tree, escapee = await bench.start_nasty(kind, then="exec sleep 1000")
    receipt = await tree.stop(stop_signal="SIGTERM", grace=0.3)
    assert not lives(escapee)
    assert not lives(tree.pid)
    assert {tree.pid, escapee} <= {note.pid for note in receipt.signalled}
    assert receipt.survived == ()
    assert receipt.proof is not None
    assert receipt.stop_signal == "SIGTERM"
    assert await tree.wait() == ExitStatus(signal="SIGTERM")


@pytest.mark.parametrize("kind", NASTY)
async def test_what_is_left_behind_after_a_good_end_is_stopped_and_noted(
    bench: Bench, kind: str
) -> None:
    tree, escapee = await bench.start_nasty(kind, then="exit 0")
    assert await tree.wait() == ExitStatus(code=0)
    receipt = await tree.finish(grace=0.3)
    assert not lives(escapee)
    assert escapee in {note.pid for note in receipt.left_behind}
    assert receipt.proof is not None


async def test_the_receipt_says_what_held_the_tree(bench: Bench, cgroup_base: Path | None) -> None:
    tree = await bench.start("exit 0")
    receipt = await tree.finish()
    assert (Means.CGROUP in receipt.means) == (cgroup_base is not None)
    assert {Means.PROCESS_GROUP, Means.SUBREAPER, Means.MARKER} <= set(receipt.means)
    assert (receipt.proof == "cgroup unpopulated") == (cgroup_base is not None)


async def test_a_tree_that_ends_by_itself_is_not_signalled(bench: Bench) -> None:
    tree = await bench.start("exit 0")
    receipt = await tree.finish()
    assert receipt.stop_signal is None
    assert receipt.signalled == receipt.killed == receipt.left_behind == receipt.survived == ()
    assert receipt.proof is not None


async def test_the_own_stop_signal_is_sent_and_its_end_waited_for(bench: Bench) -> None:
    output = Recorder()
    script = "trap 'echo saved; exit 7' INT; echo ready; while :; do sleep 0.05; done"
    tree = await bench.start(script, output)
    await output.lines(1)
    receipt = await tree.stop(stop_signal="SIGINT", grace=20)
    assert await tree.wait() == ExitStatus(code=7)
    assert output.text() == "ready\nsaved\n"
    assert receipt.killed == ()
    assert receipt.stop_signal == "SIGINT"


async def test_who_ignores_the_stop_signal_is_killed_after_the_grace(bench: Bench) -> None:
    output = Recorder()
    tree = await bench.start("trap '' TERM; echo ready; while :; do sleep 1000; done", output)
    await output.lines(1)
    started = time.monotonic()
    receipt = await tree.stop(stop_signal="SIGTERM", grace=0.4)
    assert 0.4 <= time.monotonic() - started < 2
    assert tree.pid in {note.pid for note in receipt.killed}
    assert await tree.wait() == ExitStatus(signal="SIGKILL")


async def test_force_cuts_a_running_grace_short(bench: Bench) -> None:
    output, order = Recorder(), StopOrder()
    tree = await bench.start("trap '' TERM; echo ready; while :; do sleep 1000; done", output)
    await output.lines(1)
    stopping = asyncio.create_task(
        tree.stop(stop_signal="SIGTERM", grace=60, forced=order.wait_forced())
    )
    done, _ = await asyncio.wait((stopping,), timeout=0.2)
    assert not done
    order.ask(force=True)
    async with asyncio.timeout(5):
        receipt = await stopping
    assert receipt.stop_signal == "SIGTERM"
    assert tree.pid in {note.pid for note in receipt.killed}


async def test_a_stop_forced_from_the_start_has_no_grace_and_no_stop_signal(bench: Bench) -> None:
    output, order = Recorder(), StopOrder()
    order.ask(force=True)
    tree = await bench.start("trap 'echo cleaned' TERM; echo ready; sleep 1000", output)
    await output.lines(1)
    receipt = await tree.stop(stop_signal="SIGTERM", grace=60, forced=order.wait_forced())
    assert receipt.signalled == ()
    assert receipt.stop_signal is None
    assert output.text() == "ready\n"
    assert await tree.wait() == ExitStatus(signal="SIGKILL")


async def test_a_tree_that_forks_all_the_time_is_ended(bench: Bench) -> None:
    output = Recorder()
    fork = "setsid sleep 30 &"
    storm = f"storm() {{ trap '' TERM; {fork} echo ready; while :; do {fork} sleep 0.01; done; }}\n"
    tree = await bench.start(f"{storm}storm & storm & storm & wait", output)
    await output.lines(3)
    receipt = await tree.stop(stop_signal="SIGTERM", grace=0.3)
    assert receipt.survived == ()
    assert len(receipt.killed) > 3
    assert [note for note in receipt.killed if lives(note.pid)] == []


async def test_a_leader_that_is_stopped_at_once_is_gone_too(bench: Bench) -> None:
    tree = await bench.start("exec sleep 1000")
    receipt = await tree.stop(stop_signal="SIGTERM", grace=5)
    assert not lives(tree.pid)
    assert receipt.proof is not None


async def test_one_tree_is_stopped_and_its_neighbours_go_on(bench: Bench) -> None:
    tree, _ = await bench.start_nasty("everything lost", then="exec sleep 1000")
    neighbour, spared = await bench.start_nasty("everything lost", then="exec sleep 1000")
    await tree.stop(stop_signal="SIGTERM", grace=1)
    assert lives(neighbour.pid)
    assert lives(spared)


async def test_closing_the_supervisor_kills_what_is_left(bench: Bench) -> None:
    kinds = ("SIGTERM ignored", "everything lost")
    started = [await bench.start_nasty(kind, then="exec sleep 1000") for kind in kinds]
    await bench.supervisor.aclose()
    pids = [pid for tree, escapee in started for pid in (tree.pid, escapee)]
    assert [pid for pid in pids if lives(pid)] == []
