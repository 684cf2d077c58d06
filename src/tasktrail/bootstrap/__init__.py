"""Builds the world: the only package that knows how everything is put together."""

from __future__ import annotations

from tasktrail.bootstrap.http import first_owner_link, http_services, serve_http
from tasktrail.bootstrap.logs import logs_of_no_engine
from tasktrail.bootstrap.machine import clock, new_reference
from tasktrail.bootstrap.world import World, open_world

__all__ = [
    "World",
    "clock",
    "first_owner_link",
    "http_services",
    "logs_of_no_engine",
    "new_reference",
    "open_world",
    "serve_http",
]
