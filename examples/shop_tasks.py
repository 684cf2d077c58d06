"""Operations on the shop, written in Python: tasktrail run shop_tasks:back_up -i deployment=..."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import tasktrail


@tasktrail.task(
    title="Back up the shop's orders", projects=["shop"], timeout="5m", rerunnable="always"
)
def back_up(
    plan: tasktrail.Plan,
    deployment: Annotated[str, "The directory of the deployment"],
    keep: Annotated[int, "How many backups stay"] = 3,
) -> None:
    """Copy the shop's database while it is in use, check the copy, and remove old ones."""
    copy = plan.job("copy", title="Copy the database")
    copied = copy.call(copy_database, deployment=deployment).options(timeout="1m", retry=2)

    check = plan.job("check", title="Check the copy", after=copy)
    check.call(count_orders, backup=copied.output("backup"))

    prune = plan.job("prune", title="Remove old backups", after=check)
    prune.command(
        'ls -1t "$BACKUPS"/*.sqlite3 | tail -n "+$((KEEP + 1))" | xargs -r rm -v --',
        name="Remove old backups",
        env={"BACKUPS": f"{deployment}/backups", "KEEP": keep},
    )


def copy_database(context: tasktrail.Context, deployment: str) -> dict[str, str]:
    """Copy with SQLite's own means, which gives a whole database whoever writes meanwhile."""
    source = Path(deployment, "shop.sqlite3")
    if not source.is_file():
        raise tasktrail.UserError(f"{source} does not exist")
    backup = Path(deployment, "backups", f"orders-{context.task_id}.sqlite3")
    backup.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    context.log(f"{backup.name}: {backup.stat().st_size} bytes")
    return {"backup": str(backup)}


def count_orders(context: tasktrail.Context, backup: str) -> dict[str, int]:
    """Look whether the copy is a sound database, and how many orders it holds."""
    with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise tasktrail.UserError(f"the copy is damaged: {verdict}")
        (orders,) = database.execute("SELECT count(*) FROM orders").fetchone()
    context.log(f"{orders} orders")
    return {"orders": orders}
