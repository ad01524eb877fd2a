"""A request's body: unpacked, never more of it than its area takes, and never waited for without end."""

import asyncio
import zlib
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

MOST_BYTES: Final = 4 << 20
MOST_UNPACKED_BYTES: Final = 16 << 20
MOST_AUTH_BYTES: Final = 1 << 20
# All of it: a batch as large as is taken, from a telephone where the net is poor.
ARRIVES_WITHIN_S: Final = 30.0


class Body:
    """Stands between the server and the application, which receives from it."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self._deadline: float | None = None
        self._is_whole = False
        self._most_bytes = MOST_AUTH_BYTES if scope["path"].startswith("/auth/") else MOST_BYTES
        self._taken = self._unpacked = 0
        self._encoding = first_header(scope, b"content-encoding").decode("latin-1").strip().lower()
        self._packed = zlib.decompressobj(zlib.MAX_WBITS | 16) if self._encoding == "gzip" else None
        self.scope = scope if self._packed is None else _unpacked(scope)

    async def receive(self) -> Message:
        """Return the next part. Raises HTTP's own 400, 408, 413 and 415, which pass through the framework."""
        message = await self._next()
        if message["type"] != "http.request":
            return message
        self._is_whole = not message.get("more_body")
        if self._encoding not in {"gzip", "identity", ""}:
            raise HTTPException(415, "Of the content encodings only gzip is taken")
        part = message.get("body", b"")
        self._taken += len(part)
        if self._taken > self._most_bytes:
            raise HTTPException(413, f"The body is too large; at most {self._most_bytes >> 20} MiB are taken")
        if self._packed is None:
            return message
        return {**message, "body": self._unpack(self._packed, part, is_last=self._is_whole)}

    async def _next(self) -> Message:
        """Wait for the next part; after the last one, as long as it takes until the client is gone."""
        if self._is_whole:
            return await self._receive()
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + ARRIVES_WITHIN_S
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._receive()
        except TimeoutError as error:
            # What else of it may come is not waited for.
            closing = {"Connection": "close"}
            raise HTTPException(408, "The body took too long to arrive", headers=closing) from error

    def _unpack(self, packed: "zlib._Decompress", part: bytes, *, is_last: bool) -> bytes:
        room = MOST_UNPACKED_BYTES - self._unpacked
        try:
            out = packed.decompress(part, room + 1)
        except zlib.error as error:
            raise HTTPException(400, "The body is no gzip") from error
        if len(out) > room:
            raise HTTPException(
                413, f"The body is too large; unpacked, at most {MOST_UNPACKED_BYTES >> 20} MiB are taken"
            )
        if is_last and not packed.eof:
            raise HTTPException(400, "The body's gzip is cut off")
        if packed.unused_data:
            raise HTTPException(400, "The body goes on behind its gzip")
        self._unpacked += len(out)
        return out


def first_header(scope: Scope, name: bytes) -> bytes:
    """Return what a header says, nothing where there is none. ``name``: in the small letters of ASGI."""
    return next((value for sent, value in scope["headers"] if sent == name), b"")


def _unpacked(scope: Scope) -> Scope:
    """Return a scope whose body is no longer packed, nor as long as was said."""
    dropped = {b"content-encoding", b"content-length"}
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in dropped]}
