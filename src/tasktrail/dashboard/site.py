"""The dashboard as an application: every address that a person opens is the one page."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tasktrail.dashboard.built_files import BuiltFile, BuiltFiles

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""What the page may load: its own files and the API beside it. Nothing inline runs, so text of a
task that became HTML by mistake would still do nothing."""

_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tasktrail</title>
<h1>The dashboard has not been built</h1>
<p>Tasktrail is up, and its REST API is served: see <a href="/docs">its documentation</a>.</p>
<p>To build the dashboard, run this in the checkout, and open this page again:</p>
<pre>make web</pre>
</html>
"""


class Dashboard:
    """Answers what asks for a file or a page; all else is left to `otherwise`."""

    def __init__(self, otherwise: ASGIApp, files: BuiltFiles) -> None:
        self._otherwise = otherwise
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self._otherwise)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        if scope["method"] not in ("GET", "HEAD"):
            return None
        path, headers = scope["path"], Headers(scope=scope)
        file = self._files.find(path)
        if file is None and _is_page(path, headers):
            file = self._files.page()
            if file is None:
                return _not_built()
        return None if file is None else _response(file, headers)


def _is_page(path: str, headers: Headers) -> bool:
    """Whether a person opens this address: programs that ask for something that is not there are
    told so."""
    return path == "/" or ("text/html" in headers.get("accept", "") and not _is_of_api(path))


def _is_of_api(path: str) -> bool:
    return path == "/v1" or path.startswith(("/v1/", "/assets/"))


def _response(file: BuiltFile, headers: Headers) -> Response:
    content, coding = file.encoded(headers.get("accept-encoding", ""))
    sent = {
        "Cache-Control": file.caching,
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": POLICY,
    }
    if coding is not None:
        sent["Content-Encoding"] = coding
    return Response(content, media_type=file.media_type, headers=sent)


def _not_built() -> Response:
    return HTMLResponse(
        _NOT_BUILT,
        HTTPStatus.NOT_FOUND,
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"},
    )
