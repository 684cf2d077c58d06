"""Starts the shop: python -m shop --port 8000 --database shop.sqlite3"""

from __future__ import annotations

import argparse
from pathlib import Path

from shop import __version__
from shop.application import Application
from shop.orders import Orders
from shop.server import HOST, bind, serve_until_stopped


def main() -> None:
    """Read the command line and serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="shop", description="A small shop.")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--database", type=Path, default=Path("shop.sqlite3"))
    parser.add_argument("--warm-up", type=float, default=0.0, help="seconds until it is healthy")
    parser.add_argument("--version", action="version", version=__version__)
    arguments = parser.parse_args()
    application = Application(Orders(arguments.database), warm_up=arguments.warm_up)
    server = bind(application, arguments.port)
    print(f"shop {__version__} on http://{HOST}:{server.server_port}", flush=True)
    serve_until_stopped(server)
    print("shop stopped", flush=True)


if __name__ == "__main__":
    main()
