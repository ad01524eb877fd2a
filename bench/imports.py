"""The import of the Open University data against a bare COPY of the same rows into the same tables."""

import time
from dataclasses import dataclass
from pathlib import Path

from bee.db.address import ServerAddress
from bench.ground import Ground, bring_in
from bench.place import Alone, alone, new_database
from bench.rows import put_in, take_out

TITLE = "Import against a bare COPY of the same rows into the same tables (at most 1.6)"
COLUMNS = ("events", "bare COPY s", "import s", "ratio", "second run s", "peak MiB")
TABLES = {
    "members": (
        "id, external_id, time_zone, joined_on, left_on, attributes, consents, is_demo, is_synthetic, created_at"
    ),
    "engagement_events": (
        "id, user_id, event_type, event_date, metadata, occurred_at, received_at, time_zone, source"
    ),
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: ``added`` events in ``seconds``."""

    added: int
    seconds: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Import and copy in turn, each into a new database; the second import finds everything there."""
    imports: list[Alone[Import]] = []
    again: list[Import] = []
    copies: list[float] = []
    for _ in range(ground.rounds):
        with new_database(ground.server, "bench_import") as address:
            imports.append(alone(_import, address, ground.folder, ground.work))
            again.append(alone(_import, address, ground.folder, ground.work).result)
            if not copies:
                take_out(address, TABLES, ground.work)
        with new_database(ground.server, "bench_copy") as address:
            copies.append(put_in(address, TABLES, ground.work))
    assert all(run.added == 0 for run in again)
    seconds, bare = min(run.result.seconds for run in imports), min(copies)
    return (
        f"{imports[0].result.added:,}",
        f"{bare:.1f}",
        f"{seconds:.1f}",
        f"{seconds / bare:.2f}",
        f"{min(run.seconds for run in again):.1f}",
        f"{max(run.peak_mib for run in imports):.0f}",
    )


def _import(address: ServerAddress, folder: Path, work: Path) -> Import:
    begun = time.perf_counter()
    added = bring_in(address, folder, work)
    return Import(added, time.perf_counter() - begun)
