"""Whose things a caller names by itself."""

from __future__ import annotations

from tasktrail.model.access import Actor
from tasktrail.model.author import Author, AuthorKind, Role, robot
from tasktrail.model.caller import LOCAL, Caller


def caller(author: Author, user_id: int | None, credential: str) -> Caller:
    actor = Actor(author=author, organization_id=1)
    return Caller(actor=actor, user_id=user_id, credential=credential)


ANN = Author(kind=AuthorKind.USER, name="Ann", id=7, role=Role.MEMBER)


def test_a_person_is_the_same_by_whatever_credential() -> None:
    assert caller(ANN, 7, "key:1").key == caller(ANN, 7, "session:4").key


def test_robots_with_other_keys_and_other_people_are_others() -> None:
    keys = [
        caller(ANN, 7, "key:1"),
        caller(ANN, 8, "key:1"),
        caller(robot("Wodbot"), None, "key:1"),
        caller(robot("Wodbot"), None, "key:2"),
        caller(ANN, None, LOCAL),
    ]
    assert len({one.key for one in keys}) == len(keys)
