"""Who makes a request, and by which credential."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.model.access import Actor
from tasktrail.model.author import AuthorKind

LOCAL = "local"
"""The credential of who reaches the installation at its own machine."""

_KEY, _SESSION = "key", "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who makes requests.

    Attributes:
        actor: who it is in ONE organization, with the rights of this moment.
        user_id: the person behind it; None for robot and Superadmin keys and for the operator of
            the machine.
        credential: by what it was identified, such as `key:12` or `session:34`: for rate limits
            and logs. It holds no secret.
    """

    actor: Actor
    user_id: int | None
    credential: str

    @property
    def at_machine(self) -> bool:
        """Whether it is the operator of the machine, who shows no credential."""
        return self.credential == LOCAL

    @property
    def session_id(self) -> int | None:
        """The session of a person who is signed in with a browser; None for who shows a key."""
        return self._number(_SESSION)

    @property
    def key_id(self) -> int | None:
        """The API key that was shown; None for who shows none."""
        return self._number(_KEY)

    @property
    def has_session(self) -> bool:
        """Whether a person is signed in with a browser, and not by an API key."""
        return self.session_id is not None

    @property
    def key(self) -> str:
        """Whose things these are that a caller names by itself, such as idempotency keys: those of
        one person whatever the credential, else those of the credential."""
        author = self.actor.author
        if author.kind is AuthorKind.USER and self.user_id is not None:
            return f"user:{self.user_id}"
        return f"{author.kind}:{self.credential}"

    def _number(self, wanted: str) -> int | None:
        kind, _, number = self.credential.partition(":")
        return int(number) if kind == wanted else None


def operator(actor: Actor) -> Caller:
    """Who works at the machine itself, in whatever name."""
    return Caller(actor=actor, user_id=None, credential=LOCAL)


def by_key(actor: Actor, key_id: int, user_id: int | None) -> Caller:
    """Who shows an API key; `user_id` is the person as whom it acts."""
    return Caller(actor=actor, user_id=user_id, credential=f"{_KEY}:{key_id}")


def by_session(actor: Actor, session_id: int, user_id: int) -> Caller:
    """A person who is signed in."""
    return Caller(actor=actor, user_id=user_id, credential=f"{_SESSION}:{session_id}")
