"""The stores in which finished logs may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasktrail.logs.object_store import ObjectStore
    from tasktrail.logs.remote_file import BlockCache, RemoteLogFile


class LogStores:
    """Opens stores by their addresses, each when it is first needed.

    Logs stay in the store that they were sent to when another one is configured later, so there
    may be several. The `options` of the configured one, `url`, are used for those of its kind.
    """

    def __init__(self, url: str | None, options: Mapping[str, str]) -> None:
        self._url = url
        self._options = options
        self._open: dict[str, ObjectStore] = {}
        self._cache: BlockCache | None = None

    @property
    def configured(self) -> ObjectStore | None:
        """Where finished logs go; None when they stay where they are.

        Raises:
            LogStoreError: the settings are wrong.
        """
        return self.at(self._url) if self._url is not None else None

    def at(self, url: str) -> ObjectStore:
        """The store at `url`.

        Raises:
            LogStoreError: it cannot be opened.
        """
        if url not in self._open:
            # Loaded where it is used: most installations have none.
            from tasktrail.logs.object_store import ObjectStore

            alike = _kind(url) == _kind(self._url or "")
            self._open[url] = ObjectStore(url, self._options if alike else {})
        return self._open[url]

    def file(self, url: str, key: str, size: int) -> RemoteLogFile:
        """A log in a store.

        Raises:
            LogStoreError: the store cannot be opened.
        """
        from tasktrail.logs.remote_file import RemoteLogFile

        return RemoteLogFile(self.at(url), key, size, self.cache)

    @property
    def cache(self) -> BlockCache:
        """What was read last of all stores."""
        from tasktrail.logs.remote_file import BlockCache

        if self._cache is None:
            self._cache = BlockCache()
        return self._cache


def _kind(url: str) -> str:
    return url.partition("://")[0] if "://" in url else ""
