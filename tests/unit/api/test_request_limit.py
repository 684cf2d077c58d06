from __future__ import annotations

from tasktrail.api.request_limit import request_limit
from tasktrail.model.instant import Instant, after


def test_several_clients_with_one_key_follow_tasks_of_fifty_steps() -> None:
    now = Instant(1_700_000_000_000_000)
    limit = request_limit(lambda: now)
    for _ in range(200):
        for _ in range(8 * 100):
            limit.take("key:1")
        now = after(now, 3)
