"""An SQLite store with something in every table."""

from __future__ import annotations

import random
from typing import Any

from crowd import Crowd
from every_field import FULL_PLAN
from sqlalchemy import insert
from store_bench import ANN, START, Bench, one_job
from test_round_trip import saved

from tasktrail.model.instant import Instant
from tasktrail.model.submission import Origin, Submission, new_task
from tasktrail.store.store import Store
from tasktrail.store.tables import metadata
from tasktrail.store.transaction import Transaction

_ODD = "Zoë 🦊 \\ \t\n \\N 'x' \x7f"
"""What a copy could spoil."""

PEOPLE: dict[str, list[dict[str, Any]]] = {
    "users": [
        {"id": 7, "email": "ann@example.com", "name": "Ann", "created_at": 1, "staff": True},
        {"id": 900, "email": "z@example.com", "name": _ODD, "created_at": 2**53 + 1},
    ],
    "memberships": [{"organization_id": 1, "user_id": 7, "role": "owner", "created_at": 1}],
    "teams": [{"id": 3, "organization_id": 1, "name": "ops", "created_at": 1}],
    "team_members": [{"team_id": 3, "user_id": 900}],
    "project_grants": [{"project_id": 1, "team_id": 3, "role": 2, "created_at": 5}],
    "api_keys": [
        {
            "organization_id": 1,
            "kind": "robot",
            "name": "ci",
            "prefix": "abc",
            "digest": "d" * 64,
            "created_at": 1,
        }
    ],
    "worker_keys": [
        {
            "organization_id": 1,
            "pool": "eu-1",
            "name": "w",
            "prefix": "abc",
            "digest": "e" * 64,
            "created_at": 1,
        }
    ],
    "sessions": [
        {"digest": "s", "user_id": 7, "created_at": 1, "expires_at": 2, "last_seen_at": 1}
    ],
    "sign_in_links": [
        {"digest": "l", "user_id": 7, "purpose": "reset", "created_at": 1, "expires_at": 2}
    ],
    "user_identities": [
        {"issuer": "https://sso", "subject": each, "user_id": 7, "created_at": 1}
        # In the order of their bytes, which is not that of a dictionary.
        for each in ("a", "B", "ä", "z", "_", "Z")
    ],
    "support_grants": [
        {
            "organization_id": 1,
            "definitions": '["deploy"]',
            "reason": _ODD,
            "opened_by": "Ann",
            "opened_at": 1,
            "expires_at": 2,
        }
    ],
    "history_removals": [{"until": 5, "removed_at": 6, "removed_by": 1}],
    "idempotency_keys": [
        {
            "organization_id": 1,
            "actor_key": f"user:{each}",
            "key": "k",
            "digest": "x",
            "task_id": 1,
            "created_at": 1,
        }
        for each in ("10", "9", "a")
    ],
}


async def fill(store: Store) -> Bench:
    """Put something into every table of an empty store."""
    bench = await Bench.of(store)
    await Crowd(bench, random.Random(4)).grow(300)
    await bench.play(await bench.submit(one_job(steps=1)))
    held = await bench.submit(one_job(locks=("cluster:7",)))
    await bench.submit(one_job(locks=("cluster:7",)))
    await bench.claim(held)
    await bench.store.write(lambda transaction: _full_task(transaction, bench.organization_id))
    recorded = await bench.submit(one_job(steps=2))
    await bench.store.write(lambda transaction: saved(transaction, recorded))
    step_id = next(iter((await bench.state(recorded)).steps))

    def people(transaction: Transaction) -> None:
        connection = transaction.connection
        for name, rows in PEOPLE.items():
            for row in rows:
                connection.execute(insert(metadata.tables[name]).values(**row))
        place = {"step_id": step_id, "attempt": 2, "task_id": recorded}
        stored = {"store": "/x", "key": "k", "size": 2**40, "digest": "d", "stored_at": 3}
        connection.execute(insert(metadata.tables["log_places"]).values(**place, **stored))
        live = {"step_id": step_id, "attempt": 1}
        for name, row in (
            ("live_logs", {"task_id": recorded, "store": "/x", "size": 2**40}),
            ("live_chunks", {"start": 0, "length": 2**40, "key": "k"}),
        ):
            connection.execute(insert(metadata.tables[name]).values(**live, **row))

    await bench.store.write(people)
    return bench


def _full_task(transaction: Transaction, organization_id: int) -> None:
    submission = Submission(
        organization_id=organization_id,
        author=ANN,
        plan=FULL_PLAN,
        inputs={"size": 3, "ratio": 0.1, "dry": True, "note": None, "name": f"\0 {_ODD}"},
        secrets={"token": "s3cr3t ⚿", "Upper": _ODD},
        origin=Origin(task_id=1, step_id=1, key="deploy"),
        repeated_task_id=1,
        not_before=Instant(2**53 + 1),
    )
    state, changes = new_task(submission, transaction.ids, START)
    transaction.create(state, changes, resources=FULL_PLAN.resources, secrets=submission.secrets)
