"""The API in this process, over a socket."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from bee.api.serve import server_over
from bee.db import Database
from bee.ports import listen
from bee.settings import Settings

STARTED_WITHIN_S = 30


@contextmanager
def serving(database: Database, settings: Settings) -> Iterator[tuple[uvicorn.Server, Settings]]:
    """Serve on a port of its own until the block ends; the settings name the port."""
    listener = listen("127.0.0.1", 0, "the test's port")
    settings = settings.model_copy(update={"api_port": listener.getsockname()[1]})
    server = server_over(database, settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + STARTED_WITHIN_S
        while not server.started:
            assert time.monotonic() < deadline, "the API did not start"
            time.sleep(0.05)
        yield server, settings
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
