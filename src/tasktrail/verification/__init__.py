"""Verifies records, logs and processes of a data directory against what Tasktrail promises."""
