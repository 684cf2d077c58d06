from __future__ import annotations

import time
from contextlib import suppress

import pytest

from tasktrail.definitions.problem_report import ProblemReport
from tasktrail.definitions.yaml_tree import LARGEST_FILE, ScalarNode, parse_yaml
from tasktrail.errors import DefinitionError, Problem


def values(text: str) -> dict[str, object]:
    root = parse_yaml(text.encode(), ProblemReport("a.yml"))
    return {
        key: node.value for key, (_, node) in root.entries.items() if isinstance(node, ScalarNode)
    }


def wrong(content: bytes) -> Problem:
    report = ProblemReport("a.yml")
    with suppress(DefinitionError):
        parse_yaml(content, report)
    (problem,) = report.problems
    assert problem.file == "a.yml"
    return problem


def test_plain_scalars_follow_yaml_1_2() -> None:
    text = "on: yes\noff: no\na: true\nb: False\nc: 0o17\nd: 0x1F\ne: 1e3\nf: ~\ng: 1_000\nh: 010\n"
    assert values(text) == {
        "on": "yes",
        "off": "no",
        "a": True,
        "b": False,
        "c": 15,
        "d": 31,
        "e": 1000.0,
        "f": None,
        "g": "1_000",
        "h": 10,
    }


def test_quoted_scalars_are_texts() -> None:
    assert values("a: 'true'\nb: \"7\"\nc: ''\n") == {"a": "true", "b": "7", "c": ""}


@pytest.mark.parametrize("text", [".inf", "-.inf", ".nan", "1e999", "9" * 5000])
def test_numbers_that_json_cannot_hold_stay_texts(text: str) -> None:
    assert values(f"a: {text}") == {"a": text}


def test_every_node_knows_its_place() -> None:
    root = parse_yaml(b"a:\n  b: [x,\n    y]\n", ProblemReport("a.yml"))
    key, value = root.entries["a"]
    assert (key.place.line, key.place.column) == (1, 1)
    assert (value.place.line, value.place.column) == (2, 3)


def test_a_byte_order_mark_is_no_content() -> None:
    assert values("\ufeffa: 1") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message", "line", "column"),
    [
        (b"", "the file is empty", None, None),
        (b"# nothing\n", "the file is empty", None, None),
        (b"~\n", "the file is empty", None, None),
        (b"- a\n", "a definition is a mapping", 1, 1),
        (b"just text\n", "a definition is a mapping", 1, 1),
        (b"a: 1\nb: \xff\n", "not valid UTF-8", 2, 4),
        (b"a: 1\nb: \x01\n", "control characters", 2, 4),
        (b"a:\n\t- b\n", "cannot start any token", 2, 1),
        (b"a: [1\nb: 2\n", "did not find expected", 2, 2),
        (b"a: b: c\n", "mapping values are not allowed", 1, 5),
        (b"a: 1\nb: 2\na: 3\n", "`a` is there already, on line 1", 3, 1),
        (b"a: !!python/object:os.system [x]\n", "is not allowed", 1, 4),
        (b"a: !custom x\n", "the tag `!custom` is not allowed", 1, 4),
        (b"a: *x\n", "the alias `*x` is not defined", 1, 4),
        (b"a: &x [*x]\n", "the alias `*x` refers to itself", 1, 8),
        (b"a: 1\n---\nb: 2\n", "a file holds one document", 2, 1),
        (b"? [a]\n: b\n", "a key must be a single word", 1, 3),
        (b"a: &x {b: 1}\nc:\n  <<: *x\n", "merge keys", 3, 3),
        (b'a: "x\\0y"\n', "NUL", 1, 4),
    ],
)
def test_says_what_is_wrong_and_where(
    content: bytes, message: str, line: int | None, column: int | None
) -> None:
    problem = wrong(content)
    assert message in problem.message
    assert (problem.line, problem.column) == (line, column)


def test_hints_at_tabs_and_missing_quotes() -> None:
    assert "tabs" in (wrong(b"a:\n\t- b\n").hint or "")
    assert "quote" in (wrong(b"a: {{ inputs.x }}\n").hint or "")


def test_what_was_noted_before_a_syntax_error_is_kept() -> None:
    report = ProblemReport("a.yml")
    with pytest.raises(DefinitionError) as caught:
        parse_yaml(b"a: 1\na: !tag 2\nb: [\n", report)
    assert [problem.line for problem in caught.value.problems] == [2, 2, 4]


def test_aliases_are_followed() -> None:
    root = parse_yaml(b"a: &x {b: 1}\nc: *x\n", ProblemReport("a.yml"))
    assert root.entries["a"][1] is root.entries["c"][1]


def test_a_huge_file_is_refused_before_it_is_parsed() -> None:
    start = time.perf_counter()
    assert "larger than 1 MiB" in wrong(b"a: [" + b"x," * 5_000_000 + b"]").message
    assert time.perf_counter() - start < 0.1


def test_a_file_of_the_largest_size_is_read() -> None:
    content = b"a: 1\n#" + b"x" * (LARGEST_FILE - 6)
    assert len(content) == LARGEST_FILE
    assert parse_yaml(content, ProblemReport("a.yml")).entries


@pytest.mark.parametrize(
    "content",
    [
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (letter, letter, b",".join([b"*%c" % (letter - 1)] * 9))
            for letter in range(ord("b"), ord("z"))
        ),
        b"a: [" + b"x," * 500_000 + b"]",
    ],
    ids=["billion laughs", "half a million"],
)
def test_too_many_values_are_refused(content: bytes) -> None:
    assert "more than 50,000 values" in wrong(content).message


@pytest.mark.parametrize("opening", [b"[", b"- ", b"? "])
def test_deep_nesting_is_refused(opening: bytes) -> None:
    problem = wrong(b"a:\n" + opening * 100_000)
    assert "nested deeper" in problem.message or "nesting depth" in problem.message


def test_deep_mappings_are_refused() -> None:
    lines = [" " * depth + "a:\n" for depth in range(1000)]
    assert "nested deeper" in wrong("".join(lines).encode()).message
