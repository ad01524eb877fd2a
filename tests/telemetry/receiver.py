"""A server on loopback that keeps what is posted to it: Sentry's envelopes, and spans by OTLP/HTTP."""

import gzip
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


@dataclass(frozen=True, slots=True)
class Receiver:
    """What came so far: path, headers and unpacked body of each."""

    port: int
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dsn(self) -> str:
        return f"http://public-key@127.0.0.1:{self.port}/1"

    def envelopes(self) -> list[list[dict[str, Any]]]:
        """Return the lines of each envelope: its header, then for each item a header and a body."""
        bodies = [body for path, _, body in list(self.posts) if path == "/api/1/envelope/"]
        return [[json.loads(line) for line in body.splitlines() if line] for body in bodies]

    def events(self) -> list[dict[str, Any]]:
        """Return every error that was reported."""
        return [
            body
            for lines in self.envelopes()
            for head, body in zip(lines[1::2], lines[2::2], strict=True)
            if head["type"] == "event"
        ]

    def spans(self) -> list[Span]:
        """Return every span that was sent."""
        found = []
        for path, _, body in list(self.posts):
            if path == "/v1/traces":
                request = ExportTraceServiceRequest.FromString(body)
                found += [
                    span
                    for resource in request.resource_spans
                    for scope in resource.scope_spans
                    for span in scope.spans
                ]
        return found

    def holds(self, *words: str) -> list[str]:
        """Return which words are in anything that came, its headers included."""
        text = b"\n".join(
            path.encode() + repr(headers).encode() + body for path, headers, body in list(self.posts)
        )
        return [word for word in words if word.lower().encode() in text.lower()]


@contextmanager
def receiver(*, status: int = 200) -> Iterator[Receiver]:
    """Run one until the block ends; it answers everything with ``status``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            unpack = UNPACK.get(self.headers.get("Content-Encoding", ""), bytes)
            kept.posts.append((self.path, dict(self.headers), unpack(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
