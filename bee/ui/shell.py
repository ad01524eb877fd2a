"""The page that Streamlit's frontend starts from, under our name, our mark and our type.

Streamlit's own guesses where the server is by asking below the address it was opened at, which costs a failed round
trip a visit, and fetches a type that is not used. Ours says where it is.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ORIGINAL: Final = Path(streamlit.__file__).parent / "static" / "index.html"
# What else may answer with HTML: files that pages hand out, and components.
NOT_PAGES: Final = ("/media/", "/component/", "/app/static/")
SCRIPT: Final = '<script type="module"'
WHERE: Final = "<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin}</script>\n    "
MARK: Final = '<link rel="icon" href="/gate/mark.svg" type="image/svg+xml" />'


class Shell:
    """ASGI: puts our shell in the place of Streamlit's, at whatever address that is asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer ourselves where Streamlit would send its shell."""
        if scope["type"] != "http" or scope["path"].startswith(NOT_PAGES):
            await self._app(scope, receive, send)
            return
        is_ours = False

        async def swap(message: Message) -> None:
            nonlocal is_ours
            if message["type"] == "http.response.start" and _is_html(message):
                is_ours = True
                await _answer(scope, receive, send)
            elif not is_ours:
                await send(message)

        await self._app(_unconditional(scope), receive, swap)


def shell(original: str) -> str:
    """Return our shell, made from Streamlit's: the scripts that it names change with each release."""
    head, _, rest = original.partition('<link rel="shortcut icon"')
    _, _, body = rest.partition("<title>Streamlit</title>")
    assert SCRIPT in body, "Streamlit's shell has changed"
    return f"{head}{MARK}\n    <title>BEE</title>{body}".replace(SCRIPT, WHERE + SCRIPT, 1).replace(
        '"./', '"/'
    )


@lru_cache(maxsize=1)
def _shell() -> str:
    return shell(ORIGINAL.read_text(encoding="utf-8"))


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse(_shell(), headers={"Cache-Control": "no-cache"})(scope, receive, send)


def _is_html(message: Message) -> bool:
    content_type = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == 200 and content_type.startswith("text/html")


def _unconditional(scope: Scope) -> Scope:
    """Leave out what would make Streamlit answer that its shell has not changed, since ours may have."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    del headers["if-none-match"]
    del headers["if-modified-since"]
    return {**scope, "headers": headers.raw}
