"""A dashboard in a process of its own over a test's database; it prints its port."""

import json
import sys

from bee.db import Database
from bee.db.address import ServerAddress
from bee.ports import listen
from bee.settings import Settings
from bee.telemetry.logs import configure_logs
from bee.ui.serve import serve_on


def main() -> None:
    """Read where the database is from standard input, and serve."""
    told = json.load(sys.stdin)
    address = ServerAddress(
        tuple((name, value) for name, value in told["base"]),
        tuple((name, value) for name, value in told["owner"]),
        told["login_secret"],
    )
    listener = listen("127.0.0.1", 0, "the test's port")
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    configure_logs("WARNING")
    serve_on(listener, Database(address), Settings())


if __name__ == "__main__":
    main()
