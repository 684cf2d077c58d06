"""Headers of every answer that tell browsers what they must not do with it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of answers that are no pages; a page brings its own."""


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """As they are sent: this is done once, and not for each answer."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


_ALWAYS = _raw(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
)
_BY_DEFAULT = _raw({"Content-Security-Policy": NOTHING, "Cache-Control": "no-store"})
_ON_TLS = _raw({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"})
_RESERVED = {name for name, _ in _ALWAYS + _ON_TLS}


class SecurityHeaders:
    """Adds them to whatever the application answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [one for one in message["headers"] if one[0] not in _RESERVED]
                named = {name for name, _ in own}
                message["headers"] = [
                    *own,
                    *(_ALWAYS if scope["scheme"] == "http" else _ALWAYS + _ON_TLS),
                    *(one for one in _BY_DEFAULT if one[0] not in named),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
