"""What a command loads before it is known what it has to do."""

from __future__ import annotations

import subprocess
import sys


def test_no_database_and_no_engine_is_loaded_before_one_is_needed() -> None:
    show = "import sys, tasktrail.cli.main; print(*sys.modules)"
    printed = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True
    ).stdout
    loaded = set(printed.split())
    assert "tasktrail.cli.main" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "yaml", "tasktrail.bootstrap"}
