"""Passwords: hashed by argon2 in threads of their own, so that sign-ins do not stop the loop."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from tasktrail.errors import Problem

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SHORTEST, LONGEST = 12, 1000
"""Characters of a password."""

_FEWEST_DIFFERENT = 5

_THREADS = 2
"""Each hash takes 64 MiB and a core for some tens of milliseconds: no more than this at once."""


class Passwords:
    """Hashes and verifies passwords by argon2id, with the parameters of RFC 9106 (second choice)
    unless another hasher is given."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._given = hasher
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._nobodys: Future[str] | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await self._beside(self._hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password that was hashed. With None it is not, and that takes as long
        to find out: so nobody learns from the time which people there are."""
        if self._nobodys is None:
            # Before the first one, whoever it is: so it takes nobody longer than others.
            self._nobodys = self._threads.submit(self._hash, secrets.token_hex(16))
            await asyncio.wrap_future(self._nobodys)
        return await self._beside(self._verify, password, password_hash)

    def outdated(self, password_hash: str) -> bool:
        """Whether it was hashed with parameters that are no longer in use."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def _hasher(self) -> PasswordHasher:
        # Loaded when somebody signs in: no command and no start needs it before.
        if self._given is None:
            from argon2 import PasswordHasher

            self._given = PasswordHasher()
        return self._given

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if password_hash is None:
            assert self._nobodys is not None, "it was made before"
            self._matches(password, self._nobodys.result())
            return False
        return self._matches(password, password_hash)

    def _matches(self, password: str, password_hash: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(password_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _beside(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def password_problem(password: str, *known: str) -> Problem | None:
    """What is wrong with a password that somebody wants; `known` is what everybody knows of the
    person, such as the email."""
    if not SHORTEST <= len(password) <= LONGEST:
        return Problem(f"a password must have {SHORTEST} to {LONGEST} characters", field="password")
    if len(set(password)) < _FEWEST_DIFFERENT or password.lower() in known:
        return Problem("this password is too easy to guess", field="password")
    return None


def _bytes(password: str) -> bytes:
    return password[:LONGEST].encode(errors="surrogatepass")
