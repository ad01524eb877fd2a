"""What uvicorn leaves open: it waits for a request's head for ever, and keeps whatever comes of it.

That there was none, or too much, it would say in plain text.
"""

import asyncio
import json
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S: Final = 15.0
# More than the longest address that is taken, 64 KiB, and a token.
MOST_HEAD_BYTES: Final = 128 << 10
REFUSAL: Final = (
    b"HTTP/1.1 %b\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b"
)


class PatientProtocol(HttpToolsProtocol):
    """A connection on which a request's line and headers arrive in time and within bounds, or that is closed.

    ``_unread``: how many bytes came since the last part of a request that the application gets to see.
    """

    _waiting: asyncio.TimerHandle | None = None
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Wait for the first request: a connection on which nothing comes is of no use."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take in what came, unless too much of it is neither a whole head nor a body."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_HEAD_BYTES:
            if self._waiting is not None:
                self._refuse(
                    b"431 Request Header Fields Too Large",
                    "request_header_fields_too_large",
                    f"The address and the headers are too large; at most {MOST_HEAD_BYTES >> 10} KiB are taken.",
                )
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on; it has limits of its own."""
        self._unread = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        """Wait for the rest of the head."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """Wait no longer; from here on the body's own limit holds."""
        self._stop_waiting()
        self._unread = 0
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Say in the envelope that this was no HTTP: no code of the application gets to see it."""
        self._refuse(b"400 Bad Request", "bad_request", msg)
        self.transport.close()

    def _refuse(self, status: bytes, code: str, message: str) -> None:
        body = json.dumps({"error": {"code": code, "message": message}}).encode()
        self.transport.write(REFUSAL % (status, len(body), body))

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
