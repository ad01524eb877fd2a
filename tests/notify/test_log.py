"""The log as the roles read it: what became of decisions, how far they got, who sees what, a page at a time."""

import csv
import io
from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy

from bee.db import Database, Login
from bee.db.queries import query_text
from bee.errors import NotFound
from bee.notify.log import (
    Funnel,
    LogRow,
    LogSearch,
    acted_after,
    count_log,
    get_log_text,
    log_csv,
    log_rows,
)
from tests.factories import execute, make_event, make_member, make_staff
from tests.notify.decisions import NOON, make_decision

SEARCH = LogSearch(since=NOON - timedelta(days=7))
HOUR = timedelta(hours=1)


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Cora", roles=("coach",))


@pytest.fixture
def mia(database: Database, cora: UUID) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session, coach_id=cora)


@pytest.fixture
def ben(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session, is_demo=True)


def rows(
    database: Database, search: LogSearch = SEARCH, role: str = "bee_admin", **more: object
) -> list[LogRow]:
    staff_id, before = more.get("staff_id"), more.get("before")
    assert staff_id is None or isinstance(staff_id, UUID)
    assert before is None or isinstance(before, UUID)
    with database.reading(Login.DASHBOARD, role=role, staff_id=staff_id) as session:
        return log_rows(session, search, most=int(str(more.get("most", 100))), before=before)


def funnel(database: Database, search: LogSearch = SEARCH, role: str = "bee_product") -> Funnel:
    with database.reading(Login.DASHBOARD, role=role) as session:
        return count_log(session, search, sees_events=role != "bee_oncall").chosen(search).funnel()


@pytest.mark.parametrize(
    ("made", "state", "reason"),
    [
        ({"decision": "withhold", "reason": "consent_refused"}, "withheld", "consent_refused"),
        ({"decision": "withhold", "reason": "holdout"}, "withheld", "holdout"),
        ({}, "waiting", "eligible"),
        ({"reason": "deferred"}, "waiting", "deferred"),
        ({"outcome": "accepted", "sent_at": NOON}, "sent", "eligible"),
        ({"outcome": "recorded"}, "recorded", "eligible"),
        ({"outcome": "ambiguous", "sent_at": NOON}, "unclear", "eligible"),
        # One device has it, another one is still tried.
        ({"sent_at": NOON}, "sent", "eligible"),
        ({"outcome": "withheld", "because": "came_back"}, "withheld", "came_back"),
        ({"outcome": "failed", "because": "payload"}, "failed", "payload"),
        ({"outcome": "expired", "because": "too late"}, "expired", "too late"),
        # Consent was withdrawn between two devices: what one of them has was sent.
        ({"outcome": "withheld", "because": "consent_refused", "sent_at": NOON}, "sent", "consent_refused"),
    ],
)
def test_what_became_of_a_decision_and_why(
    made: dict[str, str], state: str, reason: str, database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, **made)  # type: ignore[arg-type]
    [row] = rows(database)
    assert (row.state, row.reason) == (state, reason)
    assert [found.id for found in rows(database, replace(SEARCH, state=state, reason=reason))] == [row.id]
    assert rows(database, replace(SEARCH, state="nothing")) == []


def make_some(database: Database, mia: UUID, ben: UUID) -> None:
    """One sent, opened and acted on; one sent; one recorded for a demo member; one withheld."""
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, outcome="accepted", sent_at=NOON, opened_at=NOON + HOUR, at=NOON)
        make_event(session, mia, occurred_at=NOON + 23 * HOUR)
        make_decision(
            session, mia, rule="rising", notification_type="celebration", outcome="ambiguous",
            sent_at=NOON - 25 * HOUR, at=NOON - 25 * HOUR,
        )  # fmt: skip
        make_decision(session, ben, rule="rising", notification_type="celebration", outcome="recorded")
        make_decision(session, ben, decision="withhold", reason="daily_refused", guards={"daily": "refused"})


def test_each_stage_counts_of_all_decisions_how_many_got_so_far(
    database: Database, mia: UUID, ben: UUID
) -> None:
    make_some(database, mia, ben)
    assert funnel(database) == Funnel(
        decided=4, sent=2, accepted=1, opened=1, acted=1, recorded=1, waiting=0, demo=2
    )
    assert funnel(database, replace(SEARCH, rule="rising")) == Funnel(
        decided=2, sent=1, accepted=0, opened=0, acted=0, recorded=1, waiting=0, demo=1
    )
    assert funnel(database, replace(SEARCH, member_id=ben)).decided == 2
    assert funnel(database, replace(SEARCH, segment="demo")).decided == 2
    assert funnel(database, replace(SEARCH, segment="coach:nobody")).decided == 0
    assert funnel(database, replace(SEARCH, since=NOON + HOUR)).decided == 0


@pytest.mark.parametrize(
    ("after", "acted"),
    [
        (-HOUR, 0),
        (timedelta(0), 0),
        (timedelta(seconds=1), 1),
        (24 * HOUR, 1),
        (24 * HOUR + timedelta(seconds=1), 0),
    ],
)
def test_acted_is_an_event_within_24_hours_after_the_sending(
    after: timedelta, acted: int, database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, outcome="accepted", sent_at=NOON)
        make_event(session, mia, occurred_at=NOON + after)
        make_event(session, mia, occurred_at=NOON + after)
    assert funnel(database).acted == acted
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        found = log_rows(session, SEARCH, most=10)
        assert len(acted_after(session, found)) == acted
        assert acted_after(session, []) == frozenset()


def test_why_others_did_not_go_out_is_counted_the_most_frequent_reason_first(
    database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        for reason in ("weekly_refused", "daily_refused", "weekly_refused"):
            make_decision(session, mia, decision="withhold", reason=reason)
        make_decision(session, mia, outcome="expired", because="too late")
        make_decision(session, mia)
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        counts = count_log(session, SEARCH, sees_events=True)
    assert counts.not_sent() == [("weekly_refused", 2), ("daily_refused", 1), ("too late", 1)]


def test_rows_come_newest_first_a_page_at_a_time_even_where_moments_are_the_same(
    database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        for number in range(7):
            make_decision(session, mia, at=NOON - timedelta(minutes=number // 3))
    everything = rows(database)
    assert [row.decided_at for row in everything] == sorted(
        (row.decided_at for row in everything), reverse=True
    )
    paged: list[LogRow] = []
    while page := rows(database, most=2, before=paged[-1].id if paged else None):
        paged += page
    assert paged == everything


def test_a_coach_sees_their_own_members_and_the_text_of_no_others(
    database: Database, cora: UUID, mia: UUID, ben: UUID
) -> None:
    make_some(database, mia, ben)
    assert {row.user_id for row in rows(database, role="bee_coach", staff_id=cora)} == {mia}
    other = next(row for row in rows(database) if row.user_id == ben)
    own = next(row for row in rows(database) if row.user_id == mia)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        assert get_log_text(session, own.id).title == "Your coach is here"
        with pytest.raises(NotFound):
            get_log_text(session, other.id)


@pytest.mark.parametrize("role", ["bee_product", "bee_oncall"])
def test_product_and_on_call_see_every_row_and_no_text(
    role: str, database: Database, mia: UUID, ben: UUID
) -> None:
    make_some(database, mia, ben)
    found = rows(database, role=role)
    assert len(found) == 4
    assert funnel(database, role=role).decided == 4
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        with database.reading(Login.DASHBOARD, role=role) as session:
            get_log_text(session, found[0].id)


def test_on_call_sees_no_events_and_is_told_so_instead_of_nought(
    database: Database, mia: UUID, ben: UUID
) -> None:
    make_some(database, mia, ben)
    assert funnel(database, role="bee_oncall").acted is None
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        rows(database, replace(SEARCH, segment="demo"), role="bee_oncall")


def test_synthetic_members_are_in_no_figure(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_decision(session, make_member(session, is_synthetic=True))
    assert rows(database) == []
    assert funnel(database).decided == 0


def test_a_file_has_the_same_rows_in_the_same_order(database: Database, mia: UUID, ben: UUID) -> None:
    make_some(database, mia, ben)
    found = rows(database)
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        acted = acted_after(session, found)
    read = list(csv.DictReader(io.StringIO(log_csv(found, acted), newline="")))
    assert [row["person"] for row in read] == [f"P-{row.number}" for row in found]
    assert [row["became"] for row in read] == [row.state for row in found]
    by_state = {row["became"]: row for row in read}
    assert by_state["sent"]["acted_within_24_h"] == "yes"
    assert by_state["unclear"]["acted_within_24_h"] == "no"
    assert by_state["recorded"]["acted_within_24_h"] == ""
    assert by_state["recorded"]["is_demo"] == "yes"
    assert "daily=refused" in by_state["withheld"]["guards"]
    assert "Your coach" not in log_csv(found, acted)
    assert {row["acted_within_24_h"] for row in csv.DictReader(io.StringIO(log_csv(found, None)))} == {""}


def test_a_page_of_a_long_ledger_is_read_by_its_index(database: Database, mia: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into momentum_notifications (
                user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision, reason
            )
            select :member, 'support', 'score_drop', 1, n, date '2026-03-02', :noon - n * interval '1 minute',
                'withhold', 'daily_refused'
            from generate_series(1, 20000) as n
            """,
            member=mia,
            noon=NOON,
        )
        execute(session, "analyze momentum_notifications")
        asked = {field.name: getattr(SEARCH, field.name) for field in fields(LogSearch)}
        plan = "\n".join(
            str(line[0])
            for line in execute(
                session, f"explain {query_text('notify/log_rows')}", before_id=None, most=51, **asked
            )
        )
    assert "Index Scan Backward using momentum_notifications_time" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("name", ["log_counts", "log_acted_counts"])
def test_parallel_workers_may_count_and_count_the_same(
    name: str, database: Database, cora: UUID, mia: UUID, ben: UUID
) -> None:
    make_some(database, mia, ben)
    asked = {"since": SEARCH.since, "segment": f"coach:{cora}", "member_id": None}
    if name == "log_acted_counts":
        asked["within_h"] = 24
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        alone = list(execute(session, query_text(f"notify/{name}"), **asked))
        for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            execute(session, f"set local {setting} = 0")
        together = list(execute(session, query_text(f"notify/{name}"), **asked))
        plan = "\n".join(
            str(line[0]) for line in execute(session, f"explain {query_text(f'notify/{name}')}", **asked)
        )
    assert "Gather" in plan
    assert together == alone != []
