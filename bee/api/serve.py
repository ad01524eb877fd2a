"""The API's process: uvicorn over the application."""

import logging

import uvicorn

from bee.api.asgi import create_app
from bee.api.realtime.limits import RealtimeLimits
from bee.db import Database
from bee.flows import open_database
from bee.logs import configure_logs
from bee.ports import listen
from bee.settings import Settings


def serve(settings: Settings) -> None:
    """Serve the API until the process is told to stop.

    Raises :class:`bee.errors.Conflict` when the port is taken, :class:`bee.errors.Unavailable` when the
    embedded database can't be started.
    """
    configure_logs(settings.log_level)
    with listen(settings.host, settings.api_port, "BEE_API_PORT") as listener:
        database = open_database(settings)
        try:
            server_over(database, settings).run(sockets=[listener])
        finally:
            database.dispose()


def server_over(database: Database, settings: Settings) -> uvicorn.Server:
    """Return the server of the API over a database."""
    limits = RealtimeLimits()
    app = create_app(database, settings, limits=limits)
    logging.getLogger("uvicorn.error").addFilter(_says_no_address)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            ws_max_size=limits.message_bytes,
        )
    )


def _says_no_address(record: logging.LogRecord) -> bool:
    """Pass over what uvicorn says of each socket: its address has the client's key in it."""
    return "WebSocket %s" not in str(record.msg)
