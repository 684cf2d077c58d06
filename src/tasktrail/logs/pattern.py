"""What a search looks for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

from tasktrail.errors import InvalidInputError

_LONGEST = 4096


class Pattern(Protocol):
    """Finds places in lines; time grows with the length of the text only, whatever the pattern."""

    def find(self, text: bytes, start: int) -> tuple[int, int] | None:
        """Where in `text`, lines with newlines between them, it is found first from `start` on: the
        offsets of its beginning and its end. It never reaches over a newline."""
        ...


def make_pattern(text: str, *, regex: bool = False, ignore_case: bool = False) -> Pattern:
    """Looks for `text` as it stands, or for a regular expression in the syntax of RE2.

    Raises:
        InvalidInputError: it is empty, spans lines, is very long, or no such expression.
    """
    encoded = text.encode("utf-8", "surrogateescape")
    if not text or len(encoded) > _LONGEST:
        raise InvalidInputError(f"a search needs 1 to {_LONGEST} bytes to look for")
    if "\n" in text:
        raise InvalidInputError("a search looks at one line at a time, and cannot find a newline")
    if not regex and not ignore_case:
        return _Plain(encoded)
    return _Expression(text, regex=regex, ignore_case=ignore_case)


class _Plain:
    def __init__(self, wanted: bytes) -> None:
        # RE2 is faster than `bytes.find` for most texts, and lets other threads run meanwhile.
        re2, options = _loaded()
        options.encoding = re2.Options.Encoding.LATIN1
        options.literal = True
        self._compiled = re2.compile(wanted, options)

    def find(self, text: bytes, start: int) -> tuple[int, int] | None:
        match = self._compiled.search(text, start)
        return None if match is None else match.span()


class _Expression:
    def __init__(self, text: str, *, regex: bool, ignore_case: bool) -> None:
        re2, options = _loaded()
        options.case_sensitive = not ignore_case
        try:
            # Lines have their own beginnings and ends: "(?m)".
            self._compiled = re2.compile("(?m)" + (text if regex else re2.escape(text)), options)
        except re2.error as error:
            reason = error.args[0] if error.args else error
            reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
            raise InvalidInputError(
                f"this is no regular expression that can be searched for: {reason}",
                hint="the syntax is that of RE2: no look-around and no back-references",
            ) from error

    def find(self, text: bytes, start: int) -> tuple[int, int] | None:
        match = self._compiled.search(text, start)
        return None if match is None else match.span()


def _loaded() -> tuple[Any, Any]:
    """RE2, and its options; loaded for those who search. It is compiled code without types."""
    re2: Any = import_module("re2")
    options = re2.Options()
    options.never_nl = True
    options.never_capture = True
    options.log_errors = False
    return re2, options
