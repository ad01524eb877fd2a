"""From a row to an event, or to the reason why it is none: pure functions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from bee.members.ingest.identity import canonical
from bee.members.ingest.mapping import EventMapping
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.roster import MemberRef
from bee.members.ingest.rows import RawRow
from bee.members.ingest.values import (
    KEY_LENGTH,
    Refused,
    as_date,
    as_text,
    as_uuid,
    as_zone,
    is_empty,
    quoted,
)

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks differ, and a day without a time stands for its noon, which may be to come.
TOLERANCE: Final = timedelta(days=1)
TYPE_LENGTH: Final = 100
DATE_LENGTH: Final = len("2026-01-31")
METADATA_BYTES: Final = 65_536
METADATA_DEPTH: Final = 20
# In canonical JSON: an escaped NUL (not an escaped backslash before u0000), or half of a surrogate pair.
UNSTORABLE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class MemberKey:
    """How a row names its member: by id or by external id, never both."""

    id: UUID | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it will be stored. ``metadata`` is canonical JSON; ``id`` is None where the source has
    none."""

    line: int
    id: UUID | None
    user_id: UUID
    external_id: str
    event_type: str
    occurred_at: datetime
    event_date: date
    time_zone: str
    metadata: str
    raw: str | None


def member_key(row: RawRow, mapping: EventMapping) -> MemberKey | Rejected:
    """Return whom a row is about, or why it is about nobody."""
    try:
        user_id = _value(row, mapping, "user_id")
        if user_id is not None:
            return MemberKey(as_uuid(user_id, "user_id"), None)
        external_id = _value(row, mapping, "external_id")
        missing = "user_id" if "external_id" not in mapping.columns else "external_id"
        return MemberKey(None, as_text(external_id, missing, KEY_LENGTH))
    except Refused as reason:
        return row.rejected(str(reason))


def read_event(row: RawRow, mapping: EventMapping, member: MemberRef, *, now: datetime) -> Event | Rejected:
    """Return the event of a row of ``member``, or why it is none.

    A time without an offset is local to the row's zone, or else the member's. A day without a time is its
    noon.
    """
    try:
        own_id = _value(row, mapping, "id")
        zone = as_zone(_value(row, mapping, "time_zone") or member.time_zone)
        occurred_at = _occurred_at(row, mapping, zone, now)
        return Event(
            line=row.line,
            id=None if own_id is None else as_uuid(own_id, "id"),
            user_id=member.id,
            external_id=member.external_id,
            event_type=_event_type(row, mapping),
            occurred_at=occurred_at,
            event_date=_event_date(row, mapping, occurred_at.astimezone(zone).date()),
            time_zone=zone.key,
            metadata=_metadata(row, mapping),
            raw=None if own_id is None else row.raw,
        )
    except Refused as reason:
        return row.rejected(str(reason))


def _value(row: RawRow, mapping: EventMapping, name: str) -> object:
    """Return what a row says in a field: None where it says nothing and there is no default."""
    column = mapping.columns.get(name)
    value = row.values.get(column) if column is not None else None
    return mapping.defaults.get(name) if is_empty(value) else value


def _event_type(row: RawRow, mapping: EventMapping) -> str:
    text = as_text(_value(row, mapping, "event_type"), "event_type", TYPE_LENGTH)
    return mapping.event_types.get(text, text)


def _occurred_at(row: RawRow, mapping: EventMapping, zone: ZoneInfo, now: datetime) -> datetime:
    value = _value(row, mapping, "occurred_at")
    if value is None:
        day = _value(row, mapping, "event_date")
        if day is None:
            raise Refused("occurred_at is missing")
        moment = _noon(as_date(day, "event_date"), zone)
    else:
        moment = _moment(value, zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise Refused(f"occurred_at {quoted(value)} is out of range") from None
    if moment < EARLIEST:
        raise Refused(f"occurred_at {moment:%Y-%m-%d} lies before 2000")
    if moment > now + TOLERANCE:
        raise Refused(f"occurred_at {moment:%Y-%m-%d} lies in the future")
    return moment


def _moment(value: object, zone: ZoneInfo) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Refused(f"occurred_at {quoted(value)} is no ISO 8601 time") from None
        if len(value.strip()) <= DATE_LENGTH:
            moment = _noon(moment.date(), zone)
    elif isinstance(value, date):
        moment = _noon(value, zone)
    else:
        raise Refused(f"occurred_at {quoted(value)} is no ISO 8601 time")
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone)


def _event_date(row: RawRow, mapping: EventMapping, local: date) -> date:
    """Return the local day, which is the one that counts; a row that says another contradicts itself."""
    value = _value(row, mapping, "event_date")
    said = local if value is None else as_date(value, "event_date")
    if said != local:
        raise Refused(f"event_date {said} is not the local day of occurred_at, {local}")
    return local


def _metadata(row: RawRow, mapping: EventMapping) -> str:
    column = mapping.columns.get("metadata")
    if column is not None:
        value = _object(row.values.get(column))
    else:
        cells = {name: _cell(row.values.get(where)) for name, where in mapping.metadata.items()}
        value = {name: cell for name, cell in cells.items() if cell is not None}
    if not value:
        return "{}"
    _check_depth(value)
    try:
        text = canonical(value)
    except (ValueError, TypeError):
        raise Refused("metadata holds what JSON can't") from None
    if len(text) > METADATA_BYTES // 4 and len(text.encode("utf-8", "surrogatepass")) > METADATA_BYTES:
        raise Refused(f"metadata has more than {METADATA_BYTES:,} bytes")
    if UNSTORABLE.search(text):
        raise Refused("metadata holds a character that can't be stored")
    return text


def _object(value: object) -> Mapping[str, object]:
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise Refused(f"metadata {quoted(value)} is no JSON object") from None
    if not isinstance(value, dict):
        raise Refused(f"metadata {quoted(value)} is no JSON object")
    return {str(name): _plain(inner) for name, inner in value.items()}


def _cell(value: object) -> object:
    """Return a cell's value as JSON has it; None for an empty one."""
    return None if is_empty(value) else _plain(value)


def _plain(value: object) -> object:
    """Return a value as JSON has it: times and ids as text."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _check_depth(value: object, depth: int = 1) -> None:
    if isinstance(value, dict | list):
        if depth > METADATA_DEPTH:
            raise Refused(f"metadata is nested more than {METADATA_DEPTH} deep")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_depth(inner, depth + 1)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
