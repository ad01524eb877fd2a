"""Servers on loopback to which alerts are sent: mail and webhook, each as well-behaved as a test wants it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Post:
    """A request that came: its path, its headers in lower case, its body."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body


class Mails:
    """What came by mail. ``answer``: what is said to it; ``farewell``: to whoever leaves.

    ``lets_in``: which password is the right one.
    """

    def __init__(self, answer: str = "250 OK", lets_in: bytes = b"right", farewell: str = "221 Bye") -> None:
        self.mails: list[Message] = []
        self.receivers: list[list[str]] = []
        self.were_hidden: list[bool] = []
        self.answer = answer
        self._farewell = farewell
        self._lets_in = lets_in

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        self.receivers.append(envelope.rcpt_tos)
        self.were_hidden.append(session.ssl is not None)
        return self.answer

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return self._farewell

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=data.password == self._lets_in, handled=False)


class _Server(Controller):
    """A mail server at a port of its own choice, which the library asks at once whether it is there."""

    def __init__(self, mails: Mails, *, tls: ssl.SSLContext | None, is_tls_first: bool) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        super().__init__(
            mails,
            hostname="127.0.0.1",
            port=port,
            ssl_context=tls if is_tls_first else None,
            tls_context=None if is_tls_first else tls,
            authenticator=mails.authenticate,
            auth_require_tls=False,
        )

    def _trigger_server(self) -> None:
        # The library would connect once with a context that knows no authority of ours.
        with socket.create_connection((self.hostname, self.port), timeout=5):
            pass


@contextmanager
def mail_server(mails: Mails, *, authority: trustme.CA | None, is_tls_first: bool = False) -> Iterator[str]:
    """Lend a mail server's address. ``authority``: who signed its certificate; without one it knows no TLS."""
    server = _Server(mails, tls=server_tls(authority) if authority else None, is_tls_first=is_tls_first)
    server.start()
    try:
        yield f"{'smtps' if is_tls_first else 'smtp'}://bee:right@localhost:{server.port}"
    finally:
        server.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """Lend the port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class _Handler(BaseHTTPRequestHandler):
    server: "HookServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posts.append(Post(self.path, headers, body))
        self._answer()

    def do_GET(self) -> None:
        self.server.posts.append(Post(self.path, {}, b""))
        self._answer()

    def _answer(self) -> None:
        answer = self.server.answers.pop(0) if self.server.answers else "200"
        if answer == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "hang":
            self.server.is_over.wait()
        elif answer == "trickle":
            self._trickle(b"HTTP/1.1 200 OK\r\nx-slow: ")
        elif answer == "endless":
            self._trickle(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        else:
            self.send_response(int(answer))
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

    def _trickle(self, beginning: bytes) -> None:
        """Begin an answer that goes on for ever, always in time for whoever waits for the next letter."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write(beginning)
            while not self.server.is_over.wait(0.05):
                self.wfile.write(b".")

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


class HookServer(ThreadingHTTPServer):
    """Whoever listens: ``answers`` are given one by one, then 200; ``drop`` and ``hang`` are none.

    ``trickle`` never ends its headers, ``endless`` never its body.
    """

    daemon_threads = True

    def __init__(self, answers: list[str], authority: trustme.CA | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.posts: list[Post] = []
        self.is_over = threading.Event()
        self.scheme = "http"
        if authority:
            self.scheme = "https"
            self.socket = server_tls(authority).wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_request: Any) -> None:
        """A client that does not trust us is no fault of the test."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self.scheme}://localhost:{self.server_address[1]}/hook"


@contextmanager
def hook_server(*answers: str, authority: trustme.CA | None = None) -> Iterator[HookServer]:
    """Lend a server that takes webhooks."""
    server = HookServer(list(answers), authority)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Return what a server at localhost proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Return what a client trusts: an authority of ours and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context
