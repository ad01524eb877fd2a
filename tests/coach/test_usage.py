"""What models took and cost, added up: the sum is what the calls' rows say, and what the provider counted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.ledger import Account, Purpose
from bee.coach.usage import (
    COUNTS,
    NOBODYS,
    CoachUsage,
    Grouping,
    UsageLine,
    added_up,
    usage,
    usage_by_coach,
    usage_csv,
    whole,
)
from bee.db import Database, Login
from tests.coach.calls import USAGE, make_call, make_moment
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SINCE, UNTIL = NOW - timedelta(days=7), NOW + timedelta(days=1)
# 50 and 10 at 0.15, 40 at 0.075, 30 at 0.60 dollars a million.
MINI_USD = Decimal("0.00003")


@pytest.fixture
def coaches(database: Database) -> tuple[UUID, UUID]:
    with database.writing(Login.OWNER) as session:
        cora = make_staff(session, full_name="Cora")
        carl = make_staff(session, full_name="Carl")
        mia, max_ = make_member(session, coach_id=cora), make_member(session, coach_id=carl)
        make_call(session, Account.of_member(mia), started_at=NOW)
        make_call(session, Account.of_member(mia), started_at=NOW - timedelta(days=1), version=2)
        make_call(session, Account.of_member(max_), started_at=NOW, model="openai/unheard-of")
        make_call(session, Account.of_lab(cora), started_at=NOW, model="openai/unheard-of")
        make_call(session, Account.of_lab(carl, Purpose.JUDGE), started_at=NOW, outcome="slow")
        make_call(session, Account(Purpose.PRODUCTION), started_at=NOW)
    return cora, carl


def seen(database: Database, role: str, staff_id: UUID | None) -> list[CoachUsage]:
    with database.reading(Login.DASHBOARD, role=role, staff_id=staff_id) as session:
        return usage_by_coach(session, SINCE, UNTIL)


def test_a_coach_sees_what_was_for_them_and_an_admin_all_of_it(
    database: Database, coaches: tuple[UUID, UUID]
) -> None:
    cora, carl = coaches
    admin = seen(database, "bee_admin", None)
    assert sum(row.calls for row in admin) == 6
    assert {(row.coach, row.purpose, row.calls) for row in seen(database, "bee_coach", cora)} == {
        ("Cora", "production", 1), ("Cora", "lab", 1),
    }  # fmt: skip
    assert {(row.coach, row.purpose) for row in seen(database, "bee_coach", carl)} == {
        ("Carl", "production"), ("Carl", "judge"),
    }  # fmt: skip
    assert seen(database, "bee_coach", None) == []


@pytest.mark.parametrize("by", list(Grouping))
def test_whatever_it_is_added_up_by_the_sum_is_what_the_calls_say(
    by: Grouping, database: Database, coaches: tuple[UUID, UUID]
) -> None:
    lines = added_up(seen(database, "bee_admin", None), by)
    with database.reading(Login.OWNER) as session:
        stored = execute(
            session,
            "select count(*) as calls, sum(input_tokens + cache_read_tokens + cache_write_tokens + output_tokens"
            " + reasoning_tokens) as tokens, sum(cost_usd) as cost from coach_model_calls",
        ).one()
    assert (sum(line.calls for line in lines), sum(line.tokens for line in lines)) == (6, stored.tokens)
    assert sum(line.tokens for line in lines) == 6 * USAGE.total
    assert sum((line.cost_usd or Decimal(0) for line in lines), Decimal(0)) == stored.cost == 4 * MINI_USD


def test_lab_production_and_judge_stay_apart_and_a_call_without_a_price_is_not_free(
    database: Database, coaches: tuple[UUID, UUID]
) -> None:
    lines = added_up(seen(database, "bee_admin", None), Grouping.MODEL)
    mini, unknown = "openai/gpt-4o-mini", "openai/unheard-of"
    found = {
        (line.name, line.purpose, line.calls, line.answered, line.cost_usd, line.unpriced) for line in lines
    }
    assert found == {
        (mini, Purpose.PRODUCTION, 3, 3, 3 * MINI_USD, 0),
        (mini, Purpose.JUDGE, 1, 0, MINI_USD, 0),
        (unknown, Purpose.PRODUCTION, 1, 1, None, 1),
        (unknown, Purpose.LAB, 1, 1, None, 1),
    }  # fmt: skip
    assert [line.name for line in lines][:2] == [mini, mini], "what costs most comes first"
    total = whole(seen(database, "bee_admin", None))
    assert (total.cost_usd, total.unpriced, total.calls) == (4 * MINI_USD, 2, 6)


def test_two_coaches_of_one_name_are_two(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for _ in range(2):
            make_call(session, Account.of_lab(make_staff(session, full_name="Ana")), started_at=NOW)
    lines = added_up(seen(database, "bee_admin", None), Grouping.COACH)
    assert [(line.name, line.calls) for line in lines] == [("Ana", 1), ("Ana", 1)]


def test_days_come_newest_first_and_whose_a_call_was_is_said_where_it_was_somebodys(
    database: Database, coaches: tuple[UUID, UUID]
) -> None:
    rows = seen(database, "bee_admin", None)
    days = [line.name for line in added_up(rows, Grouping.DAY)]
    assert (days[0], days[-1]) == ("2026-11-25", "2026-11-24")
    assert {line.name for line in added_up(rows, Grouping.COACH)} == {"Cora", "Carl", NOBODYS}
    assert {line.name for line in added_up(rows, Grouping.VERSION)} == {"coach@1", "coach@2"}


def test_what_members_said_of_an_answer_stands_beside_what_it_took_once(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session, coach_id=make_staff(session))
        request_id = make_moment(session, member_id, at=NOW)
        # The first try was slow, the second answered; only its answer was read.
        for outcome in ("slow", "answered"):
            make_call(
                session, Account.of_member(member_id), started_at=NOW, request_id=request_id, outcome=outcome
            )
        execute(
            session,
            "insert into coach_feedback (user_id, request_id, is_helpful) values (:id, :request_id, false)",
            id=member_id,
            request_id=request_id,
        )
    (row,) = seen(database, "bee_admin", None)
    assert (row.calls, row.answered, row.helpful, row.unhelpful) == (2, 1, 0, 1)


def test_the_command_lines_figures_are_the_same_without_whose_they_were(
    database: Database, coaches: tuple[UUID, UUID]
) -> None:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        rows = usage(session, SINCE, UNTIL)
    assert sum(row.calls for row in rows) == 6
    assert {row.purpose for row in rows} == {"production", "lab", "judge"}


def rows_of(names: tuple[str, ...]) -> st.SearchStrategy[CoachUsage]:
    small = st.integers(0, 1000)
    return st.builds(
        CoachUsage,
        day=st.sampled_from([date(2026, 11, 24), date(2026, 11, 25)]),
        purpose=st.sampled_from(list(Purpose)),
        prompt=st.sampled_from(names), provider=st.just("openai"), model=st.sampled_from(names),
        staff_id=st.sampled_from([UUID(int=1), UUID(int=2), None]),
        coach=st.sampled_from([*names, None]),
        calls=st.integers(1, 9), unpriced=st.just(0), cost_usd=st.decimals(0, 9, places=8),
        **dict.fromkeys(set(COUNTS) - {"calls", "unpriced"}, small),
    )  # fmt: skip


@given(st.lists(rows_of(("a", "b", "=c")), max_size=12), st.sampled_from(list(Grouping)))
def test_adding_up_loses_nothing_and_counts_nothing_twice(rows: list[CoachUsage], by: Grouping) -> None:
    lines = added_up(rows, by)
    for name in (*COUNTS, "cost_usd"):
        assert sum(getattr(line, name) for line in lines) == sum(getattr(row, name) for row in rows)
    if by is not Grouping.COACH:
        keys = [(line.name, line.purpose) for line in lines]
        assert len(keys) == len(set(keys))
    assert usage_csv(lines, by).count("\r\n") == len(lines) + 1


def test_a_file_leaves_a_cost_that_nobody_knows_empty() -> None:
    line = UsageLine("m", Purpose.LAB, cost_usd=None, **dict.fromkeys(COUNTS, 1))
    assert usage_csv([line], Grouping.MODEL).splitlines()[1].endswith("1,")
