"""What happens in other processes that work on the same database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum

from tasktrail.actions.bulletin import Bulletin
from tasktrail.actions.identity.identification import Identification
from tasktrail.actions.ledger import Decided
from tasktrail.actions.live.news_wire import NewsWire

_log = logging.getLogger(__name__)

_LOCKS, _SILENT = "l", "s"


class Matter(StrEnum):
    """What a word is about.

    `TASK`: the task of that id was changed, locks were released by it (`l`), it is silent (`s`).
    `RIGHTS`: something about people, rights or credentials. `LOG`: a log has grown or was closed.
    """

    TASK = "task"
    RIGHTS = "rights"
    LOG = "log"


class Elsewhere:
    """Tells other processes what happens here, and listeners here what happens there.

    `send` takes a word of ASCII without spaces.
    """

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send
        self._listeners: dict[str, list[tuple[Callable[[str], None], Callable[[], None]]]] = {}

    def tell(self, matter: Matter, text: str = "") -> None:
        """Tell all others."""
        self._send(f"{matter}:{text}")

    def subscribe(
        self, matter: Matter, heard: Callable[[str], None], missed: Callable[[], None]
    ) -> None:
        """Tell `heard` what others say of a matter, and `missed` when some of it may be lost."""
        self._listeners.setdefault(matter, []).append((heard, missed))

    def heard(self, word: str) -> None:
        """Somebody else has said this; what is said by a newer version may not be understood."""
        matter, _, text = word.partition(":")
        for listener, _ in self._listeners.get(matter, ()):
            try:
                listener(text)
            except Exception:  # noqa: BLE001 - it is logged, and the others are still to be told
                _log.exception("%s was not followed", word)

    def missed(self) -> None:
        """Something may have been said that was not heard."""
        for listeners in self._listeners.values():
            for _, listener in listeners:
                listener()

    def exchange_tasks(self, bulletin: Bulletin) -> Callable[[Decided], None]:
        """Wake who looks at tasks that others change; gives what listens to decisions here."""

        def heard(text: str) -> None:
            task_id, _, flags = text.partition(".")
            bulletin.wake(int(task_id), locks=_LOCKS in flags)

        def decided(one: Decided) -> None:
            flags = (_LOCKS if one.releases_locks else "") + (_SILENT if one.task.silent else "")
            self.tell(Matter.TASK, f"{one.task.id}.{flags}")

        self.subscribe(Matter.TASK, heard, bulletin.wake_all)
        return decided

    def exchange_news(self, wire: NewsWire) -> None:
        """Wake who follows all tasks."""

        def heard(text: str) -> None:
            if _SILENT not in text.partition(".")[2]:
                wire.wake()

        self.subscribe(Matter.TASK, heard, wire.wake)

    def exchange_rights(self, identification: Identification) -> None:
        """Believe nothing about people after a change of others, and have them do the same."""
        hearing = False

        def changed() -> None:
            if not hearing:
                self.tell(Matter.RIGHTS)

        def forget() -> None:
            nonlocal hearing
            hearing = True
            try:
                identification.forget()
            finally:
                hearing = False

        identification.subscribe(changed)
        self.subscribe(Matter.RIGHTS, lambda _: forget(), forget)
