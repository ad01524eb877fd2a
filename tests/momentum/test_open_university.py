"""The real population: the figures that its scores have to come to."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pyarrow import compute, csv, parquet

from bee.db import Database, Login
from bee.momentum.explain import Explanation
from bee.momentum.export import export_scores
from bee.momentum.queries import explain_day
from bee.momentum.scoring import ScoringReport, score
from tests.momentum.conftest import NOW
from tests.momentum.histories import fetch, plain_days, plain_totals, stored_days, totals

pytestmark = pytest.mark.slow
MEMBER_DAYS = 2_355_527
SUM_OF_FINALS = 20_077_809.68
# A few of every length, from one day to the longest.
SOME = """
    select id
    from (
        select user_id as id, row_number() over (order by count(*), user_id) as place, count(*) over () as people
        from daily_engagement_scores
        group by user_id
    ) as lengths
    where place % (people / 12) = 1
    order by place
"""


def test_all_of_it_is_scored(open_university: Database, first_scoring: ScoringReport) -> None:
    assert (first_scoring.members, first_scoring.rows_written) == (10_885, MEMBER_DAYS)
    ((events, members),) = fetch(
        open_university, "select count(*), count(distinct user_id) from engagement_events"
    )
    assert (events, members) == (3_471_485, 10_885)
    ((days, finals),) = fetch(
        open_university, "select count(*), sum(final_score) from daily_engagement_scores where is_complete"
    )
    assert days == MEMBER_DAYS
    assert finals == pytest.approx(SUM_OF_FINALS, abs=1)


def test_a_second_run_has_nothing_to_do(open_university: Database, first_scoring: ScoringReport) -> None:
    again = score(open_university, now=NOW)
    assert (again.members, again.rows_written, again.rows_removed, again.restated) == (0, 0, 0, 0)


def test_the_totals_are_those_of_the_scores(open_university: Database, first_scoring: ScoringReport) -> None:
    days = [date(2013, 1, 15) + timedelta(days=number) for number in range(0, 700, 25)]
    stored, plain = totals(open_university, *days), plain_totals(open_university, *days)
    assert len(stored) > 1000
    assert [row[:4] for row in stored] == [row[:4] for row in plain]
    for left, right in zip(stored, plain, strict=True):
        assert left[4:] == pytest.approx(right[4:], abs=0.02)


def test_single_days_come_to_what_the_bulk_came_to(
    open_university: Database, first_scoring: ScoringReport
) -> None:
    members = [member for (member,) in fetch(open_university, SOME)]
    assert len(members) >= 12
    for member in members:
        history: dict[date, list[str]] = {}
        for day, event_type in fetch(
            open_university,
            "select event_date, event_type from engagement_events where user_id = :id",
            id=member,
        ):
            history.setdefault(day, []).append(event_type)
        ((left_on,),) = fetch(open_university, "select left_on from members where id = :id", id=member)
        assert stored_days(open_university, member) == plain_days(history, today=NOW.date(), left_on=left_on)


def test_every_day_is_explained_to_the_last_bit(
    open_university: Database, first_scoring: ScoringReport
) -> None:
    parts: list[Explanation] = []
    for (member,) in fetch(open_university, SOME)[-3:]:
        for day in stored_days(open_university, member):
            with open_university.reading(Login.OWNER) as session:
                found = explain_day(session, member, day.score_date)
            assert found.explanation.total == day.final == found.stored_final
            assert (found.explanation.raw, found.explanation.state) == (day.raw, day.state)
            parts.append(found.explanation)
    assert len(parts) > 300
    assert any(len(part.carry) == 30 and part.events for part in parts)


def test_both_kinds_of_files_hold_every_score(
    open_university: Database, first_scoring: ScoringReport, tmp_path: Path
) -> None:
    for name in ("scores.parquet", "scores.csv"):
        assert export_scores(open_university, tmp_path / name) == MEMBER_DAYS
    table = parquet.read_table(tmp_path / "scores.parquet")
    assert csv.read_csv(tmp_path / "scores.csv").cast(table.schema).equals(table)
    assert compute.sum(table["final_score"]).as_py() == pytest.approx(SUM_OF_FINALS, abs=1)
    assert compute.count_distinct(table["external_id"]).as_py() == 10_885
    (one,) = table.slice(MEMBER_DAYS // 2, 1).to_pylist()
    stored = fetch(
        open_university,
        """
        select external_id, cast(user_id as text), score_date, raw_score, final_score, momentum_state, definition
        from daily_engagement_scores
        join members on members.id = user_id
        where user_id = :id and score_date = :day
        """,
        id=one["user_id"],
        day=one["score_date"],
    )
    assert [tuple(row) for row in stored] == [tuple(one.values())]
    spans = table.group_by("user_id").aggregate(
        [("score_date", "min"), ("score_date", "max"), ([], "count_all")]
    )
    for row in spans.to_pylist():
        days = row["score_date_max"] - row["score_date_min"] + timedelta(days=1)
        assert row["count_all"] == days.days, "every day has a row, and one row"
