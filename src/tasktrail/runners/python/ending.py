"""What a call came to, as the worker tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from tasktrail.errors import UserError
from tasktrail.python.context import StepStopped

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_VALUE = 64 * 1024
_LONGEST_MESSAGE = 4_000
_LONGEST_DETAIL = 64_000


def succeeded(outputs: Mapping[str, object]) -> dict[str, object]:
    """It returned; `outputs` are what it hands on.

    Raises:
        TypeError, ValueError: an output cannot be handed on.
    """
    written = {_key(key): _text(key, value) for key, value in outputs.items()}
    return {"kind": "succeeded", "outputs": written}


def failed(message: str, exit_code: int | None = None) -> dict[str, object]:
    """A user error."""
    return {"kind": "failed", "message": message[:_LONGEST_MESSAGE], "exit_code": exit_code}


def ended_by(error: BaseException) -> dict[str, object]:
    """It raised `error`."""
    match error:
        case StepStopped():
            return {"kind": "stopped", "message": "stopped"}
        case UserError():
            return failed(str(error) or "the step failed")
        case SystemExit():
            return _exited(cast(object, error.code))
        case _:
            return _errored(error)


def one_line(error: BaseException) -> str:
    """Type and text of an error."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _exited(code: object) -> dict[str, object]:
    """As the interpreter itself takes the code of a SystemExit."""
    if code is None or code == 0:
        return succeeded({})
    if isinstance(code, int):
        return failed(f"exit code {code}", code)
    return failed(str(code), 1)


def _errored(error: BaseException) -> dict[str, object]:
    from traceback import format_exception

    detail = "".join(format_exception(error))
    if len(detail) > _LONGEST_DETAIL:
        half = _LONGEST_DETAIL // 2
        detail = f"{detail[:half]}\n...\n{detail[-half:]}"
    return {
        "kind": "errored",
        "message": one_line(error)[:_LONGEST_MESSAGE],
        "detail": _storable(detail),
    }


def _key(key: object) -> str:
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError(
            f"output {key!r} is no name: letters, digits and _, not starting with a digit"
        )
    return key


def _text(key: str, value: object) -> str:
    if not isinstance(value, str | int | float):
        raise TypeError(
            f"output '{key}' is a {type(value).__name__}, not a text, number or boolean"
        )
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if len(text.encode(errors="surrogatepass")) > _LONGEST_VALUE:
        raise ValueError(f"output '{key}' has more than {_LONGEST_VALUE} bytes")
    return text


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode()
