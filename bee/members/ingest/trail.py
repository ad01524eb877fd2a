"""Every import is in the audit trail, from when it began: one that was cut short shows by having no end."""

from typing import Final

from bee.audit import Actor, record
from bee.db import Database, Login
from bee.db.migrations import require_release
from bee.members.ingest.report import ImportReport

MANY_ROWS: Final = 10_000


def import_began(database: Database, what: str, source: str) -> None:
    """Record that an import begins.

    Raises :class:`Unavailable` when there is no database of this release to import into.
    """
    require_release(database, Login.OWNER)
    with database.writing(Login.OWNER) as session:
        record(
            session,
            actor=Actor.operator(),
            action="import.began",
            subject_kind=what,
            subject_id=source,
        )


def import_ended(database: Database, report: ImportReport) -> None:
    """Record what an import did, in numbers."""
    with database.writing(Login.OWNER) as session:
        if report.added >= MANY_ROWS:
            session.run("members/analyze_events")
        record(
            session,
            actor=Actor.operator(),
            action="import.ended",
            subject_kind=report.what,
            subject_id=report.source,
            after={
                "read": report.read,
                "added": report.added,
                "changed": report.changed,
                "repeated": report.repeated,
                "rejected": report.rejected,
                "members_added": report.members_added,
                "members_changed": report.members_changed,
            },
        )
