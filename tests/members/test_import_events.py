"""Events in: each once, each counted, whatever happens on the way."""

import csv
import gzip
import json
import threading
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from bee.db import Database, Login
from bee.db.address import embedded_address
from bee.errors import Invalid, Unavailable
from bee.members.ingest.mapping import EventMapping
from tests.factories import make_event, make_member
from tests.members.imports import HEADER, add_members, bring_in, rows_in, value_in, write_csv

ROW = "anna-1,app_session,2026-03-01T08:00:00Z"
# The server itself ends the connection when the sixth member is marked as due.
BREAK_ON_SIXTH_DUE = (
    """
    create function break_off() returns trigger language plpgsql security definer as $$
    begin
        if (select count(*) from public.score_dues) >= 6 then
            perform pg_terminate_backend(pg_backend_pid());
        end if;
        return null;
    end
    $$
    """,
    "create trigger break_off after insert on score_dues for each row execute function break_off()",
)
EVENTS = "select count(*) from engagement_events"


def administer(database: Database, statement: str) -> None:
    """Run a statement as whoever runs the server."""
    with psycopg.connect(**database.address.parameters(Login.OWNER)) as connection:
        connection.execute(statement.encode())


def rejects_of(path: Path) -> list[tuple[int, str, str]]:
    with path.with_name(f"{path.name}.rejects.csv").open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["reason"], row["raw"]) for row in csv.DictReader(file)]


def test_events_come_in_with_every_column_filled_and_their_members_due(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1", "ben-2", "cleo-3")
    report = bring_in(
        database,
        write_csv(
            tmp_path / "events.csv",
            'anna-1,app_session,2026-03-01T23:30:00Z,"{""page"": ""home""}"',
            "anna-1,lesson_completion,2026-02-27T08:00:00Z,",
            "ben-2,journal_entry,2026-03-01,",
            header=f"{HEADER},metadata",
        ),
    )
    assert (report.read, report.added, report.repeated, report.rejected) == (3, 3, 0, 0)
    assert (report.exit_code, report.rejects) == (0, None)
    rows = rows_in(
        database,
        """
        select external_id, event_type, cast(event_date as text), metadata, cast(occurred_at as text),
            engagement_events.time_zone, source, received_at is not null
        from engagement_events
        join members on members.id = user_id
        order by external_id, occurred_at
        """,
    )
    rest = ("Europe/Berlin", "import", True)
    assert [tuple(row) for row in rows] == [
        ("anna-1", "lesson_completion", "2026-02-27", {}, "2026-02-27 08:00:00+00", *rest),
        ("anna-1", "app_session", "2026-03-02", {"page": "home"}, "2026-03-01 23:30:00+00", *rest),
        ("ben-2", "journal_entry", "2026-03-01", {}, "2026-03-01 11:00:00+00", *rest),
    ]
    dues = rows_in(
        database,
        "select external_id, cast(from_date as text) from score_dues join members on id = user_id order by 1",
    )
    assert [tuple(row) for row in dues] == [("anna-1", "2026-02-27"), ("ben-2", "2026-03-01")]


def test_a_second_run_adds_nothing_and_makes_nobody_due(database: Database, tmp_path: Path) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", ROW, ROW, "anna-1,journal_entry,2026-03-01T08:00:00Z")
    assert bring_in(database, path).added == 3
    with database.writing(Login.OWNER) as session:
        session.driver.execute("delete from score_dues")
    again = bring_in(database, path)
    assert (again.read, again.added, again.repeated) == (3, 0, 3)
    assert value_in(database, EVENTS) == 3
    assert value_in(database, "select count(*) from score_dues") == 0


def test_a_file_that_grew_at_its_end_adds_only_what_is_new(database: Database, tmp_path: Path) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", ROW, ROW)
    bring_in(database, path)
    with database.writing(Login.OWNER) as session:
        session.driver.execute("delete from score_dues")
    write_csv(path, ROW, ROW, ROW, "anna-1,journal_entry,2026-03-01T08:00:00Z")
    grown = bring_in(database, path)
    assert (grown.added, grown.repeated) == (2, 2)
    assert value_in(database, EVENTS) == 4
    assert value_in(database, "select cast(from_date as text) from score_dues") == "2026-03-01"


def test_the_same_rows_of_another_source_are_other_events(database: Database, tmp_path: Path) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", ROW)
    assert bring_in(database, path, source="app").added == 1
    assert bring_in(database, path, source="web").added == 1
    with pytest.raises(Invalid, match="A source's name"):
        bring_in(database, path, source="a\nb")


def test_the_same_events_in_json_lines_parquet_and_gzip_are_the_same(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", ROW, ROW)
    assert bring_in(database, path).added == 2
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    row = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    (tmp_path / "e.jsonl").write_text(f"{json.dumps(row)}\n" * 2, encoding="utf-8")
    parquet.write_table(pa.table({name: [value] * 2 for name, value in row.items()}), tmp_path / "e.parquet")
    for name in ("e.csv.gz", "e.jsonl", "e.parquet"):
        report = bring_in(database, tmp_path / name)
        assert (name, report.added, report.repeated) == (name, 0, 2)


def test_bad_rows_go_to_a_file_with_line_and_reason_and_the_good_ones_go_in(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    path = write_csv(
        tmp_path / "events.csv",
        ROW,
        "nobody,app_session,2026-03-01T08:00:00Z",
        "anna-1,app_session,2031-03-01T08:00:00Z",
        "anna-1,app_session",
        ",app_session,2026-03-01T08:00:00Z",
        "anna-1,journal_entry,2026-03-01T08:00:00Z",
    )
    report = bring_in(database, path)
    assert (report.read, report.added, report.rejected, report.exit_code) == (6, 2, 4, 1)
    assert rejects_of(path) == [
        (3, "there is no member nobody", "nobody,app_session,2026-03-01T08:00:00Z"),
        (4, "occurred_at 2031-03-01 lies in the future", "anna-1,app_session,2031-03-01T08:00:00Z"),
        (5, "the row has 2 values, the header 3", "anna-1,app_session"),
        (6, "external_id is missing", ",app_session,2026-03-01T08:00:00Z"),
    ]
    assert report.rejects == path.with_name("events.csv.rejects.csv")
    bring_in(database, write_csv(path, ROW))
    assert not report.rejects.exists(), "the rejects of an earlier run would mislead"


def test_an_id_of_the_source_is_the_event_and_a_repeat_is_the_same(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    own = str(uuid4())
    row = f"{own},{ROW}"
    path = write_csv(tmp_path / "events.csv", row, row, f"{uuid4()},{ROW}", header=f"id,{HEADER}")
    report = bring_in(database, path)
    assert (report.added, report.repeated, report.rejected) == (2, 1, 0)
    assert value_in(database, "select count(*) from engagement_events where id = :id", id=UUID(own)) == 1
    assert bring_in(database, path).added == 0


def test_an_id_that_stands_twice_with_different_content_is_rejected(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1", "ben-2")
    own = str(uuid4())
    other = f"{own},anna-1,journal_entry,2026-03-01T08:00:00Z"
    path = write_csv(
        tmp_path / "events.csv",
        f"{own},{ROW}",
        other,
        f"{own},ben-2,app_session,2026-03-01T08:00:00Z",  # ids belong to members: nobody can block another's
        header=f"id,{HEADER}",
    )
    report = bring_in(database, path)
    assert (report.added, report.rejected) == (2, 1)
    assert rejects_of(path) == [(3, f"id {own} stands on line 2 with other content", other)]


def test_an_id_that_another_event_has_already_is_rejected(database: Database, tmp_path: Path) -> None:
    own, same = uuid4(), uuid4()
    with database.writing(Login.OWNER) as session:
        anna = make_member(session, external_id="anna-1")
        make_event(session, anna, event_id=own)
    with database.writing(Login.OWNER) as session:
        session.driver.execute("update engagement_events set occurred_at = '2026-03-01T08:00:00Z'")
    path = write_csv(
        tmp_path / "events.csv",
        f"{own},anna-1,journal_entry,2026-03-01T08:00:00Z",
        f"{same},{ROW}",
        header=f"id,{HEADER}",
    )
    report = bring_in(database, path)
    assert (report.added, report.rejected) == (1, 1)
    assert rejects_of(path) == [
        (
            2,
            f"id {own} belongs to another event of this member",
            f"{own},anna-1,journal_entry,2026-03-01T08:00:00Z",
        )
    ]
    assert bring_in(database, write_csv(path, f"{own},{ROW}", header=f"id,{HEADER}")).repeated == 1


def test_nothing_is_read_when_the_mapping_names_a_column_that_is_not_there(
    database: Database, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "events.csv", ROW)
    with pytest.raises(Invalid, match="names who, which the file does not have"):
        bring_in(database, path, mapping=EventMapping(columns={"external_id": "who"}))
    assert value_in(database, "select count(*) from audit_log") == 0


def test_an_import_is_in_the_audit_trail_and_moves_nothing_else(database: Database, tmp_path: Path) -> None:
    add_members(database, "anna-1")
    bring_in(database, write_csv(tmp_path / "events.csv", ROW))
    trail = rows_in(
        database, "select actor_kind, action, subject_kind, subject_id, after -> 'added' from audit_log"
    )
    assert [tuple(row) for row in trail] == [
        ("operator", "import.began", "events", "import", None),
        ("operator", "import.ended", "events", "import", 1),
    ]
    assert value_in(database, "select count(*) from outbox") == 0
    assert value_in(database, "select count(*) from momentum_notifications") == 0


def test_a_database_that_is_down_stops_the_import_with_one_sentence(tmp_path: Path) -> None:
    nowhere = Database(embedded_address(str(tmp_path), 5432))
    with pytest.raises(Unavailable, match="The database does not answer"):
        bring_in(nowhere, write_csv(tmp_path / "events.csv", ROW))


def test_a_database_of_another_release_is_refused(database: Database, tmp_path: Path) -> None:
    administer(
        database,
        """
        delete from supabase_migrations.schema_migrations
        where version = (select max(version) from supabase_migrations.schema_migrations)
        """,
    )
    with pytest.raises(Unavailable, match="run `python -m bee migrate` first"):
        bring_in(database, write_csv(tmp_path / "events.csv", ROW))


def test_a_connection_that_breaks_on_the_way_leaves_whole_batches_and_a_rerun_finishes(
    database: Database, tmp_path: Path
) -> None:
    names = [f"member-{number}" for number in range(8)]
    add_members(database, *names)
    path = write_csv(tmp_path / "events.csv", *(f"{name},app_session,2026-03-01T08:00:00Z" for name in names))
    for statement in BREAK_ON_SIXTH_DUE:
        administer(database, statement)
    with pytest.raises(Unavailable, match="database"):
        bring_in(database, path, batch_rows=3)
    counts = "select count(*), (select count(*) from score_dues) from engagement_events"
    assert tuple(rows_in(database, counts)[0]) == (3, 3)
    administer(database, "drop trigger break_off on score_dues")
    assert (bring_in(database, path).added, value_in(database, EVENTS)) == (5, 8)
    assert value_in(database, "select count(*) from score_dues") == 8
    assert list((tmp_path / "imports").iterdir()) == []


def test_two_imports_of_one_file_at_once_bring_each_event_in_once(database: Database, tmp_path: Path) -> None:
    names = [f"member-{number}" for number in range(40)]
    add_members(database, *names)
    rows = [f"{name},app_session,2026-02-{day:02}T08:00:00Z" for name in names for day in range(1, 26)]
    added: list[int] = []

    def work(path: Path) -> None:
        added.append(bring_in(database, path).added)

    threads = []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        path = write_csv(tmp_path / str(number) / "events.csv", *rows)
        threads.append(threading.Thread(target=work, args=(path,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == len(rows)
    assert value_in(database, EVENTS) == len(rows)


histories = st.lists(
    st.tuples(
        st.sampled_from(["anna-1", "ben-2"]),
        st.sampled_from(["app_session", "journal_entry"]),
        st.integers(1, 3),
    ),
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.integers(0, 12))
def test_however_a_file_is_cut_and_repeated_it_ends_as_if_imported_once(
    database: Database, tmp_path: Path, history: list[tuple[str, str, int]], cut: int
) -> None:
    with database.writing(Login.OWNER) as session:
        session.driver.execute("delete from members")
    add_members(database, "anna-1", "ben-2")
    rows = [f"{name},{kind},2026-03-{day:02}T08:00:00Z" for name, kind, day in history if day < 3]
    path = tmp_path / "events.csv"
    added = bring_in(database, write_csv(path, *rows[:cut])).added
    added += bring_in(database, write_csv(path, *rows)).added
    added += bring_in(database, path).added
    assert added == len(rows) == value_in(database, EVENTS)
