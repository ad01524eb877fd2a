"""The Open University data: enrolments as members, clicks and submissions as events."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.errors import Invalid
from bee.members.ingest.identity import event_id, member_id
from bee.members.ingest.report import ImportReport
from bee.members.oulad import import_oulad
from bench.place import alone
from tests.factories import execute
from tests.members.imports import rows_in, value_in

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

COURSES = "code_module,code_presentation,module_presentation_length\nAAA,2013J,268\nBBB,2014B,234\n"
REGISTRATIONS = """code_module,code_presentation,id_student,date_registration,date_unregistration
AAA,2013J,28400,-53,?
AAA,2013J,11391,?,12
AAA,2013J,30268,-10,-2
BBB,2014B,28400,3,?
"""
STUDENTS = """code_module,code_presentation,id_student,gender,region,highest_education,imd_band,age_band,\
num_of_prev_attempts,studied_credits,disability,final_result
AAA,2013J,28400,F,Scotland,HE Qualification,20-30%,35-55,0,60,N,Pass
AAA,2013J,11391,M,?,A Level or Equivalent,90-100%,55<=,0,240,N,Withdrawn
AAA,2013J,30268,F,Wales,A Level or Equivalent,?,35-55,0,60,Y,Withdrawn
BBB,2014B,28400,F,Scotland,HE Qualification,20-30%,35-55,1,60,N,Fail
"""
VLE = """id_site,code_module,code_presentation,activity_type,week_from,week_to
1,AAA,2013J,homepage,?,?
2,AAA,2013J,oucontent,?,?
3,BBB,2014B,forumng,?,?
4,AAA,2013J,glossary,?,?
"""
CLICKS = """code_module,code_presentation,id_student,id_site,date,sum_click
AAA,2013J,28400,1,-5,7
AAA,2013J,28400,2,0,1
AAA,2013J,28400,2,0,1
AAA,2013J,28400,99,180,3
AAA,2013J,11391,4,2,1
BBB,2014B,28400,3,1,2
"""
ASSESSMENTS = """code_module,code_presentation,id_assessment,assessment_type,date,weight
AAA,2013J,1752,TMA,19,10
"""
SUBMISSIONS = """id_assessment,id_student,date_submitted,is_banked,score
1752,28400,18,0,78
1752,11391,-1,1,?
"""
FILES = {
    "courses": COURSES,
    "studentRegistration": REGISTRATIONS,
    "studentInfo": STUDENTS,
    "vle": VLE,
    "studentVle": CLICKS,
    "assessments": ASSESSMENTS,
    "studentAssessment": SUBMISSIONS,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The published files, small."""
    folder = tmp_path / "oulad"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def bring_in(database: Database, folder: Path, *, now: datetime = NOW) -> ImportReport:
    work = folder.parent if folder.name == "oulad" and folder.parent.name != "data" else folder
    return import_oulad(
        database, folder, rejects=work / "oulad.rejects.csv", workplaces=work / "imports", now=now
    )


def bring_in_alone(address: ServerAddress, folder: Path, work: Path) -> ImportReport:
    database = Database(address)
    try:
        return import_oulad(
            database, folder, rejects=work / "rejects.csv", workplaces=work / "imports", now=NOW
        )
    finally:
        database.dispose()


def reasons(folder: Path) -> list[tuple[int, str, str]]:
    with (folder.parent / "oulad.rejects.csv").open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["reason"], row["raw"]) for row in csv.DictReader(file)]


def test_an_enrolment_with_events_is_a_member_and_one_without_is_reported(
    database: Database, folder: Path
) -> None:
    report = bring_in(database, folder)
    assert (report.read, report.added, report.rejected, report.members_added) == (8, 8, 0, 3)
    assert report.notes == ("Enrolments without events, which are no members: 1.",)
    rows = rows_in(
        database,
        "select id, external_id, time_zone, joined_on, left_on, attributes from members order by external_id",
    )
    assert [tuple(row)[1:5] for row in rows] == [
        # No registration day: the first event's, a submission on the day before the start. Left on day 12.
        ("AAA-2013J-11391", "Europe/London", date(2013, 9, 30), date(2013, 10, 13)),
        ("AAA-2013J-28400", "Europe/London", date(2013, 8, 9), date(2014, 6, 26)),
        # Registered on day 3 and clicked on day 1.
        ("BBB-2014B-28400", "Europe/London", date(2014, 2, 2), date(2014, 9, 23)),
    ]
    assert rows[1].id == member_id("AAA-2013J-28400")
    assert rows[1].attributes == {
        "module": "AAA",
        "presentation": "2013J",
        "presentation_start": "2013-10-01",
        "presentation_end": "2014-06-26",
        "gender": "F",
        "region": "Scotland",
        "education": "HE Qualification",
        "age_band": "35-55",
        "disability": "N",
        "final_result": "Pass",
    }
    assert "region" not in rows[0].attributes


def test_clicks_and_submissions_are_events_at_noon_in_london(database: Database, folder: Path) -> None:
    bring_in(database, folder)
    rows = rows_in(
        database,
        """
        select event_type, event_date, occurred_at, metadata, engagement_events.time_zone, source
        from engagement_events
        join members on members.id = user_id
        where external_id = 'AAA-2013J-28400'
        order by occurred_at, event_type
        """,
    )
    summer = 11  # noon in London is 11 in UTC while summer time lasts, and it does on all these days
    where = ("Europe/London", "oulad")
    assert [tuple(row) for row in rows] == [
        ("app_session", date(2013, 9, 26), at(2013, 9, 26, summer), {"id_site": 1, "sum_click": 7}, *where),
        ("lesson_start", date(2013, 10, 1), at(2013, 10, 1, summer), {"id_site": 2, "sum_click": 1}, *where),
        ("lesson_start", date(2013, 10, 1), at(2013, 10, 1, summer), {"id_site": 2, "sum_click": 1}, *where),
        (
            "assessment_completion",
            date(2013, 10, 19),
            at(2013, 10, 19, summer),
            {"id_assessment": 1752, "is_banked": 0},
            *where,
        ),
        (
            "resource_access",
            date(2014, 3, 30),
            at(2014, 3, 30, summer),
            {"id_site": 99, "sum_click": 3},
            *where,
        ),
    ]
    types = rows_in(database, "select event_type, count(*) from engagement_events group by 1 order by 1")
    assert [tuple(row) for row in types] == [
        ("app_session", 1),
        ("assessment_completion", 2),
        ("lesson_start", 2),
        ("peer_interaction", 1),
        ("resource_access", 2),
    ]


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_an_event_is_named_by_what_it_says_and_by_which_of_its_kind_it_is(
    database: Database, folder: Path
) -> None:
    bring_in(database, folder)
    wanted = {
        event_id(
            source="oulad",
            external_id="AAA-2013J-28400",
            event_type="lesson_start",
            occurred_at=at(2013, 10, 1, 11),
            metadata='{"id_site":2,"sum_click":1}',
            occurrence=occurrence,
        )
        for occurrence in (1, 2)
    }
    found = rows_in(database, "select id from engagement_events where event_type = 'lesson_start'")
    assert {row.id for row in found} == wanted


def test_a_second_run_adds_nothing_and_files_that_grew_add_what_is_new(
    database: Database, folder: Path
) -> None:
    bring_in(database, folder)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from score_dues")
    again = bring_in(database, folder)
    assert (again.added, again.repeated, again.members_added, again.members_changed) == (0, 8, 0, 0)
    with (folder / "studentVle.csv").open("a", encoding="utf-8") as file:
        file.write("AAA,2013J,28400,2,0,1\nAAA,2013J,30268,1,4,1\n")
    grown = bring_in(database, folder)
    assert (grown.added, grown.repeated, grown.members_added, grown.members_changed) == (2, 8, 1, 0)
    left = value_in(database, "select left_on from members where external_id = 'AAA-2013J-30268'")
    assert left == date(2013, 9, 29), "unregistered on day -2"
    assert value_in(database, "select count(*) from score_dues") == 2


def test_parquet_and_csv_are_the_same_data(database: Database, folder: Path) -> None:
    bring_in(database, folder)
    parquet = folder.parent / "parquet" / "oulad"
    parquet.mkdir(parents=True)
    for name in FILES:
        duckdb.read_csv(str(folder / f"{name}.csv"), na_values=["?"]).write_parquet(
            str(parquet / f"{name}.parquet")
        )
    report = bring_in(database, parquet)
    assert (report.added, report.repeated, report.members_changed) == (0, 8, 0)


def test_rows_that_are_no_events_are_rejected_with_their_lines(database: Database, folder: Path) -> None:
    (folder / "studentVle.csv").write_text(
        "code_module,code_presentation,id_student,id_site,date,sum_click\n"
        "AAA,2013J,28400,1,-5,7\n"
        "AAA,2013J,99999,1,-5,7\n"
        "AAA,2013J,28400,1\n"
        "AAA,2013J,28400,1,soon,7\n"
        "AAA,2013J,28400,?,1,7\n"
        "AAA,2013J,28400,1,1,many\n"
        "AAA,2013J,28400,1,9000,7\n"
        "AAA,2013J,28400,1,-9000,7\n"
        "AAA,2013J,28400,2,0,1\n",
        encoding="utf-8",
    )
    (folder / "studentAssessment.csv").write_text(
        f"{SUBMISSIONS}9999,28400,18,0,78\n1752,28400,?,0,78\n", encoding="utf-8"
    )
    report = bring_in(database, folder)
    assert (report.read, report.added, report.rejected, report.exit_code) == (13, 4, 9, 1)
    assert [row[:2] for row in reasons(folder)] == [
        (4, "studentVle.csv: missing columns"),
        (3, "studentVle.csv: no such enrolment"),
        (5, "studentVle.csv: date is not a number"),
        (6, "studentVle.csv: id_site is not a number"),
        (7, "studentVle.csv: sum_click is not a number"),
        (8, "studentVle.csv: date lies before 2000 or in the future"),
        (9, "studentVle.csv: date lies before 2000 or in the future"),
        (4, "studentAssessment.csv: no such assessment"),
        (5, "studentAssessment.csv: date_submitted is not a number"),
    ]
    assert reasons(folder)[1][2] == "AAA,2013J,99999,1,-5,7"


def test_what_is_to_come_is_no_event_yet(database: Database, folder: Path) -> None:
    report = bring_in(database, folder, now=at(2013, 10, 1, 12))
    assert (report.added, report.rejected) == (4, 4)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vle.csv", None, "has no vle.csv"),
        ("vle.csv", "id_site,code_module\n", "vle.csv lacks code_presentation, activity_type"),
        ("vle.csv", "", "vle.csv is empty"),
        ("vle.csv", "a\0b", "vle.csv is not a CSV"),
        ("vle.parquet", "id_site", "vle.parquet is not a Parquet file"),
    ],
)
def test_a_folder_that_is_not_the_dataset_is_refused(
    database: Database, folder: Path, name: str, content: str | None, said: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(Invalid, match=said):
        bring_in(database, folder)
    with pytest.raises(Invalid, match="is not a folder"):
        bring_in(database, folder / "nothing")


@pytest.mark.slow
def test_the_real_data_comes_in_whole_and_once_in_little_memory(
    database: Database, oulad: Path, tmp_path: Path
) -> None:
    first = alone(bring_in_alone, database.address, oulad, tmp_path)
    report = first.result
    assert (report.added, report.rejected, report.members_added) == (3_471_485, 0, 10_885)
    assert report.notes == ("Enrolments without events, which are no members: 1,520.",)
    assert value_in(database, "select count(*) from engagement_events") == 3_471_485
    assert value_in(database, "select count(distinct user_id) from engagement_events") == 10_885
    assert value_in(database, "select count(*) from members") == 10_885
    assert value_in(database, "select count(*) from score_dues") == 10_885
    assert first.peak_mib < 1_000
    again = bring_in_alone(database.address, oulad, tmp_path)
    assert (again.added, again.repeated) == (0, 3_471_485)
