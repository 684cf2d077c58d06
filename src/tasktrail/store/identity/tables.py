"""The tables of people, rights and credentials.

Secrets are kept as digests only. Emails are in lower case.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from tasktrail.model.author import Role
from tasktrail.model.credential import KeyKind, LinkPurpose
from tasktrail.store.schema import Id, metadata


def _one_of(column: str, names: type[Role | KeyKind | LinkPurpose]) -> str:
    return f"{column} IN ({', '.join(repr(str(one)) for one in names)})"


users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("staff", Boolean, nullable=False, server_default=false()),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("failed_sign_ins", Integer, nullable=False, server_default="0"),
    Column("locked_until", BigInteger),
    sqlite_autoincrement=True,
)

memberships = Table(
    "memberships",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organizations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint(_one_of("role", Role), name="role_known"),
    Index("ix_memberships_user_id", "user_id"),
)

teams = Table(
    "teams",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("organization_id", "name"),
    sqlite_autoincrement=True,
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", Id, ForeignKey("teams.id"), primary_key=True, autoincrement=False),
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True, autoincrement=False),
    Index("ix_team_members_user_id", "user_id"),
)

project_grants = Table(
    "project_grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project_id", Id, ForeignKey("projects.id"), nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("team_id", Id, ForeignKey("teams.id")),
    Column("role", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="user_xor_team"),
    CheckConstraint("role BETWEEN 1 AND 3", name="role_known"),
    CheckConstraint("team_id IS NULL OR role <= 2", name="teams_write_at_most"),
    UniqueConstraint("project_id", "user_id"),
    UniqueConstraint("project_id", "team_id"),
    Index("ix_project_grants_user_id", "user_id"),
    Index("ix_project_grants_team_id", "team_id"),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    CheckConstraint(_one_of("kind", KeyKind), name="kind_known"),
    CheckConstraint("kind <> 'user' OR user_id IS NOT NULL", name="user_keys_have_users"),
    Index("ix_api_keys_organization_id_id", "organization_id", "id"),
    Index("ix_api_keys_user_id", "user_id"),
    sqlite_autoincrement=True,
)

worker_keys = Table(
    "worker_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("pool", Text, nullable=False),
    Column("user_id", Id, ForeignKey("users.id")),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Index("ix_sessions_user_id", "user_id"),
    sqlite_autoincrement=True,
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    CheckConstraint(_one_of("purpose", LinkPurpose), name="purpose_known"),
    Index("ix_sign_in_links_user_id", "user_id"),
    sqlite_autoincrement=True,
)

user_identities = Table(
    "user_identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_user_identities_user_id", "user_id"),
)

support_grants = Table(
    "support_grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organization_id", Id, ForeignKey("organizations.id"), nullable=False),
    Column("definitions", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", Text),
    CheckConstraint("closed_by IS NULL OR closed_at IS NOT NULL", name="closed_by_if_closed"),
    CheckConstraint("expires_at > opened_at", name="time_goes_on"),
    Index("ix_support_grants_organization_id_id", "organization_id", "id"),
    sqlite_autoincrement=True,
)
Index(
    "ix_support_grants_open",
    support_grants.c.expires_at,
    sqlite_where=text("closed_at IS NULL"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column(
        "organization_id",
        Id,
        ForeignKey("organizations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("actor_key", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("task_id", Id, ForeignKey("tasks.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
