from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasktrail.actions.live.news_position import NewsPosition, read_news_position
from tasktrail.actions.live.task_position import TaskPosition, read_position

STEPS = tuple(range(100, 140, 3))

positions = st.builds(
    TaskPosition,
    state=st.text("0123456789abcdef", max_size=16),
    whole=st.dictionaries(st.sampled_from(STEPS), st.integers(1, 3)),
    next_lines=st.dictionaries(
        st.tuples(st.sampled_from(STEPS), st.integers(4, 9)), st.integers(1, 2**40)
    ),
    over=st.booleans(),
)


@given(positions)
def test_a_position_comes_back_from_its_text(position: TaskPosition) -> None:
    assert read_position(position.text(STEPS), STEPS) == position


@given(st.text(max_size=40))
def test_what_names_no_position_is_the_beginning(text: str) -> None:
    assert read_position(f"?{text}", STEPS) == TaskPosition()
    assert read_news_position(f"?{text}") is None


@given(positions)
def test_a_position_fits_into_a_header(position: TaskPosition) -> None:
    text = position.text(STEPS)
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text


def test_thousand_finished_steps_take_no_more_room_than_one() -> None:
    steps = tuple(range(5000, 6000))
    position = TaskPosition("ab", dict.fromkeys(steps, 1))
    assert position.text(steps) == "1.ab.5000-5999x1."


def test_steps_that_the_task_does_not_have_are_left_out() -> None:
    assert read_position("1..1-999x1.7x1:8", (5,)) == TaskPosition(whole={5: 1})


def test_a_whole_log_has_no_next_line() -> None:
    position = TaskPosition()
    assert position.next_line((1, 1)) == 1
    position.reach((1, 1), 5)
    assert position.next_line((1, 1)) == 5
    position.finish((1, 1))
    assert position.next_line((1, 1)) is None
    assert position.next_line((1, 2)) == 1


@given(st.integers(0, 2**50), st.integers(0, 2**50))
def test_a_position_among_all_tasks_comes_back_from_its_text(reached: int, since: int) -> None:
    position = NewsPosition(reached, max(reached, since))
    assert read_news_position(position.text) == position
