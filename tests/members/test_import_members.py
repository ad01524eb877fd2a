"""Members in: new ones added, known ones brought in line with the file."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.db import Database, Login
from bee.errors import Invalid
from bee.members.ingest.identity import member_id
from bee.members.ingest.member_files import import_members
from bee.members.ingest.records import read_record
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.report import ImportReport
from bee.members.ingest.roster import MemberRecord
from bee.members.ingest.rows import RawRow
from tests.factories import execute, make_event, make_member, make_staff
from tests.members.imports import rows_in, value_in

HEADER = "external_id,time_zone,joined_on"
ANNA = "anna-1,Europe/Berlin,2026-01-05"


def bring_in(database: Database, folder: Path, *rows: str, header: str = HEADER) -> ImportReport:
    path = folder / "members.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return import_members(database, path, rejects=folder / "rejects.csv")


def reasons(folder: Path) -> list[tuple[int, str]]:
    with (folder / "rejects.csv").open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.repeated, report.rejected


def test_a_member_comes_in_with_everything_that_the_file_says(database: Database, tmp_path: Path) -> None:
    with database.writing(Login.OWNER) as session:
        coach = make_staff(session, email="cora@example.org", roles=("coach",))
    header = (
        f"{HEADER},left_on,coach,full_name,email,phone,consents.push,consents.coaching,attributes.plan,region"
    )
    report = bring_in(
        database,
        tmp_path,
        f"{ANNA},2026-06-30,Cora@example.org,Anna Example,anna@example.org,+49 30 1,yes,no,plus,north",
        header=header,
    )
    assert counts(report) == (1, 0, 0, 0)
    ((row,), (person,)) = (
        rows_in(database, "select * from members"),
        rows_in(database, "select full_name, email, phone from personal_data"),
    )
    assert (row.id, row.external_id, row.time_zone) == (member_id("anna-1"), "anna-1", "Europe/Berlin")
    assert (row.joined_on, row.left_on, row.coach_id) == (date(2026, 1, 5), date(2026, 6, 30), coach)
    assert (row.attributes, row.consents) == (
        {"plan": "plus", "region": "north"},
        {"push": True, "coaching": False},
    )
    assert tuple(person) == ("Anna Example", "anna@example.org", "+49 30 1")
    assert value_in(database, "select count(*) from consents where source = 'import'") == 2


def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    header = f"{HEADER},full_name,consents.push,plan"
    row = f"{ANNA},Anna,yes,plus"
    assert counts(bring_in(database, tmp_path, row, header=header)) == (1, 0, 0, 0)
    assert counts(bring_in(database, tmp_path, row, header=header)) == (0, 0, 1, 0)
    assert value_in(database, "select count(*) from consents") == 1


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("external_id,time_zone", "anna-1,Europe/Paris"),
        ("external_id,left_on", "anna-1,2026-09-01"),
        ("external_id,plan", "anna-1,basic"),
        ("external_id,full_name", "anna-1,Anna B."),
        ("external_id,consents.push", "anna-1,no"),
    ],
)
def test_a_known_member_is_changed_in_what_the_file_says_and_nothing_else(
    database: Database, tmp_path: Path, header: str, row: str
) -> None:
    bring_in(
        database,
        tmp_path,
        f"{ANNA},plus,yes,Anna,a@example.org",
        header=f"{HEADER},plan,consents.push,full_name,email",
    )
    assert counts(bring_in(database, tmp_path, row, header=header)) == (0, 1, 0, 0)
    ((kept,),) = (rows_in(database, "select * from members join personal_data on member_id = id"),)
    was = ("Europe/Berlin", None, {"plan": "plus"}, {"push": True}, "Anna")
    now = (kept.time_zone, kept.left_on, kept.attributes, kept.consents, kept.full_name)
    assert sum(before != after for before, after in zip(was, now, strict=True)) == 1
    assert (kept.joined_on, kept.email) == (date(2026, 1, 5), "a@example.org")


def test_an_empty_cell_clears_what_it_stands_for(database: Database, tmp_path: Path) -> None:
    header = f"{HEADER},left_on,plan,region,email"
    bring_in(database, tmp_path, f"{ANNA},2026-06-30,plus,north,a@example.org", header=header)
    assert bring_in(database, tmp_path, f"{ANNA},,,north,", header=header).changed == 1
    (row,) = rows_in(
        database, "select left_on, attributes, email from members join personal_data on member_id = id"
    )
    assert tuple(row) == (None, {"region": "north"}, None)


@pytest.mark.parametrize(
    ("header", "row", "due"),
    [
        ("external_id,left_on", "anna-1,2026-02-10", date(2026, 2, 11)),  # gone: the days behind it go
        (
            "external_id,time_zone",
            "anna-1,Asia/Tokyo",
            date(2026, 1, 5),
        ),  # never scored: from the first event
        ("external_id,plan", "anna-1,basic", None),
        ("external_id,time_zone,left_on", "anna-1,Europe/London,", None),
    ],
)
def test_scores_are_due_where_the_zone_or_the_last_day_changed(
    database: Database, tmp_path: Path, header: str, row: str, due: date | None
) -> None:
    with database.writing(Login.OWNER) as session:
        anna = make_member(session, external_id="anna-1", time_zone="Europe/London")
        make_event(session, anna)
        make_member(session, external_id="ben-2")
        execute(session, "delete from score_dues")
    bring_in(database, tmp_path, row, row.replace("anna-1", "ben-2"), header=header)
    dues = [tuple(found) for found in rows_in(database, "select user_id, from_date from score_dues")]
    assert dues == ([(anna, due)] if due else [])


def test_a_zone_that_changes_is_due_from_what_may_be_today_there(database: Database, tmp_path: Path) -> None:
    with database.writing(Login.OWNER) as session:
        anna = make_member(session, external_id="anna-1", time_zone="Europe/London")
        make_event(session, anna)
        execute(session, "delete from score_dues")
        execute(
            session,
            """
            insert into daily_engagement_scores
                (user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete)
            select :anna, day, 0, 0, 'NeedsCare', 'v1', 0, day < '2026-02-20'
            from generate_series(date '2026-01-05', date '2026-02-20', interval '1 day') as day
            """,
            anna=anna,
        )
    bring_in(database, tmp_path, "anna-1,Asia/Tokyo", header="external_id,time_zone")
    assert value_in(database, "select from_date from score_dues") == date(2026, 2, 18), "two days before"


def test_a_member_is_found_by_id_and_may_get_another_external_id(database: Database, tmp_path: Path) -> None:
    with database.writing(Login.OWNER) as session:
        anna = make_member(session, external_id="anna-1")
    report = bring_in(database, tmp_path, f"{anna},anna-new", f"{uuid4()},dora-4", header="id,external_id")
    assert counts(report) == (0, 1, 0, 1)
    assert value_in(database, "select external_id from members") == "anna-new"
    assert reasons(tmp_path) == [(3, "time_zone is missing, which a new member needs")]
    new = uuid4()
    assert (
        bring_in(database, tmp_path, f"{new},Europe/Berlin,2026-01-05", header="id,time_zone,joined_on").added
        == 1
    )
    assert value_in(database, "select external_id from members where id = :id", id=new) == str(new)


def test_rows_that_the_database_does_not_allow_are_rejected_alone(database: Database, tmp_path: Path) -> None:
    with database.writing(Login.OWNER) as session:
        make_staff(session, email="paul@example.org", roles=("product",))
        ben = make_member(session, external_id="ben-2", joined_on=date(2026, 2, 1))
        renamed = make_member(session, member_id=member_id("old-name"), external_id="new-name")
    report = bring_in(
        database,
        tmp_path,
        f"{ANNA},,",
        "ben-2,,,2026-01-31,",  # joined in February, as the database knows
        "cleo-3,Europe/Berlin,2026-01-05,,nobody@example.org",
        "dora-4,Europe/Berlin,2026-01-05,,paul@example.org",
        "emma-5,,2026-01-05,,",
        "finn-6,Europe/Berlin,,,",
        "old-name,Europe/Berlin,2026-01-05,,",
        header=f"{HEADER},left_on,coach",
    )
    assert counts(report) == (1, 0, 0, 6)
    assert reasons(tmp_path) == [
        (3, "left_on lies before joined_on"),
        (4, "coach nobody@example.org is not an active coach on the staff"),
        (5, "coach paul@example.org is not an active coach on the staff"),
        (6, "time_zone is missing, which a new member needs"),
        (7, "joined_on is missing, which a new member needs"),
        (8, "external_id old-name was renamed; name the member by id"),
    ]
    bring_in(database, tmp_path, f"{renamed},ben-2", header="id,external_id")
    assert reasons(tmp_path) == [(2, "external_id ben-2 belongs to another member")]
    assert value_in(database, "select left_on from members where id = :ben", ben=ben) is None


def test_a_member_who_stands_in_the_file_twice_is_rejected_the_second_time(
    database: Database, tmp_path: Path
) -> None:
    report = bring_in(database, tmp_path, ANNA, "anna-1,Europe/Paris,2026-01-05")
    assert counts(report) == (1, 0, 0, 1)
    assert reasons(tmp_path) == [(3, "this member stands on line 2 already")]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"external_id": ""}, "external_id is missing"),
        ({"id": "17"}, "id “17” is no UUID"),
        ({"external_id": "x" * 201}, "external_id has 201 characters, more than 200"),
        ({"time_zone": "CET"}, "time_zone “CET” is unknown; an IANA name such as Europe/London is wanted"),
        ({"joined_on": "5.1.2026"}, "joined_on “5.1.2026” is no ISO 8601 date"),
        (
            {"joined_on": "2026-02-01", "left_on": "2026-01-31"},
            "left_on 2026-01-31 lies before joined_on 2026-02-01",
        ),
        ({"coach": "Cora"}, "coach “Cora” is no e-mail address"),
        ({"email": "anna"}, "email “anna” is no e-mail address"),
        ({"consents.push": "maybe"}, "consent to push “maybe” is neither yes nor no"),
        ({"consents": '{"spam": true}'}, "consent “spam” is none of push, coaching, research, analytics"),
        ({"consents": "[]"}, "consents “[]” is no JSON object"),
        ({"attributes": "plus"}, "attributes “plus” is no JSON object"),
        ({"attributes": {"a:b": "c"}}, "attribute “a:b” is no name of letters, digits, _ and -"),
        ({"plan": "a\nb"}, "attribute plan holds a control character"),
        ({"plan": [1]}, "attribute plan is no text"),
    ],
)
def test_what_is_no_member_is_rejected_with_the_reason(values: dict[str, object], said: str) -> None:
    found = read_record(RawRow(2, {"external_id": "anna-1"} | values, "raw"))
    assert isinstance(found, Rejected)
    assert found.reason == said


def test_attributes_and_consents_may_also_be_objects() -> None:
    values = {
        "external_id": 7,
        "attributes": {"level": 3, "paid": True},
        "consents": '{"push": true}',
        "plan": "plus",
    }
    found = read_record(RawRow(2, values))
    assert isinstance(found, MemberRecord)
    assert (found.external_id, found.attributes) == ("7", '{"level":"3","paid":"yes","plan":"plus"}')
    assert found.consents == '{"push":true}'


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name,time_zone", "no column external_id or id; it has name, time_zone"),
        ("external_id,consents.spam", "consents.spam: there are the purposes push"),
        ("external_id,a:b", "can't be the name of an attribute"),
    ],
)
def test_a_file_whose_columns_make_no_member_is_refused(
    database: Database, tmp_path: Path, header: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        bring_in(database, tmp_path, "x,y", header=header)


cells = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.binary(max_size=20)
)
NAMES = (
    "id",
    "external_id",
    "time_zone",
    "joined_on",
    "left_on",
    "coach",
    "attributes",
    "consents",
    "email",
    "plan",
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, cells)))
def test_whatever_a_row_holds_it_is_a_record_or_rejected(values: dict[str, object]) -> None:
    found = read_record(RawRow(2, values))
    if isinstance(found, MemberRecord):
        assert isinstance(found.id, UUID) or found.external_id
    else:
        assert found.reason


def test_two_imports_at_once_bring_each_member_and_each_decision_in_once(
    database: Database, tmp_path: Path
) -> None:
    rows = [f"member-{number},Europe/Berlin,2026-01-05,yes" for number in range(500)]
    paths = []
    for name, lines in (("there", rows), ("back", rows[::-1]), ("again", rows)):
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text("\n".join((f"{HEADER},consents.push", *lines, "")), encoding="utf-8")
    with ThreadPoolExecutor(len(paths)) as pool:
        reports = list(
            pool.map(lambda path: import_members(database, path, rejects=path.with_suffix(".rejects")), paths)
        )
    assert sum(report.added for report in reports) == len(rows)
    assert [report.rejected for report in reports] == [0, 0, 0]
    assert value_in(database, "select count(*) from members") == len(rows)
    assert value_in(database, "select count(*) from consents") == len(rows)
