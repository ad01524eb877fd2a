"""The Open University Learning Analytics Dataset (CC BY 4.0; Kuzilek, Hlosta, Zdrahal, Sci Data 4:170171, 2017).

A member is an enrolment, an event is a click row or a submission at noon in London. All of it is computed in
DuckDB, a range of enrolments after another, while PostgreSQL takes the range before.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb
import pyarrow as pa

from bee.db import Database, Login
from bee.db.queries import query_text
from bee.errors import Invalid
from bee.members import oulad_files
from bee.members.ingest.ahead import ahead
from bee.members.ingest.identity import EVENTS, MEMBERS
from bee.members.ingest.lines import BATCH_ROWS, copy_lines_of, ranges
from bee.members.ingest.loader import EventBatch, Progress, load_events, no_progress
from bee.members.ingest.rejects import Rejected, RejectsFile
from bee.members.ingest.report import ImportReport
from bee.members.ingest.roster import (
    CHUNK_ROWS,
    MemberRecord,
    Merged,
    members_by_external_id,
    merge_members,
)
from bee.members.ingest.trail import import_began, import_ended
from bee.members.ingest.workplace import staging_database, workplace

SOURCE: Final = "oulad"
ZONE: Final = "Europe/London"
COLUMNS: Final = frozenset({"left_on"})


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A member as the files have it, and how many events from which day on."""

    enrolment: int
    external_id: str
    joined_on: date
    left_on: date
    attributes: str
    events: int
    first_on: date


def import_oulad(
    database: Database,
    folder: Path,
    *,
    rejects: Path,
    workplaces: Path,
    now: datetime,
    progress: Progress = no_progress,
) -> ImportReport:
    """Import every enrolment that has events, and the events.

    ``workplaces``: where temporary files may lie. Raises :class:`Invalid` when the folder is not the dataset and
    :class:`Unavailable` when the database goes away; running it again finishes it.
    """
    begun = time.monotonic()
    files = oulad_files.find_files(folder)
    rejected = RejectsFile(rejects)
    import_began(database, "events", SOURCE)
    with (
        workplace(workplaces) as place,
        staging_database(place) as connection,
        rejected,
    ):
        progress("reading", 0, None)
        oulad_files.open_tables(connection, files)
        through = now.date() + timedelta(days=1)
        enrolments = _read(connection, through)
        total = sum(member.events for member in enrolments)
        _write_rejected(connection, files, through, total, rejected)
        merged = _merge(database, enrolments)
        ids = _tell_ids(connection, database, enrolments)
        added = done = 0
        progress("events", 0, total)
        with ahead(_batches(connection, enrolments, ids)) as batches:
            for loaded in load_events(database, batches):
                added += loaded.added
                done += loaded.rows
                progress("events", done, total)
        silent = _count(connection, "enrolments") - len(enrolments)
        report = ImportReport(
            what="events",
            source=SOURCE,
            read=total + rejected.count,
            added=added,
            changed=0,
            repeated=total - added,
            rejected=rejected.count,
            members_added=merged.added,
            members_changed=merged.changed,
            rejects=rejected.written,
            notes=(f"Enrolments without events, which are no members: {silent:,}.",),
            seconds=time.monotonic() - begun,
        )
    import_ended(database, report)
    return report


def _read(connection: duckdb.DuckDBPyConnection, through: date) -> list[Enrolment]:
    try:
        connection.execute(query_text("members/duckdb/oulad_enrolments"), {"members": MEMBERS.bytes})
        connection.execute(query_text("members/duckdb/oulad_happenings"), {"through": through})
        connection.execute(query_text("members/duckdb/oulad_population"))
        connection.execute(query_text("members/duckdb/oulad_noons"))
        rows = connection.execute(query_text("members/duckdb/oulad_members")).fetchall()
    except duckdb.Error as error:
        raise Invalid("not_oulad", f"The files can't be read: {str(error).splitlines()[0]}") from error
    return [Enrolment(*row) for row in rows]


def _merge(database: Database, enrolments: list[Enrolment]) -> Merged:
    records = [
        MemberRecord(
            line=member.enrolment,
            external_id=member.external_id,
            time_zone=ZONE,
            joined_on=member.joined_on,
            left_on=member.left_on,
            attributes=member.attributes,
        )
        for member in enrolments
    ]
    chunks = (records[start : start + CHUNK_ROWS] for start in range(0, len(records), CHUNK_ROWS))
    merged = [merge_members(database, chunk, COLUMNS) for chunk in chunks]
    refused = [row for part in merged for row in part.refused]
    if refused:
        raise Invalid(
            "member_refused", f"Enrolment {refused[0].line} can't be a member: {refused[0].reason}."
        )
    return Merged(sum(part.added for part in merged), sum(part.changed for part in merged), ())


def _tell_ids(
    connection: duckdb.DuckDBPyConnection, database: Database, enrolments: list[Enrolment]
) -> list[UUID]:
    """Tell the staging area which member each enrolment is, and return the ids in the order of ``enrolments``."""
    with database.reading(Login.OWNER) as session:
        members = members_by_external_id(session, [member.external_id for member in enrolments])
    ids = [members[member.external_id].id for member in enrolments]
    people = pa.table(
        {
            "enrolment": pa.array([member.enrolment for member in enrolments], type=pa.int32()),
            "external_id": pa.array([member.external_id for member in enrolments], type=pa.string()),
            "user_id": pa.array([member_id.hex for member_id in ids], type=pa.string()),
        }
    )
    connection.from_arrow(people).create("people")
    return ids


def _batches(
    connection: duckdb.DuckDBPyConnection, enrolments: list[Enrolment], ids: list[UUID]
) -> Iterator[EventBatch]:
    statement = query_text("members/duckdb/oulad_batch")
    for start, end in ranges([member.events for member in enrolments], rows=BATCH_ROWS):
        of = enrolments[start:end]
        parameters: dict[str, object] = {
            "first": of[0].enrolment,
            "last": of[-1].enrolment,
            "source": SOURCE,
            "namespace": EVENTS.bytes,
        }
        lines = copy_lines_of(connection, statement, parameters)
        yield EventBatch(
            tuple(ids[start:end]), tuple(member.first_on for member in of), lines.rows, lines.text, False
        )


def _write_rejected(
    connection: duckdb.DuckDBPyConnection,
    files: dict[oulad_files.Table, Path],
    through: date,
    kept: int,
    rejected: RejectsFile,
) -> None:
    """Write the rows of the two big files that are no events. The good ones are searched only if some are
    missing.
    """
    paths = {table.view: path for table, path in files.items() if table.view in ("clicks", "submissions")}
    whole = sum(_count(connection, view) for view in paths)
    for view, path in paths.items():
        malformed = oulad_files.malformed_rows(connection, path)
        for row in malformed:
            rejected.write(row)
        if whole > kept:
            header = 1 if path.suffix == ".csv" else 0
            for place, reason, raw in _refused(connection, view, through):
                rejected.write(Rejected(_line(place + header, malformed), f"{path.name}: {reason}", raw))


def _refused(
    connection: duckdb.DuckDBPyConnection, view: str, through: date
) -> Iterator[tuple[int, str, str]]:
    connection.execute("set preserve_insertion_order = true")
    found = connection.execute(query_text(f"members/duckdb/oulad_rejected_{view}"), {"through": through})
    while rows := found.fetchmany(1000):
        yield from rows
    connection.execute("set preserve_insertion_order = false")


def _line(line: int, malformed: list[Rejected]) -> int:
    """Return the line in the file of what would be on ``line`` if the malformed rows were not there."""
    for row in malformed:
        if row.line <= line:
            line += 1
    return line


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.table(table).count("*").fetchall()[0][0])
