"""What all tables share: their metadata, and the type of ids."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# The migrations make the partial indexes partial on PostgreSQL as well. To say so in the tables too
# would load its dialect at every start, also with SQLite; no statement depends on it.

# SQLite gives automatic ids to INTEGER primary keys only.
Id = BigInteger().with_variant(Integer, "sqlite")
