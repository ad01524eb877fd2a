"""A file of events: read, staged, loaded."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

from bee.db import Database, Login
from bee.errors import Invalid
from bee.members.ingest.ahead import ahead
from bee.members.ingest.events import Event, MemberKey, member_key, read_event
from bee.members.ingest.lines import BATCH_ROWS
from bee.members.ingest.loader import Progress, load_events, no_progress
from bee.members.ingest.mapping import DEFAULT, EventMapping, bind
from bee.members.ingest.rejects import Rejected, RejectsFile
from bee.members.ingest.report import ImportReport
from bee.members.ingest.roster import MemberRef, members_by_external_id, members_by_id
from bee.members.ingest.rows import RawRow
from bee.members.ingest.sources import open_source
from bee.members.ingest.staging import Staging
from bee.members.ingest.trail import import_began, import_ended
from bee.members.ingest.workplace import staging_database, workplace

DEFAULT_SOURCE: Final = "import"
SOURCE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:-]{0,59}")
CHUNK_ROWS: Final = 10_000
CHUNK_CHARACTERS: Final = 16_000_000
KNOWN_MEMBERS: Final = 200_000


def import_events(
    database: Database,
    path: Path,
    *,
    mapping: EventMapping = DEFAULT,
    source: str = DEFAULT_SOURCE,
    rejects: Path,
    workplaces: Path,
    now: datetime,
    progress: Progress = no_progress,
    batch_rows: int = BATCH_ROWS,
) -> ImportReport:
    """Import a file of events, about ``batch_rows`` a transaction. The same rows of the same ``source`` are
    the same events, in whatever file.

    Raises :class:`Invalid` before the first row for a file or a mapping that can't be used, and
    :class:`Unavailable` when the database goes away; running it again finishes it.
    """
    begun = time.monotonic()
    if not SOURCE_NAME.fullmatch(source):
        raise Invalid("bad_source", "A source's name has up to 60 letters, digits, spaces, and . _ : -")
    file = open_source(path)
    bound = bind(mapping, file.columns)
    rejected = RejectsFile(rejects)
    import_began(database, "events", source)
    with ExitStack() as stack:
        place = stack.enter_context(workplace(workplaces))
        staging = Staging(stack.enter_context(staging_database(place)), source)
        stack.enter_context(rejected)
        roster = Roster(database)
        read = 0
        for rows, position in chunks(file.read()):
            read += len(rows)
            events = []
            for event in resolve(rows, bound, roster, now=now):
                if isinstance(event, Event):
                    events.append(event)
                else:
                    rejected.write(event)
            staging.add(events)
            progress("reading", position, file.size)
        for row in staging.clashes():
            rejected.write(row)
        added = _load(database, staging, rejected, progress, batch_rows)
        report = ImportReport(
            what="events",
            source=source,
            read=read,
            added=added,
            changed=0,
            repeated=read - rejected.count - added,
            rejected=rejected.count,
            rejects=rejected.written,
            seconds=time.monotonic() - begun,
        )
    import_ended(database, report)
    return report


def _load(
    database: Database, staging: Staging, rejected: RejectsFile, progress: Progress, batch_rows: int
) -> int:
    """Load what is staged and return how many events that added."""
    people = staging.people()
    total = sum(person.events for person in people)
    added = done = 0
    progress("events", 0, total)
    with ahead(staging.batches(people, rows=batch_rows)) as batches:
        for loaded in load_events(database, batches):
            added += loaded.added
            done += loaded.rows
            for row in staging.rejected(loaded.taken):
                rejected.write(row)
            progress("events", done, total)
    return added


class Roster:
    """The members that a file's rows name, looked up as they come, a bounded number remembered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[MemberKey, MemberRef | None] = {}

    def look_up(self, keys: Sequence[MemberKey]) -> dict[MemberKey, MemberRef | None]:
        """Return the member of each key, None where there is none. Raises :class:`Unavailable`."""
        if len(self._known) > KNOWN_MEMBERS:
            self._known.clear()
        new = {key for key in keys if key not in self._known}
        if new:
            self._ask(new)
        return {key: self._known[key] for key in keys}

    def _ask(self, keys: set[MemberKey]) -> None:
        with self._database.reading(Login.OWNER) as session:
            named = members_by_external_id(session, [key.external_id for key in keys if key.external_id])
            numbered = members_by_id(session, [key.id for key in keys if key.id])
        for key in keys:
            found = named.get(key.external_id) if key.external_id else numbered.get(str(key.id))
            self._known[key] = found


def resolve(
    rows: Sequence[RawRow | Rejected], mapping: EventMapping, roster: Roster, *, now: datetime
) -> Iterator[Event | Rejected]:
    """Yield the event of each row, or why it is none."""
    keyed = [(row, member_key(row, mapping) if isinstance(row, RawRow) else row) for row in rows]
    members = roster.look_up([key for _, key in keyed if isinstance(key, MemberKey)])
    for row, key in keyed:
        if isinstance(row, Rejected):
            yield row
        elif isinstance(key, Rejected):
            yield key
        elif (member := members[key]) is None:
            yield row.rejected(f"there is no member {key.external_id or key.id}")
        else:
            yield read_event(row, mapping, member, now=now)


def chunks(
    read: Iterator[tuple[RawRow | Rejected, int]], *, rows: int = CHUNK_ROWS
) -> Iterator[tuple[list[RawRow | Rejected], int]]:
    """Yield up to ``rows`` rows at a time, fewer if they are long, and how far the last of them lies in the
    file."""
    chunk: list[RawRow | Rejected] = []
    characters = position = 0
    for row, position in read:
        chunk.append(row)
        characters += len((row.text if isinstance(row, RawRow) else row.raw) or "")
        if len(chunk) >= rows or characters >= CHUNK_CHARACTERS:
            yield chunk, position
            chunk, characters = [], 0
    if chunk:
        yield chunk, position
