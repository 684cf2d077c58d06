from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasktrail.model.instant import Instant
from tasktrail.model.retention import KeptLog, Retention, expired

NOW = Instant(1_000_000_000)


def log(task_id: int, *, ago: float, size: int = 10, step: int = 1) -> KeptLog:
    return KeptLog(task_id, step, 1, Instant(NOW - round(ago * 1_000_000)), size)


LOGS = [
    log(5, ago=1, step=8),
    log(5, ago=1, step=9),
    log(4, ago=10),
    log(3, ago=20, size=100),
    log(2, ago=30, size=0),
]


def removed(retention: Retention) -> list[int]:
    return [one.task_id for one in expired(LOGS, retention, NOW)]


def test_without_limits_everything_stays() -> None:
    assert removed(Retention()) == []
    assert not Retention()


def test_logs_go_when_their_task_has_ended_so_long_ago() -> None:
    assert removed(Retention(age=20)) == [3, 2]
    assert removed(Retention(age=20.1)) == [2]
    assert removed(Retention(age=0)) == [5, 5, 4, 3, 2]


def test_the_oldest_go_until_the_rest_fits_and_never_a_part_of_a_task() -> None:
    assert removed(Retention(size=130)) == []
    assert removed(Retention(size=129)) == [3, 2]
    assert removed(Retention(size=30)) == [3, 2]
    assert removed(Retention(size=29)) == [4, 3, 2]
    assert removed(Retention(size=19)) == [5, 5, 4, 3, 2]


@given(
    sizes=st.lists(st.integers(0, 50), max_size=8),
    age=st.none() | st.integers(0, 9),
    size=st.none() | st.integers(0, 200),
)
def test_what_stays_keeps_both_limits_and_is_the_newest(
    sizes: list[int], age: int | None, size: int | None
) -> None:
    logs = [log(100 - ago, ago=ago, size=one) for ago, one in enumerate(sizes)]
    gone = expired(logs, Retention(age=age, size=size), NOW)
    kept = [one for one in logs if one not in gone]
    assert logs == kept + gone
    if size is not None:
        assert sum(one.size for one in kept) <= size
    if age is not None:
        assert all(one.ended_at > NOW - age * 1_000_000 for one in kept)
