"""Scores in a file: what the table says, whole or not at all."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet

from bee.db import Database, Login
from bee.errors import BeeError, Invalid, Unavailable
from bee.momentum.export import COLUMNS, export_scores, parsed
from bee.momentum.scoring import score
from tests.factories import make_member
from tests.momentum.histories import fetch, happen, noon

MONDAY = date(2026, 3, 2)
TODAY = MONDAY + timedelta(days=30)
ODD_IDS = ("plain", 'a "quoted", id', "two\nlines", '"', "NULL", "ñ ✓", " ", "x" * 200)
STORED = """
    select
        external_id, cast(user_id as text), score_date, raw_score, final_score, momentum_state, definition
    from daily_engagement_scores
    join members on members.id = user_id
    where is_complete and not is_synthetic
    order by user_id, score_date
"""


@pytest.fixture
def scored(database: Database) -> Database:
    """People whose ids hold whatever a file can get wrong, and a probe who is in no figure."""
    with database.writing(Login.OWNER) as session:
        for number, external_id in enumerate((*ODD_IDS, "probe")):
            member = make_member(session, external_id=external_id, is_synthetic=external_id == "probe")
            happen(session, member, {MONDAY + timedelta(days=number): ["lesson_completion", "mystery"]})
    score(database, now=noon(TODAY))
    return database


def test_a_parquet_file_holds_what_the_table_says(scored: Database, tmp_path: Path) -> None:
    rows = export_scores(scored, tmp_path / "scores.parquet")
    table = parquet.read_table(tmp_path / "scores.parquet")
    assert table.schema == COLUMNS
    stored = [tuple(row) for row in fetch(scored, STORED)]
    assert [tuple(row.values()) for row in table.to_pylist()] == stored
    assert rows == len(stored) == sum(30 - number for number in range(len(ODD_IDS)))
    assert {row[0] for row in stored} == set(ODD_IDS)


def test_a_csv_file_holds_what_the_table_says(scored: Database, tmp_path: Path) -> None:
    export_scores(scored, tmp_path / "scores.csv")
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == COLUMNS.names
    read = [(*row[:2], date.fromisoformat(row[2]), float(row[3]), float(row[4]), *row[5:]) for row in rows]
    assert read == [tuple(row) for row in fetch(scored, STORED)]


@pytest.mark.parametrize("block_bytes", [1, 7, 40, 10_000])
def test_text_is_cut_only_where_a_row_ends(block_bytes: int) -> None:
    lines = [f'"two\n""lines"" {n}",id,2026-03-02,1,2.5,Rising,v1\n'.encode() for n in range(20)]
    text = b"".join(lines)
    for pieces in (lines, [text[at : at + 3] for at in range(0, len(text), 3)]):
        tables = list(parsed(pieces, block_bytes))
        found = [row for table in tables for row in table["external_id"].to_pylist()]
        assert found == [f'two\n"lines" {n}' for n in range(20)]


def test_nothing_scored_is_a_file_without_rows(database: Database, tmp_path: Path) -> None:
    for name in ("scores.csv", "scores.parquet"):
        assert export_scores(database, tmp_path / name) == 0
    assert parquet.read_table(tmp_path / "scores.parquet").schema == COLUMNS
    assert (tmp_path / "scores.csv").read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("scores.xlsx", Invalid, r"a .csv or .parquet file is wanted"),
        ("scores", Invalid, r"a .csv or .parquet file is wanted"),
        ("nowhere/scores.csv", Unavailable, "can't be written: No such file"),
        ("file/scores.parquet", Unavailable, "can't be written: Not a directory"),
        ("folder.csv", Unavailable, "can't be written: Is a directory"),
    ],
)
def test_a_file_that_can_not_be_is_refused_and_nothing_is_left(
    scored: Database, tmp_path: Path, name: str, kind: type[BeeError], said: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(kind, match=said):
        export_scores(scored, tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder.csv"}


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(scored: Database, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("old", encoding="utf-8")
    with scored.engine(Login.OWNER).begin() as connection:
        connection.exec_driver_sql("alter table members rename column external_id to other_id")
    with pytest.raises(Exception, match="external_id"):
        export_scores(scored, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
