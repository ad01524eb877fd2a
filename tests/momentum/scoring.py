"""A process that scores and can be killed: ``python -m tests.momentum.scoring ADDRESS NOW BATCH_DAYS LOGIN``."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.momentum.scoring import score

ROOT = Path(__file__).resolve().parents[2]


def start_scoring(
    database: Database, *, now: datetime, batch_days: int, login: Login = Login.OWNER
) -> subprocess.Popen[str]:
    """Start a process that scores everybody."""
    command = [sys.executable, "-m", "tests.momentum.scoring", json.dumps(asdict(database.address))]
    return subprocess.Popen(
        [*command, now.isoformat(), str(batch_days), login.value],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Score, and say how many rows were written."""
    address = json.loads(sys.argv[1])
    pairs = {name: tuple(map(tuple, address[name])) for name in ("base", "owner")}
    report = score(
        Database(ServerAddress(**pairs, login_secret=address["login_secret"])),
        now=datetime.fromisoformat(sys.argv[2]),
        login=Login(sys.argv[4]),
        wait_s=60,
        batch_days=int(sys.argv[3]),
    )
    sys.stdout.write(str(report.rows_written))


if __name__ == "__main__":
    main()
