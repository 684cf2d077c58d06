"""What a plain scalar means in the core schema of YAML 1.2.

`on`, `off`, `yes` and `no` are texts there, only `true` and `false` are booleans.
"""

from __future__ import annotations

import math
import re

from tasktrail.model.plan import JsonValue

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {
    word: value
    for value in (True, False)
    for word in (str(value), str(value).lower(), str(value).upper())
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")


def core_value(text: str) -> JsonValue:
    """What a plain scalar means in the core schema, as far as JSON can hold it.

    A number that is too large to be exact stays a text; so do `.inf` and `.nan`.
    """
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
