"""Ports: taken, free, or ours to listen on."""

import socket

from bee.errors import Conflict

BACKLOG = 2048
# A peer that takes nothing for so long is gone, whatever it says; a closed connection would wait for it for ever.
TAKES_NOTHING_MS = 60_000
NEIGHBOURS = 20


def listen(host: str, port: int, variable: str) -> socket.socket:
    """Return a socket that listens. ``variable`` names the setting of the port in the error.

    Raises :class:`Conflict` with the reason when the port can't be had.
    """
    listener = _socket(host)
    try:
        listener.bind((host, port))
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TAKES_NOTHING_MS)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Conflict(
            "port_taken",
            f"Port {port} of {host} can't be used ({error.strerror}): set {variable} to another.",
        ) from error
    return listener


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, one of the next ones if it is taken, or else any that is free."""
    for port in (*range(wanted, min(wanted + NEIGHBOURS, 65_536)), 0):
        with _socket(host) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Conflict("port_taken", f"{host} has no free port.")


def is_free(host: str, port: int) -> bool:
    """Return whether a port could be listened on."""
    with _socket(host) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _socket(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    # A port that a server of ours left a moment ago is free.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
