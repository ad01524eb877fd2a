"""A server that behaves as it is told, over a socket of its own."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bee.ports import listen

READY = {"status": "ready", "migrations": 1}
Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass(slots=True)
class Behaving:
    """A server. ``behaves``: what it does with each connection, in turn; the last one from then on."""

    url: str
    behaves: list[Behaviour]
    asked: list[bytes] = field(default_factory=list)


def says(status: int, body: object) -> Behaviour:
    """Answer with JSON."""
    return sends(json.dumps(body).encode(), status)


def sends(body: bytes, status: int = 200) -> Behaviour:
    """Answer with what is no JSON, perhaps."""
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    return lambda client, _ended: client.sendall(head + body)


def redirects(url: str) -> Behaviour:
    """Point elsewhere."""
    head = f"HTTP/1.1 302 x\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return lambda client, _ended: client.sendall(head.encode())


def hangs(_client: socket.socket, ended: threading.Event) -> None:
    """Say nothing."""
    ended.wait()


def trickles(client: socket.socket, ended: threading.Event) -> None:
    """Say a letter from time to time, which no timeout between two of them would notice."""
    client.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 100000\r\n\r\n")
    while not ended.wait(0.02):
        client.sendall(b" ")


def cuts(client: socket.socket, _ended: threading.Event) -> None:
    """End in the middle of an answer."""
    client.sendall(b"HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nhalf")


def is_no_server(client: socket.socket, _ended: threading.Event) -> None:
    """Speak another protocol."""
    client.sendall(b"220 mail.example.org ESMTP\r\n")


@contextmanager
def behaving(*behaves: Behaviour) -> Iterator[Behaving]:
    """Run a server for as long as the block lasts."""
    ended = threading.Event()
    listener = listen("127.0.0.1", 0, "the test's port")
    server = Behaving(f"http://127.0.0.1:{listener.getsockname()[1]}", list(behaves))

    def serve(client: socket.socket, behave: Behaviour) -> None:
        try:
            server.asked.append(client.recv(65536))
            behave(client, ended)
        except OSError:
            pass  # whoever asked has left
        finally:
            client.close()

    def accept() -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            behave = server.behaves.pop(0) if len(server.behaves) > 1 else server.behaves[0]
            threading.Thread(target=serve, args=(client, behave), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        ended.set()
        # Closing alone does not wake whoever accepts.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
