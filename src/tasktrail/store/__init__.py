"""The records: the only place that knows SQL. SQLite and PostgreSQL, one set of statements."""
