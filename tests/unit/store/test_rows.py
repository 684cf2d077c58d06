"""Records become rows and come back, whatever is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import Column, MetaData, Table, create_engine, select
from sqlalchemy.pool import StaticPool

from tasktrail.model.event import Event
from tasktrail.model.job import Job
from tasktrail.model.outcome import Outcome
from tasktrail.model.plan import TaskPlan
from tasktrail.model.step import Attempt, Step
from tasktrail.model.task import Task
from tasktrail.store import rows
from tasktrail.store.record_shapes import (
    ATTEMPTS,
    EVENTS,
    JOBS,
    STEPS,
    TASKS,
    RecordShape,
    event_values,
)
from tasktrail.store.statements import Insert
from tasktrail.store.tables import attempts, events, jobs, metadata, steps, tasks

Columns = tuple[str, ...]
_Case = tuple[st.SearchStrategy[Any], Table, Columns, Callable[..., Any], Callable[..., Any]]

NUMBERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | st.booleans() | NUMBERS | FLOATS | TEXTS

st.register_type_strategy(str, TEXTS)
st.register_type_strategy(int, NUMBERS)
st.register_type_strategy(float, FLOATS)


def records(kind: type[Struct], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Records with any value that the types of their fields allow."""
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{name: fields.get(name, st.from_type(hint)) for name, hint in hints.items()}
    )


OUTCOMES = st.none() | st.one_of([records(kind) for kind in get_args(Outcome)])


CASES: list[_Case] = [
    (
        records(Task, inputs=st.dictionaries(TEXTS, VALUES)),
        tasks,
        TASKS.columns,
        TASKS.values,
        rows.task_of,
    ),
    (records(Job), jobs, JOBS.columns, JOBS.values, rows.job_of),
    (records(Step), steps, STEPS.columns, STEPS.values, rows.step_of),
    (
        records(Attempt, outcome=OUTCOMES),
        attempts,
        ATTEMPTS.columns,
        ATTEMPTS.values,
        rows.attempt_of,
    ),
    (records(Event), events, EVENTS.columns, event_values, rows.event_of),
]


@pytest.mark.parametrize(
    ("some", "table", "columns", "values", "record_of"), CASES, ids=[case[1].name for case in CASES]
)
def test_every_record_comes_back_from_its_row(
    some: st.SearchStrategy[Any],
    table: Table,
    columns: Columns,
    values: Callable[..., Any],
    record_of: Callable[..., Any],
) -> None:
    """Through a table without checks: what is in it need not make sense together."""
    bare = _bare(table)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    bare.create(engine)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(some)
    def check(record: Any) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(Insert(bare.name, columns).for_rows(1), values(record))
            (row,) = connection.execute(select(bare)).all()
            connection.rollback()
        assert record_of(row) == record

    check()
    engine.dispose()


@pytest.mark.parametrize("shape", [TASKS, JOBS, STEPS, ATTEMPTS], ids=lambda shape: shape.table)
def test_a_shape_names_every_column_of_its_table(shape: RecordShape[Any]) -> None:
    assert sorted(shape.columns) == sorted(metadata.tables[shape.table].columns.keys())


def _bare(table: Table) -> Table:
    columns = [Column(column.name, column.type) for column in table.columns]
    return Table(f"bare_{table.name}", MetaData(), *columns)


@given(st.text(st.characters()))
def test_what_is_stored_is_always_utf8_without_nul(text: str) -> None:
    stored = rows.storable(text)
    assert "\0" not in stored
    stored.encode()
    assert len(stored) == len(text)
    assert stored == text or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


@given(st.text(st.characters()))
def test_a_plan_with_any_text_can_be_stored_and_read(text: str) -> None:
    plan = TaskPlan(definition="d", title=text, jobs=(), projects=(text,))
    read = rows.plan_of(rows.plan_text(plan))
    assert rows.storable(read.title) == rows.storable(text)
    assert read.definition == "d"
