"""Where people and programs reach the server."""

from __future__ import annotations

from tasktrail.config import Config
from tasktrail.model.address import plain_public_url

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - nobody can open these


class PublicAddress:
    """The address with which links begin that are given out.

    It is what the settings or the command line say; else where the server listens, as it is reached
    from its own machine.
    """

    def __init__(self, config: Config) -> None:
        scheme = "http" if config.tls_certificate is None else "https"
        self._listening = f"{scheme}://{config.listen}"
        self.given: str | None = None
        """What was said, and counts whatever a request says; None if nothing was."""
        self.say(config.public_url)

    def say(self, url: str | None) -> None:
        """Let links begin with `url`; None changes nothing.

        Raises:
            InvalidInputError: no link can begin so.
        """
        if url is not None:
            self.given = plain_public_url(url)

    def listens_at(self, url: str) -> None:
        """The server has begun to listen there."""
        self._listening = url

    @property
    def everywhere(self) -> bool:
        """Whether other machines reach the server by an address that nobody has said."""
        return self.given is None and self._place[0] in _EVERYWHERE

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        if self.given is not None:
            return self.given
        host, port = self._place
        scheme = self._listening.partition("://")[0]
        return f"{scheme}://{_EVERYWHERE.get(host, host)}:{port}"

    @property
    def _place(self) -> tuple[str, str]:
        host, _, port = self._listening.partition("://")[2].rpartition(":")
        return host, port
