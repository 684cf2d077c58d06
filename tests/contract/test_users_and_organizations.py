"""People and organizations beyond one organization, on both databases."""

from __future__ import annotations

import pytest
from identity_bench import IdentityBench
from sqlalchemy import func, select

from tasktrail.actions.identity.change import Changes, Deed
from tasktrail.actions.identity.require import anybody
from tasktrail.errors import ConflictError, NotAllowedError, NotFoundError, NotSignedInError
from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind
from tasktrail.store.identity import tables
from tasktrail.store.tables import organizations, tasks


async def test_only_superadmin_reaches_beyond_an_organization(identity: IdentityBench) -> None:
    await identity.member("Max")
    own = identity.own
    for caller in (await identity.new("Ann", Role.OWNER), identity.robot):
        for refused in (
            own.users.list(caller),
            own.users.add(caller, email="x@example.com", name="X", role=Role.MEMBER),
            own.users.set_disabled(caller, "max@example.com", disabled=True),
            own.users.link(caller, "max@example.com"),
            own.organizations.list(caller),
            own.organizations.named(caller, "acme"),
            own.organizations.create(caller, name="new"),
        ):
            with pytest.raises(NotAllowedError):
                await refused
    assert await identity.recorded() == []


async def test_who_is_disabled_is_out_at_once_and_stays_without_keys(
    identity: IdentityBench,
) -> None:
    own, people = identity.own, identity.people
    max_id = await identity.member("Max")
    max_ = await identity.caller(max_id)
    key = str((await own.keys.create(max_, kind=KeyKind.USER, name="k")).value.secret)
    signed_in = (await own.sessions.begin(max_id)).value
    await own.identification.of_key(key)
    await own.identification.of_session(signed_in.token, None)
    await own.users.set_disabled(identity.operator, "max@example.com", disabled=True)
    for back_in in (False, True):
        if back_in:
            await own.users.set_disabled(identity.operator, "max@example.com", disabled=False)
        with pytest.raises(NotSignedInError):
            await own.identification.of_key(key)
        with pytest.raises(NotSignedInError):
            await own.identification.of_session(signed_in.token, None)
    await own.sessions.begin(max_id)
    with pytest.raises(ConflictError, match="enabled already"):
        await own.users.set_disabled(identity.operator, "max@example.com", disabled=False)
    with pytest.raises(NotFoundError):
        await own.users.set_disabled(identity.operator, "nobody@example.com", disabled=True)
    assert people.now


async def test_the_last_owner_of_any_organization_is_not_disabled(
    identity: IdentityBench,
) -> None:
    other = await identity.people.organization("other")
    ann = await identity.member("Ann", Role.OWNER)
    await identity.member("Bob", Role.OWNER)
    await identity.people.joins(ann, other, Role.OWNER)
    with pytest.raises(ConflictError, match="last owner of other"):
        await identity.own.users.set_disabled(identity.operator, "ann@example.com", disabled=True)


async def test_the_operator_adds_staff_as_support(identity: IdentityBench) -> None:
    own = identity.own
    with pytest.raises(ConflictError, match="staff"):
        await own.users.add(
            identity.operator, email="sue@example.com", name="Sue", role=Role.SUPPORT
        )
    assert await identity.column(select(tables.users.c.id)) == [], "nothing was kept"
    added = await own.users.add(
        identity.operator, email="sue@example.com", name="Sue", role=Role.SUPPORT, staff=True
    )
    assert added.value.link_token is not None
    assert (await identity.last())[1] == (
        "Sue (sue@example.com) was added as support, of the platform's staff"
    )
    (known,) = await own.users.list(identity.operator)
    assert [(one.organization, one.role) for one in known.belongs] == [("acme", Role.SUPPORT)]


async def test_an_organization_is_made_and_its_own_history_says_so(
    identity: IdentityBench,
) -> None:
    made = await identity.own.organizations.create(identity.operator, name=" other ")
    found = await identity.column(select(tasks.c.organization_id).where(tasks.c.id == made.task_id))
    assert found == [made.value.id]
    assert made.value.name == "other"
    with pytest.raises(ConflictError):
        await identity.own.organizations.create(identity.operator, name="other")
    named = await identity.own.organizations.named(identity.operator, "other")
    assert named.id == made.value.id
    with pytest.raises(NotFoundError):
        await identity.own.organizations.named(identity.operator, "nowhere")


async def test_an_admin_renames_the_organization_and_leaves_support_to_owners(
    identity: IdentityBench,
) -> None:
    bob, ann = await identity.new("Bob", Role.ADMIN), await identity.new("Ann", Role.OWNER)
    change = identity.own.organizations.change
    assert (await change(bob, name="acme inc")).value.name == "acme inc"
    with pytest.raises(NotAllowedError):
        await change(bob, name="x", support_default=False)
    await change(ann, name="acme", support_default=False)
    assert (await identity.last())[1] == (
        "Organization acme inc is called acme now and lets support run nothing without support "
        "access"
    )
    await identity.people.organization("other")
    with pytest.raises(ConflictError):
        await change(ann, name="other")
    for caller in (await identity.new("Max"), identity.robot):
        with pytest.raises(NotAllowedError):
            await change(caller, name="mine")


async def test_what_the_settings_name_is_not_called_something_else(
    identity: IdentityBench,
) -> None:
    """Otherwise the next start would make another organization of the old name."""
    ann = await identity.new("Ann", Role.OWNER)
    identity.own.organizations._own = "acme"
    with pytest.raises(ConflictError, match="organization of this installation"):
        await identity.own.organizations.change(ann, name="other")


async def test_a_change_and_its_task_are_both_there_or_none(identity: IdentityBench) -> None:
    ann = await identity.new("Ann", Role.OWNER)
    told: list[int] = []
    changes = Changes(identity.decisions, lambda: told.append(1), ("team.*",))

    def apply(ledger: object, caller: object) -> tuple[None, Deed]:
        raise ConflictError("not now")

    with pytest.raises(ConflictError):
        await changes.change(ann, anybody, apply)
    assert told == []
    assert await identity.recorded() == []
    await changes.change(ann, anybody, lambda _, __: (None, Deed(name="team.create", title="X")))
    await changes.change(ann, anybody, lambda _, __: (None, Deed(name="member.add", title="Y")))
    assert [(name, silent) for name, _, _, silent in await identity.recorded()] == [
        ("team.create", True),
        ("member.add", False),
    ]
    assert told == [1, 1]
    assert await identity.column(select(func.count()).select_from(organizations)) == [1]
