"""A process that imports a file of events and can be killed: ``python -m tests.members.importing ADDRESS FILE``."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bee.db import Database
from bee.db.address import ServerAddress
from bee.members.ingest.event_files import import_events


def main() -> None:
    """Import in small batches, so that there are many places to be killed in."""
    base, path = dict(json.loads(sys.argv[1])), Path(sys.argv[2])
    owner = tuple((name, base.pop(name)) for name in ("user", "password") if name in base)
    report = import_events(
        Database(ServerAddress(tuple(base.items()), owner, None)),
        path,
        rejects=path.with_name("rejects.csv"),
        workplaces=path.parent / "imports",
        now=datetime(2026, 3, 2, 12, tzinfo=UTC),
        batch_rows=500,
    )
    sys.stdout.write(json.dumps(report.as_dict()))


if __name__ == "__main__":
    main()
