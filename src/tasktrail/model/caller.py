"""Who makes a request, and by which credential."""

from __future__ import annotations

from dataclasses import dataclass

from tasktrail.model.access import Actor
from tasktrail.model.author import AuthorKind

LOCAL = "local"
"""The credential of who reaches the installation at its own machine."""


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
    def has_session(self) -> bool:
        """Whether a person is signed in with a browser, and not by an API key."""
        return self.credential.startswith("session:")

    @property
    def key(self) -> str:
        """Whose things these are that a caller names by itself, such as idempotency keys: those of
        one person whatever the credential, else those of the credential."""
        author = self.actor.author
        if author.kind is AuthorKind.USER and self.user_id is not None:
            return f"user:{self.user_id}"
        return f"{author.kind}:{self.credential}"
