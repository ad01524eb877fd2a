"""The same row of the same source is the same event for ever."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bee.members.ingest.events import Event
from bee.members.ingest.identity import MEMBERS, canonical, event_id, member_id
from bee.members.ingest.staging import Staging
from bee.members.ingest.workplace import staging_database

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
texts = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\t\n"), min_size=1, max_size=30
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, json_values, max_size=4)
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # Hypothesis wants its bounds without a zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def make_event(**changes: object) -> Event:
    values: dict[str, object] = {
        "line": 2,
        "id": None,
        "user_id": UUID(int=1),
        "external_id": "anna-1",
        "event_type": "app_session",
        "occurred_at": AT,
        "event_date": AT.date(),
        "time_zone": "Europe/Berlin",
        "metadata": "{}",
        "raw": None,
    }
    return Event(**(values | changes))  # type: ignore[arg-type]  # a factory of defaults


def staged_ids(folder: Path, events: list[Event]) -> list[UUID]:
    with staging_database(folder) as connection:
        staging = Staging(connection, "import")
        staging.add(events)
        lines = [bytes(batch.lines).decode() for batch in staging.batches(staging.people())]
    return [UUID(line.split("\t")[0]) for line in "".join(lines).split("\n") if line]


@settings(max_examples=30, deadline=None)
@given(texts.map(str.strip).filter(bool), texts.map(str.strip).filter(bool), moments, objects)
def test_the_staging_area_names_an_event_as_python_does(
    tmp_path_factory: pytest.TempPathFactory,
    external_id: str,
    event_type: str,
    occurred_at: datetime,
    metadata: dict[str, object],
) -> None:
    event = make_event(
        external_id=external_id, event_type=event_type, occurred_at=occurred_at, metadata=canonical(metadata)
    )
    wanted = event_id(
        source="import",
        external_id=external_id,
        event_type=event_type,
        occurred_at=occurred_at,
        metadata=canonical(metadata),
        occurrence=1,
    )
    assert staged_ids(tmp_path_factory.mktemp("staging"), [event]) == [wanted]


def test_identical_rows_are_numbered_and_so_stay_events_of_their_own(tmp_path: Path) -> None:
    events = [make_event(line=2), make_event(line=3), make_event(line=4, event_type="journal_entry")]
    wanted = {
        event_id(
            source="import",
            external_id="anna-1",
            event_type=event_type,
            occurred_at=AT,
            metadata="{}",
            occurrence=occurrence,
        )
        for event_type, occurrence in (("app_session", 1), ("app_session", 2), ("journal_entry", 1))
    }
    assert set(staged_ids(tmp_path, events)) == wanted


def test_a_row_that_is_added_at_the_end_changes_no_id_before_it(tmp_path: Path) -> None:
    rows = [make_event(line=2), make_event(line=3)]
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    before = set(staged_ids(tmp_path / "first", rows))
    after = set(staged_ids(tmp_path / "second", [*rows, make_event(line=4)]))
    assert before < after


@given(objects)
def test_metadata_has_one_text_whatever_the_order_of_its_keys(metadata: dict[str, object]) -> None:
    turned = dict(reversed(metadata.items()))
    assert canonical(turned) == canonical(metadata)
    assert json.loads(canonical(metadata)) == metadata
    assert "\n" not in canonical(metadata)


def test_what_json_can_not_hold_is_no_metadata() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"level": float("nan")})


def test_a_member_known_by_external_id_only_always_gets_the_same_id() -> None:
    assert member_id("AAA-2013J-28400") == member_id("AAA-2013J-28400")
    assert member_id("AAA-2013J-28400") != member_id("AAA-2013J-28401")
    assert member_id("AAA-2013J-28400").version == 5
    assert MEMBERS.version == 4


def test_a_day_of_events_becomes_lines_that_copy_takes(tmp_path: Path) -> None:
    event = make_event(event_type="back\\slash", metadata=canonical({"said": 'a "b" \\ c'}))
    with staging_database(tmp_path) as connection:
        staging = Staging(connection, "import")
        staging.add([event])
        (batch,) = staging.batches(staging.people())
    fields = bytes(batch.lines).decode().removesuffix("\n").split("\t")
    assert fields[1:] == [
        UUID(int=1).hex,
        "back\\\\slash",
        "2026-03-02",
        '{"said":"a \\\\"b\\\\" \\\\\\\\ c"}',
        "2026-03-02T08:30:00.000000Z",
        "Europe/Berlin",
        "import",
    ]
    assert (batch.rows, batch.first_days, batch.has_own_ids) == (1, (date(2026, 3, 2),), False)


def test_arrow_keeps_strings_one_behind_another() -> None:
    # What copy_lines_of relies on, said once: the data buffer of a string array is the strings together.
    strings = pa.array(["ab\n", "c\n"])
    assert strings.buffers()[2].to_pybytes()[:5] == b"ab\nc\n"
