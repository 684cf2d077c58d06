"""What the shop answers to a request: a WSGI application."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from html import escape
from http import HTTPStatus
from typing import Any

from shop import __version__
from shop.basket import Basket, QuantityError, UnknownProductError
from shop.catalog import CATALOG
from shop.orders import Orders

MAX_BODY = 64 * 1024

Environ = dict[str, Any]
Answer = tuple[HTTPStatus, str, bytes]
"""Status, content type, body."""


class Application:
    """The shop, as a WSGI server calls it.

    For `warm_up` seconds it answers, but does not call itself healthy yet, like a service that
    fills its caches first.
    """

    def __init__(self, orders: Orders, *, warm_up: float = 0.0) -> None:
        self._orders = orders
        self._warm_at = time.monotonic() + warm_up

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        status, content_type, body = self._answer(environ)
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: Environ) -> Answer:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"].strip("/").split("/"):
            case "GET", [""]:
                return HTTPStatus.OK, "text/html; charset=utf-8", _page().encode()
            case "GET", ["health"]:
                return self._health()
            case "GET", ["products"]:
                return _json(HTTPStatus.OK, [asdict(product) for product in CATALOG.values()])
            case "POST", ["orders"]:
                return self._place_order(environ)
            case "GET", ["orders", number] if number.isdecimal():
                return self._show_order(int(number))
            case _:
                return _json(HTTPStatus.NOT_FOUND, {"error": "no such page"})

    def _health(self) -> Answer:
        if time.monotonic() < self._warm_at:
            answer = {"status": "starting", "version": __version__}
            return _json(HTTPStatus.SERVICE_UNAVAILABLE, answer)
        try:
            orders = self._orders.count()
        except sqlite3.Error as error:
            answer = {"status": "no database", "version": __version__, "error": str(error)}
            return _json(HTTPStatus.SERVICE_UNAVAILABLE, answer)
        return _json(HTTPStatus.OK, {"status": "ok", "version": __version__, "orders": orders})

    def _place_order(self, environ: Environ) -> Answer:
        try:
            basket = Basket(_read_lines(environ))
        except (UnknownProductError, QuantityError, ValueError) as error:
            return _json(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)})
        return _json(HTTPStatus.CREATED, self._orders.place(basket))

    def _show_order(self, number: int) -> Answer:
        order = self._orders.find(number)
        if order is None:
            return _json(HTTPStatus.NOT_FOUND, {"error": f"no order {number}"})
        return _json(HTTPStatus.OK, order)


def _read_lines(environ: Environ) -> dict[str, int]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        raise ValueError(f"an order has at most {MAX_BODY} bytes")
    order = json.loads(environ["wsgi.input"].read(length))
    match order:
        case {"lines": dict(lines)} if lines:
            return lines
    raise ValueError('an order looks like {"lines": {"mug": 2}}')


def _json(status: HTTPStatus, value: object) -> Answer:
    return status, "application/json", json.dumps(value).encode() + b"\n"


def _page() -> str:
    rows = "".join(
        f"<tr><td>{escape(product.title)}</td><td>{product.price / 100:.2f}</td></tr>"
        for product in CATALOG.values()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>'
        f"<h1>Shop</h1><table><tr><th>Product</th><th>Price</th></tr>{rows}</table>"
        f"<footer>Version {__version__}</footer></html>\n"
    )
