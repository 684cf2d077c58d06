"""Orders, kept in SQLite."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from shop.basket import Basket


class Orders:
    """All orders of the shop. A connection per call, so that any thread may ask."""

    def __init__(self, database: Path) -> None:
        self._database = database
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS orders"
                " (id INTEGER PRIMARY KEY, lines TEXT NOT NULL, total INTEGER NOT NULL)"
            )

    def place(self, basket: Basket) -> dict[str, Any]:
        """Keep an order for what is in the basket."""
        with closing(self._connect()) as connection, connection:
            row = connection.execute(
                "INSERT INTO orders (lines, total) VALUES (?, ?) RETURNING id",
                (json.dumps(basket.lines), basket.total()),
            ).fetchone()
        return {"id": row[0], "lines": basket.lines, "total": basket.total()}

    def find(self, order: int) -> dict[str, Any] | None:
        """The order of that number."""
        with closing(self._connect()) as connection:
            row = connection.execute(
                "SELECT id, lines, total FROM orders WHERE id = ?", (order,)
            ).fetchone()
        return None if row is None else {"id": row[0], "lines": json.loads(row[1]), "total": row[2]}

    def count(self) -> int:
        """How many orders there are."""
        with closing(self._connect()) as connection:
            return connection.execute("SELECT count(*) FROM orders").fetchone()[0]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._database, timeout=5)
