"""What describes the API: the OpenAPI document, and a page for people."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tasktrail.api.answer import json_answer
from tasktrail.api.docs_page import PAGE_POLICY, STYLE, docs_page
from tasktrail.api.route import answers


@answers(shape=None, documented=False)
async def get_openapi(request: Request) -> Response:
    """Get this document"""
    return json_answer(_app(request).openapi(), headers={"Cache-Control": "no-cache"})


@answers(shape=None, media_type="text/html", documented=False)
async def get_docs(request: Request) -> Response:
    """Get the page that shows this document"""
    return HTMLResponse(
        docs_page(_app(request).openapi()), headers={"Content-Security-Policy": PAGE_POLICY}
    )


@answers(shape=None, media_type="text/css", documented=False)
async def get_docs_style() -> Response:
    """Get the style of that page"""
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _app(request: Request) -> FastAPI:
    return cast("FastAPI", request.app)
