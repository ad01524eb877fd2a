"""The gate in front of Streamlit: who is not signed in reaches nothing behind it.

It keeps a server-side session behind an HttpOnly cookie, and hands the session's token to Streamlit in a header
that no client can set, since the gate strips it from every request first.
"""

from typing import Final
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.access import Viewer
from bee.errors import Unavailable
from bee.settings import Settings
from bee.ui.plain import notice_page
from bee.ui.requests import is_same_origin, safe_path
from bee.ui.sessions import Sessions

SESSION_HEADER: Final = b"x-bee-session"
READING: Final = frozenset({"GET", "HEAD"})
FORBIDDEN_CODE: Final = 4403
# Streamlit runs inline scripts and workers of its own; nothing may come from or go to another host.
CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SAFETY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; outside local its prefix makes browsers insist on a secure one."""
    return "bee_session" if settings.is_local else "__Host-bee_session"


def public_host(settings: Settings) -> str | None:
    """Return the host and port that people type, where it is known."""
    return urlsplit(settings.public_url).netloc if settings.public_url else None


class Gate:
    """ASGI: ``doors`` answers the open paths, ``inside`` is reached only with a session."""

    def __init__(
        self,
        inside: ASGIApp,
        doors: ASGIApp,
        open_paths: frozenset[str],
        sessions: Sessions,
        settings: Settings,
    ) -> None:
        self._inside = inside
        self._doors = doors
        self._open_paths = open_paths
        self._sessions = sessions
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, answer it at the door, or send it away."""
        if scope["type"] not in {"http", "websocket"}:
            await self._inside(scope, receive, send)
            return
        scope = _without_session_header(scope)
        send = _with_safety_headers(send) if scope["type"] == "http" else send
        if scope["type"] == "http" and scope["path"] in self._open_paths:
            await self._doors(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        token = connection.cookies.get(cookie_name(self._settings))
        try:
            viewer = await self._viewer(connection, token)
        except Unavailable:
            await _turn_away(scope, receive, send, _unavailable(connection))
            return
        if viewer is None or token is None:
            await _turn_away(scope, receive, send, self._to_login(connection))
        elif not self._is_ours(connection):
            await _turn_away(scope, receive, send, Response("Another site's request.\n", status_code=403))
        else:
            scope["headers"] = [*scope["headers"], (SESSION_HEADER, token.encode("ascii"))]
            await self._inside(scope, receive, send)

    async def _viewer(self, connection: HTTPConnection, token: str | None) -> Viewer | None:
        """Look the session up; opening a page is something that a person does."""
        if token is None or not token.isascii():
            return None
        touch = "text/html" in connection.headers.get("accept", "")
        return await run_sync(lambda: self._sessions.viewer(token, touch=touch))

    def _is_ours(self, connection: HTTPConnection) -> bool:
        """Whether a request that can change something comes from one of our own pages."""
        if connection.scope["type"] == "http" and connection.scope["method"] in READING:
            return True
        return is_same_origin(connection.headers, public_host(self._settings))

    def _to_login(self, connection: HTTPConnection) -> Response:
        if connection.scope["type"] == "http" and connection.scope["method"] not in READING:
            return Response("Sign in first.\n", status_code=401)
        response = RedirectResponse(f"/login?next={quote(_address(connection), safe='')}", status_code=303)
        response.headers["Cache-Control"] = "no-store"
        return response


def _address(connection: HTTPConnection) -> str:
    """Return the address within this site that was asked for."""
    query = f"?{connection.url.query}" if connection.url.query else ""
    return safe_path(connection.url.path + query)


def _unavailable(connection: HTTPConnection) -> Response:
    page = notice_page(
        "The database does not answer",
        "Nothing is lost. Your session goes on when it is back; try again in a minute.",
        link=(_address(connection), "Try again"),
    )
    return HTMLResponse(page, status_code=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})


async def _turn_away(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Send an answer, or for a websocket close it before it opens, which the server tells as 403."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": FORBIDDEN_CODE})
        return
    await response(scope, receive, send)


def _without_session_header(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != SESSION_HEADER]
    return {**scope, "headers": headers}


def _with_safety_headers(send: Send) -> Send:
    async def safer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFETY_HEADERS.items():
                headers.setdefault(name, value)
            if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        await send(message)

    return safer
