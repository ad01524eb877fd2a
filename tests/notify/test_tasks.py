"""Tasks of coaches: whose they are, why, in which order, done once, and what the trail keeps of it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Invalid, NotFound
from bee.notify.tasks import (
    Task,
    TaskCounts,
    TaskSearch,
    coach_names,
    count_tasks,
    do_task,
    get_task,
    tasks,
    tasks_csv,
    why_words,
)
from bee.staff import assign_coach
from tests.factories import execute, make_member, make_staff
from tests.notify.decisions import NOON, make_decision
from tests.notify.ground import make_days

HOUR = timedelta(hours=1)
SEARCH = TaskSearch(NOON, NOON - timedelta(days=7))


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Cora", roles=("coach",))


@pytest.fixture
def carl(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Carl", roles=("coach",))


@pytest.fixture
def ada(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Ada", roles=("admin",))


def make_task(
    database: Database,
    coach: UUID | None,
    *,
    due_at: datetime = NOON + HOUR,
    days: str = "NNN",
    member: UUID | None = None,
    **more: Any,
) -> UUID:
    """Add a task about a member of a coach, with the decision that it came from; returns its id."""
    with database.writing(Login.OWNER) as session:
        if member is None:
            member = make_member(session, coach_id=coach)
            make_days(session, member, days)
        decision = make_decision(
            session, member, **({"decision": "withhold", "reason": "address_refused"} | more)
        )
        row = execute(
            session,
            "insert into coach_interventions (user_id, notification_id, coach_id, priority, created_at, due_at)"
            " values (:member, :decision, :coach, 'high', :now, :due_at) returning id",
            member=member,
            decision=decision,
            coach=coach,
            now=NOON - HOUR,
            due_at=due_at,
        )
        return UUID(str(row.scalar_one()))


def seen(database: Database, who: UUID, search: TaskSearch = SEARCH, role: str = "bee_coach") -> list[Task]:
    with database.reading(Login.DASHBOARD, role=role, staff_id=who) as session:
        return tasks(session, search, most=100)


def done(
    database: Database,
    who: UUID,
    task: UUID,
    outcome: str = "reached",
    note: str = "",
    role: str = "bee_coach",
) -> None:
    with database.writing(Login.DASHBOARD, role=role, staff_id=who) as session:
        do_task(session, task, outcome, note, staff_id=who, now=NOON)


def test_a_coach_sees_the_tasks_about_their_own_members_those_due_first_at_the_top(
    database: Database, cora: UUID, carl: UUID, ada: UUID
) -> None:
    later = make_task(database, cora, due_at=NOON + HOUR)
    overdue = make_task(database, cora, due_at=NOON - HOUR)
    others = make_task(database, carl)
    nobodys = make_task(database, None, due_at=NOON + 2 * HOUR)
    assert [row.id for row in seen(database, cora)] == [overdue, later]
    assert [row.id for row in seen(database, cora, replace(SEARCH, only_overdue=True))] == [overdue]
    assert [row.id for row in seen(database, carl)] == [others]
    assert {row.id for row in seen(database, ada, role="bee_admin")} == {overdue, later, others, nobodys}
    unassigned = replace(SEARCH, coach="nobody")
    assert [row.id for row in seen(database, ada, unassigned, "bee_admin")] == [nobodys]
    assert [row.id for row in seen(database, ada, replace(SEARCH, coach=str(carl)), "bee_admin")] == [others]


@pytest.mark.parametrize("role", ["bee_product", "bee_oncall"])
def test_nobody_else_sees_a_task(role: str, database: Database, cora: UUID) -> None:
    make_task(database, cora)
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        seen(database, cora, role=role)


def test_somebody_without_a_device_is_a_task_all_the_same_and_it_says_why_they_were_not_told(
    database: Database, cora: UUID
) -> None:
    make_task(database, cora)
    [task] = seen(database, cora)
    assert (task.told, task.told_because) == ("withheld", "address_refused")
    assert why_words(task) == "3 days in Needs care in a row, score 40"


@pytest.mark.parametrize(
    ("rule", "days", "more", "why"),
    [
        ("needs_care", "NNNSSS", {}, "3 days in Needs care in a row, score 40"),
        # Three days at 40 after three at 80.
        ("score_drop", "NNNRRR", {}, "Fell by 40 points: 3 days at 40 after 3 at 80"),
        ("score_drop", "NN", {}, "Fell by more than 15 points in 3 days"),
        ("new_member", "R", {}, "New here, nothing was sent in 24 hours, score 80"),
        (
            "silent_48",
            "S",
            {"silent_since": datetime(2026, 3, 1, 12, tzinfo=UTC)},
            "Silent for 48 hours since 1 March, score 50",
        ),
        ("gone", "S", {}, "A rule asked for it that is known no more"),
    ],
)
def test_why_is_said_with_the_figures_that_the_rule_saw(
    rule: str, days: str, more: dict[str, Any], why: str, database: Database, cora: UUID
) -> None:
    make_task(database, cora, rule=rule, days=days, **more)
    assert [why_words(task) for task in seen(database, cora)] == [why]


def test_a_done_task_leaves_the_list_and_the_trail_has_the_outcome_without_the_note(
    database: Database, cora: UUID
) -> None:
    task = make_task(database, cora)
    done(database, cora, task, "message left", " rang twice\0 ")
    assert seen(database, cora) == []
    [found] = seen(database, cora, replace(SEARCH, shows_open=False, shows_done=True))
    assert (found.outcome, found.note, found.done_by_name, found.done_at) == (
        "message left", "rang twice", "Cora", NOON,
    )  # fmt: skip
    with database.reading(Login.OWNER) as session:
        act = execute(session, "select * from audit_log where action = 'coach_task.done'").one()
    assert (act.actor_id, act.subject_id, act.before, act.after) == (
        cora, str(task), {"outcome": None}, {"outcome": "message left", "has_note": True},
    )  # fmt: skip
    assert "rang" not in str(act)
    assert "rang" not in tasks_csv([found])


def test_a_task_that_somebody_did_is_a_conflict_that_says_who_and_when(
    database: Database, cora: UUID, ada: UUID
) -> None:
    task = make_task(database, cora)
    done(database, cora, task)
    for who, role in ((cora, "bee_coach"), (ada, "bee_admin")):
        with pytest.raises(
            Conflict, match=r"Cora did this on 3 March, 12:00 UTC: reached\. Nothing was changed"
        ):
            done(database, who, task, "not reached", role=role)


def test_of_two_who_do_it_at_once_one_is_told_of_the_other(database: Database, cora: UUID, ada: UUID) -> None:
    task = make_task(database, cora)
    said: list[str] = []

    def second() -> None:
        try:
            done(database, ada, task, "not reached", role="bee_admin")
        except Conflict as error:
            said.append(error.message)

    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        do_task(session, task, "reached", "", staff_id=cora, now=NOON)
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive(), "it waits for the first"
    waiting.join()
    assert [words.split(" did this")[0] for words in said] == ["Cora"]


@pytest.mark.parametrize(
    ("outcome", "note"),
    [("", ""), ("gone fishing", ""), ("handed on", ""), ("not needed", " \0 "), ("reached", "x" * 2_001)],
)
def test_what_has_to_be_said_is_asked_for(outcome: str, note: str, database: Database, cora: UUID) -> None:
    task = make_task(database, cora)
    with pytest.raises(Invalid):
        done(database, cora, task, outcome, note)
    assert len(seen(database, cora)) == 1


def test_a_task_about_another_coachs_member_is_not_found(database: Database, cora: UUID, carl: UUID) -> None:
    task = make_task(database, carl)
    with pytest.raises(NotFound):
        done(database, cora, task)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        with pytest.raises(NotFound):
            get_task(session, task, NOON)


def test_tasks_follow_the_member_to_another_coach(
    database: Database, cora: UUID, carl: UUID, ada: UUID
) -> None:
    make_task(database, cora)
    [task] = seen(database, cora)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ada) as session:
        assign_coach(session, [task.number], carl, actor=Actor.staff(ada))
    assert seen(database, cora) == []
    assert [row.coach_name for row in seen(database, carl)] == ["Carl"]


@pytest.mark.parametrize(
    "change",
    [
        "done_at = null, done_by = null, outcome = null",
        "outcome = 'not reached'",
        "note = 'other words'",
    ],
)
def test_nobody_changes_what_came_of_a_task(change: str, database: Database, cora: UUID, ada: UUID) -> None:
    done(database, cora, make_task(database, cora))
    with pytest.raises(BeeError, match="RestrictViolation"):
        with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ada) as session:
            execute(session, f"update coach_interventions set {change}")


def test_nobody_does_a_task_in_anothers_name(database: Database, cora: UUID, ada: UUID) -> None:
    make_task(database, cora)
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"):
        with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ada) as session:
            execute(
                session,
                "update coach_interventions set done_at = now(), done_by = :other, outcome = 'reached'",
                other=cora,
            )


def test_the_counts_are_of_what_is_shown(database: Database, cora: UUID, carl: UUID) -> None:
    make_task(database, cora, due_at=NOON - HOUR)
    make_task(database, cora, due_at=NOON + 48 * HOUR)
    make_task(database, carl)
    done(database, cora, make_task(database, cora))
    done(database, cora, make_task(database, cora), "not reached")
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        assert count_tasks(session, SEARCH) == TaskCounts(
            open=2, overdue=1, due_in_a_day=0, done=2, reached=1
        )
        assert [coach.full_name for coach in coach_names(session)] == ["Carl", "Cora"]
