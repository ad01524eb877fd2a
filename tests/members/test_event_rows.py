"""From a row to an event, or to the reason why it is none."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.members.ingest.events import Event, MemberKey, member_key, read_event
from bee.members.ingest.mapping import DEFAULT, EventMapping, bind
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.roster import MemberRef
from bee.members.ingest.rows import RawRow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = MemberRef("anna-1", UUID(int=1), "anna-1", "Europe/Berlin")
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York")
NO_ZONE = "is unknown; an IANA name such as Europe/London is wanted"
ID = "8f20a19e-e5f5-43c0-9fd3-3dc43cd21209"


def read(mapping: EventMapping = DEFAULT, /, **changes: object) -> Event | Rejected:
    row = make_row(**changes)
    return read_event(row, bind(mapping, tuple(row.values)), ANNA, now=NOW)


def make_row(**changes: object) -> RawRow:
    values: dict[str, object] = {
        "external_id": "anna-1",
        "event_type": "app_session",
        "occurred_at": "2026-03-01T23:30:00+00:00",
    }
    return RawRow(7, values | changes, "the row")


def event(mapping: EventMapping = DEFAULT, /, **changes: object) -> Event:
    found = read(mapping, **changes)
    assert isinstance(found, Event), found
    return found


def reason(mapping: EventMapping = DEFAULT, /, **changes: object) -> str:
    found = read(mapping, **changes)
    assert isinstance(found, Rejected), found
    assert (found.line, found.raw) == (7, "the row")
    return found.reason


def test_an_event_counts_for_the_local_day_of_its_member() -> None:
    found = event()
    # 23:30 UTC is 00:30 on the next day in Berlin.
    assert (found.event_date, found.time_zone) == (date(2026, 3, 2), "Europe/Berlin")
    assert found.occurred_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("occurred_at", "time_zone", "moment"),
    [
        ("2026-03-01T08:00:00", "", datetime(2026, 3, 1, 7, tzinfo=UTC)),  # Berlin is an hour ahead
        ("2026-03-01 08:00", "America/New_York", datetime(2026, 3, 1, 13, tzinfo=UTC)),
        ("2026-03-01T08:00:00Z", "America/New_York", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01T08:00:00-03:00", "", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        ("2026-03-01", "", datetime(2026, 3, 1, 11, tzinfo=UTC)),  # a day stands for its noon
        (date(2026, 3, 1), "", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (datetime(2026, 3, 1, 8), "", datetime(2026, 3, 1, 7, tzinfo=UTC)),  # noqa: DTZ001  # Parquet without a zone
        (datetime(2026, 3, 1, 8, tzinfo=UTC), "", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-03T11:59:00Z", "", datetime(2026, 3, 3, 11, 59, tzinfo=UTC)),  # just within a day of now
        ("2000-01-01T00:00:00Z", "", datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_understood(occurred_at: object, time_zone: str, moment: datetime) -> None:
    assert event(occurred_at=occurred_at, time_zone=time_zone).occurred_at == moment


def test_a_day_alone_is_an_event_at_noon() -> None:
    found = event(occurred_at="", event_date="2026-02-28")
    assert found.occurred_at == datetime(2026, 2, 28, 11, tzinfo=UTC)
    assert found.event_date == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"occurred_at": "2026-03-03T12:00:01Z"}, "occurred_at 2026-03-03 lies in the future"),
        ({"occurred_at": "1999-12-31T23:59:59Z"}, "occurred_at 1999-12-31 lies before 2000"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at “0001-01-01T00:00:00+14:00” is out of range"),
        ({"occurred_at": "yesterday"}, "occurred_at “yesterday” is no ISO 8601 time"),
        ({"occurred_at": "31.12.2025"}, "occurred_at “31.12.2025” is no ISO 8601 time"),
        ({"occurred_at": "2025-02-29"}, "occurred_at “2025-02-29” is no ISO 8601 time"),
        ({"occurred_at": 1772000000}, "occurred_at “1772000000” is no ISO 8601 time"),
        ({"occurred_at": ""}, "occurred_at is missing"),
        ({"occurred_at": "", "event_date": "soon"}, "event_date “soon” is no ISO 8601 date"),
        ({"event_date": "2026-03-01"}, "event_date 2026-03-01 is not the local day of occurred_at, 2026-03-02"),
        ({"time_zone": "Mars/Olympus"}, f"time_zone “Mars/Olympus” {NO_ZONE}"),
        ({"time_zone": "EST"}, f"time_zone “EST” {NO_ZONE}"),
        ({"time_zone": "+02:00"}, f"time_zone “+02:00” {NO_ZONE}"),
        ({"time_zone": 3}, f"time_zone “3” {NO_ZONE}"),
        ({"event_type": " "}, "event_type is missing"),
        ({"event_type": None}, "event_type is missing"),
        ({"event_type": "x" * 101}, "event_type has 101 characters, more than 100"),
        ({"event_type": "a\tb"}, "event_type holds a control character"),
        ({"event_type": True}, "event_type is no text"),
        ({"id": "17"}, "id “17” is no UUID"),
        ({"metadata": "[1]"}, "metadata “[1]” is no JSON object"),
        ({"metadata": "topic"}, "metadata “topic” is no JSON object"),
        ({"metadata": '{"a": NaN}'}, "metadata “{\"a\": NaN}” is no JSON object"),
        ({"metadata": [1]}, "metadata “[1]” is no JSON object"),
        ({"metadata": {"a": float("inf")}}, "metadata holds what JSON can't"),
        ({"metadata": {"a": b"bytes"}}, "metadata holds what JSON can't"),
        ({"metadata": '{"a": "\\u0000"}'}, "metadata holds a character that can't be stored"),
        ({"metadata": '{"a": "\\ud800"}'}, "metadata holds a character that can't be stored"),
        ({"metadata": {"a": "x" * 70_000}}, "metadata has more than 65,536 bytes"),
        ({"metadata": {"a": "é" * 40_000}}, "metadata has more than 65,536 bytes"),
        ({"metadata": '{"a":' * 30 + "1" + "}" * 30}, "metadata is nested more than 20 deep"),
        ({"metadata": '{"a":' * 5_000 + "1" + "}" * 5_000}, "metadata “" + '{"a":' * 12 + "…” is no JSON object"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_rejected_with_the_reason(changes: dict[str, object], said: str) -> None:
    assert reason(**changes) == said


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert event(metadata='{"a": "\\\\u0000"}').metadata == '{"a":"\\\\u0000"}'


def test_columns_become_metadata_as_the_mapping_says() -> None:
    mapping = EventMapping(metadata={"topic": "subject", "minutes": "len", "on": "day", "who": "ref"})
    found = event(mapping, subject="sleep", len=5, day=date(2026, 3, 1), ref=UUID(ID))
    assert found.metadata == f'{{"minutes":5,"on":"2026-03-01","topic":"sleep","who":"{ID}"}}'
    assert event(mapping, subject="", len=float("nan"), day=None, ref=None).metadata == "{}"


def test_types_are_translated_and_unknown_ones_stay() -> None:
    mapping = EventMapping(event_types={"opened": "app_session"})
    assert event(mapping, event_type="opened").event_type == "app_session"
    assert event(mapping, event_type="waved").event_type == "waved"


def test_an_id_of_the_source_is_kept_and_so_is_the_row_for_a_clash() -> None:
    found = event(id=ID)
    assert (found.id, found.raw) == (UUID(ID), "the row")
    assert event(id="").id is None
    assert event(id=UUID(ID).bytes).id == UUID(ID)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"user_id": ID}, MemberKey(UUID(ID), None)),
        ({"user_id": ID, "external_id": "anna-1"}, MemberKey(UUID(ID), None)),
        ({"user_id": "", "external_id": "anna-1"}, MemberKey(None, "anna-1")),
        ({"external_id": 28400}, MemberKey(None, "28400")),
        ({"user_id": "17"}, "user_id “17” is no UUID"),
        ({"user_id": None}, "user_id is missing"),
        ({"external_id": ""}, "external_id is missing"),
        ({"external_id": 1.5}, "external_id is no text"),
    ],
)
def test_a_row_names_its_member_by_id_or_external_id(
    values: dict[str, object], found: MemberKey | str
) -> None:
    row = RawRow(2, values | {"event_type": "x", "occurred_at": "x"}, "raw")
    key = member_key(row, bind(DEFAULT, tuple(row.values)))
    assert (key.reason if isinstance(key, Rejected) else key) == found


plain = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
)
cells: st.SearchStrategy[object] = st.one_of(
    plain, st.dates(), st.datetimes(), st.lists(st.integers(), max_size=2), st.dictionaries(st.text(), plain)
)


@given(
    st.fixed_dictionaries(dict.fromkeys(("id", "event_type", "occurred_at", "time_zone", "metadata"), cells))
)
def test_whatever_a_row_holds_it_is_an_event_in_range_or_rejected(values: dict[str, object]) -> None:
    found = read(**values)
    if isinstance(found, Event):
        assert datetime(2000, 1, 1, tzinfo=UTC) <= found.occurred_at <= NOW + timedelta(days=1)
        assert "\n" not in found.metadata
        assert "\t" not in found.metadata
    else:
        assert found.reason


@given(st.dates(date(2000, 1, 2), date(2026, 3, 1)), st.times(), st.sampled_from(ZONES))
def test_the_event_date_is_the_day_on_the_wall_calendar(day: date, clock: time, zone: str) -> None:
    found = event(occurred_at=f"{day}T{clock}", time_zone=zone)
    # A wall time that the clocks skipped in spring moves by an hour, never to another day.
    assert found.event_date == day
