"""Passwords are hashed slowly, beside the event loop, and take as long for nobody."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from tasktrail.actions.identity.passwords import Passwords, password_problem

PASSWORD = "correct horse battery"
SLOW = PasswordHasher(time_cost=4, memory_cost=8192, parallelism=1)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(SLOW)
    yield made
    made.close()


async def test_the_right_password_is_taken_and_no_other(passwords: Passwords) -> None:
    kept = await passwords.hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert kept != await passwords.hash(PASSWORD), "each has a salt of its own"
    assert await passwords.verify(PASSWORD, kept)
    for wrong in ("", PASSWORD + " ", PASSWORD.upper(), "\0", "\udc80"):
        assert not await passwords.verify(wrong, kept)
    assert not await passwords.verify(PASSWORD, None)
    assert not await passwords.verify(PASSWORD, "no hash at all")


async def test_it_takes_as_long_for_who_is_not_there(passwords: Passwords) -> None:
    kept = await passwords.hash(PASSWORD)

    async def seconds(password_hash: str | None) -> float:
        started = time.perf_counter()
        await passwords.verify("wrong", password_hash)
        return time.perf_counter() - started

    await seconds(None)
    pairs = [(await seconds(kept), await seconds(None)) for _ in range(15)]
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2.0


async def test_the_loop_goes_on_meanwhile(passwords: Passwords) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.ensure_future(turn())
    await passwords.hash(PASSWORD)
    turning.cancel()
    assert turns > 10


async def test_old_parameters_are_noticed(passwords: Passwords) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert passwords.outdated(weaker)
    assert await passwords.verify(PASSWORD, weaker)
    assert not passwords.outdated(await passwords.hash(PASSWORD))


def test_the_parameters_are_those_of_rfc_9106() -> None:
    """Its second choice: 64 MiB, three passes, four lanes."""
    passwords = Passwords()
    kept = passwords._hash(PASSWORD)
    passwords.close()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    "weak",
    ["", "short", "a" * 12, "abababababab", "x" * 1001, "max@example.com", "Max@Example.Com"],
)
def test_passwords_that_are_easy_to_guess_are_refused(weak: str) -> None:
    assert password_problem(weak, "max@example.com") is not None


def test_a_long_one_is_good() -> None:
    assert password_problem(PASSWORD, "max@example.com") is None
