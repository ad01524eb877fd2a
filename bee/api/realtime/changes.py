"""What happened, read from the outbox, and the rows themselves, read as whoever hears of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bee.api.caller import Caller
from bee.api.gatehouse import reading_as
from bee.api.house import House
from bee.api.realtime.published import PUBLISHED, SCHEMA, Published
from bee.api.realtime.subscriptions import Kind, Subscription
from bee.db import ReadSession

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Change:
    """That a row changed, and no more of it than its key. ``user_id``: whose it is."""

    id: int
    table_name: str
    kind: Kind
    user_id: UUID
    key: Mapping[str, str]
    happened_at: datetime

    @property
    def published(self) -> Published:
        """The table."""
        return PUBLISHED[self.table_name]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    table_name: str
    kind: str
    user_id: UUID
    key: dict[str, str]
    happened_at: datetime

    @property
    def change(self) -> Change:
        return Change(self.id, self.table_name, Kind(self.kind), self.user_id, self.key, self.happened_at)


def changes_since(session: ReadSession, since: str, members: Sequence[UUID] | None) -> Iterator[list[Change]]:
    """Yield what this transaction sees and the snapshot ``since`` did not, in parts, in the order of writing.

    ``members``: whose changes; None for everybody's.
    """
    after = 0
    while True:
        rows = session.all(_Row, "realtime/changes", since=since, members=members, after=after, most=PAGE)
        if rows:
            yield [row.change for row in rows]
            after = rows[-1].id
        if len(rows) < PAGE:
            return


def records_of(house: House, caller: Caller, changes: Sequence[Change]) -> list[dict[str, Any] | None]:
    """Return the row of each change as the caller sees it now, None where that is not at all.

    A row that is gone is its keys, for the member whose it was and the service.
    """
    with reading_as(house, caller) as session:
        return [_record(session, caller, change) for change in changes]


def _record(session: ReadSession, caller: Caller, change: Change) -> dict[str, Any] | None:
    if change.kind is Kind.DELETE:
        is_theirs = caller.user_id is None or caller.user_id == change.user_id
        return {key: change.key.get(key) for key in change.published.keys} if is_theirs else None
    found = session.scalar(change.published.record, **change.key)
    return found if isinstance(found, dict) else None


def told(
    change: Change, record: dict[str, Any], subscriptions: Sequence[Subscription]
) -> dict[str, Any] | None:
    """Return the payload of ``postgres_changes`` for a channel, None where none of its subscriptions wants it."""
    published = change.published
    ids = [wanted.id for wanted in subscriptions if wanted.wants(change.kind, published, record)]
    if not ids:
        return None
    keys = {key: record[key] for key in published.keys}
    return {
        "ids": ids,
        "data": {
            "schema": SCHEMA,
            "table": published.table,
            "commit_timestamp": change.happened_at.isoformat(),
            "type": change.kind,
            "columns": [{"name": name, "type": type_name} for name, type_name in published.columns],
            "record": {} if change.kind is Kind.DELETE else record,
            "old_record": {} if change.kind is Kind.INSERT else keys,
            "errors": None,
        },
    }
