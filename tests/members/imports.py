"""What the tests of imports share."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy

from bee.db import Database, Login
from bee.members.ingest.event_files import import_events
from bee.members.ingest.lines import BATCH_ROWS
from bee.members.ingest.mapping import DEFAULT, EventMapping
from bee.members.ingest.report import ImportReport
from tests.factories import make_member

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = "external_id,event_type,occurred_at"


def rows_in(database: Database, statement: str, **parameters: object) -> Sequence[Any]:
    """Return what a statement that only a test needs finds."""
    with database.engine(Login.OWNER).connect() as connection:
        return connection.execute(sqlalchemy.text(statement), parameters).all()


def value_in(database: Database, statement: str, **parameters: object) -> Any:
    """Return the one value that a statement finds."""
    ((value,),) = rows_in(database, statement, **parameters)
    return value


def add_members(database: Database, *external_ids: str, time_zone: str = "Europe/Berlin") -> None:
    """Add members who have nothing but an external id."""
    with database.writing(Login.OWNER) as session:
        for external_id in external_ids:
            make_member(session, external_id=external_id, time_zone=time_zone)


def write_csv(path: Path, *rows: str, header: str = HEADER) -> Path:
    """Write a file of events."""
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def bring_in(
    database: Database,
    path: Path,
    *,
    mapping: EventMapping = DEFAULT,
    source: str = "import",
    batch_rows: int = BATCH_ROWS,
) -> ImportReport:
    """Import a file of events at :data:`NOW`."""
    return import_events(
        database,
        path,
        mapping=mapping,
        source=source,
        rejects=path.with_name(f"{path.name}.rejects.csv"),
        workplaces=path.parent / "imports",
        now=NOW,
        batch_rows=batch_rows,
    )
