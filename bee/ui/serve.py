"""The dashboard's process: uvicorn over the application, one process a port."""

import socket

import streamlit.logger
import uvicorn

from bee import telemetry
from bee.db import Database
from bee.flows import open_database
from bee.ports import listen
from bee.settings import Settings
from bee.telemetry.logs import let_through, take_over
from bee.ui.asgi import create_app

MOST_SOCKET_BYTES = 64 * 1024**2
PING_S = 20


def serve(settings: Settings) -> None:
    """Serve the dashboard until the process is told to stop.

    Raises :class:`bee.errors.Conflict` when the port is taken, :class:`bee.errors.Unavailable` when the
    embedded database can't be started.
    """
    telemetry.start(settings, "dashboard")
    with listen(settings.host, settings.dashboard_port, "BEE_DASHBOARD_PORT") as listener:
        database = open_database(settings)
        try:
            serve_on(listener, database, settings)
        finally:
            database.dispose()


def serve_on(listener: socket.socket, database: Database, settings: Settings) -> None:
    """Serve the dashboard over a database on a socket that listens already, until told to stop."""
    app = create_app(database, settings)
    take_over("streamlit", "uvicorn", "websockets")
    # What of Streamlit is imported later brings a handler of its own, which would print what an error says.
    streamlit.logger.setup_formatter = let_through
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Compressing each message costs more time than it saves between server and browser.
        ws_per_message_deflate=False,
        ws_max_size=MOST_SOCKET_BYTES,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        timeout_graceful_shutdown=5,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
