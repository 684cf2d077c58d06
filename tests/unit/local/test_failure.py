from __future__ import annotations

import pytest

from tasktrail.errors import ConflictError, RefusedError, TasktrailError, UserError
from tasktrail.local.failure import Failure, error_of, failure_of


def _refusals(kind: type[RefusedError]) -> list[type[RefusedError]]:
    return [kind, *(narrower for sub in kind.__subclasses__() for narrower in _refusals(sub))]


@pytest.mark.parametrize("kind", _refusals(RefusedError))
def test_every_refusal_comes_back_as_one_of_its_own_code(kind: type[RefusedError]) -> None:
    back = error_of(failure_of(kind("No.", hint="Try this.")))
    assert isinstance(back, RefusedError)
    assert (back.code, back.message, back.hint) == (kind.code, "No.", "Try this.")


def test_the_class_is_the_one_that_was_raised() -> None:
    assert type(error_of(failure_of(ConflictError("x")))) is ConflictError
    assert type(error_of(failure_of(UserError("x")))) is UserError


def test_a_code_of_a_newer_engine_is_still_a_refusal() -> None:
    back = error_of(Failure(code="too_new", message="No."))
    assert type(back) is RefusedError


def test_an_unexpected_error_is_no_refusal(caplog: pytest.LogCaptureFixture) -> None:
    back = error_of(failure_of(ZeroDivisionError("division")))
    assert isinstance(back, TasktrailError)
    assert not isinstance(back, RefusedError)
    assert "ZeroDivisionError" in caplog.text
