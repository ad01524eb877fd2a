"""The API's processes: uvicorn over the application, one or as many as the settings say, on one port."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from bee import telemetry
from bee.api.asgi import create_app
from bee.api.patience import PatientProtocol
from bee.api.realtime.limits import RealtimeLimits
from bee.db import Database
from bee.flows import open_database
from bee.ports import listen
from bee.settings import Settings, load_settings

# Longer than any statement of a request may take, so that whoever is being answered when the end comes, is.
DRAINED_WITHIN_S: Final = 10
# A process that is busy is not dead.
ALIVE_WITHIN_S: Final = 30
LIMITS: Final = RealtimeLimits()


class Parent(Multiprocess):
    """The parent of several processes, which learns at once that one has died.

    It asks each whether it is alive. With a copy of its own of the pipe's other end, it would wait as long for one
    that died meanwhile as for one that is busy.
    """

    def keep_subprocess_alive(self) -> None:
        """Replace whoever has died."""
        for process in self.processes:
            process.child_conn.close()
        super().keep_subprocess_alive()


def serve(settings: Settings) -> None:
    """Serve the API until the process is told to stop; what it is answering then is answered first.

    Raises :class:`bee.errors.Conflict` when the port is taken, :class:`bee.errors.Unavailable` when the
    embedded database can't be started.
    """
    telemetry.start(settings, "api")
    with (
        listen(settings.host, settings.api_port, "BEE_API_PORT") as listener,
        open_database(settings) as database,
    ):
        if settings.api_workers == 1:
            server_over(database, settings).run(sockets=[listener])
        else:
            _serve_with_workers(listener, settings.api_workers)


def server_over(database: Database, settings: Settings) -> uvicorn.Server:
    """Return the server of the API over a database."""
    _name_no_addresses()
    return uvicorn.Server(_config(create_app(database, settings, limits=LIMITS)))


def app_of_worker() -> ASGIApp:
    """Return the application of one process among several, which has settings and pools of its own."""
    settings = load_settings()
    telemetry.start(settings, "api")
    _name_no_addresses()
    threading.Thread(target=_end_with_parent, daemon=True, name="lifeline").start()
    return create_app(open_database(settings), settings, limits=LIMITS)


def _serve_with_workers(listener: socket.socket, workers: int) -> None:
    config = _config(
        f"{__name__}:{app_of_worker.__name__}",
        factory=True,
        workers=workers,
        timeout_worker_healthcheck=ALIVE_WITHIN_S,
    )
    Parent(config, [listener]).run()


def _end_with_parent() -> None:
    """Stop this process once its parent is gone, however it went, kill -9 included."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _config(app: ASGIApp | str, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        ws_max_size=LIMITS.message_bytes,
        timeout_graceful_shutdown=DRAINED_WITHIN_S,
        **more,
    )


def _name_no_addresses() -> None:
    logging.getLogger("uvicorn.error").addFilter(_says_no_address)


def _says_no_address(record: logging.LogRecord) -> bool:
    """Pass over what uvicorn says of each socket: its address has the client's key in it."""
    return "WebSocket %s" not in str(record.msg)
