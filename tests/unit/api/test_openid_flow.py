from __future__ import annotations

from tasktrail.api.openid.flow import LASTS, Flows
from tasktrail.model.instant import Instant, after

START = Instant(1_700_000_000_000_000)


def test_a_sign_in_is_taken_once_by_the_browser_that_began_it() -> None:
    flows = Flows(lambda: START)
    flow, token = flows.begin("http://here/callback")
    assert flows.take("another state", token) is None
    assert flows.take(flow.state, token) == flow
    assert flows.take(flow.state, token) is None
    flow, _ = flows.begin("http://here/callback")
    assert flows.take(flow.state, token) is None


def test_a_sign_in_that_takes_too_long_is_over() -> None:
    now = START
    flows = Flows(lambda: now)
    first, token = flows.begin("http://here/callback")
    now = after(START, LASTS - 1)
    assert flows.take(first.state, token) == first
    second, token = flows.begin("http://here/callback")
    now = after(now, LASTS)
    assert flows.take(second.state, token) is None


def test_sign_ins_that_are_never_finished_do_not_fill_the_memory() -> None:
    flows = Flows(lambda: START)
    first, token = flows.begin("http://here/callback")
    for _ in range(9_999):
        flows.begin("http://here/callback")
    last, last_token = flows.begin("http://here/callback")
    assert flows.take(first.state, token) is None
    assert flows.take(last.state, last_token) == last
