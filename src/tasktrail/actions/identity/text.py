"""Names and emails as people give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tasktrail.errors import InvalidInputError, Problem

LONGEST_NAME = 200
LONGEST_REASON = 1000

_EMAIL = re.compile(r"[^\s@,;<>\"'\\]{1,64}@[^\s@,;<>\"'\\]{1,189}")


def check(problems: Iterable[Problem | None]) -> None:
    """Accept what has no problems.

    Raises:
        InvalidInputError: there are some; all of them are named.
    """
    found = tuple(problem for problem in problems if problem is not None)
    if found:
        raise InvalidInputError("some values are wrong", problems=found)


def plain(text: str) -> str:
    """`text` without spaces around it."""
    return text.strip()


def name_problem(field: str, text: str, longest: int = LONGEST_NAME) -> Problem | None:
    """What is wrong with a name or another line of text."""
    if not 0 < len(text) <= longest:
        return Problem(f"the {field} must have 1 to {longest} characters", field=field)
    if not text.isprintable():
        return Problem(f"the {field} has characters that cannot be shown", field=field)
    return None


def plain_email(text: str) -> str:
    """An email as it is kept: in lower case, without spaces around it, and with plain letters for
    those that only look otherwise (NFKC): no second person has an address that looks the same."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def email_problem(email: str) -> Problem | None:
    """What is wrong with an email in lower case."""
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        return Problem("this is no email address", field="email")
    return None
