"""A process that watches a minute and can be killed: ``python -m tests.sla.alerts.looking ADDRESS MINUTES``."""

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bee.db import Database
from bee.db.address import ServerAddress
from tests.sla.alerts.ground import look

ROOT = Path(__file__).resolve().parents[3]


def start_looking(address: ServerAddress, minutes: int) -> "subprocess.Popen[str]":
    """Start a process that watches the minute that ends so many minutes after noon, says so, and stays."""
    command = [sys.executable, "-m", "tests.sla.alerts.looking", json.dumps(asdict(address)), str(minutes)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Watch, say how many messages were told, and stay."""
    spoken = json.loads(sys.argv[1])
    pairs = {name: tuple(map(tuple, spoken[name])) for name in ("base", "owner")}
    seen = look(Database(ServerAddress(**pairs, login_secret=spoken["login_secret"])), int(sys.argv[2]))
    sys.stdout.write(f"{seen.told if seen else 'nothing'}\n")
    sys.stdout.flush()
    time.sleep(3600)


if __name__ == "__main__":
    main()
