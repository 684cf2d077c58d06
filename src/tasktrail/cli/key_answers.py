"""How keys are asked for and shown, whoever carries them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from tasktrail.cli.durations import seconds_of
from tasktrail.cli.identity_calls import print_rows
from tasktrail.cli.output import note

ExpiresOption = Annotated[
    str | None,
    typer.Option("--expires", metavar="DURATION", help="For how long it is valid."),
]
KeyIdArgument = Annotated[int, typer.Argument(metavar="ID", help="Id of the key.", min=1)]


def seconds_valid(expires: str | None) -> float | None:
    """For how long a key is to be valid, as `--expires` says.

    Raises:
        InvalidInputError: it is no duration.
    """
    return None if expires is None else seconds_of("--expires", expires)


def shower_of_done(noun: str) -> Callable[[Any], None]:
    """What tells that something became of a key, which is called by `noun`."""

    def show(answer: Any) -> None:
        note(f"{noun} {answer['key']['id']}: recorded as task {answer['taskId']}.")

    return show


def shower_of_made(noun: str) -> Callable[[Any], None]:
    """What shows a new key with its secret."""

    def show(answer: Any) -> None:
        print(answer["secret"])
        note("Keep this secret: it is shown only now.")
        shower_of_done(noun)(answer)

    return show


def shower_of_keys(*columns: str) -> Callable[[Any], None]:
    """What shows a list of keys, by `columns` beside those that all keys have."""

    def show(answer: Any) -> None:
        print_rows(
            (
                "ID",
                *(column.upper() for column in columns),
                *("USER", "SECRET", "EXPIRES", "LAST USED", "REVOKED"),
            ),
            (
                (
                    key["id"],
                    *(key[column] for column in columns),
                    key["user"],
                    f"{key['prefix']}...",
                    _minute(key["expiresAt"]),
                    _minute(key["lastUsedAt"]),
                    key["revokedAt"] is not None,
                )
                for key in answer["items"]
            ),
        )

    return show


def _minute(moment: str | None) -> str | None:
    """A time as people read it."""
    return None if moment is None else moment[:16].replace("T", " ")
