"""Who hit the limits: by hour and area, members by number, policy and fault apart, nobody twice."""

from datetime import UTC, datetime, timedelta

import pytest

from bee.db import Database, Login
from bee.db.queries import query_text
from bee.sla.limits import (
    LimitHealth,
    LimitSearch,
    Span,
    limit_health,
    limited_answers_csv,
    refusals_csv,
    refused_members_csv,
)
from tests.factories import execute
from tests.sla.limit_ground import fill_limits

NOW = datetime.now(UTC)


def found(database: Database, *, days: int = 1, area: str | None = None, step: Span = "hour") -> LimitHealth:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return limit_health(session, LimitSearch(NOW - timedelta(days=days), area, step))


def test_an_empty_database_has_nobody_at_a_limit(database: Database) -> None:
    assert found(database) == LimitHealth(0, [], [], [])


@pytest.mark.parametrize(
    ("days", "area", "refused", "people"),
    [(1, None, 60, 2), (1, "rest", 3, 1), (1, "graphql", 0, 0), (28, None, 160, 2)],
)
def test_members_requests_are_found_by_time_and_by_area_and_a_probers_never(
    database: Database, days: int, area: str | None, refused: int, people: int
) -> None:
    fill_limits(database)
    health = found(database, days=days, area=area)
    assert (health.refused, health.people) == (refused, people)


def test_who_was_refused_most_comes_first_with_the_hours_in_which_that_was(database: Database) -> None:
    fill_limits(database)
    rows = [(row.area, row.refused, row.hours) for row in found(database).members]
    assert rows == [("v1", 50, 2), ("v1", 7, 1), ("rest", 3, 1)]


def test_spans_add_up_to_the_same_whatever_their_length(database: Database) -> None:
    fill_limits(database)
    by_hour, by_day = found(database, days=28), found(database, days=28, step="day")
    assert [row.refused for row in by_hour.refusals] == [100, 10, 3, 47]
    assert by_hour.refused == by_day.refused == 160
    assert all(row.since.hour == 0 for row in by_day.refusals)


def test_policy_and_fault_are_apart_and_probers_are_in_neither(database: Database) -> None:
    fill_limits(database)
    health = found(database)
    assert (health.limited, health.uncounted) == (69, 4)


def test_weeks_of_minutes_are_not_gone_through_for_the_few_that_met_a_limit(database: Database) -> None:
    fill_limits(database)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into service_minutes (minute, route, release, status, area, n)
            select date_trunc('minute', now()) - n * interval '1 minute', 'GET /v1/momentum', '1', '2xx', 'api', 9
            from generate_series(1, 20000) as numbers (n)
            """,
        )
        execute(session, "analyze service_minutes")
        question = f"explain {query_text('sla/limited_answers')}"
        asked = {"since": datetime.now(UTC) - timedelta(days=28), "step": "day"}
        plan = "\n".join(str(line[0]) for line in execute(session, question, **asked))
    assert "service_minutes_limited" in plan


def test_files_hold_what_the_screen_shows(database: Database) -> None:
    fill_limits(database)
    health = found(database)
    assert len(refusals_csv(health.refusals).splitlines()) == 1 + 3
    assert refused_members_csv(health.members).splitlines()[1].startswith("P-")
    assert limited_answers_csv(health.answers).splitlines()[1].endswith(",69,4")
