"""Keys of workers, on both databases."""

from __future__ import annotations

import pytest
from identity_bench import IdentityBench
from sqlalchemy import select

from tasktrail.actions.identity.worker_keys import WorkerKeys
from tasktrail.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    NotSignedInError,
)
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind
from tasktrail.model.instant import after
from tasktrail.model.worker import Worker
from tasktrail.store.identity import tables


async def test_a_key_is_shown_once_and_is_that_of_a_worker_of_its_pool(
    identity: IdentityBench,
) -> None:
    made = await identity.own.worker_keys.create(identity.operator, pool="eu-1", name="rack-7")
    secret, key = str(made.value.secret), made.value.key
    assert secret.startswith(f"tw_{key.id}_")
    assert (key.pool, key.name, key.user_name) == ("eu-1", "rack-7", None)
    assert await identity.own.identification.of_worker(secret) == Worker(key.id, "eu-1")
    rows = await identity.people.store.read(
        lambda connection: connection.execute(select(tables.worker_keys)).all()
    )
    stored = repr(rows) + repr(await identity.recorded()) + repr(made.value)
    assert made.value.secret.token not in stored
    name, title, author = await identity.last()
    assert (name, author) == ("worker-key.create", "Superadmin")
    assert title == "The worker key rack-7 of the pool eu-1 was made"


async def test_a_revoked_key_and_an_expired_one_are_nothing(identity: IdentityBench) -> None:
    keys, known = identity.own.worker_keys, identity.own.identification
    revoked = await keys.create(identity.operator, pool="eu-1")
    until = after(identity.people.now, 60)
    expiring = await keys.create(identity.operator, pool="eu-1", expires_at=until)
    for made in (revoked, expiring):
        assert (await known.of_worker(str(made.value.secret))).pool == "eu-1"

    after_it = await keys.revoke(identity.operator, revoked.value.key.id)
    assert after_it.value.revoked_at == identity.people.now
    identity.people.now = until

    for made in (revoked, expiring):
        with pytest.raises(NotSignedInError):
            await known.of_worker(str(made.value.secret))
    listed = await keys.list(identity.operator)
    assert [key.revoked_at is None for key in listed] == [False, True]


async def test_a_key_is_revoked_once_and_that_recorded_once(identity: IdentityBench) -> None:
    keys = identity.own.worker_keys
    made = await keys.create(identity.operator, pool="eu-1", name="rack-7")
    revoked = await keys.revoke(identity.operator, made.value.key.id)
    recorded = await identity.recorded()
    assert await identity.last() == (
        "worker-key.revoke",
        "The worker key rack-7 of the pool eu-1 was revoked",
        "Superadmin",
    )
    identity.people.wait(60)
    with pytest.raises(ConflictError, match="is revoked already"):
        await keys.revoke(identity.operator, made.value.key.id)
    assert await identity.recorded() == recorded
    assert await keys.list(identity.operator) == [revoked.value]


async def test_neither_kind_of_key_passes_for_the_other(identity: IdentityBench) -> None:
    known, max_ = identity.own.identification, await identity.new("Max")
    worker = str(
        (await identity.own.worker_keys.create(identity.operator, pool="eu-1")).value.secret
    )
    person = str(
        (await identity.own.keys.create(max_, kind=KeyKind.USER, name="laptop")).value.secret
    )
    with pytest.raises(NotAllowedError, match="the key of a worker"):
        await known.of_key(worker)
    with pytest.raises(NotAllowedError, match="no key of a worker"):
        await known.of_worker(person)
    for swapped in (f"tw{person[2:]}", f"tt{worker[2:]}"):
        for find in (known.of_key, known.of_worker):
            with pytest.raises(NotSignedInError):
                await find(swapped)


async def test_only_who_runs_the_platform_manages_them(identity: IdentityBench) -> None:
    keys = WorkerKeys(identity.own.changes, "acme")
    made = await keys.create(identity.operator, pool="eu-1")
    elsewhere = await identity.people.organization("elsewhere")
    bea = await identity.people.member("Bea", elsewhere, Role.OWNER)
    for caller in (
        await identity.new("Ann", Role.ADMIN),
        await identity.new("Max"),
        await identity.new("Sue", Role.SUPPORT),
        identity.robot,
        await identity.caller(bea, elsewhere),
    ):
        for deed in (
            lambda caller=caller: keys.list(caller),
            lambda caller=caller: keys.create(caller, pool="eu-1"),
            lambda caller=caller: keys.revoke(caller, made.value.key.id),
        ):
            with pytest.raises(NotAllowedError, match="manage the keys of workers"):
                await deed()
    olga = await identity.new("Olga", Role.OWNER)
    await keys.create(olga, pool="eu-2")
    assert [key.pool for key in await keys.list(olga)] == ["eu-1", "eu-2"]
    assert (await keys.revoke(olga, made.value.key.id)).value.revoked_at is not None


async def test_what_makes_no_sense_is_refused(identity: IdentityBench) -> None:
    keys = identity.own.worker_keys
    for pool in ("", "EU 1", "x" * 64, "a/b"):
        with pytest.raises(InvalidInputError):
            await keys.create(identity.operator, pool=pool)
    with pytest.raises(InvalidInputError):
        await keys.create(identity.operator, pool="eu-1", expires_at=identity.people.now)
    with pytest.raises(NotFoundError):
        await keys.revoke(identity.operator, 12345)
