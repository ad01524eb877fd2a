"""An import that is killed anywhere is finished by the next one, nothing doubled and nothing dropped."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bee.db import Database, Login
from tests.members.imports import add_members, value_in, write_csv

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = 60
DAYS = 100
SIZE = "select count(*) from engagement_events"


def start(database: Database, path: Path) -> subprocess.Popen[str]:
    address = json.dumps(database.address.parameters(Login.OWNER))
    command = [sys.executable, "-m", "tests.members.importing", address, str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(database: Database, path: Path) -> dict[str, int]:
    process = start(database, path)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return dict(json.loads(said))


@pytest.mark.slow
def test_an_import_that_is_killed_again_and_again_ends_as_if_it_had_run_once(
    database: Database, tmp_path: Path
) -> None:
    names = [f"member-{number}" for number in range(MEMBERS)]
    add_members(database, *names)
    rows = [
        f"{name},app_session,2025-{1 + day % 12:02}-{1 + day // 12:02}T08:00:00Z"
        for name in names
        for day in range(DAYS)
    ]
    path = write_csv(tmp_path / "events.csv", *rows)
    sizes = []
    for pause_s in (0.0, 0.004, 0.011, 0.02):
        process = start(database, path)
        before = value_in(database, SIZE)
        deadline = time.monotonic() + 60
        # Wait until it writes, then kill it at some moment of that.
        while value_in(database, SIZE) == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(pause_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        sizes.append(value_in(database, SIZE))
    assert 0 < sizes[0] < len(rows), "the first one was killed on the way"
    report = finish(database, path)
    assert report["read"] == len(rows)
    assert value_in(database, SIZE) == len(rows)
    assert value_in(database, "select count(*) from score_dues") == MEMBERS
    # Nobody is due from a later day than their first event, whichever run brought it.
    late = """
        select count(*)
        from score_dues
        where from_date > (select min(event_date) from engagement_events where user_id = score_dues.user_id)
    """
    assert value_in(database, late) == 0
    assert finish(database, path)["added"] == 0
    assert list((tmp_path / "imports").iterdir()) == [], "what the killed ones left behind is gone"
