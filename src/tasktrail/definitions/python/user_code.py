"""Running the functions of a definition: what they raise is told as an error of the definition."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from tasktrail.definitions.python.source_place import described, place_of_error
from tasktrail.errors import DefinitionError, InvalidInputError, RefusedError, UserError


@contextmanager
def user_code(doing: str) -> Generator[None]:
    """Around a call of the user's code; `doing` says what for.

    Raises:
        InvalidInputError: the code raised UserError.
        DefinitionError: it raised anything else, with the line where it did.
    """
    try:
        yield
    except RefusedError:
        raise
    except UserError as error:
        raise InvalidInputError(str(error)) from error
    except (Exception, SystemExit) as error:
        raise DefinitionError(
            f"{doing} failed", problems=(place_of_error(error).problem(described(error)),)
        ) from error
