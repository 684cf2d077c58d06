"""The HTTP server: a thread per request, and an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from types import FrameType
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from shop.application import Application

HOST = "127.0.0.1"


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """Answers requests in parallel, and at its end waits for those that have begun."""

    daemon_threads = False


class RequestHandler(WSGIRequestHandler):
    """Logs a request in one line, without asking the resolver who it came from."""

    def address_string(self) -> str:
        """The address of the client as it is."""
        return str(self.client_address[0])


def bind(application: Application, port: int) -> ThreadingServer:
    """A server on the loopback address; port 0 takes a free one (`server.server_port`)."""
    server = ThreadingServer((HOST, port), RequestHandler)
    server.set_app(application)
    return server


def serve_until_stopped(
    server: ThreadingServer, signals: Iterable[signal.Signals] = (signal.SIGTERM, signal.SIGINT)
) -> None:
    """Serve until one of the signals arrives, then finish the requests that have begun."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        # shutdown() waits for the loop that this very thread runs, so another one has to call it.
        threading.Thread(target=server.shutdown).start()

    for number in signals:
        signal.signal(number, stop)
    with server:
        server.serve_forever(poll_interval=0.05)
