from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktrail.definitions.inputs import LONGEST_VALUE, input_text, resolve_inputs
from tasktrail.errors import InvalidInputError, Problem
from tasktrail.model.plan import InputKind, InputSpec, JsonValue

VERSION = InputSpec(name="version", pattern=r"v\d+")
REPLICAS = InputSpec(name="replicas", kind=InputKind.INTEGER, required=False, default=2)
TOKEN = InputSpec(name="token", kind=InputKind.SECRET, pattern="[a-z]+")


def one(kind: InputKind, value: object, **options: object) -> JsonValue:
    spec = InputSpec(name="x", kind=kind, **options)  # pyright: ignore[reportArgumentType]
    return resolve_inputs([spec], {"x": value})["x"]


def refused(specs: list[InputSpec], given: dict[str, object]) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInputError) as caught:
        resolve_inputs(specs, given)
    return caught.value.problems


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (InputKind.INTEGER, "7", 7),
        (InputKind.INTEGER, " -7 ", -7),
        (InputKind.INTEGER, 7, 7),
        (InputKind.NUMBER, "1.5", 1.5),
        (InputKind.NUMBER, "1e3", 1000.0),
        (InputKind.NUMBER, "3", 3),
        (InputKind.NUMBER, 0.5, 0.5),
        (InputKind.BOOLEAN, "Yes", True),
        (InputKind.BOOLEAN, "0", False),
        (InputKind.BOOLEAN, False, False),
        (InputKind.STRING, "", ""),
        (InputKind.STRING, "1.10", "1.10"),
        (InputKind.SECRET, "s3cret", "s3cret"),
    ],
)
def test_converts_texts_and_typed_values(kind: InputKind, given: object, value: object) -> None:
    converted = one(kind, given)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (InputKind.INTEGER, "1.5"),
        (InputKind.INTEGER, "1_000"),
        (InputKind.INTEGER, "٣"),
        (InputKind.INTEGER, True),
        (InputKind.INTEGER, 2**63),
        (InputKind.INTEGER, "9" * 5000),
        (InputKind.NUMBER, "nan"),
        (InputKind.NUMBER, "1e999"),
        (InputKind.NUMBER, float("inf")),
        (InputKind.NUMBER, float("nan")),
        (InputKind.NUMBER, True),
        (InputKind.BOOLEAN, "maybe"),
        (InputKind.BOOLEAN, 1),
        (InputKind.STRING, 7),
        (InputKind.STRING, ["a"]),
        (InputKind.STRING, "a\0b"),
        (InputKind.STRING, "\ud800"),
        (InputKind.STRING, "x" * (LONGEST_VALUE + 1)),
    ],
)
def test_refuses_what_does_not_fit(kind: InputKind, given: object) -> None:
    (problem,) = refused([InputSpec(name="x", kind=kind)], {"x": given})
    assert problem.field == "x"
    assert len(problem.message) < 200


def test_choice_must_be_one_of_its_choices() -> None:
    spec = InputSpec(name="size", kind=InputKind.CHOICE, choices=("small", "large"))
    assert resolve_inputs([spec], {"size": "large"}) == {"size": "large"}
    (problem,) = refused([spec], {"size": "huge"})
    assert "small, large" in problem.message


def test_pattern_must_match_the_whole_value() -> None:
    assert resolve_inputs([VERSION], {"version": "v12"}) == {"version": "v12"}
    assert refused([VERSION], {"version": "v12; rm -rf /"})
    assert refused([VERSION], {"version": "v1\n"})
    assert refused([VERSION], {"version": "v" + "1" * 600})


def test_fills_in_defaults_in_the_order_of_the_definition() -> None:
    values = resolve_inputs([VERSION, REPLICAS], {"version": "v1"})
    assert list(values.items()) == [("version", "v1"), ("replicas", 2)]


def test_none_is_the_same_as_not_given() -> None:
    optional = InputSpec(name="note", required=False)
    assert resolve_inputs([optional, REPLICAS], {"note": None, "replicas": None}) == {
        "note": None,
        "replicas": 2,
    }
    assert refused([VERSION], {"version": None})


def test_all_that_is_wrong_comes_at_once() -> None:
    wrong = refused([VERSION, REPLICAS, TOKEN], {"verison": "v1", "replicas": "many"})
    assert {problem.field for problem in wrong} == {"verison", "version", "replicas", "token"}
    assert wrong[0].hint == "did you mean `version`?"


@pytest.mark.parametrize("value", ["S3CRET-9", "S3CRET" * 200, "S3CRET\0", 53])
def test_a_secret_is_in_no_message(value: object) -> None:
    spec = InputSpec(name="token", kind=InputKind.SECRET, pattern="[a-z]+")
    with pytest.raises(InvalidInputError) as caught:
        resolve_inputs([spec], {"token": value})
    assert "S3CRET" not in str(caught.value)
    assert "53" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (False, "false"), (7, "7"), (1.5, "1.5"), ("$(x)", "$(x)")],
)
def test_text_of_a_value(value: JsonValue, text: str) -> None:
    assert input_text(value) == text


@given(st.sampled_from(InputKind), st.one_of(st.text(), st.integers(), st.floats(), st.booleans()))
def test_any_value_is_refused_or_can_be_stored(kind: InputKind, value: object) -> None:
    spec = InputSpec(name="x", kind=kind, choices=("a",))
    try:
        values = resolve_inputs([spec], {"x": value})
    except InvalidInputError:
        return
    assert msgspec.json.decode(msgspec.json.encode(values)) == values
