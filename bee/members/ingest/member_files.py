"""A file of members: read, checked, merged."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bee.db import Database
from bee.members.ingest.event_files import chunks
from bee.members.ingest.loader import Progress, no_progress
from bee.members.ingest.records import check_columns, read_record
from bee.members.ingest.rejects import Rejected, RejectsFile
from bee.members.ingest.report import ImportReport
from bee.members.ingest.roster import CHUNK_ROWS, MemberRecord, merge_members
from bee.members.ingest.rows import RawRow
from bee.members.ingest.sources import open_source
from bee.members.ingest.trail import import_began, import_ended

SOURCE: Final = "members"


@dataclass(slots=True)
class Seen:
    """On which line each member of a file stands, by id and by external id."""

    lines: dict[str, int] = field(default_factory=dict)

    def earlier(self, record: MemberRecord) -> int | None:
        """Return the line on which this member stands already; remember it otherwise."""
        keys = [key for key in (record.id and f"id {record.id}", record.external_id) if key]
        line = next((self.lines[key] for key in keys if key in self.lines), None)
        if line is None:
            self.lines.update(dict.fromkeys(keys, record.line))
        return line


def import_members(
    database: Database, path: Path, *, rejects: Path, progress: Progress = no_progress
) -> ImportReport:
    """Add the members of a file and bring known ones in line with it.

    A column that the file does not have changes nothing; an empty cell clears what it stands for, but zone, day
    of joining and external id, which every member has. Raises :class:`Invalid` before the first row for a file
    that can't be used, and :class:`Unavailable` when the database goes away; running it again finishes it.
    """
    begun = time.monotonic()
    file = open_source(path)
    check_columns(file.columns)
    columns = frozenset(file.columns)
    seen = Seen()
    read = added = changed = 0
    rejected = RejectsFile(rejects)
    import_began(database, "members", SOURCE)
    with rejected:
        for rows, position in chunks(file.read(), rows=CHUNK_ROWS):
            read += len(rows)
            originals = {row.line: row for row in rows if isinstance(row, RawRow)}
            records = []
            for record in _records(rows, seen):
                if isinstance(record, MemberRecord):
                    records.append(record)
                else:
                    rejected.write(record)
            merged = merge_members(database, records, columns)
            for refused in merged.refused:
                rejected.write(originals[refused.line].rejected(refused.reason))
            added += merged.added
            changed += merged.changed
            progress("members", position, file.size)
        report = ImportReport(
            what="members",
            source=SOURCE,
            read=read,
            added=added,
            changed=changed,
            repeated=read - rejected.count - added - changed,
            rejected=rejected.count,
            rejects=rejected.written,
            seconds=time.monotonic() - begun,
        )
    import_ended(database, report)
    return report


def _records(rows: list[RawRow | Rejected], seen: Seen) -> list[MemberRecord | Rejected]:
    """Return the record of each row, or why it has none."""
    records: list[MemberRecord | Rejected] = []
    for row in rows:
        record = read_record(row) if isinstance(row, RawRow) else row
        if isinstance(record, MemberRecord) and isinstance(row, RawRow):
            line = seen.earlier(record)
            records.append(
                record if line is None else row.rejected(f"this member stands on line {line} already")
            )
        else:
            records.append(record)
    return records
