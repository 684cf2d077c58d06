"""How bad a line of a log is, by the formats that programs commonly write."""

from __future__ import annotations

import re
from enum import StrEnum

_LOOKED_AT = 300
"""Characters of a line: what it is stands at its beginning."""

_ERROR = re.compile(
    r"""
      \b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG)\b
    | \[(?i:error|err|fatal|critical|panic)\]
    | (?:^|[\s:)])(?i:(?:fatal\ |internal\ |syntax\ )?error|fatal|panic|critical)
        (?:\[\w+\]|\ [A-Z]+\d+)?:(?:\s|$)
    | \b(?i:level|lvl|severity)=\"?(?i:error|eror|err|fatal|critical|crit|panic)\b
    | \"(?i:level|lvl|severity|log\.level|levelname)\"\s?:\s?
        (?:\"(?i:error|err|fatal|critical|panic)\"|[56]0\b)
    | ^[EF]\d{4}\ \d\d:\d\d:
    | ^Traceback\ \(most\ recent\ call\ last\):
    | ^[\w.]{1,100}(?:Error|Exception)(?::\ |$)
    | ^(?:Exception\ in\ thread|Caused\ by:|Uncaught\ |Unhandled\ )
    | ^npm\ (?:ERR!|error)
    | ^(?:FAILED|ERROR)\ \S | ^E\ {3} | ^---\ FAIL: | ^FAIL\s | ^not\ ok\ \d
    | (?:command\ not\ found|:\ not\ found|No\ such\ file\ or\ directory|Permission\ denied)$
    | \b(?:Segmentation\ fault|core\ dumped|[Oo]ut\ of\ memory|undefined\ reference\ to)\b
    """,
    re.VERBOSE,
)
_CONSEQUENCE = re.compile(
    r"""
      ^(?:g|\w+-)?make(?:\[\d{1,4}\])?:\ \*\*\*
    | \b(?i:exit(?:ed)?(?:\ with)?(?:\ (?:code|status))?:?)\ [1-9]\d{0,2}\b
    | \bnon-zero\ exit\ (?:status|code)\b
    | ^npm\ (?:ERR!|error)\ (?:A\ complete\ log|errno|code\ ELIFECYCLE|Lifecycle)
    """,
    re.VERBOSE,
)
_WARNING = re.compile(
    r"""
      \b(?:WARN|WARNING)\b
    | \[(?i:warn|warning)\]
    | (?:^|[\s:)])(?i:warning)(?:\[\w+\]|\ [A-Z]+\d+)?:(?:\s|$)
    | \b(?i:level|lvl|severity)=\"?(?i:warn|warning)\b
    | \"(?i:level|lvl|severity|log\.level|levelname)\"\s?:\s?(?:\"(?i:warn|warning)\"|40\b)
    | ^W\d{4}\ \d\d:\d\d:
    | \b\w{0,100}Warning:\s
    """,
    re.VERBOSE,
)
_ALL_WELL = re.compile(r"\b(?i:no|0|zero) (?i:errors?|failures?)\b|\b(?i:errors?|failed)[:=] ?0\b")


class Level(StrEnum):
    """What a line tells. A line on the standard error is none of these for that alone: many
    programs write their progress there."""

    ERROR = "error"
    CONSEQUENCE = "consequence"
    """Says only that something has failed, such as the last line of `make`: what it was stands
    before."""
    WARNING = "warning"
    NONE = "none"


def level_of(text: str) -> Level:
    """The level of a line of plain text, without control sequences."""
    text = text[:_LOOKED_AT]
    if _ALL_WELL.search(text):
        return Level.NONE
    if _CONSEQUENCE.search(text):
        return Level.CONSEQUENCE
    if _ERROR.search(text):
        return Level.ERROR
    return Level.WARNING if _WARNING.search(text) else Level.NONE
