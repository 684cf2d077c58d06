"""As whom the operator of the machine acts."""

from __future__ import annotations

from tasktrail.config import Config
from tasktrail.local import request
from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role, robot, superadmin
from tasktrail.model.caller import Caller, operator


class Operator:
    """Whoever reaches the installation at its machine.

    It is the user that the installation belongs to, and so acts as an owner of its organization, or
    as the robot or Superadmin when asked to.
    """

    def __init__(self, config: Config, organization_id: int) -> None:
        self._config = config
        self._organization_id = organization_id

    @property
    def robot(self) -> Actor:
        """The robot, for what the installation does by itself."""
        return self._in_organization(robot(self._config.robot))

    def viewer(self, *, system: bool) -> Actor:
        """Who looks: an owner, or where system steps are asked for, whoever operates this."""
        config = self._config
        owner = Author(kind=AuthorKind.USER, name=config.organization, role=Role.OWNER)
        return self._in_organization(superadmin(config.superadmin) if system else owner)

    def actor(self, deed: request.Deed) -> Actor:
        """Who does something."""
        return self._in_organization(self._author(deed))

    def caller(self, deed: request.Deed) -> Caller:
        """Who asks for something to be done."""
        return operator(self.actor(deed))

    def _in_organization(self, author: Author) -> Actor:
        return Actor(author=author, organization_id=self._organization_id)

    def _author(self, deed: request.Deed) -> Author:
        match deed.author:
            case AuthorKind.ROBOT:
                return robot(self._config.robot)
            case AuthorKind.SUPERADMIN:
                return superadmin(self._config.superadmin)
            case AuthorKind.USER:
                # The ids of authors are those of people known here, not of accounts of a machine.
                return Author(kind=AuthorKind.USER, name=deed.user.name, role=Role.OWNER)
