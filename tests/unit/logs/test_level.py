from __future__ import annotations

import time

import pytest

from tasktrail.logs.level import Level, level_of


@pytest.mark.parametrize(
    "text",
    [
        "ERROR something broke",
        "2026-11-24 16:00:00,123 ERROR root: it broke",
        "2026-11-24T16:00:00Z [error] it broke",
        "[ERROR] Failed to execute goal",
        "E1124 16:00:00.123456   12 main.go:7] it broke",
        "F1124 16:00:00.1 12 x.go:1] gone",
        'time="2026-11-24" level=error msg="it broke"',
        '{"level":"error","msg":"it broke"}',
        '{"time":1,"level":50,"msg":"it broke"}',
        '{"severity": "ERROR", "message": "x"}',
        "Traceback (most recent call last):",
        "ValueError: it broke",
        "sqlalchemy.exc.OperationalError: (sqlite3) locked",
        "fatal: not a git repository",
        "npm ERR! missing script: build",
        "src/main.c:1:2: error: expected ';'",
        "main.ts(1,2): error TS2304: Cannot find name",
        "error[E0308]: mismatched types",
        "error: could not compile",
        "FAILED tests/test_a.py::test_b - assert 1 == 2",
        "E   assert 1 == 2",
        "--- FAIL: TestX (0.00s)",
        "panic: runtime error: index out of range",
        "sh: 1: wheel: not found",
        "cat: x: No such file or directory",
        'Exception in thread "main" java.lang.NullPointerException',
        "ld: undefined reference to `x'",
        "Error: Process completed",
        "CRITICAL - no space",
    ],
)
def test_errors(text: str) -> None:
    assert level_of(text) is Level.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "make: *** [Makefile:7: all] Error 2",
        "Process completed with exit code 1.",
        "exited with status 2",
        "returned non-zero exit status 1.",
    ],
)
def test_consequences(text: str) -> None:
    assert level_of(text) is Level.CONSEQUENCE


@pytest.mark.parametrize(
    "text",
    [
        "WARNING: low on space",
        "[warn] low on space",
        "a.c:1:2: warning: unused variable",
        "level=warning msg=x",
        '{"level":"warn"}',
        "npm WARN deprecated x",
        "a.py:1: DeprecationWarning: x",
        "W1124 16:00:00.1 1 x.go:1] x",
    ],
)
def test_warnings(text: str) -> None:
    assert level_of(text) is Level.WARNING


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all is well",
        "0 errors, 0 warnings",
        "Build succeeded: no errors",
        "errors: 0",
        "compiling error.c",
        "terror: a film",
        "installing error-handler 1.2",
        "exit code 0",
        'level=info msg="error rate is fine"',
        "Errors are shown in red",
        "x" * 1000 + " ERROR",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert level_of(text) is Level.NONE


@pytest.mark.parametrize(
    "part", ["a", "a.", "exit ", "error", '"level" ', " ", "E", ": ", "Warning"]
)
def test_any_line_is_looked_at_in_no_time(part: str) -> None:
    started = time.process_time()
    for _ in range(100):
        level_of(part * 100_000)
    assert time.process_time() - started < 2
