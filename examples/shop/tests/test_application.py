"""The shop as a client meets it: a real server on a free port."""

from __future__ import annotations

import json
import tempfile
import threading
import unittest
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from shop import __version__
from shop.application import Application
from shop.orders import Orders
from shop.server import HOST, bind


class ShopOverHttp(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.database = Path(directory.name, "shop.sqlite3")
        self.orders = Orders(self.database)
        self.serve(Application(self.orders))

    def serve(self, application: Application) -> None:
        self.server = bind(application, 0)
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)

    def test_health_tells_the_version(self) -> None:
        status, health = self.request("GET", "/health")
        self.assertEqual((status, health["status"], health["version"]), (200, "ok", __version__))

    def test_it_answers_but_is_not_healthy_while_it_warms_up(self) -> None:
        self.serve(Application(self.orders, warm_up=60))
        status, health = self.request("GET", "/health")
        self.assertEqual((status, health["status"]), (503, "starting"))
        self.assertEqual(self.request("GET", "/products")[0], 200)

    def test_health_is_bad_when_the_database_is_gone(self) -> None:
        self.database.write_bytes(b"this is not a database, and long enough to be told apart" * 20)
        status, health = self.request("GET", "/health")
        self.assertEqual((status, health["status"]), (503, "no database"))

    def test_the_page_shows_products_and_version(self) -> None:
        connection = HTTPConnection(HOST, self.server.server_port, timeout=5)
        self.addCleanup(connection.close)
        connection.request("GET", "/")
        page = connection.getresponse().read().decode()
        self.assertIn("<td>Mug</td><td>12.50</td>", page)
        self.assertIn(f"Version {__version__}", page)

    def test_products_come_with_prices_in_cents(self) -> None:
        status, products = self.request("GET", "/products")
        self.assertEqual(status, 200)
        self.assertIn({"sku": "mug", "title": "Mug", "price": 1250}, products)

    def test_an_order_is_kept(self) -> None:
        status, placed = self.request("POST", "/orders", {"lines": {"mug": 1}})
        self.assertEqual((status, placed["total"]), (201, 1740))
        self.assertEqual(self.request("GET", f"/orders/{placed['id']}"), (200, placed))

    def test_wrong_orders_are_refused_and_not_kept(self) -> None:
        for order in ({"lines": {"car": 1}}, {"lines": {"mug": 0}}, {"lines": {}}, [], "mug"):
            with self.subTest(order=order):
                self.assertEqual(self.request("POST", "/orders", order)[0], 422)
        self.assertEqual(self.request("GET", "/health")[1]["orders"], 0)

    def test_what_is_not_there_is_a_404(self) -> None:
        for path in ("/orders/7", "/orders/x", "/nothing"):
            with self.subTest(path=path):
                self.assertEqual(self.request("GET", path)[0], 404)

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = HTTPConnection(HOST, self.server.server_port, timeout=5)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


if __name__ == "__main__":
    unittest.main()
