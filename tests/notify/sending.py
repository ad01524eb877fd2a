"""A process that sends and can be killed: ``python -m tests.notify.sending ADDRESS SERVICE NAME AHEAD_S``.

Its clock is ahead, and goes on to what is due next whenever nobody has anything to do, so that nobody has to wait.
"""

import json
import random
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.notify.dispatch import Dispatcher
from bee.notify.fcm import opened
from tests.factories import execute
from tests.notify.anonymous import Anonymous
from tests.notify.fcm_server import PROJECT

ROOT = Path(__file__).resolve().parents[2]
UNFINISHED = """
    select count(*) as unfinished, count(claimed_by) as claimed, min(available_at) as due_at
    from notification_deliveries
    where finished_at is null
"""


def start_sending(
    address: ServerAddress, service: str, *, name: str, ahead_s: float = 0
) -> "subprocess.Popen[str]":
    """Start a process that sends until there is nothing left to send."""
    command = [sys.executable, "-m", "tests.notify.sending", json.dumps(asdict(address)), service, name]
    return subprocess.Popen([*command, str(ahead_s)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Send until nothing is left, and say how many deliveries were looked at."""
    spoken = json.loads(sys.argv[1])
    pairs = {name: tuple(map(tuple, spoken[name])) for name in ("base", "owner")}
    database = Database(ServerAddress(**pairs, login_secret=spoken["login_secret"]))
    ahead, looked_at = timedelta(seconds=float(sys.argv[4])), 0
    with opened(Anonymous(), PROJECT, address=sys.argv[2]) as courier:
        while True:
            now = datetime.now(UTC) + ahead
            dispatcher = Dispatcher(database, courier, sys.argv[3], lambda: now, random.Random(7))  # noqa: S311, B023
            found = dispatcher.send_due(chunks=1).deliveries
            looked_at += found
            if found:
                continue
            with database.reading(Login.WORKER) as session:
                left = execute(session, UNFINISHED).one()
            if not left.unfinished:
                break
            if not left.claimed:
                ahead = max(ahead, left.due_at - datetime.now(UTC))
            time.sleep(0.02)
    sys.stdout.write(str(looked_at))


if __name__ == "__main__":
    main()
