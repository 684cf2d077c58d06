from __future__ import annotations

from tasktrail.actions.known_answers import LONGEST_KNOWN, MOST_KNOWN, KnownAnswers
from tasktrail.definitions.python.host_messages import (
    Answer,
    Describe,
    Description,
    MakePlan,
    Planned,
    Question,
    framed,
)
from tasktrail.model.plan import DefinitionSource, Rerunnable, TaskPlan

PLANNED = Planned(TaskPlan(definition="greet", title="Greet", jobs=()))


def described(*, plain: bool) -> Description:
    return Description(
        plain=plain,
        name="greet",
        title="",
        description="",
        inputs=(),
        rerunnable=Rerunnable.FAILED,
        support=False,
        source=DefinitionSource(target="ops:greet"),
    )


def ask_for(name: str) -> MakePlan:
    return MakePlan("ops:greet", "/root", {"name": name})


def told(known: KnownAnswers, question: Question, answer: Answer) -> None:
    known.keep(question, framed(question), answer)


def knowing(*, plain: bool) -> KnownAnswers:
    known = KnownAnswers()
    told(known, Describe("ops:greet", "/root"), described(plain=plain))
    return known


def test_the_plan_of_a_plain_function_lasts() -> None:
    known = knowing(plain=True)
    told(known, ask_for("Ada"), PLANNED)
    assert known.find(framed(ask_for("Ada"))) == PLANNED
    assert known.find(framed(ask_for("Bob"))) is None


def test_the_plan_of_a_definition_is_made_anew_each_time() -> None:
    known = knowing(plain=False)
    told(known, ask_for("Ada"), PLANNED)
    assert known.find(framed(ask_for("Ada"))) is None
    assert known.find(framed(Describe("ops:greet", "/root"))) == described(plain=False)


def test_the_latest_are_known_and_no_more_than_so_many() -> None:
    known = knowing(plain=True)
    for number in range(MOST_KNOWN + 1):
        told(known, ask_for(str(number)), PLANNED)
    assert known.find(framed(ask_for("0"))) is None
    assert known.find(framed(ask_for(str(MOST_KNOWN)))) == PLANNED


def test_what_takes_much_memory_is_not_kept() -> None:
    known = knowing(plain=True)
    long = ask_for("x" * LONGEST_KNOWN)
    told(known, long, PLANNED)
    assert known.find(framed(long)) is None


def test_what_was_asked_is_not_kept() -> None:
    known = knowing(plain=True)
    told(known, ask_for("s3cret"), PLANNED)
    assert "s3cret" not in repr(vars(known))


def test_nothing_is_known_of_another_process() -> None:
    known = knowing(plain=True)
    told(known, ask_for("Ada"), PLANNED)
    known.forget()
    assert known.find(framed(ask_for("Ada"))) is None
    told(known, ask_for("Ada"), PLANNED)
    assert known.find(framed(ask_for("Ada"))) is None
